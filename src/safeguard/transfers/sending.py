"""Sending: the bundle is made and sealed within the work that sends it, and leaves by one of three ways.

To an organisation of this service a signed envelope carries the passphrase and says where the sealed bundle lies; by a
link whoever holds it needs the passphrase that was read to them on the telephone; on paper it is printed here. In all
three the stored bundle opens with that passphrase alone, and neither the database nor the store holds it.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from anyio import CapacityLimiter, to_thread

from safeguard import clock
from safeguard.attachments.opening import bytes_of
from safeguard.audit.documents import Document
from safeguard.channel.bodies import FileSent
from safeguard.channel.sending import send as send_body
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.identity.secret import hash_of
from safeguard.keys.wrapping import Key
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import seal
from safeguard.tenancy.calendars.calendar import Uncountable
from safeguard.tenancy.calendars.counting import Limit, due
from safeguard.tenancy.calendars.reading import Read, read_clocks
from safeguard.tenancy.limits import Unit
from safeguard.tenancy.profile import Profile
from safeguard.transfers import bundling
from safeguard.transfers.gathering import Gathered, Wish
from safeguard.transfers.paper import file_pdf
from safeguard.transfers.passphrases import link_secret_of, lock, passphrase_of
from safeguard.web.viewing import Organisation
from safeguard.work import LogName, Work

POLICY: Final = "transfers.copy"
RECEIPT: Final = "file_receipt"
USUAL: Final = Limit(5, Unit.WORKING_DAYS)
"""For a kind of organisation whose profile has no limit for a receipt."""
LASTS: Final = timedelta(days=7)
TRIES: Final = 5
LABOUR: Final = CapacityLimiter(1)
"""One bundle at a time is sealed or opened in a process: each takes memory."""

RESTRICTED: Final = """
select exists (select from public.incidents i
    where i.organisation_id = (select sec.current_organisation()) and i.id = any ($1) and i.restricted_at is not null)
"""
HOLD: Final = "select pg_advisory_xact_lock($1)"
RECEIVERS: Final = "select id, name, kind, urn from public.find_receivers($1)"
ADD: Final = """
insert into public.transfers (organisation_id, id, person_id, person_name, way, other_id, recipient, recipient_person,
    basis, policy, incident_count, file_count, sent_at, sent_by, sent_by_name, sha256, size, object_name, locked_key,
    secret, link_hash, expires_at, tries_left, due_on, outbox_id)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
    $18, $19, $20, $21, $22, $23, $24)
"""
ADD_ITEM: Final = """
insert into public.transfer_items (organisation_id, id, transfer_id, incident_id, reference, left_out, as_sent)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6)
"""


@dataclass(frozen=True, slots=True)
class Receiver:
    """An organisation of this service that a file can go to."""

    id: UUID
    name: str
    kind: str
    urn: str


@dataclass(frozen=True, slots=True)
class Way:
    """How it leaves."""

    kind: str
    """A code of `wording.WAYS`."""
    person: str = ""
    """Whom it is meant for there."""
    other: Receiver | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent; the secrets of a link are told this once."""

    id: UUID
    passphrase: str
    path: str


def id_of(nonce: bytes) -> UUID:
    """The number of the transfer that one rendering of the form sends: the same when it is sent twice."""
    return UUID(bytes=sha256(b"transfer" + nonce).digest()[:16], version=4)


def secrets_of(nonce: bytes) -> Sent:
    """What belongs to that rendering."""
    return Sent(id_of(nonce), passphrase_of(nonce), f"/transfer/{link_secret_of(nonce)}")


async def hold(work: Work, nonce: bytes) -> None:
    """Whoever sends the same a second time waits here until the first is done, and then finds it."""
    await work.driver.execute(HOLD, int.from_bytes(id_of(nonce).bytes[:8], signed=True))


async def find_receivers(work: Work, wanted: str) -> tuple[Receiver, ...]:
    """Whom a name, a part of one or a number may mean; at most twenty."""
    return tuple(Receiver(*row) for row in await work.driver.fetch(RECEIVERS, wanted))


async def send(
    work: Work, gathered: Gathered, wish: Wish, way: Way, nonce: bytes, profile: Profile, organisation: Organisation
) -> Sent:
    """Send what was gathered; raises `Conflict` where it was sent already, `Invalid` where it is too large."""
    sent, now, zone = secrets_of(nonce), work.now(), ZoneInfo(organisation.time_zone)
    log = await _log(work, gathered)
    pdf = await file_pdf(gathered.file, zone, profile, gathered.asked)
    attached = await _attachments(work, gathered)
    sealed = await to_thread.run_sync(bundling.make, gathered.file, pdf, attached, now, sent.passphrase, limiter=LABOUR)
    key, name = Key(clock.System().random_bytes(32)), f"transfers/{clock.System().random_bytes(16).hex()}"
    digest, locked = sha256(sealed).digest(), lock(key.secret, sent.passphrase, sent.id)
    outbox = None
    if way.other is not None:
        body = FileSent(
            referral=sent.id, organisation=organisation.name, contact_name=work.actor.name, contact_role=wish.role,
            contact_telephone=wish.telephone, object_name=name, locked_key=locked.hex(), passphrase=sent.passphrase,
            sha256=digest.hex(), size=len(sealed), meant_for=way.person,
        )  # fmt: skip
        outbox = await send_body(work, way.other.id, body, log=log)
    settings = await read_clocks(work, profile, organisation.nation, organisation.time_zone, (POLICY,))
    by, chase_at = _due(settings, now)
    secret = await seal(work, sent.passphrase.encode(), about(sent.id)) if way.kind == "paper" else None
    is_link = way.kind == "link"
    file = gathered.file
    try:
        await work.driver.execute(
            ADD, sent.id, gathered.person.id, gathered.person.name, way.kind, way.other and way.other.id,
            way.other.name if way.other else wish.recipient, way.person, wish.basis,
            str(settings.values.get(POLICY, "keep")), len(file.incidents), len(attached), now, work.actor.user_id,
            work.actor.name, digest, len(sealed), name, locked, secret,
            hash_of(sent.path.rpartition("/")[2]) if is_link else None, now + LASTS if is_link else None,
            TRIES if is_link else 0, by, outbox,
        )  # fmt: skip
    except asyncpg.UniqueViolationError:
        raise Conflict("This file was sent already.") from None
    await _keep_items(work, sent.id, gathered, wish)
    await objects.put(objects.current(), name, key, _once(sealed))
    _tell(work, sent.id, gathered, way, wish, digest)
    if is_link:  # that it ran out is told at once, whenever a receipt is due
        work.ask("transfer.chase", sent.id, key=f"{sent.id} run out", run_at=now + LASTS)
    if chase_at is not None:
        work.ask("transfer.chase", sent.id, key=f"{sent.id} 0", run_at=chase_at)
    return sent


def about(transfer_id: UUID) -> str:
    """What the passphrase that we keep for ourselves is bound to."""
    return f"transfer {transfer_id}"


async def _log(work: Work, gathered: Gathered) -> LogName:
    incidents = [one.id for one in gathered.file.incidents]
    return "restricted" if await work.driver.fetchval(RESTRICTED, incidents) else "general"


async def _attachments(work: Work, gathered: Gathered) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    total = 0
    for one in gathered.file.attachments:
        if (total := total + one.size) > bundling.MOST_BYTES:
            raise Invalid(FieldError("leave", bundling.TOO_LARGE))
        pieces = await bytes_of(work, objects.current(), gathered.sources[one.path])
        found[one.path] = b"".join([piece async for piece in pieces])
        work.record("attachment.enclosed", gathered.sources[one.path])
    return found


def _due(settings: Read, now: datetime) -> tuple[date | None, datetime | None]:
    """By when a receipt should be here, and when to ask for one."""
    limit = settings.clocks.limits.get(RECEIPT, USUAL)
    try:
        when = due(settings.clocks.calendar, limit, now)
    except Uncountable:  # no term dates are entered yet: by working days, which are sooner
        when = due(settings.clocks.calendar, Limit(limit.value, Unit.WORKING_DAYS), now)
    return when.day, when.at


async def _keep_items(work: Work, transfer_id: UUID, gathered: Gathered, wish: Wish) -> None:
    rows = [(one.id, one.reference, "") for one in gathered.file.incidents]
    rows += [(incident, reference, wish.why) for incident, reference in gathered.left.items()]
    for incident, reference, why in rows:
        as_sent = gathered.entire.get(incident)
        await work.driver.execute(ADD_ITEM, clock.new_id(), transfer_id, incident, reference, why, as_sent)


def _tell(work: Work, transfer_id: UUID, gathered: Gathered, way: Way, wish: Wish, digest: bytes) -> None:
    fields = {
        "person_id": str(gathered.person.id), "person_name": gathered.person.name, "way": way.kind,
        "recipient": way.other.name if way.other else wish.recipient, "basis": wish.basis,
        "incidents": len(gathered.file.incidents), "files": len(gathered.sources), "sha256": digest.hex(),
        **({"left_out": wish.why} if wish.why else {}),
    }  # fmt: skip
    work.record("transfer.sent", transfer_id, document=Document("transfer", transfer_id, 1, fields))
    for one in gathered.file.incidents:
        work.record("incident.transferred", one.id)
    work.record("person.exported", gathered.person.id, version=gathered.person.version)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
