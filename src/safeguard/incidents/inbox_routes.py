"""Pages of the inbox: its tabs, and what is done with several incidents at once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.incidents.assigning import list_handlers
from safeguard.incidents.beside import read_beside
from safeguard.incidents.bulk import Done, Picked, acknowledge_all, assign_all, close_false_alerts
from safeguard.incidents.choices import quiet_after
from safeguard.incidents.deadlines import unread
from safeguard.incidents.forms import Code, Codes, Known
from safeguard.incidents.here import here
from safeguard.incidents.hiding.glass import list_only_read
from safeguard.incidents.inbox import BY_NAME, FIRST, TABS, Place, Tab, Waiting, count_waiting, list_waiting, place_of
from safeguard.incidents.owing import LATEST
from safeguard.incidents.pressing import read_owed
from safeguard.incidents.reports import WORDS_LIMIT
from safeguard.incidents.running import read_running
from safeguard.tenancy.calendars.reading import read_clocks
from safeguard.web.asked import unknown
from safeguard.web.forms import Choice, Form, Text, blank, read
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, Key, cursor, read_cursor, scope_of
from safeguard.work import Work

ACTS = ("acknowledge", "assign", "close")


@dataclass(frozen=True, slots=True)
class BulkForm:
    """Which incidents, and what to do with them."""

    show: Annotated[str, Choice(TABS)]
    act: Annotated[str, Choice(ACTS)]
    only: Annotated[str, Code()]
    """The one whose own button was pressed: it is acknowledged, whatever else is ticked."""
    picked: Annotated[tuple[str, ...], Codes()]
    """`ID:VERSION` of each that was ticked."""
    handler: Annotated[UUID | None, Known()]
    reason: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]


@get("/incidents/inbox", permission=Permission.INCIDENT_TRIAGE)
async def show_inbox(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What waits for somebody, by risk and then by age."""
    return await _inbox(request, work, blank(BulkForm))


@post("/incidents/inbox", permission=Permission.INCIDENT_TRIAGE, status_code=303)
async def take_inbox(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Do one thing with every incident that was ticked."""
    form = await read(request, BulkForm)
    try:
        done = await _do(work, form.value)
    except Invalid as refusal:
        return await _inbox(request, work, form.refused(refusal), status=422)
    show = form["show"] if form["show"] in TABS else "new"
    did = form.value.act or "acknowledge"
    return after(f"/incidents/inbox?show={show}&did={did}&done={done.done}&left={done.left}")


async def _do(work: Work, said: BulkForm) -> Done:
    if said.only:
        return await acknowledge_all(work, (_picked(said.only),))
    if not said.act:
        raise Invalid(FieldError("picked", "Choose what to do with the ticked ones."))
    picked = tuple(_picked(each) for each in said.picked)
    acts: dict[str, Callable[[], Awaitable[Done]]] = {
        "acknowledge": lambda: acknowledge_all(work, picked),
        "assign": lambda: assign_all(work, picked, said.handler),
        "close": lambda: close_false_alerts(work, picked, said.reason),
    }
    return await acts[said.act]()


def _picked(said: str) -> Picked:
    identifier, _, version = said.partition(":")
    try:
        return Picked(UUID(identifier), int(version))
    except ValueError:
        raise Invalid(FieldError("picked", "One of these could not be read. Open the inbox again.")) from None


async def _inbox(request: Request[Any, Any, Any], work: Work, form: Form[BulkForm], status: int = 200) -> Template:
    query, place = request.query_params, here()
    asked = form["show"] or query.get("show", "")
    clocks = (await read_clocks(work, place.profile, place.organisation.nation, place.organisation.time_zone)).clocks
    longest = quiet_after(clocks)
    running = await read_running(work, clocks)
    counts = await count_waiting(work, place.today, longest, running)
    tab = BY_NAME.get(asked) or _first(counts)
    start = _start(query, tab)
    rows = await list_waiting(work, tab, place.today, start, running=running, limit=DEFAULT_LIMIT + 1, longest=longest)
    shown = rows[:DEFAULT_LIMIT]
    return page(
        request,
        "incidents/inbox.html",
        status=status,
        rows=shown,
        only_read=await list_only_read(work),
        limits={row.id: unread(clocks, row.recorded_at, work.now()) for row in shown} if tab == "new" else {},
        running=running.of(tab),
        leaves_out=running.leaves_out,
        latest=LATEST,
        owed=await read_owed(work, [row.id for row in shown], place),
        older=_older(shown[-1], tab) if len(rows) > DEFAULT_LIMIT else None,
        counts=counts,
        beside=await read_beside(work),
        tab=tab,
        tabs=TABS,
        unknown=unknown(query, "show", TABS),
        days=longest.days,
        first=start == FIRST,
        handlers=await list_handlers(work),
        form=form,
        errors=form.errors,
        did=query.get("did", "") if query.get("did") in (*ACTS, "risk") else "",
        done=_number(query.get("done")),
        left=_number(query.get("left")),
        profile=place.profile,
    )


def _first(counts: dict[Tab, int]) -> Tab:
    """The tab to begin with: the first that holds anything."""
    for tab in TABS:
        if counts[tab]:
            return tab
    return TABS[0]


def _scope(tab: Tab, rank: int) -> str:
    return scope_of("inbox", {"show": tab, "rank": str(rank)})


def _start(query: Any, tab: Tab) -> Place:
    """Where this page begins: the cursor holds moment and id, and is bound to the tab and to the rank beside it."""
    rank = _number(query.get("rank"))
    key = read_cursor(query.get("after"), _scope(tab, rank))
    return Place(rank, key.at, key.id) if key else FIRST


def _older(last: Waiting, tab: Tab) -> str:
    place = place_of(last, tab)
    where = cursor(Key(place.at, place.id), _scope(tab, place.rank))
    return f"/incidents/inbox?show={tab}&rank={place.rank}&after={where}"


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else 0


ROUTES = [show_inbox, take_inbox]
