"""`/insights`: the board, and the table behind each picture as a file."""

import csv
import io
from typing import Any, Final

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
from safeguard.work import Work

DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the beginning of a formula."""


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
    written = io.StringIO()
    csv.writer(written).writerows([[_safe(cell) for cell in row] for row in picture.rows()])
    headers = {"Content-Disposition": f'attachment; filename="{picture.code}-{board.period.code}.csv"'}
    return Response(written.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


def _period(request: Request[Any, Any, Any]) -> str:
    said = request.query_params.get("period", "")
    return said if said in CHOICES else ""


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


ROUTES = [show_board, send_table]
