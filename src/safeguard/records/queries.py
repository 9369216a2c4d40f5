"""What there is of holds and disposals, for pages."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.records.holding import About
from safeguard.work import Work

MOST: Final = 200
HOLDS: Final = """
select h.id, h.incident_id, h.person_id, coalesce(i.reference, ''),
    coalesce(nullif(btrim(p.given_name || ' ' || p.family_name), ''), p.known_as, ''), h.ground, h.reason, h.placed_at,
    h.placed_by_name, h.lifted_at, h.lifted_by_name, h.lift_reason
from public.record_holds h
left join public.incidents i on i.organisation_id = h.organisation_id and i.id = h.incident_id
left join public.people p on p.organisation_id = h.organisation_id and p.id = h.person_id
where h.organisation_id = (select sec.current_organisation())
"""
ALL_HOLDS: Final = f"{HOLDS} order by h.lifted_at is not null, h.placed_at desc limit {MOST}"
HOLDS_OF: Final = f"{HOLDS} and (h.incident_id = $1 or h.person_id = $2) order by h.placed_at desc"
ONE_HOLD: Final = f"{HOLDS} and h.id = $1"
DISPOSALS: Final = """
select d.id, d.kind, d.subject_id, d.reference, d.ground, d.rule, d.years, d.due_on, d.restricted, d.state, d.asked_at,
    d.asked_by_name, d.done_at, d.agreed_by_name, d.erased::text, d.stored_erased_at,
    (select p.id from public.proposals p where p.organisation_id = d.organisation_id and p.act = 'record.dispose'
        and p.subject_id = d.id and p.state = 'open' limit 1)
from public.disposals d where d.organisation_id = (select sec.current_organisation())
"""
ALL_DISPOSALS: Final = f"{DISPOSALS} and d.state <> 'dropped' order by d.asked_at desc, d.id desc limit {MOST}"
ONE_DISPOSAL: Final = f"{DISPOSALS} and d.id = $1"
GOES: Final = """
select i.reference, i.recorded_at, i.closed_at,
    (select count(*) from public.entries e where e.organisation_id = i.organisation_id and e.incident_id = i.id),
    (select count(*) from public.attachments a where a.organisation_id = i.organisation_id and a.incident_id = i.id),
    (select count(*) from public.incident_people n
        where n.organisation_id = i.organisation_id and n.incident_id = i.id),
    (select count(*) from public.referrals r where r.organisation_id = i.organisation_id and r.incident_id = i.id),
    (select count(*) from public.entries e where e.organisation_id = i.organisation_id and e.linked_id = i.id
        and e.incident_id <> i.id)
from public.incidents i where i.organisation_id = (select sec.current_organisation()) and i.id = $1
"""
PARTS: Final = """
select count(*) from public.incident_people n
where n.organisation_id = (select sec.current_organisation()) and n.person_id = $1
"""


class Hold(msgspec.Struct, frozen=True):
    """A hold, and what it holds."""

    id: UUID
    incident_id: UUID | None
    person_id: UUID | None
    reference: str
    person_name: str
    ground: str
    reason: str
    placed_at: datetime
    placed_by_name: str
    lifted_at: datetime | None
    lifted_by_name: str
    lift_reason: str

    @property
    def path(self) -> str:
        """Where the record is."""
        return f"/incidents/{self.incident_id}" if self.incident_id else f"/people/{self.person_id}"

    @property
    def about(self) -> str:
        """What it is called."""
        return self.reference or self.person_name


class Disposal(msgspec.Struct, frozen=True):
    """A disposal as it stands."""

    id: UUID
    kind: str
    subject_id: UUID
    reference: str
    ground: str
    rule: str
    years: int | None
    due_on: date | None
    is_restricted: bool
    state: str
    asked_at: datetime
    asked_by_name: str
    done_at: datetime | None
    agreed_by_name: str
    erased_text: str
    stored_erased_at: datetime | None
    proposal_id: UUID | None

    @property
    def erased(self) -> Mapping[str, Any]:
        """How many of what; of packs their hashes."""
        return json.loads(self.erased_text)


class Goes(msgspec.Struct, frozen=True):
    """What would go with an incident."""

    reference: str
    recorded_at: datetime
    closed_at: datetime | None
    entries: int
    files: int
    people: int
    referrals: int
    links: int


async def list_holds(work: Work) -> tuple[Hold, ...]:
    """Holds, those that stand first."""
    work.require(Permission.RECORDS_MANAGE)
    return tuple(Hold(*row) for row in await work.driver.fetch(ALL_HOLDS))


async def holds_of(work: Work, about: About) -> tuple[Hold, ...]:
    """Every hold on this one record."""
    work.require(Permission.RECORDS_MANAGE)
    return tuple(Hold(*row) for row in await work.driver.fetch(HOLDS_OF, about.incident_id, about.person_id))


async def get_hold(work: Work, hold_id: UUID) -> Hold:
    """One hold; raises `NotFound`."""
    work.require(Permission.RECORDS_MANAGE)
    row = await work.driver.fetchrow(ONE_HOLD, hold_id)
    if row is None:
        raise NotFound
    return Hold(*row)


async def list_disposals(work: Work) -> tuple[Disposal, ...]:
    """What was disposed of, and what is to be, the latest first."""
    work.require(Permission.RECORDS_MANAGE)
    return tuple(Disposal(*row) for row in await work.driver.fetch(ALL_DISPOSALS))


async def get_disposal(work: Work, disposal_id: UUID) -> Disposal:
    """One of them; raises `NotFound`."""
    row = await work.driver.fetchrow(ONE_DISPOSAL, disposal_id)
    if row is None:
        raise NotFound
    return Disposal(*row)


async def what_goes(work: Work, incident_id: UUID) -> Goes:
    """What would go with this incident; raises `NotFound`."""
    work.require(Permission.RECORDS_MANAGE)
    row = await work.driver.fetchrow(GOES, incident_id)
    if row is None:
        raise NotFound
    return Goes(*row)


async def count_parts(work: Work, person_id: UUID) -> int:
    """In how many incidents somebody has a part."""
    return int(await work.driver.fetchval(PARTS, person_id) or 0)
