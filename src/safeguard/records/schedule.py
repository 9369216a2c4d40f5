"""How long what is kept, from the organisation's profile and its own settings, and which records are past it.

The rules are data (tenants/*.toml, `retention.*`), and an organisation may lengthen each in its settings. A period is
counted from a moment of the profile:

- `date_of_birth`: that of the youngest child affected. Where one is not known, from the day of the record: nobody was
  born after that, so it never comes up too early;
- `end_of_care`, `end_of_employment`: the day on which the last of those affected left. Not said, not due;
- `closed`: the day it was closed; any other: the day it was recorded.

Whose records were found to be one person's is one person: what stands for them says when they were born and left, and a
hold on any of the records holds what is tied to another.

Where every child affected died before 18, a rule may count a shorter time from the death (SI 2015/541 reg. 36).
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.people.twins import ROOTS
from safeguard.tenancy.effective import effective_values, own_profile
from safeguard.tenancy.limits import Retention
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

INCIDENTS: Final = "incident_record"
MOST: Final = 200
HOLDS_PART: Final = """exists (
    select from public.incident_people n
    left join roots nr on nr.id = n.person_id
    left join roots hr on hr.id = h.person_id
    where n.organisation_id = i.organisation_id and n.incident_id = i.id and h.person_id is not null
        and coalesce(nr.root, n.person_id) = coalesce(hr.root, h.person_id))"""
"""Whether `h`, a hold, is on somebody who has a part in the incident `i`."""
DATED: Final = f"""
{ROOTS}
select i.id, i.reference, i.state, i.recorded_at, i.closed_at, w.known,
    case when w.died and $3 > 0 then (w.died_on + make_interval(years => $3))::date
        else (case $1
            when 'date_of_birth' then case when w.known then w.born_on else i.recorded_at::date end
            when 'end_of_care' then case when w.gone then w.left_on end
            when 'end_of_employment' then case when w.gone then w.left_on end
            when 'closed' then i.closed_at::date
            else i.recorded_at::date end + make_interval(years => $2))::date end as due_on,
    exists (
        select from public.record_holds h
        where h.organisation_id = i.organisation_id and h.lifted_at is null
            and (h.incident_id = i.id or {HOLDS_PART})) as held,
    (select d.id from public.disposals d
     where d.organisation_id = i.organisation_id and d.kind = 'incident' and d.subject_id = i.id
        and d.state = 'asked' limit 1) as asked_id
from public.incidents i
cross join lateral (
    select count(*) > 0 and bool_and(w.born_on is not null) as known, max(w.born_on) as born_on,
        count(*) > 0 and bool_and(w.left_on is not null) as gone, max(w.left_on) as left_on,
        count(*) > 0 and bool_and(coalesce(w.died_on < w.born_on + interval '18 years', false)) as died,
        max(w.died_on) as died_on
    from public.incident_people n
    left join roots r on r.id = n.person_id
    left join public.people p on p.organisation_id = n.organisation_id and p.id = n.person_id
    left join public.record_dates d on d.organisation_id = n.organisation_id and d.person_id = n.person_id
    left join public.people k on k.organisation_id = n.organisation_id and k.id = r.root
    left join public.record_dates e on e.organisation_id = n.organisation_id and e.person_id = r.root
    cross join lateral (
        select coalesce(k.born_on, p.born_on) as born_on, coalesce(e.left_on, d.left_on) as left_on,
            coalesce(e.died_on, d.died_on) as died_on) w
    where n.organisation_id = i.organisation_id and n.incident_id = i.id and n.role = 'affected'
        and n.removed_at is null) w
where i.organisation_id = (select sec.current_organisation())
"""  # noqa: S608  our own constants
ONE: Final = f"{DATED} and i.id = $4"
DUE: Final = f"""
select * from ({DATED} and i.state = 'closed') r where r.due_on <= $4 order by r.due_on, r.id limit {MOST}
"""  # noqa: S608  our own constants


class Dated(msgspec.Struct, frozen=True):
    """An incident, and when its period is over."""

    id: UUID
    reference: str
    state: str
    recorded_at: datetime
    closed_at: datetime | None
    is_sure: bool
    """Whether the birthdays of all whom it affected are known."""
    due_on: date | None
    """None while the day that it is counted from has not come."""
    is_held: bool
    asked_id: UUID | None
    """Its disposal, where somebody has asked for it."""


class Rule(msgspec.Struct, frozen=True):
    """One line of the schedule."""

    code: str
    name: str
    years: int
    starts: str
    """In words."""
    then: str
    exception: str
    certainty: str
    source: str


async def list_rules(work: Work) -> tuple[Rule, ...]:
    """The schedule as it is here: the profile's rules with the organisation's own periods."""
    work.require(Permission.RECORDS_MANAGE)
    profile = await own_profile(work)
    chosen = await effective_values(work, tuple(f"retention.{code}" for code in profile.retention), profile)
    return tuple(_rule(rule, profile, chosen.get(f"retention.{code}")) for code, rule in profile.retention.items())


async def name_of_rule(work: Work, code: str) -> str:
    """What a rule is called here; the code of one that is no longer."""
    rule = (await own_profile(work)).retention.get(code)
    return rule.name if rule else code


def _rule(rule: Retention, profile: Profile, years: object) -> Rule:
    return Rule(
        rule.code, rule.name, years if isinstance(years, int) else rule.years, profile.moments[rule.starts],
        rule.then.value, rule.exception, rule.certainty.value, rule.source,
    )  # fmt: skip


async def period_of_incidents(work: Work) -> tuple[Retention, int]:
    """The rule for incidents, and the years that it has here."""
    profile = await own_profile(work)
    rule, name = profile.retention[INCIDENTS], f"retention.{INCIDENTS}"
    years = (await effective_values(work, (name,), profile))[name]
    return rule, years if isinstance(years, int) else rule.years


async def list_due(work: Work, today: date) -> tuple[Dated, ...]:
    """Closed incidents whose period is over, the longest first; at most `MOST`."""
    work.require(Permission.RECORDS_MANAGE)
    rule, years = await period_of_incidents(work)
    return tuple(Dated(*row) for row in await work.driver.fetch(DUE, rule.starts, years, rule.years_after_death, today))


async def find_dated(work: Work, incident_id: UUID) -> Dated | None:
    """One incident, and when its period is over."""
    work.require(Permission.RECORDS_MANAGE)
    rule, years = await period_of_incidents(work)
    row = await work.driver.fetchrow(ONE, rule.starts, years, rule.years_after_death, incident_id)
    return Dated(*row) if row else None
