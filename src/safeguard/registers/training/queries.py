"""Reading the training register: events, who was there, and who of those with an account is in date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.registers.by_day import LATEST
from safeguard.registers.rows import HERE, fetch, get, shown
from safeguard.registers.training.learning import Event, Record
from safeguard.work import Work

MOST: Final = 1_000
SOON: Final = 60
"""Days before which what runs out is shown as due soon."""
_PERSON: Final = "m.state = 'active' and m.kind = 'person' and not m.roles <@ '{inspector}'::text[]"
_COUNTS: Final = "r.ended_at is null and r.outcome <> 'missed'"

EVENT: Final = f"""
select {shown(Event, "e")}::text from public.learning_events e where e.{HERE} and e.id = $1 and e.struck_on is null
"""  # noqa: S608  our own constants
EVENTS: Final = f"""
select json_build_object('event', {shown(Event, "e")}, 'people', (select count(*) from public.learning_records r
    where r.organisation_id = e.organisation_id and r.event_id = e.id and {_COUNTS}))::text
from public.learning_events e where e.{HERE} and e.struck_on is null and ($1 = '' or $1 = any (e.audiences))
    and (e.held_on, e.id) < ($2, $3)
order by e.held_on desc, e.id desc limit $4
"""  # noqa: S608  our own constants
RECORDS: Final = f"""
select {shown(Record, "r")}::text from public.learning_records r
where r.{HERE} and r.event_id = $1 and r.ended_at is null order by r.name, r.id limit {MOST}
"""  # noqa: S608  our own constants
PEOPLE: Final = f"""
select json_build_object('user_id', m.user_id, 'name', m.name, 'governor', 'governor' = any (m.roles)
        and not m.roles && '{{lead,deputy,head,reporter,pastoral,administrator}}'::text[],
    'last_on', l.held_on, 'title', l.title, 'expires_on', l.expires_on, 'outcome', l.outcome)::text
from public.memberships m
left join lateral (
    select e.held_on, e.title, r.outcome, coalesce(r.expires_on, (e.held_on + interval '12 months')::date) as expires_on
    from public.learning_records r
    join public.learning_events e on e.organisation_id = r.organisation_id and e.id = r.event_id
    where r.organisation_id = m.organisation_id and r.user_id = m.user_id and {_COUNTS}
        and e.struck_on is null
    order by 4 desc, e.held_on desc, r.id limit 1
) l on true
where m.{HERE} and {_PERSON} order by l.expires_on nulls first, m.name, m.user_id limit {MOST}
"""  # noqa: S608  our own constants
OF_PERSON: Final = f"""
select json_build_object('event', {shown(Event, "e")}, 'record', {shown(Record, "r")})::text
from public.learning_records r
join public.learning_events e on e.organisation_id = r.organisation_id and e.id = r.event_id
where r.{HERE} and r.user_id = $1 and r.ended_at is null and e.struck_on is null
order by e.held_on desc, r.id limit {MOST}
"""  # noqa: S608  our own constants
NAME: Final = f"select m.name from public.memberships m where m.{HERE} and m.user_id = $1"  # noqa: S608  our own
REACHED: Final = f"""
select a.audience, count(distinct e.id) as events,
    coalesce(sum(e.headcount) filter (where cardinality(e.audiences) = 1), 0) as unnamed,
    coalesce(sum((select count(*) from public.learning_records r where r.organisation_id = e.organisation_id
        and r.event_id = e.id and r.audience = a.audience and {_COUNTS})), 0) as named,
    coalesce(sum(e.headcount) filter (where cardinality(e.audiences) > 1), 0) as together
from public.learning_events e cross join lateral unnest(e.audiences) as a (audience)
where e.{HERE} and e.struck_on is null and e.held_on > $1::date - interval '12 months' group by a.audience
"""  # noqa: S608  our own constants


class Held(msgspec.Struct, frozen=True):
    """An event, and how many people are recorded for it."""

    event: Event
    people: int


class Learner(msgspec.Struct, frozen=True):
    """Somebody with an account, and what of theirs holds longest."""

    user_id: UUID
    name: str
    governor: bool
    last_on: date | None
    title: str | None
    expires_on: date | None
    """A year after the event, where the event says nothing: training is renewed every year (KCSIE)."""
    outcome: str | None

    def state(self, today: date) -> str:
        """never, expired, soon or current."""
        if self.expires_on is None:
            return "never"
        if self.expires_on < today:
            return "expired"
        return "soon" if (self.expires_on - today).days <= SOON else "current"

    def in_date(self, today: date) -> bool:
        """Whether what they learnt still holds."""
        return self.expires_on is not None and self.expires_on >= today


class Taken(msgspec.Struct, frozen=True):
    """One thing that somebody learnt at."""

    event: Event
    record: Record


class Reached(msgspec.Struct, frozen=True):
    """How many were reached in the last twelve months, named or counted."""

    audience: str
    events: int
    unnamed: int
    named: int
    together: int = 0
    """Counted at events for several audiences, which nobody told apart: they are of all of them together."""

    @property
    def people(self) -> int:
        """All of whom it is known that they were of this audience."""
        return self.unnamed + self.named


@dataclass(frozen=True, slots=True)
class Share:
    """How much of one audience is in date."""

    audience: str
    current: int
    people: int

    @property
    def percent(self) -> int:
        """Of a hundred, rounded down: 99 of 100 is not all."""
        return self.current * 100 // self.people if self.people else 0


def shares(learners: Sequence[Learner], today: date) -> tuple[Share, ...]:
    """Staff and those who govern: what share of each is in date today."""
    found: list[Share] = []
    for audience, governs in (("staff", False), ("governors", True)):
        own = [one for one in learners if one.governor is governs]
        if own:
            found.append(Share(audience, sum(one.in_date(today) for one in own), len(own)))
    return tuple(found)


async def get_event(work: Work, event_id: UUID) -> Event:
    """One event; raises `NotFound`."""
    work.require(Permission.REGISTER_READ)
    return await get(work, Event, EVENT, event_id)


async def list_events(
    work: Work, audience: str = "", after: tuple[date, UUID] = LATEST, limit: int = MOST
) -> tuple[Held, ...]:
    """Events, the latest first; of one audience where one is named."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Held, EVENTS, audience, *after, limit)


async def list_records(work: Work, event_id: UUID) -> tuple[Record, ...]:
    """Who was there."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Record, RECORDS, event_id)


async def list_learners(work: Work) -> tuple[Learner, ...]:
    """Everybody with an account, who needs it most first."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Learner, PEOPLE)


async def list_taken(work: Work, user_id: UUID) -> tuple[Taken, ...]:
    """What one person learnt at, the latest first."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Taken, OF_PERSON, user_id)


async def name_of(work: Work, user_id: UUID) -> str | None:
    """The name of a member, past members too."""
    work.require(Permission.REGISTER_READ)
    return await work.driver.fetchval(NAME, user_id)


async def reached(work: Work, today: date) -> tuple[Reached, ...]:
    """How many of each audience were reached within a year."""
    work.require(Permission.REGISTER_READ)
    return tuple(Reached(*row) for row in await work.driver.fetch(REACHED, today))
