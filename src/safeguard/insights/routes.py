"""`/insights`: the board, the table behind each picture as a file, and what the lead says of a year."""

from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Invalid, NotFound
from safeguard.insights.group_board import read_group
from safeguard.insights.group_pictures import said_of_area
from safeguard.insights.involvement import read_involvement
from safeguard.insights.lessons import read_lessons
from safeguard.insights.narrowing import ONLY, choices_of, query_of
from safeguard.insights.periods import CHOICES, is_school_year
from safeguard.insights.pictures import Table
from safeguard.insights.reading import read_board
from safeguard.insights.reporting import routes as report_routes
from safeguard.insights.sheets import table_of
from safeguard.insights.stating import LONGEST, NOTHING, Statement, find_statement, state
from safeguard.standards.forms import Version
from safeguard.standards.here import own_profile
from safeguard.web.forms import Form as TypedForm
from safeguard.web.forms import Text, blank, read, today_here
from safeguard.web.pages import after, page
from safeguard.web.tables import Form, download, table
from safeguard.work import Work

MOST_SAID: Final = 20
"""Of what an address repeats, as many are looked at."""
OF_INVOLVEMENT: Final = frozenset({"harmed", "caused"})


@dataclass(frozen=True, slots=True)
class StatementForm:
    """What is said, of which school year, and the version that was read."""

    period: Annotated[str, Text(longest=7)]
    words: Annotated[str, Text(longest=LONGEST, lines=True, required="Write what the figures do not say.")]
    seen: Annotated[int, Version()]


@get("/insights", permission=Permission.INSIGHTS_OPEN)
async def show_board(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """The four objectives, where lessons name weak controls, and the year in figures.

    `?period=` chooses the months; `?only=platform:tiktok&only=year:09` narrows the figures for those who see every one.
    Whoever sees the figures of a group alone comes to the group's board.
    """
    if not work.may(Permission.INSIGHTS_READ):
        return after("/insights/group")
    board = await read_board(work, own_profile(), today_here(), _period(request), _only(request))
    only = query_of(board.narrowed)
    left = {one.said: query_of(board.narrowed, one) for one in board.narrowed}
    return page(
        request, "insights/board.html", board=board, only=only, left=left,
        unknown=_unknown(request, only) if board.exact else (),
        choices=choices_of(own_profile()) if board.exact else (),
    )  # fmt: skip


@get("/insights/tables/{name:str}", permission=Permission.INSIGHTS_READ)
async def send_table(
    request: Request[Any, Any, Any], work: NamedDependency[Work], name: FromPath[str]
) -> Response[bytes]:
    """The table behind one picture, of the board or of repeat involvement."""
    if name in OF_INVOLVEMENT:
        it = await read_involvement(work, today_here(), _period(request))
        return _file(it.picture(name), it.period.label.replace("/", "-"))
    board = await read_board(work, own_profile(), today_here(), _period(request), _only(request))
    return _file(table_of(board, name), board.period.code + "".join(f"-{one.code}" for one in board.narrowed))


def _file(picture: Table | None, of: str) -> Response[bytes]:
    if picture is None:
        raise NotFound
    headings, *rows = picture.rows()
    whole = table(Form.CSV, headings)
    whole.add(rows)
    return download(Form.CSV, f"{picture.code}-{of}", whole)


@get("/insights/involvement", permission=Permission.INSIGHTS_READ)
async def show_involvement(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """How many people have a part in more than one incident: counts, never names."""
    it = await read_involvement(work, today_here(), _period(request))
    return page(request, "insights/involvement.html", it=it)


@get("/insights/lessons", permission=Permission.INSIGHTS_EXACT)
async def show_lessons(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Behind a cell of the map: the incidents whose lessons touched `?control=` in `?month=`."""
    asked = request.query_params
    it = await read_lessons(work, own_profile(), asked.get("control", "")[:20], asked.get("month", ""))
    return page(request, "insights/lessons.html", it=it)


@get("/insights/statement", permission=Permission.INSIGHTS_EXACT)
async def show_statement(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What the lead says of a school year; `?period=2025/26`."""
    period = request.query_params.get("period", "")
    if not is_school_year(period):
        raise NotFound
    said = await find_statement(work, period)
    form = blank(StatementForm, period=period, words=said.words, seen=str(said.version))
    return _statement(request, form)


@post("/insights/statement", permission=Permission.INSIGHTS_EXACT, status_code=303)
async def take_statement(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Say something of a school year; where somebody else was first, both are shown."""
    form = await read(request, StatementForm)
    try:
        said = form.value
        await state(work, said.period, said.words, said.seen)
    except Invalid as refusal:
        return _statement(request, form.refused(refusal), status=422)
    except Conflict:
        theirs = await find_statement(work, form["period"])
        return _statement(request, form, theirs, status=409)
    return after("/insights?period=year")


@get("/insights/group", permission=Permission.GROUP_READ)
async def show_group(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The organisations of a group beside each other; `?period=2025/26` for another year, `?show=all` for all."""
    asked = request.query_params
    board = await read_group(work, asked.get("period", "")[:20], every=asked.get("show") == "all")
    return page(request, "insights/group.html", board=board)


@get("/insights/group/tables/{name:str}", permission=Permission.GROUP_READ)
async def send_group_table(
    request: Request[Any, Any, Any], work: NamedDependency[Work], name: FromPath[str]
) -> Response[bytes]:
    """The table behind one picture of a group's board."""
    board = await read_group(work, request.query_params.get("period", "")[:20])
    return _file(board.picture(name), f"group-{(board.period or 'latest').replace('/', '-').replace(' ', '')}")


@get("/insights/group/table.csv", permission=Permission.GROUP_READ)
async def send_group(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Response[bytes]:
    """The same as a file."""
    board = await read_group(work, request.query_params.get("period", "")[:20])
    headings = ("Organisation", "Year", "Mean level", "Mean level in the review before", "Overdue improvements",
                "Incidents", "Incidents a year before", "Signed off")  # fmt: skip
    stale = (f"{name}: evidence out of date" for name in board.objectives.values())
    whole = table(Form.CSV, (*headings, *board.objectives.values(), *stale, *board.areas))
    whole.add([
        (row.name, row.period, str(row.level or ""), str(row.level_before or ""), str(row.overdue),
         "left out" if row.figures.total is None else str(row.figures.total),
         "" if row.figures.before is None else str(row.figures.before),
         row.figures.signed_on,
         *(str(row.level_of(code) or "") for code in board.objectives),
         *(str(row.stale_of(code)) for code in board.objectives),
         *(said_of_area(row, label) for label in board.areas))
        for row in board.rows
    ])  # fmt: skip
    return download(Form.CSV, "group", whole)


def _statement(
    request: Request[Any, Any, Any], form: TypedForm[StatementForm], theirs: Statement = NOTHING, status: int = 200
) -> Template:
    return page(request, "insights/statement.html", status=status, form=form, errors=form.errors, theirs=theirs)


def _period(request: Request[Any, Any, Any]) -> str:
    said = request.query_params.get("period", "")
    return said if said in CHOICES else ""


def _only(request: Request[Any, Any, Any]) -> tuple[str, ...]:
    return tuple(said[:100] for said in request.query_params.getall(ONLY, [])[:MOST_SAID])


def _unknown(request: Request[Any, Any, Any], kept: str) -> tuple[str, ...]:
    """What a kept address asks for and this board does not know."""
    period = request.query_params.get("period", "")
    said = [one for one in _only(request) if one.strip(":") and urlencode({ONLY: one}) not in kept.split("&")]
    return tuple(dict.fromkeys(one[:40] for one in [*said, "" if period in CHOICES else period] if one))


ROUTES = [
    show_board, send_table, show_involvement, show_lessons, show_statement, take_statement, show_group, send_group,
    send_group_table,     *report_routes.ROUTES,
]  # fmt: skip
