"""Pages of the files of an incident: sending one, looking at what is known of it, taking a copy."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from safeguard.access.policy import Permission
from safeguard.attachments import scanner
from safeguard.attachments.attaching import CLOSED, PROMISE, attach
from safeguard.attachments.checking import ask_again
from safeguard.attachments.forms import FileForm
from safeguard.attachments.kinds import SAID
from safeguard.attachments.opening import open_file
from safeguard.attachments.queries import Place, get_file, get_place
from safeguard.attachments.receiving import RECEPTION, read_most
from safeguard.attachments.sending import send
from safeguard.errors import Conflict, Invalid, OnlyRead
from safeguard.strongbox import objects
from safeguard.web import exchange
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

AT = "/incidents/{incident_id:uuid}/attachments"


@get(f"{AT}/new", permission=Permission.ATTACHMENT_ADD)
async def show_form(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template:
    """The form; for an incident of a blocked type what to do instead."""
    place = await get_place(work, incident_id)
    if place.only_read:
        raise OnlyRead
    if place.blocks:
        return page(request, "attachments/blocked.html", status=409, place=place)
    if place.state == "closed":
        raise Conflict(CLOSED)
    return await _form(request, work, place, blank(FileForm))


@post(AT, permission=Permission.ATTACHMENT_ADD, status_code=303, receives=RECEPTION)
async def take_file(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """Attach the file that came."""
    form = await read(request, FileForm)
    try:
        said = form.value
        file = await attach(work, incident_id, exchange.current().upload, said.note, promised=said.promise)
    except Invalid as refusal:
        return await _form(request, work, await get_place(work, incident_id), form.refused(refusal), status=422)
    return after(f"/incidents/{incident_id}/attachments/{file.id}?attached=yes")


@get(f"{AT}/{{file_id:uuid}}", permission=Permission.ATTACHMENT_READ)
async def show_file(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID], file_id: FromPath[UUID]
) -> Template:
    """What is known of one file. Nothing of what is in it is shown."""
    place = await get_place(work, incident_id)
    file = await get_file(work, incident_id, file_id)
    return page(
        request, "attachments/show.html", place=place, file=file, has_scanner=scanner.is_set(),
        attached=request.query_params.get("attached") == "yes",
    )  # fmt: skip


@post(f"{AT}/{{file_id:uuid}}/check", permission=Permission.ATTACHMENT_ADD, status_code=303)
async def take_check(work: NamedDependency[Work], incident_id: FromPath[UUID], file_id: FromPath[UUID]) -> Redirect:
    """Ask for the check once more."""
    await ask_again(work, incident_id, file_id)
    return after(f"/incidents/{incident_id}/attachments/{file_id}")


@get(f"{AT}/{{file_id:uuid}}/file", permission=Permission.ATTACHMENT_READ)
async def send_file(work: NamedDependency[Work], incident_id: FromPath[UUID], file_id: FromPath[UUID]) -> Stream:
    """The file, to keep."""
    return send(*await open_file(work, objects.current(), incident_id, file_id))


async def _form(
    request: Request[Any, Any, Any], work: Work, place: Place, form: Form[FileForm], status: int = 200
) -> Template:
    return page(
        request, "attachments/new.html", status=status, place=place, form=form, errors=form.errors, promise=PROMISE,
        most=await read_most(work), kinds=SAID, has_scanner=scanner.is_set(),
    )  # fmt: skip


ROUTES = [show_form, take_file, show_file, take_check, send_file]
