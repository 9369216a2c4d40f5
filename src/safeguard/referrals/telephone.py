"""The helpline's telephone and hours, which stand beside everything that is sent to it."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from safeguard import paths
from safeguard.tenancy.calendars.bank_holidays import load_bank_holidays
from safeguard.tenancy.calendars.calendar import is_working_day

FILE: Final = paths.TENANTS / "calendars.toml"


@dataclass(frozen=True, slots=True)
class Telephone:
    """Whom to ring, and whether somebody is there now."""

    number: str
    email: str
    opens: str
    closes: str
    open_now: bool


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))["helpline"]


def telephone(now: datetime) -> Telephone:
    """The helpline's telephone as it stands at this moment."""
    hours = load_bank_holidays().helpline
    there = now.astimezone(hours.zone)
    is_open = is_working_day(there.date(), hours.holidays) and hours.opens <= there.time() < hours.closes
    return Telephone(
        _told().get("telephone", ""), _told().get("email", ""), f"{hours.opens:%H:%M}", f"{hours.closes:%H:%M}", is_open
    )
