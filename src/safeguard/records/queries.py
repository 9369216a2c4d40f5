"""What there is of holds and disposals, for pages."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.people.twins import ROOTS
from safeguard.records.holding import About
from safeguard.records.kinds.registry import KINDS, LEADS, Shelf, codes_of, require_kind, require_shelf
from safeguard.records.wording import has_run
from safeguard.work import Work

MOST: Final = 200
HOLDS: Final = """
select h.id, h.incident_id, h.person_id, coalesce(i.reference, c.reference, k.reference, ''),
    coalesce(nullif(btrim(p.given_name || ' ' || p.family_name), ''), p.known_as, ''), h.ground, h.reason, h.placed_at,
    h.placed_by_name, h.lifted_at, h.lifted_by_name, h.lift_reason, h.other_kind, h.other_id
from public.record_holds h
left join public.incidents i on i.organisation_id = h.organisation_id and i.id = h.incident_id
left join public.people p on p.organisation_id = h.organisation_id and p.id = h.person_id
left join public.concerns c on c.organisation_id = h.organisation_id and c.id = h.other_id
left join public.helpline_cases k on k.organisation_id = h.organisation_id and k.id = h.other_id
where h.organisation_id = (select sec.current_organisation())
"""
OF_SHELF: Final = "coalesce(h.other_kind, 'incident') = any ($1::text[])"
ALL_HOLDS: Final = f"{HOLDS} and {OF_SHELF} order by h.lifted_at is not null, h.placed_at desc limit {MOST}"
HOLDS_OF: Final = f"""
{ROOTS} {HOLDS} and (h.incident_id = $1 or h.person_id = $2 or h.other_id = $3
    or h.person_id in (select r.id from roots r where r.root = $2)) order by h.placed_at desc
"""  # noqa: S608  our own constants
ONE_HOLD: Final = f"{HOLDS} and h.id = $1"
DISPOSALS: Final = """
select d.id, d.kind, d.subject_id, d.reference, d.ground, d.rule, d.years, d.due_on, d.restricted, d.state, d.asked_at,
    d.asked_by_name, d.done_at, d.agreed_by_name, d.erased::text, d.stored_erased_at,
    (select p.id from public.proposals p where p.organisation_id = d.organisation_id
        and p.act in ('record.dispose', 'concern.dispose', 'case.dispose') and p.subject_id = d.id and p.state = 'open'
     limit 1), cardinality(d.subjects)
from public.disposals d where d.organisation_id = (select sec.current_organisation())
"""
ALL_DISPOSALS: Final = f"""
{DISPOSALS} and d.kind = any ($1::text[]) and d.state <> 'dropped' order by d.asked_at desc, d.id desc limit {MOST}
"""
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
PARTS: Final = f"""
{ROOTS}
select count(*) from public.incident_people n
where n.organisation_id = (select sec.current_organisation())
    and (n.person_id = $1 or n.person_id in (select r.id from roots r where r.root = $1))
"""  # noqa: S608  our own constants


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
    other_kind: str | None
    other_id: UUID | None

    @property
    def path(self) -> str:
        """The page that says how long it is kept."""
        if self.other_kind:
            return f"{KINDS[self.other_kind].shelf.path}/{self.other_kind}/{self.other_id}"
        return f"/records/incidents/{self.incident_id}" if self.incident_id else f"/records/people/{self.person_id}"

    @property
    def lift_path(self) -> str:
        """The page on which it is lifted."""
        return f"{shelf_path(self.other_kind)}/holds/{self.id}/lift"

    @property
    def list_path(self) -> str:
        """The page that lists it."""
        return KINDS[self.other_kind].shelf.path if self.other_kind and not self.is_leads else "/records/holds"

    @property
    def is_leads(self) -> bool:
        """Whether leads see to it."""
        return self.other_kind is None or KINDS[self.other_kind].shelf is LEADS

    @property
    def about(self) -> str:
        """What it is called."""
        return self.reference or self.person_name or (KINDS[self.other_kind].name if self.other_kind else "")


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
    count: int
    """How many records go with it, of kinds other than incidents and people."""

    @property
    def is_leads(self) -> bool:
        """Whether leads see to what it was about."""
        return self.kind not in KINDS or KINDS[self.kind].shelf is LEADS

    @property
    def has_run(self) -> bool:
        """Whether its period of retention was over when it went, or when that was asked for."""
        return has_run(self.ground, self.due_on, (self.done_at or self.asked_at).date())

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


async def list_holds(work: Work, shelf: Shelf = LEADS) -> tuple[Hold, ...]:
    """Holds on what lies on this shelf, those that stand first."""
    await require_shelf(work, shelf)
    return tuple(Hold(*row) for row in await work.driver.fetch(ALL_HOLDS, codes_of(shelf)))


async def holds_of(work: Work, about: About) -> tuple[Hold, ...]:
    """Every hold on this one record."""
    await require_kind(work, about.kind)
    return tuple(
        Hold(*row) for row in await work.driver.fetch(HOLDS_OF, about.incident_id, about.person_id, about.other_id)
    )


async def get_hold(work: Work, hold_id: UUID, shelf: Shelf = LEADS) -> Hold:
    """One hold on what lies on this shelf; raises `NotFound`."""
    await require_shelf(work, shelf)
    row = await work.driver.fetchrow(ONE_HOLD, hold_id)
    if row is None:
        raise NotFound
    hold = Hold(*row)
    if (hold.other_kind or "incident") not in codes_of(shelf):
        raise NotFound
    return hold


async def list_disposals(work: Work, shelf: Shelf = LEADS) -> tuple[Disposal, ...]:
    """What was disposed of from this shelf, and what is to be, the latest first."""
    await require_shelf(work, shelf)
    return tuple(Disposal(*row) for row in await work.driver.fetch(ALL_DISPOSALS, codes_of(shelf)))


async def get_disposal(work: Work, disposal_id: UUID, shelf: Shelf = LEADS) -> Disposal:
    """One of what lay on this shelf; raises `NotFound`."""
    await require_shelf(work, shelf)
    row = await work.driver.fetchrow(ONE_DISPOSAL, disposal_id)
    if row is None:
        raise NotFound
    disposal = Disposal(*row)
    if disposal.kind not in codes_of(shelf):
        raise NotFound
    return disposal


def shelf_path(kind: str | None) -> str:
    """Beneath which address the holds and certificates of this kind are."""
    shelf = KINDS[kind].shelf if kind and kind in KINDS else LEADS
    return "/records" if shelf is LEADS else shelf.path


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
