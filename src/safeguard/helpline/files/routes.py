"""`/helpline/cases/{case}/files/...`: a file that came with a referral, to keep, or locked for everybody."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from safeguard.access.policy import Permission
from safeguard.attachments.sending import send
from safeguard.errors import Conflict, Invalid
from safeguard.helpline.files.locking import lock_found
from safeguard.helpline.files.opening import open_file
from safeguard.helpline.files.queries import get_file
from safeguard.helpline.files.rechecking import check_again
from safeguard.helpline.queries import get_case
from safeguard.strongbox import objects
from safeguard.web.forms import Form, Text, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

AT = "/helpline/cases/{case_id:uuid}/files/{case_file_id:uuid}"


@dataclass(frozen=True, slots=True)
class LockForm:
    """Why nobody may open it any more, and who outside was told."""

    reason: Annotated[str, Text(longest=5_000, lines=True, required="Say how you know, without opening it again.")]
    police_reference: Annotated[str, Text(longest=200)]
    iwf_reference: Annotated[str, Text(longest=200)]


@get(f"{AT}/file", permission=Permission.HELPLINE_WORK)
async def send_case_file(work: NamedDependency[Work], case_id: FromPath[UUID], case_file_id: FromPath[UUID]) -> Stream:
    """The file, to keep. Told to the log."""
    return send(*await open_file(work, objects.current(), case_id, case_file_id))


@get(f"{AT}/lock", permission=Permission.HELPLINE_WORK)
async def show_case_file_lock(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID], case_file_id: FromPath[UUID]
) -> Template:
    """The form that locks a file for everybody, with where to turn."""
    return await _ask(request, work, case_id, case_file_id, blank(LockForm))


@post(f"{AT}/lock", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_case_file_lock(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID], case_file_id: FromPath[UUID]
) -> Template | Redirect:
    """It is locked, here and, once they are told, where it came from."""
    case, form = await get_case(work, case_id), await read(request, LockForm)
    if form.errors:
        return await _ask(request, work, case_id, case_file_id, form, 422)
    said = form.value
    try:
        await lock_found(work, case, case_file_id, said.reason, said.police_reference, said.iwf_reference)
    except Invalid as refusal:
        return await _ask(request, work, case_id, case_file_id, form.refused(refusal), 422)
    return after(f"/helpline/cases/{case_id}#files")


@post(f"{AT}/check", permission=Permission.HELPLINE_WORK, status_code=303)
async def ask_for_case_file_check(
    work: NamedDependency[Work], case_id: FromPath[UUID], case_file_id: FromPath[UUID]
) -> Redirect:
    """The check of the file is asked for again."""
    await check_again(work, case_id, case_file_id)
    return after(f"/helpline/cases/{case_id}#files")


async def _ask(
    request: Request[Any, Any, Any], work: Work, case_id: UUID, file_id: UUID, form: Form[LockForm], status: int = 200
) -> Template:
    case, file = await get_case(work, case_id), await get_file(work, case_id, file_id)
    if file.locked_at:
        raise Conflict("This file is locked already.")
    return page(
        request, "helpline/files/lock.html", status=status, case=case, file=file, form=form, errors=form.errors
    )  # fmt: skip


ROUTES = [send_case_file, show_case_file_lock, take_case_file_lock, ask_for_case_file_check]
