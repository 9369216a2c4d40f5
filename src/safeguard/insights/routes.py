"""`/insights`: the board, and the table behind each picture as a file."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.insights.periods import CHOICES
from safeguard.insights.radar import draw
from safeguard.insights.reading import read_board
from safeguard.standards.here import own_profile
from safeguard.web.forms import today_here
from safeguard.web.pages import page
from safeguard.web.tables import Form, download, table
from safeguard.work import Work


@get("/insights", permission=Permission.INSIGHTS_READ)
async def show_board(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The four objectives, where incidents touch weak controls, and the year in figures; `?period=` chooses it."""
    board = await read_board(work, own_profile(), today_here(), _period(request))
    names = {each.objective.code: each.objective.name for each in board.quadrants}
    own = {each.objective.code: each.level for each in board.quadrants if each.level}
    before = {each.objective.code: each.before for each in board.quadrants if each.before}
    return page(request, "insights/board.html", board=board, radar=draw(names, own, before, 5, 2), choices=CHOICES)


@get("/insights/tables/{name:str}", permission=Permission.INSIGHTS_READ)
async def send_table(
    request: Request[Any, Any, Any], work: NamedDependency[Work], name: FromPath[str]
) -> Response[bytes]:
    """The table behind one picture."""
    board = await read_board(work, own_profile(), today_here(), _period(request))
    picture = board.picture(name)
    if picture is None:
        raise NotFound
    headings, *rows = picture.rows()
    whole = table(Form.CSV, headings)
    whole.add(rows)
    return download(Form.CSV, f"{picture.code}-{board.period.code}", whole)


def _period(request: Request[Any, Any, Any]) -> str:
    said = request.query_params.get("period", "")
    return said if said in CHOICES else ""


ROUTES = [show_board, send_table]
