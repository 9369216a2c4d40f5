"""Pages: what needs me today, the list, the report form, and an incident."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from safeguard.access.policy import Permission
from safeguard.drafts.keeping import list_drafts
from safeguard.errors import Invalid
from safeguard.incidents import (
    acts,
    awaited,
    calendar_routes,
    correcting_routes,
    following_routes,
    heralding,
    hinting,
    identifying_routes,
    imagery_routes,
    inbox_routes,
    listing,
    picking,
    restricting,
    showing,
    telling_outside,
    versions,
)
from safeguard.incidents.asking import as_asked, shown
from safeguard.incidents.choices import read_form_choices
from safeguard.incidents.filtering import read_filters
from safeguard.incidents.first_steps import list_first_steps
from safeguard.incidents.forms import ReportForm, named_as_typed, seen_version
from safeguard.incidents.here import here
from safeguard.incidents.hiding.glass import only_reads
from safeguard.incidents.highlighting import highlights
from safeguard.incidents.owing import LATEST
from safeguard.incidents.picking import asks, offered, picked
from safeguard.incidents.pressing import read_marks
from safeguard.incidents.queries import Row, list_incidents, list_own, read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.today import read_today
from safeguard.registers.policies.queries import list_mine
from safeguard.standards.awaiting import list_to_sign
from safeguard.standards.cycle import list_next
from safeguard.standards.given import count_late, list_given
from safeguard.tenancy.queries import missing_second_person
from safeguard.tenancy.report_forms.asked import Asked
from safeguard.tenancy.report_forms.reading import read_asked
from safeguard.web import exchange
from safeguard.web.asked import unknown
from safeguard.web.bodies import READ_ON
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, Key, cut, read_cursor, scope_of
from safeguard.work import Work

SHOWS = ("all",)
"""What the home page can be asked for: every line, and not only the first."""
NEW = "/incidents/new"
PEOPLE_AT_FIRST = 1
PERSON = "person"
"""The button that asks for one more row of people; another asks for the questions of another type."""


@get("/", permission=Permission.HOME_READ)
async def show_home(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """What needs me today; whoever only inspects comes to what they may read."""
    if work.may(Permission.INSPECTION_READ) and not work.may(Permission.INCIDENT_RECORD):
        return after("/inspect")
    place = here()
    there = place.organisation
    viewer, query = exchange.current().viewer, request.query_params
    today = await read_today(
        work, place.profile, place.today, nation=there.nation, zone=there.time_zone,
        asked=viewer.to_decide if viewer else 0, whole=query.get("show") in SHOWS,
    )  # fmt: skip
    hint = await hinting.bound()(work, place.profile, place.today)
    return page(
        request, "home/today.html", today=today, latest=LATEST, unknown=unknown(query, "show", SHOWS),
        drafts=await list_drafts(work), hint=hint, day=place.today,
        reading=[one for one in await list_mine(work, place.today) if one.done_on is None],
        given=await list_given(work), plan_late=await count_late(work, place.today),
        signals=await heralding.bound()(work), awaited=await awaited.bound()(work),
        reviews=[one for one in await list_next(work, place.profile, place.today) if one.state != "later"],
        to_sign=await list_to_sign(work, place.profile), second_person=await missing_second_person(work, place.profile),
        first_steps=await list_first_steps(work, place.profile),
    )  # fmt: skip


@get("/incidents", permission=Permission.INCIDENT_READ_OWN)
async def show_list(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Response[Any]:
    """Every incident for those who may read them, one's own reports for everybody else."""
    if not (work.may(Permission.INCIDENT_READ) or work.may(Permission.INCIDENT_READ_ASSIGNED)):
        return await _show_own(request, work)
    place = here()
    chosen = read_filters(request.query_params, place.profile, place.today, place.organisation.time_zone)
    scope = scope_of("incidents", chosen.typed)
    start = read_cursor(request.query_params.get("after"), scope)
    rows = await list_incidents(
        work, chosen.filters, after=(start.at, start.id) if start else None, limit=DEFAULT_LIMIT + 1
    )
    part = cut(rows, DEFAULT_LIMIT, _key, scope)
    found = await highlights(work, [row.id for row in part.items], chosen.filters.text)
    marks = await read_marks(work, part.items, place)
    return listing.show(request, place, chosen, part, first=start is None, highlights=found, marks=marks)


@get("/incidents/new", permission=Permission.INCIDENT_RECORD, one_factor=True)
async def show_form(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The report form."""
    about = request.query_params.get("about", "")
    begun = not work.actor.assured and any(one.place == NEW for one in await list_drafts(work))
    asked = await read_asked(work, here().profile)
    return await _form(request, work, blank(ReportForm, about=about), asked, begun=begun)


@post(NEW, permission=Permission.INCIDENT_RECORD, status_code=303, one_factor=True, request_max_body_size=READ_ON)
async def take_form(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Record a report, or add an empty row for one more person."""
    form, place = await read(request, ReportForm), here()
    asked = await read_asked(work, place.profile, seen_version(form))
    if form["add"] or asks(form):
        form, more = await picked(work, form), 1 if form["add"] == PERSON else 0
        return await _form(request, work, form, asked, rows=len(form.rows("people", least=0)) + more)
    try:
        new = form.value.report(place.profile, place.organisation.time_zone)
        story = await record_incident(work, new, place.profile, asked)
    except Invalid as refusal:
        wrong = form if form.errors else form.refused(named_as_typed(refusal, form))
        return await _form(request, work, wrong, asked, status=422)
    if not work.actor.assured or not await restricting.reads_on(work, story):
        return after("/incidents/received")
    return after(f"/incidents/{story.facts.id}?recorded=yes")


@get("/incidents/received", permission=Permission.INCIDENT_RECORD, one_factor=True)
async def show_received(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """For whoever reported what they are alleged to have done themselves: it is kept, and not theirs to open."""
    return page(request, "incidents/received.html")


@get("/incidents/{incident_id:uuid}", permission=Permission.INCIDENT_READ_OWN)
async def show_incident(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template:
    """One incident: the story and the facts; for whoever reported it, their own words and what is shared."""
    place = here()
    story = await as_asked(work, await read_incident(work, incident_id), place.profile)
    if not work.may(Permission.INCIDENT_READ):
        return await showing.to_some(request, work, story, place)
    if await only_reads(work, incident_id):
        return await showing.through_glass(request, work, story, place)
    return await showing.to_work_on(request, work, story, place)


async def _form(
    request: Request[Any, Any, Any],
    work: Work,
    form: Form[ReportForm],
    asked: Asked,
    *,
    rows: int = PEOPLE_AT_FIRST,
    status: int = 200,
    begun: bool = False,
) -> Template:
    """`begun`: a report of theirs waits that opens after the second step only."""
    place = here()
    contact, platforms = await read_form_choices(work, place.profile)
    return page(
        request,
        "incidents/new.html",
        status=status,
        form=form,
        errors=form.errors,
        rows=form.rows("people", least=rows),
        begun=begun,
        profile=place.profile,
        contact=contact,
        platforms=platforms,
        **await offered(work, form),
        **shown(asked, place.profile, form),
    )


async def _show_own(request: Request[Any, Any, Any], work: Work) -> Template:
    scope = scope_of("own incidents", {})
    start = read_cursor(request.query_params.get("after"), scope)
    rows = await list_own(work, after=(start.at, start.id) if start else None, limit=DEFAULT_LIMIT + 1)
    return page(request, "incidents/own_list.html", rows=cut(rows, DEFAULT_LIMIT, _key, scope), first=start is None)


def _key(row: Row) -> Key:
    return Key(row.recorded_at, row.id)


ROUTES = [
    show_home,
    show_list,
    show_form,
    take_form,
    show_received,
    show_incident,
    *inbox_routes.ROUTES,
    *following_routes.ROUTES,
    *acts.ROUTES,
    *correcting_routes.ROUTES,
    *calendar_routes.ROUTES,
    *identifying_routes.ROUTES,
    *picking.ROUTES,
    *imagery_routes.ROUTES,
    *versions.ROUTES,
    *telling_outside.ROUTES,
]
