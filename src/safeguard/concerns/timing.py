"""Who outside has to hear of an allegation, and by when: the designated officer; in a club its governing body too."""

from dataclasses import dataclass
from typing import Final

from safeguard import clock
from safeguard.concerns.record import Record
from safeguard.tenancy.calendars import counting
from safeguard.tenancy.calendars.reading import read_clocks
from safeguard.tenancy.calendars.saying import due_said, left_said
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

CLOCK: Final = "lado_contact"


OFFICER: Final = "lado"


def unheard(record: Record, profile: Profile) -> tuple[str, ...]:
    """Who has not heard of an allegation and has to; a kind of organisation without that limit has the officer."""
    limit = profile.clocks.get(CLOCK)
    wanted = (limit.contacts if limit else ()) or (OFFICER,)
    return tuple(whom for whom in wanted if record.contacted(whom) is None)


@dataclass(frozen=True, slots=True)
class Pressing:
    """A time limit that runs."""

    name: str
    then: str
    due: str
    left: str
    is_late: bool


async def pressing(work: Work, record: Record, profile: Profile, nation: str, zone: str) -> Pressing | None:
    """The limit for contacting the designated officer, from the moment it was decided that it is an allegation.

    None while nothing runs: it is no allegation, everybody who has to hear was contacted, or this kind of organisation
    has no such limit.
    """
    facts = record.facts
    runs = facts.level == "allegation" and facts.decided_at is not None and bool(unheard(record, profile))
    if not runs or facts.state == "closed" or CLOCK not in profile.clocks or facts.decided_at is None:
        return None
    clocks = (await read_clocks(work, profile, nation, zone)).clocks
    limit, kind, now = clocks.of(CLOCK), profile.clocks[CLOCK], clock.now()
    due = counting.due(clocks.calendar, limit, facts.decided_at)
    late = counting.state(clocks.calendar, limit, facts.decided_at, due, now) is counting.State.OVERDUE
    return Pressing(
        kind.name,
        kind.then,
        due_said(limit, due, now, clocks.calendar),
        left_said(clocks.calendar, limit, due, now),
        late,
    )
