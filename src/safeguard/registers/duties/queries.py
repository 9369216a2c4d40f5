"""Reading the duties that come round again: what was done when, and until when each is due.

Nothing is due that was never recorded: then the register asks when it was last done, and does not call it late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.registers.duties.duty import BASE, Done, duties_of
from safeguard.registers.rows import HERE, fetch, find, get, shown
from safeguard.tenancy.calendars.calendar import Calendar, Uncountable
from safeguard.tenancy.calendars.counting import RISKY_SHARE, Due, State, due, state
from safeguard.tenancy.calendars.reading import Clocks, read_clocks
from safeguard.tenancy.calendars.saying import due_said, left_said
from safeguard.tenancy.limits import Certainty, Clock
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

MOST: Final = 500
MORNING: Final = time(8)
"""When somebody is told that something is late: nobody is at midnight."""
READ: Final = f"select {shown(Done, 'd')}::text from public.recurring_duties d where d.{HERE} and d.id = $1"  # noqa: S608  our own constants
LIST: Final = f"""
select {shown(Done, "d")}::text from public.recurring_duties d where d.{HERE} and d.duty = $1
order by d.done_on desc, d.id desc limit {MOST}
"""  # noqa: S608  our own constants
LAST: Final = f"""
select {shown(Done, "l")}::text from (
    select distinct on (d.duty) d.* from public.recurring_duties d
    where d.{HERE} and d.duty = any ($1) and d.struck_on is null
    order by d.duty, d.done_on desc, d.id desc) l
"""  # noqa: S608  our own constants
STILL_LAST: Final = f"""
select {shown(Done, "d")}::text from public.recurring_duties d
where d.{HERE} and d.id = $1 and d.struck_on is null and not exists (
    select from public.recurring_duties n where n.organisation_id = d.organisation_id and n.duty = d.duty
        and n.struck_on is null and (n.done_on, n.id) > (d.done_on, d.id))
"""  # noqa: S608  our own constants
PLACE: Final = """
select o.nation, o.time_zone from public.organisations o where o.id = (select sec.current_organisation())
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """One duty: when it was last done, and until when it is to be done again."""

    clock: Clock
    last: Done | None
    due: Due | None = None
    """None where it was never recorded, or cannot be counted."""
    state: State | None = None
    left: str = ""
    by: str = ""

    @property
    def href(self) -> str:
        """Its page."""
        return f"{BASE}/{self.clock.code}"

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done again by now."""
        return self.state is State.OVERDUE

    @property
    def presses(self) -> bool:
        """Whether it is late, soon will be, or nobody knows although more than custom asks for it."""
        if self.last is None:
            return self.clock.certainty is not Certainty.PRACTICE
        return self.state in (State.OVERDUE, State.AT_RISK)


async def get_done(work: Work, done_id: UUID) -> Done:
    """One record; raises `NotFound`."""
    work.require(Permission.REGISTER_READ)
    return await get(work, Done, READ, done_id)


async def list_done(work: Work, duty: str) -> tuple[Done, ...]:
    """Every time that a duty was recorded, the latest first; those that were struck out too."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Done, LIST, duty)


async def last_done(work: Work, duties: Sequence[str]) -> dict[str, Done]:
    """Of each of these duties the last time that stands; the reader for other rooms, whatever they do with it."""
    return {done.duty: done for done in await fetch(work, Done, LAST, list(duties))}


async def find_last(work: Work, done_id: UUID) -> Done | None:
    """This record, if it is the last of its duty that stands."""
    return await find(work, Done, STILL_LAST, done_id)


async def clocks_here(work: Work, profile: Profile) -> Clocks:
    """The organisation's calendar and limits, for somebody who has not read them yet."""
    row = await work.driver.fetchrow(PLACE)
    nation, zone = (row["nation"], row["time_zone"]) if row else ("england", "Europe/London")
    return (await read_clocks(work, profile, nation, zone)).clocks


async def read_standings(work: Work, profile: Profile, clocks: Clocks | None = None) -> tuple[Standing, ...]:
    """Where each duty of this kind of organisation stands; nothing is asked where there is none."""
    duties = duties_of(profile)
    if not duties:
        return ()
    clocks = clocks or await clocks_here(work, profile)
    last = await last_done(work, [duty.code for duty in duties])
    return tuple(standing(duty, last.get(duty.code), clocks, work.now()) for duty in duties)


def standing(duty: Clock, last: Done | None, clocks: Clocks, now: datetime) -> Standing:
    """Where one duty stands, after the last time that it was done."""
    if last is None:
        return Standing(duty, None)
    calendar, limit, start = clocks.calendar, clocks.of(duty.code), begins(last, clocks.calendar)
    try:
        when = due(calendar, limit, start)
        stands = state(calendar, limit, start, when, now)
    except Uncountable as reason:
        return Standing(duty, last, left=reason.sentence)
    said = left_said(calendar, limit, when, now), due_said(limit, when, now, calendar)
    return Standing(duty, last, when, stands, *said)


def begins(done: Done, calendar: Calendar) -> datetime:
    """The moment from which the next is counted: the morning of the day on which it was done."""
    return datetime.combine(done.done_on, time(9), calendar.zone)


def next_look(of: Standing, calendar: Calendar, now: datetime) -> datetime | None:
    """When somebody is to be told next: once it is at risk, and once it is late. None after that."""
    if of.last is None or of.due is None or of.state is State.OVERDUE:
        return None
    if of.state is State.DUE:
        risky = of.due.at - (of.due.at - begins(of.last, calendar)) / RISKY_SHARE
        return max(risky + timedelta(minutes=1), now + timedelta(minutes=1))
    return datetime.combine(of.due.at.astimezone(calendar.zone).date(), MORNING, calendar.zone)
