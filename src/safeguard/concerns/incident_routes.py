"""Pages of an incident for whoever reads the vault: to read, and to take care of where no lead is left who may."""

from dataclasses import dataclass
from typing import Annotated, Any, cast
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import BadRequest, Invalid
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry
from safeguard.incidents.asking import as_asked
from safeguard.incidents.closing import Closing, close, has_open_ends
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.entry_kinds import AddedKind
from safeguard.incidents.forms import Code
from safeguard.incidents.here import here
from safeguard.incidents.hiding.reading import read_for_vault
from safeguard.incidents.hiding.standing_in import is_led, standing_in
from safeguard.incidents.reports import WORDS_LIMIT
from safeguard.incidents.story import Story
from safeguard.incidents.telling_outside import (
    OutsideForm,
    begun_for,
    limit_of,
    outside_page,
    refused,
    said_of,
)
from safeguard.incidents.unfinished import Outside, read_outside, reason_missing
from safeguard.incidents.unowned import list_unowned
from safeguard.tenancy.limits import Clock
from safeguard.web.forms import Choice, Form, Text, begun, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

OPEN = Permission.CONCERN_RAISE
AT = "/concerns/incidents/{incident_id:uuid}"
KINDS = ("note", "decision")
Words = Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]


@dataclass(frozen=True, slots=True)
class AddForm:
    """Something to add to an incident."""

    kind: Annotated[str, Choice(KINDS, required="Choose what you are writing.")]
    words: Words
    reason: Words


@dataclass(frozen=True, slots=True)
class EndForm:
    """The four things without which an incident stays open."""

    version: Annotated[str, Code()]
    summary: Words
    follow_up: Words
    decision: Words
    outcome: Words
    left_open: Words


@get(AT, permission=OPEN)
async def show_incident(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template:
    """An incident in which a member of staff is alleged, or that nobody else is left to handle."""
    return await _shown(request, work, await read_for_vault(work, incident_id), begun(AddForm, {"kind": "note"}))


@post(f"{AT}/acknowledge", permission=OPEN, status_code=303)
async def take_receipt(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Redirect:
    """Say that it was received."""
    version = _version(await read(request, EndForm))
    async with standing_in(work, incident_id):
        await acknowledge(work, incident_id, version)
    return after(f"/concerns/incidents/{incident_id}")


@post(f"{AT}/entries", permission=OPEN, status_code=303)
async def take_entry(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """Add a note or a decision to it."""
    form = await read(request, AddForm)
    try:
        said = form.value
        new = NewEntry(kind=cast("AddedKind", said.kind), words=said.words, reason=said.reason)
        async with standing_in(work, incident_id):
            entry = await add_entry(work, incident_id, new)
    except Invalid as refusal:
        story = await read_for_vault(work, incident_id)
        return await _shown(request, work, story, form.refused(refusal), 422)
    return after(f"/concerns/incidents/{incident_id}#entry-{entry.id}")


@get(f"{AT}/outside/{{code:str}}", permission=OPEN)
async def show_outside(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID], code: FromPath[str]
) -> Template:
    """Whether a regulator or another body outside was told of it."""
    limit, story = limit_of(code), await read_for_vault(work, incident_id)
    async with standing_in(work, incident_id):
        return _outside(request, story, limit, begun_for(story, limit))


@post(f"{AT}/outside/{{code:str}}", permission=OPEN, status_code=303)
async def take_outside(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID], code: FromPath[str]
) -> Template | Redirect:
    """Add that they were told, will be, or need not be: as whoever handles it would."""
    limit, form = limit_of(code), await read(request, OutsideForm)
    try:
        async with standing_in(work, incident_id):
            entry = await add_entry(work, incident_id, said_of(limit, form))
    except Invalid as refusal:
        return _outside(request, await read_for_vault(work, incident_id), limit, refused(form, refusal), 422)
    return after(f"/concerns/incidents/{incident_id}#entry-{entry.id}")


@get(f"{AT}/close", permission=OPEN)
async def show_end(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template:
    """Close it."""
    story = await read_for_vault(work, incident_id)
    return await _end(request, work, story, blank(EndForm, version=str(story.facts.version)))


@post(f"{AT}/close", permission=OPEN, status_code=303)
async def take_end(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """It is closed, with a summary, how it was followed up, what was decided and how it ended."""
    form = await read(request, EndForm)
    try:
        said = form.value
        closing = Closing(
            summary=said.summary, follow_up=said.follow_up, decision=said.decision, outcome=said.outcome,
            left_open=said.left_open,
        )  # fmt: skip
        async with standing_in(work, incident_id):
            also = await reason_missing(work, here(), incident_id, said.left_open)
            await close(work, incident_id, _version(form), closing, also)
    except Invalid as refusal:
        return await _end(request, work, await read_for_vault(work, incident_id), form.refused(refusal), 422)
    return after(f"/concerns/incidents/{incident_id}")


def _version(form: Form[EndForm]) -> int:
    """The version that the page showed; raises `BadRequest` for anything else."""
    typed = form["version"]
    if not (typed.isascii() and typed.isdigit() and len(typed) < 9):
        raise BadRequest
    return int(typed)


async def _shown(
    request: Request[Any, Any, Any], work: Work, story: Story, form: Form[AddForm], status: int = 200
) -> Template:
    place, led = here(), await is_led(work, story.facts.id)
    story = await as_asked(work, story, place.profile)
    unowned = await _unowned(work, story) if not led else ()
    return page(
        request, "concerns/incident.html", status=status, profile=place.profile, form=form, errors=form.errors,
        shown=place.presenter.shown(story), items=place.presenter.items(story, unowned=unowned),
        led=led, outside=await _left_outside(work, story) if not led else None,
    )  # fmt: skip


async def _unowned(work: Work, story: Story) -> frozenset[UUID]:
    """The actions that nobody has any more, as whoever handles it would see them."""
    if story.facts.state == "closed":
        return frozenset()
    async with standing_in(work, story.facts.id):
        return await list_unowned(work, story)


async def _left_outside(work: Work, story: Story) -> Outside | None:
    """Who outside has still to hear or to answer, as whoever handles it would see it."""
    if story.facts.state == "closed":
        return None
    async with standing_in(work, story.facts.id):
        return await read_outside(work, here(), story.facts.id)


def _outside(
    request: Request[Any, Any, Any], story: Story, limit: Clock, form: Form[OutsideForm], status: int = 200
) -> Template:
    return outside_page(request, story, limit, form, status, at=f"/concerns/incidents/{story.facts.id}")


async def _end(
    request: Request[Any, Any, Any], work: Work, story: Story, form: Form[EndForm], status: int = 200
) -> Template:
    return page(
        request, "concerns/incident_close.html", status=status, form=form, errors=form.errors, incident=story.facts,
        version=form["version"], open_ends=await has_open_ends(work, story.facts.id),
        outside=await _left_outside(work, story) if not await is_led(work, story.facts.id) else None,
    )  # fmt: skip


ROUTES = [show_incident, take_receipt, take_entry, show_outside, take_outside, show_end, take_end]
