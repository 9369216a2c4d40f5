"""`/transfers`: sending a person's file, where each stands, and its receipt."""

from dataclasses import replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.evidence.report.saying import day
from safeguard.incidents.here import here
from safeguard.transfers import ending, incoming_routes, link_routes, models, queries, sending, staying_routes
from safeguard.transfers.again import list_tries
from safeguard.transfers.columns import list_staying
from safeguard.transfers.forms import ReasonForm, SendForm, SlipForm
from safeguard.transfers.gathering import Gathered, Wish, gather
from safeguard.transfers.paper import sheet_pdf
from safeguard.transfers.sending import Receiver, Way, find_receivers, secrets_of
from safeguard.transfers.withholding import went_with_one
from safeguard.transfers.wording import INCOMING, POLICIES, STATES, WAYS
from safeguard.web import exchange, surroundings
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

LOADED = (models,)
"""So that the record of processing, which is below, can read these columns off the registry."""
MANAGE = Permission.RECORDS_MANAGE
ONE = "/transfers/{transfer_id:uuid}"
PERSON = "/people/{person_id:uuid}/transfer"
CHANGED = "Something in the file has changed since you looked, so nothing was sent. Look again, then send it."
WHOM = "Choose the organisation that it goes to. Type its name or number, and find it first."
BEGINNING = 140
PLACE = "Name the school, club or provider that it goes to."


@get("/transfers", permission=MANAGE)
async def show_transfers(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What was sent and what came, what waits for somebody on top."""
    return page(
        request, "transfers/list.html", sent=await queries.list_sent(work), came=await queries.list_incoming(work),
        **_words(),
    )  # fmt: skip


@get(PERSON, permission=MANAGE)
async def show_sending(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template:
    """To whom, why, and what is in it."""
    return await _form(request, work, person_id, blank(SendForm, way="inside"))


@post(PERSON, permission=MANAGE, status_code=303, fresh=True)
async def take_sending(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template | Redirect:
    """Find the recipient; show the exact list of what would leave; send exactly that."""
    form, place, token = await read(request, SendForm), here(), exchange.current().token
    if form["step"] in ("find", "change"):  # nobody has come to the questions further down yet
        return await _form(request, work, person_id, replace(form, errors=()))
    nonce = token.nonce if token else b""
    try:
        wish, way = await _asked(work, form)
        gathered = await gather(work, person_id, wish, sending.id_of(nonce))
    except Invalid as refusal:
        return await _form(request, work, person_id, form.refused(refusal), 422)
    await sending.hold(work, nonce)
    before = await _sent_before(work, nonce)
    if form["step"] != "send" or (before is None and form["digest"] != gathered.digest):
        return _preview(request, gathered, form, way, changed=form["step"] == "send")
    if before is None:
        try:
            await sending.send(work, gathered, wish, way, nonce, place.profile, place.organisation)
        except Invalid as refusal:
            return await _form(request, work, person_id, form.refused(refusal), 422)
    return await _after(request, work, way, nonce)


async def _after(request: Request[Any, Any, Any], work: Work, way: Way, nonce: bytes) -> Template | Redirect:
    """Where it stands; of a link first what is told this once, also when the answer was lost on its way."""
    sent = secrets_of(nonce)
    if way.kind != "link":
        return after(f"/transfers/{sent.id}?sent=yes")
    address = surroundings.current().public_url or exchange.current().base
    return page(
        request, "transfers/secrets.html", sent=sent, link=address.rstrip("/") + sent.path, way=way,
        transfer=await queries.get_sent(work, sent.id), tries=sending.TRIES,
    )  # fmt: skip


@get(ONE, permission=MANAGE)
async def show_transfer(
    request: Request[Any, Any, Any], work: NamedDependency[Work], transfer_id: FromPath[UUID]
) -> Template:
    """Where it stands, what was in it, and its receipt."""
    return await _one(request, work, transfer_id)


@post(f"{ONE}/cancel", permission=MANAGE, status_code=303, fresh=True)
async def take_cancelling(
    request: Request[Any, Any, Any], work: NamedDependency[Work], transfer_id: FromPath[UUID]
) -> Template | Redirect:
    """Take it back before anybody opened it."""
    form = await read(request, ReasonForm)
    if form.errors:
        return await _one(request, work, transfer_id, reason=form, status=422)
    await ending.cancel(work, transfer_id, form.value.reason)
    return after(f"/transfers/{transfer_id}")


@post(f"{ONE}/receipt", permission=MANAGE, status_code=303)
async def take_slip(
    request: Request[Any, Any, Any], work: NamedDependency[Work], transfer_id: FromPath[UUID]
) -> Template | Redirect:
    """Write down the slip that came back."""
    form = await read(request, SlipForm)
    try:
        slip = form.value
        await ending.write_receipt(work, transfer_id, slip.by, slip.role, slip.received_on or here().today)
    except Invalid as refusal:
        return await _one(request, work, transfer_id, slip=form.refused(refusal), status=422)
    return after(f"/transfers/{transfer_id}")


@post(f"{ONE}/dispose", permission=MANAGE, status_code=303, fresh=True)
async def take_disposal(work: NamedDependency[Work], transfer_id: FromPath[UUID]) -> Redirect:
    """Ask that our copy goes, because it was received and the policy is to keep none."""
    count = await ending.ask_to_dispose(work, transfer_id, here().today)
    return after(f"/transfers/{transfer_id}?asked={count}")


@get(f"{ONE}/receipt.json", permission=MANAGE)
async def send_receipt(work: NamedDependency[Work], transfer_id: FromPath[UUID]) -> Response[bytes]:
    """The receipt as it came, with its signature."""
    transfer = await queries.get_sent(work, transfer_id)
    if transfer.receipt is None:
        raise NotFound
    return _file(transfer.receipt.encode(), "application/json", f"receipt-{str(transfer.id)[:8]}.json")


@get(f"{ONE}/sheet.pdf", permission=MANAGE)
async def print_sheet(work: NamedDependency[Work], transfer_id: FromPath[UUID]) -> Response[bytes]:
    """The sheet that goes on top, with a slip to sign."""
    transfer, place = await queries.get_sent(work, transfer_id), here()
    zone = ZoneInfo(place.organisation.time_zone)
    whole = await sheet_pdf(transfer, place.organisation.name, zone, clock.now())
    return _file(whole, "application/pdf", f"transfer-sheet-{str(transfer.id)[:8]}.pdf")


@get(f"{ONE}/file.pdf", permission=MANAGE, fresh=True)
async def print_file(work: NamedDependency[Work], transfer_id: FromPath[UUID]) -> Response[bytes]:
    """The file itself, to hand over on paper."""
    transfer, whole = await ending.printed(work, transfer_id)
    return _file(whole, "application/pdf", f"transfer-file-{str(transfer.id)[:8]}.pdf")


async def _asked(work: Work, form: Form[SendForm]) -> tuple[Wish, Way]:
    said = form.value
    other: Receiver | None = None
    if said.way == "inside":
        found = await find_receivers(work, said.search)
        other = next((one for one in found if one.id == said.receiver), None)
        if other is None:
            raise Invalid(FieldError("search", WHOM))
    elif not said.recipient:
        raise Invalid(FieldError("recipient", PLACE))
    wish = Wish(
        other.name if other else said.recipient, said.basis, said.leave, said.names, said.files,
        said.why, said.role, said.telephone,
    )  # fmt: skip
    return wish, Way(said.way, said.person, other)


async def _sent_before(work: Work, nonce: bytes) -> queries.Transfer | None:
    try:
        return await queries.get_sent(work, sending.id_of(nonce))
    except NotFound:
        return None


async def _form(
    request: Request[Any, Any, Any], work: Work, person_id: UUID, form: Form[SendForm], status: int = 200
) -> Template:
    gathered = await gather(work, person_id, Wish("", ""), UUID(int=0))
    wanted, zone = form["search"].strip(), here().zone
    found = await find_receivers(work, wanted) if wanted else ()
    offered = [
        (str(one.id), f"{one.reference}, {day(one.recorded_at.astimezone(zone))}", _beginning(one.narrative))
        for one in gathered.file.incidents
    ]
    return page(
        request, "transfers/new.html", status=status, gathered=gathered, form=form, errors=form.errors, offered=offered,
        found=bool(found) if wanted else None, receivers=[(str(one.id), one.name, one.urn) for one in found],
        before=await queries.list_of_person(work, person_id), states=STATES,
    )  # fmt: skip


def _beginning(words: str) -> str:
    return words if len(words) <= BEGINNING else f"{words[:BEGINNING].rsplit(' ', 1)[0]} …"


def _preview(
    request: Request[Any, Any, Any], gathered: Gathered, form: Form[SendForm], way: Way, *, changed: bool
) -> Template:
    errors = (FieldError("digest", CHANGED),) if changed else ()
    return page(
        request, "transfers/preview.html", status=409 if changed else 200, gathered=gathered, form=form, way=way,
        errors=errors, ways=WAYS, staying=list_staying(),
    )  # fmt: skip


async def _one(
    request: Request[Any, Any, Any], work: Work, transfer_id: UUID, status: int = 200, *,
    reason: Form[ReasonForm] | None = None, slip: Form[SlipForm] | None = None,
) -> Template:  # fmt: skip
    transfer = await queries.get_sent(work, transfer_id)
    asked = request.query_params.get("asked") or ""
    return page(
        request, "transfers/show.html", status=status, transfer=transfer,
        items=await queries.list_items(work, transfer_id), copies=await ending.list_copies(work, transfer),
        is_late=transfer.is_late(here().today), has_run_out=transfer.has_run_out(work.now()),
        tries=await list_tries(work, transfer_id),
        holds_locked=transfer.state == "received" and await went_with_one(work, transfer_id, transfer.sent_at),
        is_mine=transfer.sent_by == work.actor.user_id, was_sent="sent" in request.query_params,
        asked=int(asked) if asked.isdecimal() and len(asked) < 6 else 0,
        reason=reason or blank(ReasonForm), slip=slip or blank(SlipForm),
        errors=(reason.errors if reason else ()) + (slip.errors if slip else ()), **_words(),
    )  # fmt: skip


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def _words() -> dict[str, Any]:
    return {"ways": WAYS, "states": STATES, "incoming": INCOMING, "policies": POLICIES, "today": here().today}


ROUTES = [
    show_transfers, show_sending, take_sending, show_transfer, take_cancelling, take_slip, take_disposal, send_receipt,
    print_sheet, print_file, *incoming_routes.ROUTES, *link_routes.ROUTES, *staying_routes.ROUTES,
]  # fmt: skip
