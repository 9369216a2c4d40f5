"""People on the list about whom there is no incident, once they have left: their entry comes up by itself."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.people.twins import ROOTS
from safeguard.tenancy.effective import effective_values, own_profile
from safeguard.work import Work

RULE: Final = "person_entry"
MOST: Final = 50
IS_THEIRS: Final = "({0}.person_id = p.id or {0}.person_id in (select r.id from roots r where r.root = p.id))"
"""Whether a row is of `p`, or of a record that was merged into theirs."""
LINES: Final = f"""
{ROOTS}
select p.id, coalesce(nullif(btrim(p.given_name || ' ' || p.family_name), ''), p.known_as) as name,
    (coalesce(d.left_on, d.died_on) + make_interval(years => $1))::date as due_on,
    exists (select from public.record_holds h
            where h.organisation_id = p.organisation_id and h.lifted_at is null and {IS_THEIRS.format("h")}) as held,
    (select a.id from public.disposals a
     where a.organisation_id = p.organisation_id and a.kind = 'person' and a.subject_id = p.id and a.state = 'asked'
     limit 1) as asked_id
from public.people p
join public.record_dates d on d.organisation_id = p.organisation_id and d.person_id = p.id
where p.organisation_id = (select sec.current_organisation()) and p.merged_into_id is null
    and coalesce(d.left_on, d.died_on) is not null
    and not exists (select from public.incident_people n
                    where n.organisation_id = p.organisation_id and {IS_THEIRS.format("n")})
"""  # noqa: S608  our own constants
DUE: Final = f"""
select * from ({LINES}) r where r.due_on <= $2 order by r.due_on, r.id limit {MOST}
"""  # noqa: S608  our own constants
ONE: Final = f"select r.due_on from ({LINES}) r where r.id = $2"  # noqa: S608  our own constants


class Leaver(msgspec.Struct, frozen=True):
    """Somebody who left, and about whom there is no incident."""

    id: UUID
    name: str
    due_on: date
    is_held: bool
    asked_id: UUID | None


async def years_of_people(work: Work) -> int:
    """How many years an entry is kept after somebody left."""
    profile, name = await own_profile(work), f"retention.{RULE}"
    return int(str((await effective_values(work, (name,), profile))[name]))


async def list_leavers(work: Work, today: date) -> tuple[Leaver, ...]:
    """Those whose period is over, the longest first; at most `MOST`."""
    work.require(Permission.RECORDS_MANAGE)
    return tuple(Leaver(*row) for row in await work.driver.fetch(DUE, await years_of_people(work), today))


async def person_due_on(work: Work, person_id: UUID) -> date | None:
    """When the period of this entry is over; None while they are here, or have a part in an incident."""
    work.require(Permission.RECORDS_MANAGE)
    return await work.driver.fetchval(ONE, await years_of_people(work), person_id)
