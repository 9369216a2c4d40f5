"""People who left and whose file is still here: from the day that they left until it is sent.

"As soon as possible, and within five school days" (Keeping children safe in education). It runs for a child of whom
there is a record, where the kind of organisation has such a limit, and not for somebody who died, nor
where somebody said that no file goes. A transfer that was
taken back or not taken counts as none. After a year it is a matter for the retention of the file, and said there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.incidents.deadlines import Deadline, Start, counted
from safeguard.people.departing import StillHere
from safeguard.people.twins import ROOTS
from safeguard.records.people_due import IS_THEIRS
from safeguard.registers.duties.queries import clocks_here
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.limits import Clock
from safeguard.transfers.staying import find_left, find_stays
from safeguard.transfers.wording import STAYS
from safeguard.work import Work

LEFT: Final = "pupil_left"
MOST: Final = 99
BACK: Final = timedelta(days=365)
EARLY: Final = timedelta(days=120)
"""A file that went so long before the day they left went because they would leave."""
UNSENT: Final = f"""
{ROOTS}
select p.id, coalesce(nullif(concat_ws(' ', nullif(p.given_name, ''), nullif(p.family_name, '')), ''), p.known_as),
    d.left_on
from public.record_dates d
join public.people p on p.organisation_id = d.organisation_id and p.id = d.person_id
    and p.kind = 'child' and p.merged_into_id is null
where d.organisation_id = (select sec.current_organisation()) and d.left_on > $1 and d.died_on is null
    and d.stays_for is distinct from d.left_on and ($2::uuid is null or d.person_id = $2)
    and exists (
        select from public.incident_people n
        join public.incidents i on i.organisation_id = n.organisation_id and i.id = n.incident_id
        where n.organisation_id = p.organisation_id and {IS_THEIRS.format("n")} and n.removed_at is null)
    and not exists (
        select from public.transfers t
        where t.organisation_id = p.organisation_id and {IS_THEIRS.format("t")}
            and t.state in ('sent', 'locked', 'received') and t.sent_at >= d.left_on - $3::interval)
order by d.left_on, p.id limit $4
"""  # noqa: S608  our own constants


@dataclass(frozen=True, slots=True)
class Unsent:
    """One file that has still to go."""

    person_id: UUID
    name: str
    left_on: date
    deadline: Deadline

    @property
    def href(self) -> str:
        """Where it is sent from."""
        return f"/people/{self.person_id}/transfer"


async def list_unsent(work: Work, clocks: Clocks) -> tuple[Unsent, ...]:
    """Those who left longest ago first; nobody where the kind has no such limit, or the reader sends no files."""
    return tuple(await _read(work, clocks, None))


async def find_unsent(work: Work, person_id: UUID) -> StillHere | None:
    """This person's, for their page."""
    profile = await own_profile(work)
    if not _codes(profile.clocks.values()) or not work.may(Permission.RECORDS_MANAGE):
        return None
    if (said := await find_stays(work, person_id)) and (left_on := await find_left(work, person_id)):
        return StillHere(left_on, STAYS[said.why], "", presses=False, stays=True)
    found = await _read(work, await clocks_here(work, profile), person_id)
    if not found:
        return None
    limit = found[0].deadline
    return StillHere(found[0].left_on, limit.name, limit.left, limit.presses or limit.state is None)


async def _read(work: Work, clocks: Clocks, person_id: UUID | None) -> list[Unsent]:
    codes = _codes(clocks.clocks.values())
    if not codes or not work.may(Permission.RECORDS_MANAGE):
        return []
    rows = await work.driver.fetch(UNSENT, (work.now() - BACK).date(), person_id, EARLY, MOST)
    return [_unsent(row, code, clocks, work.now()) for row in rows for code in codes]


def _unsent(row: Any, code: str, clocks: Clocks, now: datetime) -> Unsent:
    person_id, name, left_on = row
    start = Start(datetime.combine(left_on, time(12), clocks.calendar.zone))
    return Unsent(person_id, name, left_on, counted(clocks, code, start, now))


def _codes(clocks: Iterable[Clock]) -> list[str]:
    return [each.code for each in clocks if each.starts == LEFT]
