"""Who reads what comes, and when: said before anybody writes, in words for a child of nine."""

from dataclasses import dataclass
from datetime import date, timedelta

from safeguard import clock
from safeguard.public_reports.doors import Door
from safeguard.tenancy.calendars.calendar import Uncountable
from safeguard.web.languages import gettext

DAY = timedelta(days=1)
FURTHEST = 80


@dataclass(frozen=True, slots=True)
class Reading:
    """When somebody will read it."""

    is_holiday: bool
    until: date | None = None
    """The first day of school after the holidays."""


def reading(door: Door) -> Reading | None:
    """Whether there is school now; None where nothing is known of terms, or there are none."""
    if not door.counts_school_days:
        return None
    today = clock.now().astimezone(door.calendar.zone).date()
    try:
        first = next(day for day in _days(today) if door.calendar.is_school_day(day))
    except (Uncountable, StopIteration):
        return _holiday_without_end(door, today)
    return Reading(first - today > timedelta(days=3), first)


def _holiday_without_end(door: Door, today: date) -> Reading | None:
    """Past the last term that anybody entered there is no school that we know of."""
    return Reading(is_holiday=True) if today > max(term.last for term in door.calendar.terms) else None


def _days(start: date) -> list[date]:
    return [start + n * DAY for n in range(FURTHEST)]


def said_day(day: date) -> str:
    """A day as it is written, in this page's language."""
    months = (
        gettext("January"), gettext("February"), gettext("March"), gettext("April"), gettext("May"), gettext("June"),
        gettext("July"), gettext("August"), gettext("September"), gettext("October"), gettext("November"),
        gettext("December"),
    )  # fmt: skip
    return f"{day.day} {months[day.month - 1]}"
