"""The JSON API of transfers: which were sent and how each stands, its receipt, to whom one can go, and sending one."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import BodyKwarg, FromPath, FromQuery
from litestar.response import Response

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.incidents.here import here
from safeguard.transfers import queries, sending
from safeguard.transfers.gathering import Wish, gather
from safeguard.transfers.sending import Receiver, Sent, Way, find_receivers, secrets_of
from safeguard.web import exchange, surroundings
from safeguard.web.paging import Key, cut, read_cursor, read_limit, scope_of
from safeguard.work import Work

MANAGE = Permission.RECORDS_MANAGE
SCOPE: Final = scope_of("api transfers", {})
EXAMPLE: Final[dict[str, Any]] = {
    "way": "paper",
    "recipient": "Birch Academy",
    "meant_for": "The designated safeguarding lead",
    "basis": "Moves there in January; the statutory duty to transfer the child protection file.",
}
PLACE: Final = "Name the school, club or provider that it goes to."
WHOM: Final = "No organisation of this service is found by `named` with the number in `to`."


class NewTransfer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file to be sent: to whom, how, why. It goes whole, unless `leave` or `names` say otherwise, with `why`."""

    way: Literal["inside", "link", "paper"]
    to: UUID | None = None
    """Way `inside`: the organisation's id, as `/transfer-receivers` gives it."""
    named: Annotated[str, msgspec.Meta(max_length=200)] = ""
    """Way `inside`: the name or number by which it was found."""
    recipient: Annotated[str, msgspec.Meta(max_length=300)] = ""
    """Ways `link` and `paper`: what the place is called."""
    meant_for: Annotated[str, msgspec.Meta(max_length=200)] = ""
    basis: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
    """Why it is sent, and why it may be."""
    role: Annotated[str, msgspec.Meta(max_length=200)] = ""
    telephone: Annotated[str, msgspec.Meta(max_length=100)] = ""
    leave: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=2_000)] = ()
    """Incidents that stay."""
    names: bool = False
    """Whether the names of others are blacked out; attached files then stay, unless `files` says that they go."""
    files: bool = False
    why: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


class Missing(msgspec.Struct, frozen=True):
    """Something that is not in it, and why."""

    what: str
    why: str


class TransferDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer, and how it stands: `sent`, `received`, `declined`, `cancelled` or `locked`."""

    id: UUID
    person_id: UUID | None
    way: str
    recipient: str
    meant_for: str
    state: str
    late: bool
    """Whether the receipt should be here by now, or the link to it ran out before anybody used it."""
    incidents: int
    files: int
    sent_at: datetime
    sent_by: str
    due_on: date | None
    received_at: datetime | None
    received_by: str
    received_role: str
    received_at_place: str
    end_reason: str
    sha256: str
    left_out: tuple[Missing, ...] = ()
    """What is not in it, in the answer that sends it and where one is read."""
    link: str | None = None
    """Of a link that has just been made, told this once; so is the passphrase. Read it on the telephone."""
    passphrase: str | None = None


class TransferPage(msgspec.Struct, frozen=True):
    """Some transfers, the latest first, and the cursor of the page after them."""

    items: list[TransferDetail]
    next: str | None


class ReceiverList(msgspec.Struct, frozen=True):
    """Whom a name or a number may mean; at most twenty."""

    items: list[Receiver]
    next: None = None


@get("/transfers", permission=MANAGE)
async def get_transfers(
    work: NamedDependency[Work], limit: FromQuery[str | None] = None, after: FromQuery[str | None] = None
) -> TransferPage:
    """List the files that were sent."""
    start, count = read_cursor(after, SCOPE), read_limit(limit)
    rows = await queries.list_latest(work, (start.at, start.id) if start else None, count + 1)
    shown = cut(rows, count, lambda row: Key(row.sent_at, row.id), SCOPE)
    return TransferPage([_detail(row) for row in shown.items], shown.next)


@get("/transfers/{transfer_id:uuid}", permission=MANAGE)
async def get_transfer(transfer_id: FromPath[UUID], work: NamedDependency[Work]) -> TransferDetail:
    """How one stands."""
    missing = tuple(
        Missing(each.reference, each.left_out) for each in await queries.list_items(work, transfer_id) if each.left_out
    )
    return msgspec.structs.replace(_detail(await queries.get_sent(work, transfer_id)), left_out=missing)


@get("/transfers/{transfer_id:uuid}/receipt", permission=MANAGE)
async def get_receipt(transfer_id: FromPath[UUID], work: NamedDependency[Work]) -> Response[dict[str, Any]]:
    """The receipt as it came, with its signature where there is one; 404 until it has come."""
    transfer = await queries.get_sent(work, transfer_id)
    if transfer.receipt is None:
        raise NotFound
    as_it_came: Any = transfer.receipt.encode()  # byte for byte: a signature may stand over it
    return Response(as_it_came, media_type="application/json")


@get("/transfer-receivers", permission=MANAGE)
async def get_receivers(work: NamedDependency[Work], named: FromQuery[str] = "") -> ReceiverList:
    """Organisations of this service that a file can go to, by a part of their name or their number."""
    work.require(MANAGE)
    return ReceiverList(list(await find_receivers(work, named.strip()[:200])) if named.strip() else [])


@post("/people/{person_id:uuid}/transfers", permission=MANAGE, also=Permission.EVIDENCE_EXPORT)
async def create_transfer(
    person_id: FromPath[UUID],
    data: Annotated[NewTransfer, BodyKwarg(media_type=RequestEncodingType.JSON, schema_extra={"example": EXAMPLE})],
    work: NamedDependency[Work],
) -> Response[TransferDetail]:
    """Send somebody's file. Everything that is tied to them and that you may read goes, less what you leave out."""
    place, nonce = here(), clock.random_bytes(16)
    wish, way = await _asked(work, data)
    gathered = await gather(work, person_id, wish, sending.id_of(nonce))
    await sending.send(work, gathered, wish, way, nonce, place.profile, place.organisation)
    sent = secrets_of(nonce)
    left_out = tuple(Missing(one.what, one.why) for one in gathered.file.left_out)
    made = msgspec.structs.replace(_detail(await queries.get_sent(work, sent.id)), left_out=left_out)
    shown = _with_secrets(made, sent) if way.kind == "link" else made
    return Response(shown, status_code=201, headers={"Location": f"/api/v1/transfers/{sent.id}"})


async def _asked(work: Work, data: NewTransfer) -> tuple[Wish, Way]:
    other: Receiver | None = None
    if data.way == "inside":
        found = await find_receivers(work, data.named.strip()) if data.named.strip() else ()
        other = next((one for one in found if one.id == data.to), None)
        if other is None:
            raise Invalid(FieldError("to", WHOM))
    elif not data.recipient.strip():
        raise Invalid(FieldError("recipient", PLACE))
    wish = Wish(
        other.name if other else data.recipient.strip(), data.basis, frozenset(data.leave), data.names, data.files,
        data.why.strip(), data.role, data.telephone,
    )  # fmt: skip
    return wish, Way(data.way, data.meant_for, other)


def _with_secrets(detail: TransferDetail, sent: Sent) -> TransferDetail:
    base = (surroundings.current().public_url or exchange.current().base).rstrip("/")
    return msgspec.structs.replace(detail, link=base + sent.path, passphrase=sent.passphrase)


def _detail(row: queries.Transfer) -> TransferDetail:
    return TransferDetail(
        id=row.id, person_id=row.person_id, way=row.way, recipient=row.recipient, meant_for=row.recipient_person,
        state=row.state, late=row.is_late(here().today) or row.has_run_out(clock.now()),
        incidents=row.incident_count, files=row.file_count, sent_at=row.sent_at,
        sent_by=row.sent_by_name, due_on=row.due_on, received_at=row.received_at,
        received_by=row.received_by, received_role=row.received_role, received_at_place=row.received_at_place,
        end_reason=row.cancel_reason, sha256=row.sha256.hex(),
    )  # fmt: skip


API_ROUTES = [get_transfers, get_transfer, get_receipt, get_receivers, create_transfer]
