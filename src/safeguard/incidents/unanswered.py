"""Answers that somebody outside owes: contacts that await one, each with the limits of the profile that it meets.

The referral to social care on which nobody has decided, the report on which a platform is silent. Bounded like what is
owed to others, by the incidents that are not closed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from safeguard.incidents.deadlines import ANSWERED, Deadline, Start, counted
from safeguard.incidents.owing import UNFINISHED
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.work import Work

AWAITED: Final = f"""
with {UNFINISHED}
select i.id, i.reference, i.risk, e.contact, coalesce(e.took_place_at, e.written_at) as began
from unfinished u
join public.incidents i on i.organisation_id = (select sec.current_organisation()) and i.id = u.id
join public.entries e on e.organisation_id = (select sec.current_organisation()) and e.incident_id = i.id
where e.kind = 'contact' and e.awaits_answer and e.done_at is null and e.contact = any ($2)
    and not exists (select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
order by e.written_at, e.id
"""  # noqa: S608  our own constant


@dataclass(frozen=True, slots=True)
class Unanswered:
    """One limit of one answer that has not come."""

    incident_id: UUID
    reference: str
    risk: str
    deadline: Deadline


async def list_unanswered(work: Work, clocks: Clocks, ids: Sequence[UUID] | None = None) -> tuple[Unanswered, ...]:
    """Every limit that an awaited answer runs against, of these incidents or of all that are not closed.

    An answer ends it, and so do an entry that corrects the contact and the end of the incident.
    """
    asked = sorted({ANSWERED[clock.starts] for clock in clocks.clocks.values() if clock.starts in ANSWERED})
    rows = await work.driver.fetch(AWAITED, None if ids is None else list(ids), asked)
    return tuple(each for row in rows for each in _limits(row, clocks, work.now()))


def _limits(row: Any, clocks: Clocks, now: datetime) -> Iterator[Unanswered]:
    for code, clock in clocks.clocks.items():
        if ANSWERED.get(clock.starts) == row["contact"]:
            limit = counted(clocks, code, Start(row["began"], row["id"]), now)
            yield Unanswered(row["id"], row["reference"], row["risk"], limit)
