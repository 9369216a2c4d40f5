"""Transfers that were sent and that came, read."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.work import Work

MOST: Final = 100


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was sent, as its sender reads of it."""

    id: UUID
    version: int
    person_id: UUID | None
    person_name: str
    way: str
    other_id: UUID | None
    recipient: str
    recipient_person: str
    basis: str
    policy: str
    state: str
    incident_count: int
    file_count: int
    sent_at: datetime
    sent_by: UUID | None
    sent_by_name: str
    sha256: bytes
    size: int
    object_name: str | None
    locked_key: bytes | None
    secret: bytes | None
    expires_at: datetime | None
    tries_left: int
    due_on: date | None
    outbox_id: UUID | None
    received_at: datetime | None
    received_by: str
    received_role: str
    received_at_place: str
    receipt: str | None
    cancelled_at: datetime | None
    cancelled_by_name: str
    cancel_reason: str

    @property
    def waits(self) -> bool:
        """Whether a receipt is still to come."""
        return self.state in ("sent", "locked")

    def has_run_out(self, now: datetime) -> bool:
        """Whether it lies behind a link that nobody used while it worked: nobody can open it any more."""
        return self.state == "sent" and self.expires_at is not None and self.expires_at <= now

    def is_late(self, today: date) -> bool:
        """Whether the receipt should be here already."""
        return self.waits and self.due_on is not None and self.due_on < today


class Item(msgspec.Struct, frozen=True):
    """An incident of a transfer that is still here."""

    incident_id: UUID
    reference: str
    left_out: str
    as_sent: bytes | None = None


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came."""

    id: UUID
    version: int
    way: str
    sender_id: UUID | None
    sender_name: str
    contact: str
    state: str
    arrived_at: datetime
    sha256: bytes
    size: int
    object_name: str | None
    locked_key: bytes | None
    secret: bytes | None
    opened_at: datetime | None
    opened_by_name: str
    opened_role: str
    ended_at: datetime | None
    ended_by_name: str
    end_reason: str
    person_id: UUID | None
    made_count: int
    known_count: int
    file_count: int


_SENT: Final = ", ".join(f"t.{name}" for name in Transfer.__struct_fields__)
_CAME: Final = ", ".join(f"t.{name}" for name in Incoming.__struct_fields__)
_HERE: Final = "t.organisation_id = (select sec.current_organisation())"
LIST: Final = f"""
select {_SENT} from public.transfers t where {_HERE}
order by t.state not in ('sent', 'locked'), t.sent_at desc, t.id desc limit {MOST}
"""  # noqa: S608  our own constants
OF_PERSON: Final = f"""
select {_SENT} from public.transfers t where {_HERE} and t.person_id = $1 order by t.sent_at desc, t.id desc limit 20
"""  # noqa: S608  our own constants
LATEST: Final = f"""
select {_SENT} from public.transfers t where {_HERE} and ($1::timestamptz is null or (t.sent_at, t.id) < ($1, $2))
order by t.sent_at desc, t.id desc limit $3
"""  # noqa: S608  our own constants
ONE: Final = f"select {_SENT} from public.transfers t where {_HERE} and t.id = $1"  # noqa: S608  our own constants
ITEMS: Final = """
select x.incident_id, x.reference, x.left_out, x.as_sent from public.transfer_items x
where x.organisation_id = (select sec.current_organisation()) and x.transfer_id = $1
order by x.left_out <> '', x.reference
"""
CAME: Final = f"""
select {_CAME} from public.incoming_transfers t where {_HERE}
order by t.state not in ('waiting', 'opened'), t.arrived_at desc, t.id desc limit {MOST}
"""  # noqa: S608  our own constants
ONE_CAME: Final = f"select {_CAME} from public.incoming_transfers t where {_HERE} and t.id = $1"  # noqa: S608  our own constants


async def list_sent(work: Work) -> tuple[Transfer, ...]:
    """What was sent, what has no receipt on top."""
    work.require(Permission.RECORDS_MANAGE)
    return tuple(Transfer(**row) for row in await work.driver.fetch(LIST))


async def list_latest(work: Work, before: tuple[datetime, UUID] | None, limit: int) -> tuple[Transfer, ...]:
    """What was sent, the latest first; `before` is where the page before this one ended."""
    work.require(Permission.RECORDS_MANAGE)
    rows = await work.driver.fetch(LATEST, *(before or (None, None)), limit)
    return tuple(Transfer(**row) for row in rows)


async def list_of_person(work: Work, person_id: UUID) -> tuple[Transfer, ...]:
    """What was sent of one person, the latest first."""
    work.require(Permission.RECORDS_MANAGE)
    return tuple(Transfer(**row) for row in await work.driver.fetch(OF_PERSON, person_id))


async def get_sent(work: Work, transfer_id: UUID, *, lock: bool = False) -> Transfer:
    """One that was sent; raises `NotFound`."""
    work.require(Permission.RECORDS_MANAGE)
    row = await work.driver.fetchrow(ONE + (" for update" if lock else ""), transfer_id)
    if row is None:
        raise NotFound
    return Transfer(**row)


async def list_items(work: Work, transfer_id: UUID) -> tuple[Item, ...]:
    """Its incidents, as far as they are still here."""
    return tuple(Item(*row) for row in await work.driver.fetch(ITEMS, transfer_id))


async def list_incoming(work: Work) -> tuple[Incoming, ...]:
    """What came, what waits on top."""
    work.require(Permission.RECORDS_MANAGE)
    return tuple(Incoming(**row) for row in await work.driver.fetch(CAME))


async def get_incoming(work: Work, transfer_id: UUID, *, lock: bool = False) -> Incoming:
    """One that came; raises `NotFound`."""
    work.require(Permission.RECORDS_MANAGE)
    row = await work.driver.fetchrow(ONE_CAME + (" for update" if lock else ""), transfer_id)
    if row is None:
        raise NotFound
    return Incoming(**row)
