"""Where a request of the desk is: the organisation's words, its zone, its limits of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from safeguard import clock
from safeguard.helpline.case import Case
from safeguard.helpline.desk import Desk, load_desk
from safeguard.helpline.pointing import Pointer, read_pointers
from safeguard.helpline.prompts import FOLLOW_UP, SELF_REPORT, SILENT, Waited, first_answer, late_since, waited
from safeguard.tenancy.calendars.calendar import SATURDAY, Uncountable
from safeguard.tenancy.calendars.counting import due, open_between
from safeguard.tenancy.calendars.reading import Clocks, read_clocks
from safeguard.tenancy.limits import Unit
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import profile_of
from safeguard.web import exchange
from safeguard.work import Work

A_WEEK = timedelta(days=7)
"""What stands for a limit of days in a year whose bank holidays are not known."""
_LENGTHS = {Unit.HOURS: timedelta(hours=1), Unit.DAYS: timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Here:
    """The desk of this request."""

    profile: Profile
    zone: ZoneInfo
    clocks: Clocks
    now: datetime
    pointers: Mapping[str, Pointer]
    """Everything that a caller can be pointed to, by its code, and what they could be once."""

    @property
    def desk(self) -> Desk:
        """Its lists."""
        return load_desk()

    @property
    def signposts(self) -> Mapping[str, Pointer]:
        """What a caller can be pointed to today."""
        return {code: each for code, each in self.pointers.items() if not each.withdrawn}

    @property
    def limits(self) -> Mapping[str, timedelta]:
        """The limits of the prompts, as lengths of time."""
        found = {code: self.clocks.of(code) for code in (SELF_REPORT, SILENT) if code in self.clocks.limits}
        return {code: limit.value * _LENGTHS.get(limit.unit, timedelta(days=1)) for code, limit in found.items()}

    def waited(self, case: Case) -> Waited:
        """For how long the helpline was open since a case came."""
        return waited(case, self.clocks.calendar.helpline, self.now, first_answer(self.clocks))

    @property
    def late_since(self) -> datetime:
        """Until when a case must have come to be overdue, where nobody has answered it."""
        return late_since(self.clocks.calendar.helpline, self.now, first_answer(self.clocks))

    def is_to_ask_again(self, case: Case) -> bool:
        """Whether whoever was asked something has had the time that the profile gives them, and not answered."""
        if FOLLOW_UP not in self.clocks.limits or case.awaited_since is None or case.ended_at:
            return False
        try:
            return self.now >= due(self.clocks.calendar, self.clocks.of(FOLLOW_UP), case.awaited_since).at
        except Uncountable:
            return self.now >= case.awaited_since + A_WEEK

    @property
    def is_open(self) -> bool:
        """Whether the helpline answers at this moment."""
        minute, helpline = timedelta(minutes=1), self.clocks.calendar.helpline
        try:
            return open_between(helpline, self.now, self.now + minute) == minute
        except Uncountable:
            there = self.now.astimezone(helpline.zone)
            return there.weekday() < SATURDAY and helpline.opens <= there.time() < helpline.closes


def own_profile() -> Profile:
    """The profile of whoever entered; only for routes that somebody signed in, or a token, has entered."""
    viewer = exchange.current().viewer
    if viewer is None:
        raise RuntimeError("nobody has entered")
    return profile_of(viewer.organisation.kind, viewer.organisation.nation)


async def here(work: Work, *, pointing: bool = True) -> Here:
    """Where this request is, with the limits that the organisation chose.

    Without `pointing` for pages that point nobody anywhere: the queue, which is asked for all day.
    """
    viewer = exchange.current().viewer
    if viewer is None:
        raise RuntimeError("nobody has entered")
    profile, organisation = own_profile(), viewer.organisation
    read = await read_clocks(work, profile, organisation.nation, organisation.time_zone)
    pointers = await read_pointers(work, profile) if pointing else {}
    return Here(profile, ZoneInfo(organisation.time_zone), read.clocks, clock.now(), pointers)
