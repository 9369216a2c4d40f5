"""Bank holidays and the helpline's hours: `tenants/calendars.toml`, read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from safeguard import paths
from safeguard.tenancy.nations import Nation


@dataclass(frozen=True, slots=True)
class Holidays:
    """The bank holidays of one division of the country, of whole years."""

    names: Mapping[date, str]
    years: range
    """The years of which they are known."""

    def __contains__(self, day: date) -> bool:
        """Whether a day is one."""
        return day in self.names


@dataclass(frozen=True, slots=True, eq=False)
class Helpline:
    """When the helpline answers, Monday to Friday less bank holidays, wherever the caller is.

    Known by itself, not by what it holds: what is worked out from it is kept (`openings`).
    """

    opens: time
    closes: time
    zone: ZoneInfo
    holidays: Holidays


@dataclass(frozen=True, slots=True)
class Reminders:
    """When whoever referred something is reminded of a question of the helpline, in helpline hours."""

    first_after: int
    again_after: int
    times: int
    """How many there are at most."""


@dataclass(frozen=True, slots=True)
class BankHolidays:
    """What the file says."""

    of_nation: Mapping[Nation, Holidays]
    helpline: Helpline
    reminders: Reminders


@cache
def load_bank_holidays(file: Path = paths.TENANTS / "calendars.toml") -> BankHolidays:
    """Every nation's bank holidays, and the helpline's hours."""
    told = tomllib.loads(file.read_text("utf-8"))
    divisions = {name: _days(days) for name, days in told["bank_holidays"].items()}
    helpline = told["helpline"]
    return BankHolidays(
        MappingProxyType({nation: divisions[told["divisions"][nation]] for nation in Nation}),
        Helpline(
            helpline["opens"], helpline["closes"], ZoneInfo(helpline["time_zone"]), divisions[helpline["division"]]
        ),
        Reminders(**helpline["reminders"]),
    )


def _days(days: Mapping[str, str]) -> Holidays:
    names = {date.fromisoformat(day): name for day, name in days.items()}
    return Holidays(MappingProxyType(names), range(min(names).year, max(names).year + 1))
