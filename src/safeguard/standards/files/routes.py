"""`/standards/evidence/…/files`: sending a file, looking at what is known of it, taking a copy, locking it."""

from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from safeguard.access.policy import Permission
from safeguard.attachments import scanner
from safeguard.attachments.attaching import PROMISE
from safeguard.attachments.forms import FileForm
from safeguard.attachments.kinds import SAID
from safeguard.attachments.receiving import read_most
from safeguard.attachments.sending import send
from safeguard.errors import Invalid
from safeguard.standards.files.checking import ask_again
from safeguard.standards.files.keeping import RECEPTION, WHY, check_item, keep_file, lock_file
from safeguard.standards.files.opening import open_file
from safeguard.standards.files.queries import get_file
from safeguard.standards.queries import get_item
from safeguard.standards.review import Item
from safeguard.strongbox import objects
from safeguard.web import exchange
from safeguard.web.forms import Choice, Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

AT: Final = "/standards/evidence/{item_id:uuid}/files"
ONE: Final = f"{AT}/{{proof_id:uuid}}"


@dataclass(frozen=True, slots=True)
class LockForm:
    """Why nobody may open a file any more."""

    why: Annotated[str, Choice(WHY, required="Say why nobody may open it any more.")]


@get(f"{AT}/new", permission=Permission.STANDARDS_REVIEW)
async def show_form(request: Request[Any, Any, Any], work: NamedDependency[Work], item_id: FromPath[UUID]) -> Template:
    """The form that sends one file."""
    return await _form(request, work, await check_item(work, item_id), blank(FileForm))


@post(AT, permission=Permission.STANDARDS_REVIEW, status_code=303, receives=RECEPTION)
async def take_file(
    request: Request[Any, Any, Any], work: NamedDependency[Work], item_id: FromPath[UUID]
) -> Template | Redirect:
    """Keep the file that came."""
    form = await read(request, FileForm)
    try:
        said = form.value
        file = await keep_file(work, item_id, exchange.current().upload, said.note, promised=said.promise)
    except Invalid as refusal:
        return await _form(request, work, await get_item(work, item_id), form.refused(refusal), status=422)
    return after(f"/standards/evidence/{item_id}/files/{file.id}?attached=yes")


@get(ONE, permission=Permission.STANDARDS_READ)
async def show_file(
    request: Request[Any, Any, Any], work: NamedDependency[Work], item_id: FromPath[UUID], proof_id: FromPath[UUID]
) -> Template:
    """What is known of one file. Nothing of what is in it is shown."""
    return await _one(request, work, item_id, proof_id, blank(LockForm))


@post(f"{ONE}/check", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_check(work: NamedDependency[Work], item_id: FromPath[UUID], proof_id: FromPath[UUID]) -> Redirect:
    """Ask for the check once more."""
    await ask_again(work, item_id, proof_id)
    return after(f"/standards/evidence/{item_id}/files/{proof_id}")


@post(f"{ONE}/lock", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_lock(
    request: Request[Any, Any, Any], work: NamedDependency[Work], item_id: FromPath[UUID], proof_id: FromPath[UUID]
) -> Template | Redirect:
    """Shut it for everybody."""
    form = await read(request, LockForm)
    if form.errors:
        return await _one(request, work, item_id, proof_id, form, status=422)
    await lock_file(work, item_id, proof_id, form.value.why)
    return after(f"/standards/evidence/{item_id}/files/{proof_id}")


@get(f"{ONE}/file", permission=Permission.STANDARDS_READ)
async def send_file(work: NamedDependency[Work], item_id: FromPath[UUID], proof_id: FromPath[UUID]) -> Stream:
    """The file, to keep."""
    return send(*await open_file(work, objects.current(), item_id, proof_id))


async def _form(
    request: Request[Any, Any, Any], work: Work, item: Item, form: Form[FileForm], status: int = 200
) -> Template:
    return page(
        request, "standards/files/new.html", status=status, item=item, form=form, errors=form.errors, promise=PROMISE,
        most=await read_most(work), kinds=SAID, has_scanner=scanner.is_set(),
    )  # fmt: skip


async def _one(
    request: Request[Any, Any, Any], work: Work, item_id: UUID, proof_id: UUID, form: Form[LockForm], status: int = 200
) -> Template:
    item, file = await get_item(work, item_id), await get_file(work, item_id, proof_id)
    attached = request.query_params.get("attached") == "yes"
    return page(
        request, "standards/files/show.html", status=status, item=item, file=file, has_scanner=scanner.is_set(),
        attached=attached, form=form, errors=form.errors,
    )  # fmt: skip


ROUTES = [show_form, take_file, show_file, take_check, take_lock, send_file]
