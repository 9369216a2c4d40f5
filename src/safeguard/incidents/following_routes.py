"""Pages that follow an incident up entry by entry, and the press of a button that says a report was received.

An entry that somebody else corrected meanwhile is shown beside what was typed. Another conflict is not caught here: its
page says what happened and gives back what was typed.
"""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.incidents import completing_routes, ending_routes
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.acts import in_state
from safeguard.incidents.adding import Replaced, add_entry, find_entry
from safeguard.incidents.changing import CLOSED
from safeguard.incidents.controls import controls_by_objective
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.entry_kinds import ABOUT_SOMEBODY, CORRECTABLE
from safeguard.incidents.follow_up_forms import (
    KINDS,
    EntryForm,
    ReasonForm,
    begun_with,
    blank_entry,
    named_in_page,
    version_of,
)
from safeguard.incidents.here import here
from safeguard.incidents.hiding.glass import require_handling
from safeguard.incidents.linking import ALREADY, find_referenced, is_linked
from safeguard.incidents.overtaken import for_now
from safeguard.incidents.presenting import Item
from safeguard.incidents.queries import Heading, get_heading, read_incident
from safeguard.incidents.standing import standing_now
from safeguard.incidents.story import Facts, Story
from safeguard.web.bodies import READ_ON
from safeguard.web.forms import Form, read
from safeguard.web.pages import after, page, wants_fragment
from safeguard.work import Work


@post("/incidents/{incident_id:uuid}/acknowledge", permission=Permission.INCIDENT_TRIAGE, status_code=303)
async def take_acknowledgement(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Redirect:
    """Say that a report was received."""
    form = await read(request, ReasonForm)
    await acknowledge(work, incident_id, version_of(form))
    return after(f"/incidents/{incident_id}")


@get("/incidents/{incident_id:uuid}/entries/new", permission=Permission.INCIDENT_FOLLOW_UP)
async def show_entry_form(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template:
    """The form of one kind of entry; HTMX swaps it into the incident's page."""
    asked, person = request.query_params.get("kind", "note"), request.query_params.get("person", "")
    kind = asked if asked in KINDS else "note"
    incident = await _named(work, incident_id, kind)
    await require_handling(work, incident_id)
    # A link is for closed incidents too: that it happened before is what it tells.
    if _facts(incident).state == "closed" and kind != "link":
        raise Conflict(CLOSED)
    return await _entry_form(request, work, incident, blank_entry(kind, person))


@get("/incidents/{incident_id:uuid}/entries/{entry_id:uuid}/correct", permission=Permission.INCIDENT_FOLLOW_UP)
async def show_entry_correction(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    incident_id: FromPath[UUID],
    entry_id: FromPath[UUID],
) -> Template:
    """The form of an entry that corrects an earlier one, with its words to begin with."""
    story = await in_state(work, incident_id, closed=False)
    earlier = await find_entry(work, incident_id, entry_id)
    if earlier is None or earlier.kind not in CORRECTABLE:
        raise NotFound
    return await _entry_form(request, work, story, begun_with(earlier, here().zone))


@post(
    "/incidents/{incident_id:uuid}/entries", permission=Permission.INCIDENT_FOLLOW_UP, status_code=303,
    request_max_body_size=READ_ON,
)  # fmt: skip
async def take_entry(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """Add to the record."""
    form = await read(request, EntryForm)
    try:
        entry = await add_entry(work, incident_id, await _meant(work, incident_id, form))
    except Invalid as refusal:
        wrong = form if form.errors else form.refused(named_in_page(refusal))
        return await _entry_form(request, work, await _named(work, incident_id, form["kind"]), wrong, 422)
    except Replaced:
        return await _beside_theirs(request, work, await read_incident(work, incident_id), form)
    return after(f"/incidents/{incident_id}?added={entry.id}#entry-{entry.id}")


async def _beside_theirs(request: Request[Any, Any, Any], work: Work, story: Story, form: Form[EntryForm]) -> Template:
    """The correction again, for the entry that stands now, which is shown beside it."""
    now = standing_now(story, UUID(form["supersedes_id"]))
    (theirs,) = (item for item in here().presenter.items(story) if item.id == now.id)
    return await _entry_form(request, work, story, for_now(form, supersedes_id=str(now.id)), 409, theirs)


async def _meant(work: Work, incident_id: UUID, form: Form[EntryForm]) -> NewEntry:
    """What the form says; a reference that was typed becomes the incident that it names."""
    new = form.value.entry(work, here().organisation.time_zone)
    if new.kind != "link" or not form.value.linked_reference:
        return new
    other = await find_referenced(work, form.value.linked_reference)
    if await is_linked(work, incident_id, other):
        raise Invalid(FieldError("linked_reference", ALREADY))
    return msgspec.structs.replace(new, linked_id=other)


def _facts(incident: Heading | Story) -> Heading | Facts:
    return incident.facts if isinstance(incident, Story) else incident


async def _entry_form(
    request: Request[Any, Any, Any],
    work: Work,
    incident: Heading | Story,
    form: Form[EntryForm],
    status: int = 200,
    theirs: Item | None = None,
) -> Template:
    place, chosen = here(), form.all("controls")
    teaches = form["kind"] == "lesson"
    answer = page(
        request,
        "incidents/entry.html",
        fragment="incidents/_add.html",
        status=status,
        entry=form,
        errors=form.errors,
        here=wants_fragment(request),
        incident=_facts(incident),
        people=incident.present if isinstance(incident, Story) else (),
        controls=await controls_by_objective(work, place.profile, chosen) if teaches else (),
        profile=place.profile,
        theirs=theirs,
    )
    # A form of the story's page that needs another look replaces the form, and not the story.
    answer.headers |= {"HX-Retarget": "#add", "HX-Reswap": "innerHTML"}
    return answer


async def _named(work: Work, incident_id: UUID, kind: str) -> Heading | Story:
    """The incident beside a form: with its people where the form asks about one of them, else only which it is."""
    return await read_incident(work, incident_id) if kind in ABOUT_SOMEBODY else await get_heading(work, incident_id)


ROUTES = [take_acknowledgement, show_entry_form, show_entry_correction, take_entry, *completing_routes.ROUTES,
          *ending_routes.ROUTES]  # fmt: skip
