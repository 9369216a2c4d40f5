"""`/helpline`: the queue, a call as it is noted, and what the same caller asked before."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Response, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid
from safeguard.helpline.case import Case
from safeguard.helpline.forms import CallForm
from safeguard.helpline.here import Here, here
from safeguard.helpline.queries import FIRST, LAST, count_queue, find_earlier, list_ended, list_queue, list_team
from safeguard.helpline.states import State
from safeguard.helpline.takedown import list_addresses
from safeguard.helpline.taking import take_case
from safeguard.helpline.watching import mark_from, mark_queue
from safeguard.helpline.writing import add_to_case
from safeguard.web.asked import unknown
from safeguard.web.forms import Form, blank, read
from safeguard.web.languages import gettext as _
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, Key, Page, cut, read_cursor, scope_of
from safeguard.web.polling import seen, unchanged
from safeguard.work import Work

SHOWS: Final = ("open", "mine", "unassigned", "at_risk", "overdue", "awaiting", "ended")
LONGEST_SEARCH: Final = 100
SHORTEST_SEARCH: Final = 3
LOOKED_FOR: Final = ("q", "caller_contact", "caller_name", "caller_organisation")


@get("/helpline", permission=Permission.HELPLINE_WORK)
async def show_queue(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Response[bytes]:
    """The one queue: `?show=` or `?with=` narrows it, `?q=` finds a caller, an organisation or a reference.

    An open page asks for it anew every few seconds, and is told only of what changed.
    """
    said = request.query_params.get("q", "").strip()[:LONGEST_SEARCH]
    show = request.query_params.get("show", "open")
    show = show if show in SHOWS else "open"
    whose = await _whose(request, work)
    which = {"with": str(whose[0])} if whose else {"show": show}
    scope = scope_of("helpline", which)
    start = read_cursor(request.query_params.get("after"), scope)
    where = await here(work, pointing=False)
    cases = (
        Page(await find_earlier(work, said), None) if said else await _listed(work, where, show, start, scope, whose)
    )
    counts = await count_queue(work, where.late_since)
    stands, had = mark_queue(cases.items, counts, where.now, is_open=where.is_open), seen(request)
    if had == str(stands):
        return unchanged()
    work.record("case.listed", work.organisation_id, kind="organisation")
    part = "helpline/_live_queue.html" if had is not None else "helpline/_queue.html"
    return page(
        request, "helpline/queue.html", fragment=part,
        live=had is not None, cases=cases, show="" if whose else show, which=urlencode(which), whose=whose, q=said,
        first=start is None, here=where, counts=counts,
        mark=stands, told=had is not None and mark_from(had).told != stands.told,
        after=request.query_params.get("after", ""),
        unknown=unknown(request.query_params, "show", SHOWS),
    )  # fmt: skip


@get("/helpline/earlier", permission=Permission.HELPLINE_WORK)
async def show_earlier(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What a caller or an organisation asked before, while a call is noted: `?q=`, or the fields of the call.

    By the number or address first, which is one caller's; where nobody is found by that, by the name, and then by the
    organisation.
    """
    given = (request.query_params.get(name, "").strip()[:LONGEST_SEARCH] for name in LOOKED_FOR)
    wanted, cases = [said for said in given if len(said) >= SHORTEST_SEARCH], ()
    found = ", ".join(wanted)
    for said in wanted:
        if cases := await find_earlier(work, said):
            found = said
            break
    return page(
        request, "helpline/earlier.html", fragment="helpline/_earlier.html", cases=cases, q=found,
        here=await here(work, pointing=False),
    )  # fmt: skip


@get("/helpline/new", permission=Permission.HELPLINE_WORK)
async def show_call(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """One page to note a call on while talking."""
    work.require(Permission.HELPLINE_WORK)
    return await _call(request, work, blank(CallForm, channel="phone", priority="usual", keep="yes"))


@post("/helpline/new", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_call(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Open the case that a call came to."""
    form = await read(request, CallForm)
    try:
        said, where = form.value, await here(work)
        case = await take_case(work, where.profile, said.facts(), said.taken())
        if said.addresses:
            listed = await list_addresses(work, case, said.addresses)
            await _note_left_out(work, case, listed.refused)
    except Invalid as refusal:
        return await _call(request, work, form.refused(refusal), status=422)
    return after(f"/helpline/cases/{case.id}")


async def _whose(request: Request[Any, Any, Any], work: Work) -> tuple[UUID, str] | None:
    """Whose cases alone are asked for: somebody who works at the desk."""
    said = request.query_params.get("with")
    return next((each for each in await list_team(work) if str(each[0]) == said), None) if said else None


async def _listed(
    work: Work, where: Here, show: str, start: Key | None, scope: str, whose: tuple[UUID, str] | None
) -> Page[Case]:
    if whose:
        rows = await list_queue(work, (start.at, start.id) if start else FIRST, DEFAULT_LIMIT + 1, assigned_to=whose[0])
        return cut(rows, DEFAULT_LIMIT, _queue_key, scope)
    if show == "ended":
        rows = await list_ended(work, (start.at, start.id) if start else LAST, DEFAULT_LIMIT + 1)
        return cut(rows, DEFAULT_LIMIT, _ended_key, scope)
    rows = await list_queue(
        work, (start.at, start.id) if start else FIRST, DEFAULT_LIMIT + 1,
        assigned_to=work.actor.user_id if show == "mine" else None, unassigned=show == "unassigned",
        state=State.AWAITING_REFERRER if show == "awaiting" else None, at_risk=show == "at_risk",
        overdue=where.late_since if show == "overdue" else None,
    )  # fmt: skip
    return cut(rows, DEFAULT_LIMIT, _queue_key, scope)


async def _note_left_out(work: Work, case: Case, refused: Sequence[str]) -> None:
    """What was pasted and is no address of a page stays in the case, as text."""
    if refused:
        words = "\n".join((_("Left out of the addresses, because it is no address of a page:"), *refused))
        await add_to_case(work, case, "note", "", words, (), distressing=False)


async def _call(request: Request[Any, Any, Any], work: Work, form: Form[CallForm], status: int = 200) -> Template:
    return page(request, "helpline/call.html", status=status, form=form, errors=form.errors, here=await here(work))


def _queue_key(case: Case) -> Key:
    return Key(case.queued_at, case.id)


def _ended_key(case: Case) -> Key:
    return Key(case.ended_at or case.received_at, case.id)


ROUTES = [show_queue, show_earlier, show_call, take_call]
