"""`/transfers/received`: opening what came, looking at it, and taking it over."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.attachments import scanner
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.incidents.here import here
from safeguard.people.finding import find
from safeguard.transfers import age, importing, opening, queries
from safeguard.transfers.bundling import MOST_BYTES, NOT_ONE, Bundle
from safeguard.transfers.forms import OpenForm, ReasonForm, TakeForm, UploadForm
from safeguard.transfers.scanning import paper_of
from safeguard.transfers.wording import INCOMING, PARTS, entry_kind
from safeguard.web import exchange
from safeguard.web.fields import Fields
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.web.uploading import Inspection, Refused
from safeguard.work import Work

MANAGE = Permission.RECORDS_MANAGE
ONE = "/transfers/received/{incoming_id:uuid}"


class BundleInspection:
    """Looks at the first bytes; what is in it is read once the passphrase opens it."""

    most = MOST_BYTES

    def __init__(self) -> None:
        self._head = b""

    def see(self, piece: bytes) -> None:
        """Refuse what is plainly something else."""
        if len(self._head) < len(age.VERSION):
            self._head = (self._head + piece)[: len(age.VERSION)]
            if not age.VERSION.startswith(self._head):
                raise Refused(NOT_ONE)

    def end(self) -> str:
        """It has no type of its own."""
        if self._head != age.VERSION:
            raise Refused(NOT_ONE)
        return "application/octet-stream"


class BundleReception:
    """Receives sealed bundles; whether the passphrase is right is the form's to say."""

    async def admit(self, unit: Work, path: Mapping[str, Any], fields: Fields, name: str) -> Inspection | None:
        """Look at it once there is a passphrase to try."""
        return BundleInspection() if fields.get("passphrase").strip() else None


RECEPTION: Final = BundleReception()


@get("/transfers/received/new", permission=MANAGE)
async def show_upload(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Where a file from outside is sent in."""
    work.require(MANAGE)
    return _upload(request, blank(UploadForm))


@post("/transfers/received/new", permission=MANAGE, status_code=303, fresh=True, receives=RECEPTION)
async def take_upload(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Take in a file from outside; one that is here already is shown as it stands."""
    form, upload = await read(request, UploadForm), exchange.current().upload
    try:
        incoming_id = await opening.take_upload(work, upload, form.value.passphrase)
    except Invalid as refusal:
        return _upload(request, form.refused(refusal), 422)
    finally:
        if upload and not upload.kept:
            await upload.discard()
    return after(f"/transfers/received/{incoming_id}")


@get(ONE, permission=MANAGE)
async def show_incoming(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incoming_id: FromPath[UUID]
) -> Template:
    """Before it is opened: from whom. After: what is in it, and who it may be here."""
    return await _one(request, work, incoming_id)


@post(f"{ONE}/open", permission=MANAGE, status_code=303, fresh=True)
async def take_opening(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incoming_id: FromPath[UUID]
) -> Template | Redirect:
    """Open it; the receipt goes to the sender."""
    form = await read(request, OpenForm)
    if form.errors:
        return await _one(request, work, incoming_id, opened=form, status=422)
    await opening.open_incoming(work, incoming_id, form.value.role, here().organisation)
    return after(f"/transfers/received/{incoming_id}")


@post(f"{ONE}/import", permission=MANAGE, status_code=303, fresh=True)
async def take_over(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incoming_id: FromPath[UUID]
) -> Template | Redirect:
    """Take it over, for the person that was chosen."""
    form = await read(request, TakeForm)
    try:
        person = _chosen(form.value.person)
        incoming = await queries.get_incoming(work, incoming_id)
        if incoming.state != "opened":
            raise Conflict("This file was taken over, or it is over already.")
        bundle = await opening.read_incoming(work, incoming)
        await importing.take_over(work, incoming_id, bundle, person, here().profile)
    except Invalid as refusal:
        return await _one(request, work, incoming_id, taken=form.refused(refusal), status=422)
    return after(f"/transfers/received/{incoming_id}")


@post(f"{ONE}/decline", permission=MANAGE, status_code=303, fresh=True)
async def take_declining(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incoming_id: FromPath[UUID]
) -> Template | Redirect:
    """Do not take it, and say why."""
    form = await read(request, ReasonForm)
    if form.errors:
        return await _one(request, work, incoming_id, reason=form, status=422)
    await opening.decline(work, incoming_id, form.value.reason)
    return after(f"/transfers/received/{incoming_id}")


@get(f"{ONE}/file.pdf", permission=MANAGE, fresh=True)
async def send_file(work: NamedDependency[Work], incoming_id: FromPath[UUID]) -> Response[bytes]:
    """The file to read, as the sender made it."""
    incoming = await queries.get_incoming(work, incoming_id)
    if incoming.state != "opened":
        raise Conflict("It is not open. Once it is taken over, read it where it stands.")
    paper = await paper_of(incoming, await opening.read_incoming(work, incoming))
    work.record("incoming.read", incoming.id, version=incoming.version)
    headers = {"Content-Disposition": f'attachment; filename="file-{str(incoming.id)[:8]}.pdf"'}
    return Response(paper, media_type="application/pdf", headers=headers)


def _chosen(said: str) -> UUID | None:
    if said == "new":
        return None
    try:
        return UUID(said)
    except ValueError:
        raise Invalid(FieldError("person", "Choose who this is here, or that they are new.")) from None


def _upload(request: Request[Any, Any, Any], form: Form[UploadForm], status: int = 200) -> Template:
    return page(request, "transfers/upload.html", status=status, form=form, errors=form.errors)


async def _one(
    request: Request[Any, Any, Any], work: Work, incoming_id: UUID, status: int = 200, *,
    opened: Form[OpenForm] | None = None, taken: Form[TakeForm] | None = None, reason: Form[ReasonForm] | None = None,
) -> Template:  # fmt: skip
    incoming = await queries.get_incoming(work, incoming_id)
    bundle: Bundle | None = None
    if incoming.state == "opened":
        bundle = await opening.read_incoming(work, incoming)
        work.record("incoming.read", incoming.id, version=incoming.version)
    forms = [form for form in (opened, taken, reason) if form]
    return page(
        request, "transfers/received.html", status=status, came=incoming, states=INCOMING, bundle=bundle,
        likely=await find(work, bundle.file.person.name, limit=5) if bundle else (),
        known=await importing.known_here(work, incoming, bundle.file) if bundle else {}, number_of=importing.number_of,
        opened=opened or blank(OpenForm), taken=taken or blank(TakeForm), reason=reason or blank(ReasonForm),
        errors=tuple(error for form in forms for error in form.errors), parts=PARTS, entry_kind=entry_kind,
        has_scanner=scanner.is_set(),
    )  # fmt: skip


ROUTES = [show_upload, take_upload, show_incoming, take_opening, take_over, take_declining, send_file]
