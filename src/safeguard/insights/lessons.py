"""Behind a cell of the map of controls: the incidents whose lessons first named the control in that month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.incidents.controls import name_of, own_names
from safeguard.insights.periods import is_month
from safeguard.insights.wording import tell_number
from safeguard.tenancy.profile import Profile
from safeguard.web.times import written_month
from safeguard.work import Work

MOST: Final = 200
LESSONS: Final = """
with month as materialized (
    select ($2 || '-01')::timestamp at time zone o.time_zone as since,
        (($2 || '-01')::timestamp + interval '1 month') at time zone o.time_zone as until
    from public.organisations o where o.id = (select sec.current_organisation())
), named as materialized (
    select distinct e.incident_id from public.entries e
    where e.organisation_id = (select sec.current_organisation()) and e.kind = 'lesson' and $1 = any (e.controls)
        and e.written_at >= (select since from month) and e.written_at < (select until from month)
        and not exists (
            select from public.entries b
            where b.organisation_id = e.organisation_id and b.incident_id = e.incident_id and b.kind = 'lesson'
                and $1 = any (b.controls) and b.written_at < (select since from month))
), standing as materialized (
    select i.id, i.reference, i.state, e.written_at, e.author_name, left(e.words, 400), e.id as entry
    from named n
    join public.incidents i on i.organisation_id = (select sec.current_organisation()) and i.id = n.incident_id
        and i.restricted_at is null
    join public.entries e on e.organisation_id = i.organisation_id and e.incident_id = i.id and e.kind = 'lesson'
        and $1 = any (e.controls)
    where not exists (
        select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
)
select s.*, (select count(distinct id) from standing) from standing s order by s.written_at desc, s.entry desc limit $3
"""
"""As the map counts them: an incident stands in the month in which a lesson of it first named the control, whenever
those that stand now were written. The month's ends are found first, so that the index is read between them alone."""


class Lesson(msgspec.Struct, frozen=True):
    """What was learnt, from which incident."""

    incident_id: UUID
    reference: str
    state: str
    written_at: datetime
    author: str
    words: str


@dataclass(frozen=True, slots=True)
class Lessons:
    """What the page shows."""

    control: str
    code: str
    month: str
    """`October 2026`, as the reader calls it."""
    rows: Sequence[Lesson]
    says: str


async def read_lessons(work: Work, profile: Profile, control: str, month: str) -> Lessons:
    """The lessons of one control and month, the latest first; raises `NotFound` for what is no control or month."""
    work.require(Permission.INSIGHTS_EXACT)
    name = name_of(control, profile, await own_names(work))
    if name == control or not is_month(month):
        raise NotFound
    found = await work.driver.fetch(LESSONS, control, month, MOST)
    rows = [Lesson(*row[:6]) for row in found]
    says = tell_number(
        "Lessons of %(num)s incident first named this control then.",
        "Lessons of %(num)s incidents first named this control then.", found[0][7] if found else 0,
    )  # fmt: skip
    return Lessons(name, control, written_month(month), rows, says)
