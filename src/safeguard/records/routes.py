"""`/records`: what is past its time, holds, disposals and their certificates."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.incidents.here import here
from safeguard.incidents.hiding.glass import require_handling
from safeguard.people.queries import get_person
from safeguard.records import dating, holding, proposing, queries, schedule
from safeguard.records.access import answer_routes
from safeguard.records.access import routes as access_routes
from safeguard.records.forms import AskDisposal, LiftHold, PlaceHold, SayDates
from safeguard.records.holding import About
from safeguard.records.kinds import routes as kind_routes
from safeguard.records.kinds.queue import list_waiting
from safeguard.records.kinds.registry import KINDS as OTHERS
from safeguard.records.kinds.registry import LEADS
from safeguard.records.kinds.routes import certificate, lift_hold, lifting, printed
from safeguard.records.logs import routes as log_routes
from safeguard.records.people_due import RULE, list_leavers, person_due_on
from safeguard.records.wording import GROUNDS, HOLD_GROUNDS, KINDS, OBSTACLES
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

COMES_UP = frozenset({schedule.INCIDENTS, RULE, *(kind.rule for kind in OTHERS.values())})
"""Rules whose records come up by themselves."""
MANAGE = Permission.RECORDS_MANAGE
INCIDENT, PERSON = "/records/incidents/{incident_id:uuid}", "/records/people/{person_id:uuid}"


@get("/records", permission=MANAGE)
async def show_records(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What is past its time, and the schedule."""
    due, today = await schedule.list_due(work, here().today), here().today
    return page(
        request, "records/due.html", due=due, leavers=await list_leavers(work, today),
        waiting=await list_waiting(work, LEADS, today), by_itself=COMES_UP, others=LEADS.path,
        rules=await schedule.list_rules(work), most=schedule.MOST,
        starts=(await schedule.period_of_incidents(work))[0].starts,
    )  # fmt: skip


@get("/records/holds", permission=MANAGE)
async def show_holds(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Every hold, those that stand first."""
    return page(request, "records/holds.html", holds=await queries.list_holds(work), grounds=HOLD_GROUNDS)


@get("/records/disposals", permission=MANAGE)
async def show_disposals(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What was disposed of, and what waits for somebody to agree."""
    return page(
        request, "records/disposals.html", disposals=await queries.list_disposals(work), grounds=GROUNDS, kinds=KINDS
    )


@get("/records/disposals/{disposal_id:uuid}", permission=MANAGE)
async def show_disposal(
    request: Request[Any, Any, Any], work: NamedDependency[Work], disposal_id: FromPath[UUID]
) -> Template:
    """The certificate; before it is done, who has to agree."""
    return await certificate(request, work, LEADS, disposal_id)


@get("/records/disposals/{disposal_id:uuid}/certificate.pdf", permission=MANAGE)
async def print_certificate(work: NamedDependency[Work], disposal_id: FromPath[UUID]) -> Response[bytes]:
    """The certificate as a document."""
    return await printed(work, LEADS, disposal_id)


@get(INCIDENT, permission=MANAGE)
async def show_incident_record(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template:
    """How long an incident is kept, what holds it, what would go."""
    await require_handling(work, incident_id)
    return await _record(request, work, About("incident", incident_id))


@get(PERSON, permission=MANAGE)
async def show_person_record(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template:
    """How long what is known of a person is kept."""
    return await _record(request, work, About("person", person_id))


@post(f"{INCIDENT}/hold", permission=MANAGE, status_code=303, fresh=True)
async def hold_incident(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """Keep an incident until the hold is lifted."""
    return await _hold(request, work, About("incident", incident_id))


@post(f"{PERSON}/hold", permission=MANAGE, status_code=303, fresh=True)
async def hold_person(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template | Redirect:
    """Keep everything that somebody has a part in."""
    return await _hold(request, work, About("person", person_id))


@post(f"{INCIDENT}/dispose", permission=MANAGE, status_code=303, fresh=True)
async def dispose_incident(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """Ask that an incident be disposed of."""
    return await _ask(request, work, About("incident", incident_id))


@post(f"{PERSON}/dispose", permission=MANAGE, status_code=303, fresh=True)
async def dispose_person(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template | Redirect:
    """Ask that what the list holds of a person be disposed of."""
    return await _ask(request, work, About("person", person_id))


@post(f"{PERSON}/dates", permission=MANAGE, status_code=303)
async def take_dates(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template | Redirect:
    """Write down when somebody left, or died."""
    form = await read(request, SayDates)
    try:
        said = form.value
        await dating.say_dates(work, person_id, said.left_on, said.died_on)
    except Invalid as refusal:
        return await _record(request, work, About("person", person_id), dates=form.refused(refusal), status=422)
    return after(f"/records/people/{person_id}")


@get("/records/holds/{hold_id:uuid}/lift", permission=MANAGE)
async def show_lifting(
    request: Request[Any, Any, Any], work: NamedDependency[Work], hold_id: FromPath[UUID]
) -> Template:
    """Lift a hold."""
    return await lifting(request, work, LEADS, hold_id, blank(LiftHold))


@post("/records/holds/{hold_id:uuid}/lift", permission=MANAGE, status_code=303, fresh=True)
async def take_lifting(
    request: Request[Any, Any, Any], work: NamedDependency[Work], hold_id: FromPath[UUID]
) -> Template | Redirect:
    """Let the record go by its period again."""
    return await lift_hold(request, work, LEADS, hold_id)


async def _hold(request: Request[Any, Any, Any], work: Work, about: About) -> Template | Redirect:
    form = await read(request, PlaceHold)
    try:
        await holding.place_hold(work, about, form.value.ground, form.value.reason)
    except Invalid as refusal:
        return await _record(request, work, about, hold=form.refused(refusal), status=422)
    return after(_path(about))


async def _ask(request: Request[Any, Any, Any], work: Work, about: About) -> Template | Redirect:
    form = await read(request, AskDisposal)
    try:
        proposal = await proposing.ask(work, about, form.value.why, here().today)
    except Invalid as refusal:
        return await _record(request, work, about, asking=form.refused(refusal), status=422)
    except Conflict as refusal:
        return await _record(
            request, work, about, asking=form.refused(Invalid(FieldError("why", str(refusal)))), status=409
        )
    return after(f"/approvals/{proposal.id}?done=asked")


async def _record(
    request: Request[Any, Any, Any],
    work: Work,
    about: About,
    *,
    hold: Form[PlaceHold] | None = None,
    asking: Form[AskDisposal] | None = None,
    dates: Form[SayDates] | None = None,
    status: int = 200,
) -> Template:
    person = await get_person(work, about.id) if about.kind == "person" else None
    left, died = await dating.read_dates(work, about.id) if person else (None, None)
    hold, asking = hold or blank(PlaceHold), asking or blank(AskDisposal)
    dates = dates or blank(SayDates, left_on=str(left or ""), died_on=str(died or ""))
    sent = await proposing.is_signed_for(work, about)
    return page(
        request, "records/record.html", status=status, about=about, person=person,
        goes=await queries.what_goes(work, about.id) if person is None else None,
        dated=await schedule.find_dated(work, about.id) if person is None else None,
        parts=await queries.count_parts(work, about.id) if person else 0,
        person_due=await person_due_on(work, about.id) if person else None,
        holds=await queries.holds_of(work, about), hold=hold, asking=asking, dates=dates, today=here().today,
        obstacles=_said(await proposing.find_obstacles(work, about)),
        grounds={code: words for code, words in GROUNDS.items() if sent or code != "transferred"},
        hold_grounds=HOLD_GROUNDS,
        errors=(*asking.errors, *hold.errors, *dates.errors), place=_path(about),
    )  # fmt: skip


def _said(obstacles: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((code, OBSTACLES[code]) for code in obstacles)


def _path(about: About) -> str:
    return f"/records/{'incidents' if about.kind == 'incident' else 'people'}/{about.id}"


ROUTES = [
    *access_routes.ROUTES, *answer_routes.ROUTES, *log_routes.ROUTES, *kind_routes.ROUTES,
    show_records, show_holds, show_disposals, show_disposal, print_certificate, show_incident_record,
    show_person_record, hold_incident, hold_person, dispose_incident, dispose_person, take_dates, show_lifting,
    take_lifting,
]  # fmt: skip
