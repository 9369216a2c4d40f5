"""Pages about images that must not be looked at: describing one, locking a file away, saying that somebody looked."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.attachments.queries import get_file
from safeguard.errors import Conflict, Invalid
from safeguard.incidents.changing import CLOSED
from safeguard.incidents.hiding.glass import require_handling
from safeguard.incidents.imagery import Description, Look, Sealing, describe, note_look, seal_file
from safeguard.incidents.queries import get_heading
from safeguard.incidents.story import Entry
from safeguard.web.forms import Form, Text, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

Words = Annotated[str, Text(longest=5_000, lines=True)]
Name = Annotated[str, Text(longest=200)]


@dataclass(frozen=True, slots=True)
class DescriptionForm:
    """An image in words."""

    what: Words
    who: Words
    known: Words
    where: Words
    seen_by: Words


@dataclass(frozen=True, slots=True)
class LookForm:
    """Who looked, and why."""

    who: Name
    device: Name
    why: Words
    authorised_by: Name
    witnessed_by: Name


@dataclass(frozen=True, slots=True)
class SealingForm:
    """Why a file is locked."""

    reason: Words
    police_reference: Name
    iwf_reference: Name


@get("/incidents/{incident_id:uuid}/describe", permission=Permission.INCIDENT_FOLLOW_UP)
async def show_description(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template:
    """The form that stands in the place of an upload."""
    await require_handling(work, incident_id)
    return await _shown(request, work, incident_id, "attachments/describe.html", blank(DescriptionForm))


@post("/incidents/{incident_id:uuid}/describe", permission=Permission.INCIDENT_FOLLOW_UP, status_code=303)
async def take_description(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """Add the description to the record."""
    form = await read(request, DescriptionForm)
    try:
        entry = await describe(work, incident_id, Description(**_values(form)))
    except Invalid as refusal:
        return await _again(request, work, incident_id, "attachments/describe.html", form, refusal)
    return _added(incident_id, entry)


@get("/incidents/{incident_id:uuid}/examined", permission=Permission.INCIDENT_FOLLOW_UP)
async def show_look(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template:
    """The form of the viewing log."""
    await require_handling(work, incident_id)
    return await _shown(request, work, incident_id, "attachments/examined.html", blank(LookForm))


@post("/incidents/{incident_id:uuid}/examined", permission=Permission.INCIDENT_FOLLOW_UP, status_code=303)
async def take_look(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """Add to the viewing log."""
    form = await read(request, LookForm)
    try:
        entry = await note_look(work, incident_id, Look(**_values(form)))
    except Invalid as refusal:
        return await _again(request, work, incident_id, "attachments/examined.html", form, refusal)
    return _added(incident_id, entry)


LOCK = "/incidents/{incident_id:uuid}/attachments/{file_id:uuid}/lock"


@get(LOCK, permission=Permission.ATTACHMENT_ADD)
async def show_sealing(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID], file_id: FromPath[UUID]
) -> Template:
    """The form that locks a file for everybody."""
    file = await get_file(work, incident_id, file_id)
    await require_handling(work, incident_id)
    return await _shown(
        request, work, incident_id, "attachments/lock.html", blank(SealingForm), closed_too=True, file=file
    )


@post(LOCK, permission=Permission.ATTACHMENT_ADD, status_code=303)
async def take_sealing(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID], file_id: FromPath[UUID]
) -> Template | Redirect:
    """Lock it."""
    form = await read(request, SealingForm)
    try:
        await seal_file(work, incident_id, file_id, Sealing(**_values(form)))
    except Invalid as refusal:
        file = await get_file(work, incident_id, file_id)
        return await _again(
            request, work, incident_id, "attachments/lock.html", form, refusal, closed_too=True, file=file
        )
    return after(f"/incidents/{incident_id}/attachments/{file_id}")


def _values(form: Form[Any]) -> dict[str, Any]:
    value = form.value
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _added(incident_id: UUID, entry: Entry) -> Redirect:
    return after(f"/incidents/{incident_id}?added={entry.id}#entry-{entry.id}")


async def _again(
    request: Request[Any, Any, Any], work: Work, incident_id: UUID, template: str, form: Form[Any], refusal: Invalid,
    **more: Any,
) -> Template:  # fmt: skip
    return await _shown(request, work, incident_id, template, form.refused(refusal), status=422, **more)


async def _shown(
    request: Request[Any, Any, Any], work: Work, incident_id: UUID, template: str, form: Form[Any], status: int = 200,
    closed_too: bool = False, **more: Any,
) -> Template:  # fmt: skip
    heading = await get_heading(work, incident_id)
    if heading.state == "closed" and not closed_too:
        raise Conflict(CLOSED)
    return page(request, template, status=status, place=heading, form=form, errors=form.errors, **more)


ROUTES = [show_description, take_description, show_look, take_look, show_sealing, take_sealing]
