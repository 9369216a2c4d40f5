"""The calendar and the time limits of the organisation in which some work happens, in one statement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from safeguard.tenancy.calendars.calendar import Calendar, calendar_of
from safeguard.tenancy.calendars.counting import Limit
from safeguard.tenancy.effective import effective_values
from safeguard.tenancy.limits import Clock
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.registry import CLOSURES, TERMS
from safeguard.tenancy.values import Chosen, kept_spans
from safeguard.work import Work


@dataclass(frozen=True, slots=True)
class Clocks:
    """An organisation's calendar, and its limits as it chose them."""

    calendar: Calendar
    clocks: Mapping[str, Clock]
    limits: Mapping[str, Limit]

    def of(self, code: str) -> Limit:
        """The limit of a clock that this kind of organisation has."""
        return self.limits[code]


async def read_clocks(work: Work, profile: Profile, nation: str, zone: str, also: Iterable[str] = ()) -> "Read":
    """The calendar, the limits of every clock, and the values of further settings named in `also`."""
    names = tuple(f"clocks.{code}" for code in profile.clocks)
    values = await effective_values(work, (TERMS, CLOSURES, *names, *also), profile)
    calendar = calendar_of(nation, zone, kept_spans(values.get(TERMS, [])), kept_spans(values.get(CLOSURES, [])))
    limits = {code: Limit(_number(values, clock), clock.unit) for code, clock in profile.clocks.items()}
    return Read(Clocks(calendar, profile.clocks, limits), values)


@dataclass(frozen=True, slots=True)
class Read:
    """Clocks, and the settings that were read with them."""

    clocks: Clocks
    values: Mapping[str, Chosen]


def _number(values: Mapping[str, Chosen], clock: Clock) -> int:
    value = values.get(f"clocks.{clock.code}")
    return value if isinstance(value, int) else clock.value
