"""Behind a cell of the map of controls: the incidents whose lessons, written in that month, name the control."""

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
select i.id, i.reference, i.state, e.written_at, e.author_name, left(e.words, 400)
from public.entries e
join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id
where e.organisation_id = (select sec.current_organisation()) and e.kind = 'lesson' and $1 = any (e.controls)
    and i.restricted_at is null
    and e.written_at >= (select ($2 || '-01')::timestamp at time zone o.time_zone
                         from public.organisations o where o.id = (select sec.current_organisation()))
    and e.written_at < (select (($2 || '-01')::timestamp + interval '1 month') at time zone o.time_zone
                        from public.organisations o where o.id = (select sec.current_organisation()))
    and not exists (
        select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
order by e.written_at desc, e.id desc
limit $3
"""
"""The month's ends are found first, so that the index of lessons is read between them and no further."""


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
    rows = [Lesson(*row) for row in await work.driver.fetch(LESSONS, control, month, MOST)]
    incidents = len({row.incident_id for row in rows})
    says = tell_number(
        "Lessons of %(num)s incident named this control then.",
        "Lessons of %(num)s incidents named this control then.", incidents,
    )  # fmt: skip
    return Lessons(name, control, written_month(month), rows, says)
