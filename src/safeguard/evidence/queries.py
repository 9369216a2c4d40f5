"""A pack as it was asked for, frozen and finished: the rows of this room, read and written by constant SQL."""

from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from safeguard.errors import NotFound
from safeguard.evidence.packs.kinds import KINDS, PackKind
from safeguard.evidence.verifying.notes import parse_key
from safeguard.work import Work

COLUMNS: Final = (
    "p.id, p.kind, p.incident_id, p.from_on, p.until_on, p.title, p.disclosure, p.requested_at, p.requested_by_name,"
    " p.origin, p.log_size, p.checkpoint, p.vkey, p.as_of, p.ready_at, p.release, p.size, p.sha256, p.records, p.shown,"
    " p.wrapped_key, p.locked_at, p.files, p.log, p.redacted, p.person_id, p.review_id, p.body, p.drawn, p.seed,"
    " p.drawn_from, p.sampled, p.disposed_at,"
    " (select count(*) from public.packs e where e.organisation_id = p.organisation_id and e.drawn = 'random'"
    " and p.drawn = 'random' and e.body = p.body and e.from_on <= p.until_on and e.until_on >= p.from_on"
    " and (e.requested_at, e.id) < (p.requested_at, p.id)) as drawn_before,"
    " j.id as job_id, j.state as job_state, j.done, j.total"
)
FROM: Final = """
from public.packs p
left join jobs.job j on j.organisation_id = p.organisation_id and j.kind = 'pack.make' and j.key = p.id::text
where p.organisation_id = (select sec.current_organisation())
"""
READ: Final = f"select {COLUMNS} {FROM} and p.id = $1"
LIST: Final = f"""
select {COLUMNS} {FROM} and ($1::timestamptz is null or (p.requested_at, p.id) < ($1, $2))
order by p.requested_at desc, p.id desc limit $3
"""


REFUSED: Final = """
select exists (
    select from audit.alarms a
    where a.organisation_id = (select sec.current_organisation()) and a.log = $1 and a.kind in ('log', 'gone')
        and a.ended_at is null)
"""
ORGANISATION: Final = "select o.name, o.time_zone from public.organisations o where o.id = sec.current_organisation()"


class Organisation(msgspec.Struct, frozen=True):
    """Whose pack it is, and where midnight is there."""

    name: str
    time_zone: str

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.time_zone)


class AskedPack(msgspec.Struct, frozen=True):
    """One pack, and how far its making is."""

    id: UUID
    kind: str
    incident_id: UUID | None
    from_on: date | None
    until_on: date | None
    title: str
    disclosure: str
    requested_at: datetime
    requested_by_name: str
    origin: str | None
    log_size: int | None
    checkpoint: str | None
    vkey: str | None
    as_of: datetime | None
    ready_at: datetime | None
    release: str | None
    size: int | None
    sha256: bytes | None
    records: int | None
    shown: int | None
    wrapped_key: bytes | None
    """What opens the stored object, under the organisation's key."""
    locked_at: datetime | None
    """Since when nobody may open it: it may hold what must not be looked at."""
    files: bool
    """Whether it holds the attached files themselves."""
    log: Literal["general", "restricted"]
    redacted: bool
    person_id: UUID | None
    review_id: UUID | None
    body: str | None
    """Whose inspector it is laid out for."""
    drawn: Literal["inspector", "random", "lead"] | None
    """Who picked its cases."""
    seed: str | None
    drawn_from: int | None
    sampled: list[UUID] | None
    disposed_at: datetime | None
    """When it was erased, because a record that it held, or may have held, was disposed of."""
    drawn_before: int
    """How many packs whose cases chance picked were asked for before it, for this body and any of these days."""
    job_id: UUID | None
    job_state: str | None
    done: int | None
    total: int | None

    @property
    def state(self) -> Literal["waiting", "making", "ready", "stopped", "locked", "erased"]:
        """erased, locked, ready, stopped, making or waiting."""
        if self.disposed_at:
            return "erased"
        if self.locked_at:
            return "locked"
        if self.ready_at:
            return "ready"
        if self.job_state == "parked":
            return "stopped"
        return "making" if self.job_state == "running" or self.log_size is not None else "waiting"

    @property
    def told(self) -> PackKind:
        """What packs of this kind hold."""
        return KINDS[self.kind]

    @property
    def fingerprint(self) -> str:
        """Of the key that signs the pack, as a verifier shows it; empty until the log was frozen."""
        return parse_key(self.vkey).fingerprint if self.vkey else ""

    @property
    def file_name(self) -> str:
        """What the download is called: ours, from the title, in plain letters."""
        words = "".join(character if character.isalnum() and character.isascii() else " " for character in self.title)
        return f"{'-'.join(words.split())}-{str(self.id)[-6:]}.zip"


async def get_pack(work: Work, pack_id: UUID) -> AskedPack:
    """The pack; raises `NotFound`."""
    row = await work.driver.fetchrow(READ, pack_id)
    if row is None:
        raise NotFound
    return AskedPack(*row)


async def is_refused(work: Work, log: str) -> bool:
    """Whether the signer refuses this log, because it is not the one that it signed: no pack can be made of it."""
    return bool(await work.driver.fetchval(REFUSED, log))


async def get_organisation(work: Work) -> Organisation:
    """The organisation in which this work happens; raises `NotFound`."""
    row = await work.driver.fetchrow(ORGANISATION)
    if row is None:
        raise NotFound
    return Organisation(*row)


async def list_packs(work: Work, after: tuple[datetime, UUID] | None, limit: int) -> list[AskedPack]:
    """Packs, the latest first."""
    at, identifier = after or (None, None)
    return [AskedPack(*row) for row in await work.driver.fetch(LIST, at, identifier, limit)]
