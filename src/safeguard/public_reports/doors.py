"""Whose public page is at an address, and whether it is open.

A page that is off, one of a kind that has none, and an address that nobody has are the same to whoever asks.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.database import pool
from safeguard.errors import Conflict, NotFound
from safeguard.tenancy.calendars.calendar import Calendar, calendar_of
from safeguard.tenancy.effective import effective_values, own_profile
from safeguard.tenancy.profile import Profile, PublicPage
from safeguard.tenancy.profiles import profile_of
from safeguard.tenancy.registry import CLOSURES, PUBLIC_NOTE, PUBLIC_REPORT, TERMS
from safeguard.tenancy.values import kept_spans
from safeguard.work import Work, begin

PURPOSE: Final = "public"
FIND: Final = "select * from public.find_public_door($1)"
OWN: Final = "select slug from public.organisations where id = $1"
DRAWN: Final = """
select d.address from public.public_doors d
where d.organisation_id = (select sec.current_organisation()) and d.closed_at is null
"""
CLOSE: Final = """
update public.public_doors d set closed_at = $1
where d.organisation_id = (select sec.current_organisation()) and d.closed_at is null
"""
OPEN: Final = """
insert into public.public_doors (organisation_id, id, address, made_at, made_by)
values ((select sec.current_organisation()), $1, $2, $3, $4)
"""


@dataclass(frozen=True, slots=True)
class Door:
    """A public page that is open."""

    address: str
    organisation_id: UUID
    name: str
    """Empty where the page must not say whose it is."""
    nation: str
    profile: Profile
    calendar: Calendar
    note: str
    """What the organisation says of who reads this."""

    @property
    def counts_school_days(self) -> bool:
        """Whether it has terms and holidays."""
        return bool(self.calendar.terms)


def visitor(organisation_id: UUID, name: str = "") -> Actor:
    """Whoever writes there."""
    return Actor(ActorKind.PUBLIC, organisation_id, None, frozenset(), name)


async def find_door(address: str) -> Door:
    """The open page at this address; raises `NotFound`."""
    if not address.isascii() or len(address) > 100:
        raise NotFound
    async with pool.current().connection() as connection:
        row = await connection.fetchrow(FIND, address)
    if row is None:
        raise NotFound
    profile = profile_of(row["kind"], row["nation"])
    hidden = profile.public_page is PublicPage.HIDDEN
    if profile.public_page is PublicPage.NONE or (hidden and row["by_name"]):
        raise NotFound
    async with begin(visitor(row["organisation_id"]), purpose=PURPOSE) as work:
        values = await effective_values(work, (PUBLIC_REPORT, PUBLIC_NOTE, TERMS, CLOSURES), profile)
    if values[PUBLIC_REPORT] != "on":
        raise NotFound
    calendar = calendar_of(
        row["nation"], row["time_zone"], kept_spans(values.get(TERMS, [])), kept_spans(values.get(CLOSURES, []))
    )
    return Door(
        address, row["organisation_id"], "" if hidden else row["name"], row["nation"], profile, calendar,
        str(values[PUBLIC_NOTE]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Own:
    """One's own organisation's public page, as its settings show it."""

    is_on: bool
    is_hidden: bool
    path: str
    """Empty while a hidden page has no address yet."""


async def read_own(work: Work) -> Own:
    """Where one's own page is; raises `NotFound` for a kind of organisation that has none."""
    work.require(Permission.SETTINGS_READ)
    profile = await own_profile(work)
    if profile.public_page is PublicPage.NONE:
        raise NotFound
    values = await effective_values(work, (PUBLIC_REPORT,), profile)
    hidden = profile.public_page is PublicPage.HIDDEN
    drawn = await work.driver.fetchval(DRAWN)
    address = drawn or ("" if hidden else await work.driver.fetchval(OWN, work.organisation_id))
    return Own(values[PUBLIC_REPORT] == "on", hidden, f"/r/{address}" if address else "")


async def draw_address(work: Work) -> None:
    """Make a new address that nobody can guess; the one before leads nowhere from now on."""
    work.require(Permission.SETTINGS_MANAGE)
    if not (await read_own(work)).is_hidden:
        raise Conflict("This page is found at your organisation's name, so that people can remember it.")
    await work.driver.execute(CLOSE, work.now())
    door_id = clock.new_id()
    await work.driver.execute(OPEN, door_id, clock.new_token(16), work.now(), work.actor.user_id)
    # The address itself is in no document: whoever reads the log must not find the page of a home by it.
    work.record("public_door.opened", door_id, document=Document("public_door", door_id, 1, {"made": True}))
