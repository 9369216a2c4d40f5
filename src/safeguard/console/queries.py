"""What the console shows. The database gives nothing else: see migrations/sql/66_console.sql."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from safeguard import __version__, clock
from safeguard.console.visiting import Visit
from safeguard.tenancy.nations import Nation
from safeguard.tenancy.profiles import load_profiles

AT_ONCE: Final = 25
LIST: Final = "select * from console.list_organisations($1, $2, $3, $4)"
READ: Final = "select * from console.read_organisation($1, $2)"
REQUESTS: Final = "select * from console.list_requests($1)"
ACTS: Final = "select * from console.list_acts($1, $2, $3)"
JOBS: Final = "select * from console.count_jobs($1)"
SERVICE: Final = "select * from console.read_service($1)"
RELEASE: Final = "select version_num from public.alembic_version"
PENDING: Final = "select * from console.find_removal($1, $2)"
REMOVALS: Final = "select * from console.list_removals($1, $2)"
CERTIFICATE: Final = "select * from console.read_certificate($1, $2)"
ANNOUNCED: Final = "select words, until from console.announced()"


@dataclass(frozen=True, slots=True)
class Organisation:
    """One that is served: what the operator set up, and how much room it takes."""

    id: UUID
    slug: str
    name: str
    kind: str
    state: str
    created_at: datetime
    members: int
    entries: int
    is_asked: bool = False
    nation: str = ""
    group_name: str | None = None
    has_second_person: bool = False
    is_leaving: bool = False
    """Two agreed that it leaves, and nobody decided since that it stays."""
    is_held: bool = False
    """Something there must be kept, whatever anybody agrees to."""

    @property
    def kind_name(self) -> str:
        """The kind as its profile calls it; the code of one whose profile this service no longer has."""
        profile = load_profiles().get(self.kind)
        return profile.name if profile else self.kind

    @property
    def nation_name(self) -> str:
        """The nation as people write it."""
        return Nation(self.nation).label


@dataclass(frozen=True, slots=True)
class Request:
    """That an organisation leaves, or that what it kept is removed: asked for and not decided."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    asked_by_name: str
    asked_at: datetime
    reason: str
    is_own: bool
    kind: str

    @property
    def is_removal(self) -> bool:
        """Whether it is about removing what it kept."""
        return self.kind == "removal"


@dataclass(frozen=True, slots=True)
class Pending:
    """A removal that two agreed to and nobody stopped."""

    asked_by_name: str
    agreed_by_name: str
    agreed_at: datetime
    due_at: datetime
    reason: str

    @property
    def is_due(self) -> bool:
        """Whether the thirty days are over."""
        return self.due_at <= clock.now()


@dataclass(frozen=True, slots=True)
class Removal:
    """An organisation whose records were removed."""

    id: UUID
    name: str
    slug: str
    removed_at: datetime
    asked_by_name: str
    agreed_by_name: str
    is_erased: bool
    """Whether the object store is empty of it too."""
    is_signed: bool


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is kept of a removal for good."""

    name: str
    slug: str
    removed_at: datetime
    certificate: str | None
    """The signed note; None until the signer signed it."""


@dataclass(frozen=True, slots=True)
class Act:
    """What an operator did."""

    at: datetime
    operator_name: str
    act: str
    organisation_id: UUID | None
    organisation_name: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Jobs:
    """Work in the background of one kind, whoever's."""

    kind: str
    state: str
    number: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Service:
    """How the service is doing."""

    organisations: int
    people: int
    database_bytes: int
    connections: int
    most_connections: int
    server: str
    last_signed_at: datetime | None
    unsigned_logs: int
    alarms: int
    release: str = ""
    version: str = __version__

    @property
    def gigabytes(self) -> str:
        """The database's size as people say it."""
        size = self.database_bytes / 1_000_000
        return f"{size / 1000:.1f} GB" if size >= 1000 else f"{size:.0f} MB"


@dataclass(frozen=True, slots=True)
class Announcement:
    """What everybody sees on every page."""

    words: str
    until: datetime


async def list_organisations(visit: Visit, wanted: str, after: str) -> tuple[tuple[Organisation, ...], str | None]:
    """A page of them by their short names, and where the next begins."""
    rows = await visit.driver.fetch(LIST, visit.hash, wanted.strip()[:200], after[:64], AT_ONCE + 1)
    found = tuple(Organisation(**dict(row)) for row in rows[:AT_ONCE])
    return found, found[-1].slug if len(rows) > AT_ONCE else None


async def find_organisation(visit: Visit, organisation_id: UUID) -> Organisation | None:
    """One of them."""
    row = await visit.driver.fetchrow(READ, visit.hash, organisation_id)
    return Organisation(**dict(row)) if row else None


async def list_requests(visit: Visit) -> tuple[Request, ...]:
    """What waits for a second operator, the oldest first."""
    return tuple(Request(**dict(row)) for row in await visit.driver.fetch(REQUESTS, visit.hash))


async def find_removal(visit: Visit, organisation_id: UUID) -> Pending | None:
    """The removal that this organisation is waiting for."""
    row = await visit.driver.fetchrow(PENDING, visit.hash, organisation_id)
    return Pending(**dict(row)) if row else None


async def list_removals(visit: Visit, most: int = 100) -> tuple[Removal, ...]:
    """What was removed, the latest first."""
    return tuple(Removal(**dict(row)) for row in await visit.driver.fetch(REMOVALS, visit.hash, most))


async def find_certificate(visit: Visit, removal_id: UUID) -> Certificate | None:
    """One removal's certificate."""
    row = await visit.driver.fetchrow(CERTIFICATE, visit.hash, removal_id)
    return Certificate(**dict(row)) if row else None


async def list_acts(visit: Visit, organisation_id: UUID | None = None, most: int = 100) -> tuple[Act, ...]:
    """What operators did, the latest first."""
    return tuple(Act(**dict(row)) for row in await visit.driver.fetch(ACTS, visit.hash, organisation_id, most))


async def count_jobs(visit: Visit) -> tuple[Jobs, ...]:
    """Work that is not done, by kind and state."""
    return tuple(Jobs(**dict(row)) for row in await visit.driver.fetch(JOBS, visit.hash))


async def read_service(visit: Visit) -> Service:
    """Room, signer and versions."""
    row: Any = await visit.driver.fetchrow(SERVICE, visit.hash)
    return Service(**dict(row), release=str(await visit.driver.fetchval(RELEASE)))


async def find_announcement(visit: Visit) -> Announcement | None:
    """What is announced at this moment."""
    row = await visit.driver.fetchrow(ANNOUNCED)
    return Announcement(**dict(row)) if row else None
