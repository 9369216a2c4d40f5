"""Pages that follow an incident up entry by entry, and the press of a button that says a report was received.

A conflict is not caught here: its page says what happened and gives back what was typed.
"""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Invalid, NotFound
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.acts import in_state
from safeguard.incidents.adding import add_entry, complete_action, find_entry
from safeguard.incidents.changing import CLOSED
from safeguard.incidents.follow_up_forms import (
    KINDS,
    EntryForm,
    ReasonForm,
    WordsForm,
    begun_with,
    blank_entry,
    version_of,
)
from safeguard.incidents.here import here
from safeguard.incidents.queries import Heading, get_heading, read_incident
from safeguard.incidents.story import Facts
from safeguard.web.forms import Form, blank, read
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
    kind = request.query_params.get("kind", "note")
    heading = await get_heading(work, incident_id)
    if heading.state == "closed":
        raise Conflict(CLOSED)
    return _entry_form(request, heading, blank_entry(kind if kind in KINDS else "note"))


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
    if earlier is None or earlier.kind not in KINDS:
        raise NotFound
    return _entry_form(request, story.facts, begun_with(earlier))


@post("/incidents/{incident_id:uuid}/entries", permission=Permission.INCIDENT_FOLLOW_UP, status_code=303)
async def take_entry(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """Add to the record."""
    form = await read(request, EntryForm)
    try:
        entry = await add_entry(work, incident_id, form.value.entry(work))
    except Invalid as refusal:
        wrong = form if form.errors else form.refused(refusal)
        return _entry_form(request, await get_heading(work, incident_id), wrong, 422)
    return after(f"/incidents/{incident_id}?added={entry.id}#entry-{entry.id}")


@get("/incidents/{incident_id:uuid}/entries/{entry_id:uuid}/done", permission=Permission.INCIDENT_FOLLOW_UP)
async def show_completion(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    incident_id: FromPath[UUID],
    entry_id: FromPath[UUID],
) -> Template:
    """The form that says an action is done."""
    return await _completion(request, work, incident_id, entry_id, blank(WordsForm))


@post(
    "/incidents/{incident_id:uuid}/entries/{entry_id:uuid}/done",
    permission=Permission.INCIDENT_FOLLOW_UP,
    status_code=303,
)
async def take_completion(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    incident_id: FromPath[UUID],
    entry_id: FromPath[UUID],
) -> Template | Redirect:
    """Say that an action is done."""
    form = await read(request, WordsForm)
    try:
        entry = await complete_action(work, incident_id, entry_id, form.value.words)
    except Invalid as refusal:
        wrong = form if form.errors else form.refused(refusal)
        return await _completion(request, work, incident_id, entry_id, wrong, 422)
    return after(f"/incidents/{incident_id}?added={entry.id}#entry-{entry.id}")


def _entry_form(
    request: Request[Any, Any, Any], heading: Heading | Facts, form: Form[EntryForm], status: int = 200
) -> Template:
    place = here()
    answer = page(
        request,
        "incidents/entry.html",
        fragment="incidents/_add.html",
        status=status,
        entry=form,
        errors=form.errors,
        here=wants_fragment(request),
        incident=heading,
        profile=place.profile,
    )
    # A form of the story's page that needs another look replaces the form, and not the story.
    answer.headers |= {"HX-Retarget": "#add", "HX-Reswap": "innerHTML"}
    return answer


async def _completion(
    request: Request[Any, Any, Any],
    work: Work,
    incident_id: UUID,
    entry_id: UUID,
    form: Form[WordsForm],
    status: int = 200,
) -> Template:
    story = await read_incident(work, incident_id)
    place = here()
    items = [item for item in place.presenter.items(story) if item.id == entry_id and item.kind == "action"]
    if not items:
        raise NotFound
    return page(
        request, "incidents/done.html", status=status, form=form, errors=form.errors, action=items[0],
        shown=place.presenter.shown(story), profile=place.profile,
    )  # fmt: skip


ROUTES = [
    take_acknowledgement,
    show_entry_form,
    show_entry_correction,
    take_entry,
    show_completion,
    take_completion,
]
