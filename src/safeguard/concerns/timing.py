"""Who outside has to hear of an allegation, and by when: the designated officer, and whoever regulates the work.

The profile says it: the limit for the officer (in a club its governing body too), and every limit for which it is
enough that somebody of the staff is alleged to have harmed, such as a children's home's notification to Ofsted.
"""

from collections.abc import Mapping
from typing import Final

from safeguard import clock
from safeguard.concerns.record import Record
from safeguard.incidents.deadlines import Deadline, Start, counted
from safeguard.tenancy.calendars.reading import read_clocks
from safeguard.tenancy.limits import Clock
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

CLOCK: Final = "lado_contact"
OFFICER: Final = "lado"


def limits(profile: Profile) -> Mapping[str, Clock]:
    """The limits that an allegation about somebody who works here begins; the officer's comes first."""
    theirs = {
        code: limit
        for code, limit in profile.clocks.items()
        if limit.contacts and (code == CLOCK or limit.begins.staff)
    }  # fmt: skip
    return dict(sorted(theirs.items(), key=lambda each: each[0] != CLOCK))


def unheard(record: Record, profile: Profile) -> tuple[str, ...]:
    """Who has not heard of an allegation and has to; a kind of organisation without such a limit has the officer."""
    wanted = [whom for limit in limits(profile).values() for whom in limit.contacts] or [OFFICER]
    return tuple(whom for whom in dict.fromkeys(wanted) if record.contacted(whom) is None)


async def pressing(work: Work, record: Record, profile: Profile, nation: str, zone: str) -> tuple[Deadline, ...]:
    """The limits that run, each from the moment it was decided that it is an allegation until all its people heard.

    None while it is no allegation, or is closed.
    """
    facts, left = record.facts, set(unheard(record, profile))
    if facts.level != "allegation" or facts.state == "closed" or facts.decided_at is None:
        return ()
    running = [code for code, limit in limits(profile).items() if left & set(limit.contacts)]
    if not running:
        return ()
    clocks, start = (await read_clocks(work, profile, nation, zone)).clocks, Start(facts.decided_at)
    return tuple(counted(clocks, code, start, clock.now()) for code in running)
