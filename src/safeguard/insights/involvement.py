"""How many people have a part in more than one incident of a period: counts, and never a list.

Counted when it is asked for, because a person and the records merged into theirs are one: so its cost grows with the
incidents of the period, and it stands on a page of its own. People who are named without a record are not counted, nor
are restricted incidents. Those for whom small figures are left out see whole school years, to the nearest five.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from safeguard.access.policy import Permission
from safeguard.insights.measuring import blurred
from safeguard.insights.periods import Period, chosen_period, days_of
from safeguard.insights.pictures import FEW, Value
from safeguard.insights.wording import tell as _
from safeguard.insights.wording import tell_number
from safeguard.work import Work

READ: Final = """
with recursive kept as (
    select p.id, p.id as person_id from public.people p
    where p.organisation_id = (select sec.current_organisation()) and p.merged_into_id is null
        and exists (select from public.people m where m.organisation_id = p.organisation_id and m.merged_into_id = p.id)
    union all
    select p.id, k.person_id from kept k
    join public.people p on p.organisation_id = (select sec.current_organisation()) and p.merged_into_id = k.id
), parts as (
    select coalesce(k.person_id, n.person_id) as person_id, n.incident_id, n.role
    from public.incidents i
    join public.incident_people n on n.organisation_id = i.organisation_id and n.incident_id = i.id
    left join kept k on k.id = n.person_id
    where i.organisation_id = (select sec.current_organisation()) and i.recorded_at >= $1 and i.recorded_at < $2
        and i.restricted_at is null and n.removed_at is null and n.person_id is not null
), people as (
    select count(distinct incident_id) as any_part,
        count(distinct incident_id) filter (where role = 'affected') as affected,
        count(distinct incident_id) filter (where role = 'alleged') as alleged
    from parts group by person_id
)
select count(*), count(*) filter (where affected = 2), count(*) filter (where affected = 3),
    count(*) filter (where affected >= 4), count(*) filter (where alleged = 2), count(*) filter (where alleged = 3),
    count(*) filter (where alleged >= 4), count(*) filter (where affected >= 1 and alleged >= 1)
from people
"""


class Involved(msgspec.Struct, frozen=True):
    """People, by how many incidents they have which part in."""

    people: int
    affected: tuple[int, int, int]
    """In two incidents, in three, in four or more."""
    alleged: tuple[int, int, int]
    both: int
    """Affected in one and said to have done it in another, or in the same."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the page."""

    words: str
    affected: Value
    alleged: Value


@dataclass(frozen=True, slots=True)
class Involvement:
    """What the page shows."""

    period: Period
    exact: bool
    people: Value
    lines: tuple[Line, ...]
    both: Value
    so_what: str


async def read_involvement(work: Work, today: date, period_code: str, zone: str) -> Involvement:
    """How often people are involved again, for whoever asks."""
    work.require(Permission.INSIGHTS_READ)
    exact = work.may(Permission.INSIGHTS_EXACT)
    period = chosen_period(period_code if exact else "last-year", today, exact=exact)
    found = await count_involved(work, *days_of(period), zone)
    return shown(found, period, exact=exact)


async def count_involved(work: Work, first: date, following: date, zone: str) -> Involved:
    """From the first day to the one before `following`, where the organisation is."""
    work.require(Permission.INSIGHTS_READ)
    row = await work.driver.fetchrow(READ, _midnight(first, zone), _midnight(following, zone))
    people, a2, a3, a4, b2, b3, b4, both = row or (0,) * 8
    return Involved(people, (a2, a3, a4), (b2, b3, b4), both)


def shown(found: Involved, period: Period, *, exact: bool) -> Involvement:
    """As far as somebody may see it."""

    def figure(value: int) -> Value:
        rounded = value if exact else blurred(value)
        return FEW if rounded is None else rounded

    names = (_("In two incidents"), _("In three incidents"), _("In four or more"))
    lines = tuple(
        Line(name, figure(affected), figure(alleged))
        for name, affected, alleged in zip(names, found.affected, found.alleged, strict=True)
    )
    says = " ".join(_so_what(found)) if exact else _rough_so_what(figure(sum(found.affected)))
    return Involvement(period, exact, figure(found.people), lines, figure(found.both), says)


def _so_what(found: Involved) -> Iterator[str]:
    again, often = sum(found.affected), sum(found.alleged)
    if not (again or often):
        yield _("Nobody with a record was harmed in more than one incident, or said to have caused more than one.")
        return
    if again:
        yield tell_number("%(num)s person was harmed in more than one incident of this period.",
                          "%(num)s people were harmed in more than one incident of this period.", again)  # fmt: skip
        yield _("Ask what the first one changed.")
    if often:
        yield tell_number("%(num)s person is said to have caused more than one.",
                          "%(num)s people are said to have caused more than one.", often)  # fmt: skip


def _rough_so_what(again: Value) -> str:
    if not isinstance(again, int) or not again:
        return _("Fewer than 5 people, or nobody, were harmed in more than one incident of this year.")
    said = _("About %(number)s people were harmed in more than one incident of this year.", number=again)
    return f"{said} " + _("Ask what the first one changed.")


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(zone))
