"""Times as people say them, in the organisation's own time zone.

A page shows "today 14:05"; the exact time stands in `datetime`, in the tooltip and in print.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date

from safeguard.web.languages import gettext, language, ngettext

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


@lru_cache(maxsize=4096)
def _written(day: date, pattern: str, locale: str) -> str:
    return format_date(day, pattern, locale=locale)


def _month(day: date, today: date) -> str:
    return _written(day, "d MMMM" if day.year == today.year else "d MMMM y", language())


def written_day(day: date) -> str:
    """A day with its year, as a birthday needs it: "14 May 2012"."""
    return _written(day, "d MMMM y", language())


def written_month(month: str) -> str:
    """`2026-11` as people say it: "November 2026"."""
    return _written(date.fromisoformat(f"{month}-01"), "LLLL y", language())


def day_said(day: date, today: date) -> str:
    """A day: "today", "yesterday", "Tuesday" of this past week, "12 November", "12 November 2024"."""
    if day == today:
        return gettext("today")
    if day == today - timedelta(days=1):
        return gettext("yesterday")
    if day == today + timedelta(days=1):
        return gettext("tomorrow")
    if today - WEEK < day < today:
        return _written(day, "EEEE", language())
    return _month(day, today)


class Times(NamedTuple):
    """A moment in the three ways that a `<time>` has."""

    machine: str
    exact: str
    said: str


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells many moments as one page shows them: what they share is worked out once."""

    now: datetime
    zone: ZoneInfo
    today: date

    @classmethod
    def at(cls, now: datetime, zone: ZoneInfo) -> "Telling":
        """As seen at `now`, in a place."""
        return cls(now, zone, now.astimezone(zone).date())

    def times(self, moment: datetime) -> Times:
        """As `machine`, `exact` and `said` say it."""
        return _told(moment, self.zone, self.today, language())


@lru_cache(maxsize=8192)
def _told(moment: datetime, zone: ZoneInfo, today: date, spoken: str) -> Times:
    """Kept, because the same moments are told again and again: on a list, and on every page of one incident."""
    local = moment.astimezone(zone)
    day, hours = local.date(), local.isoformat()[11:19]
    written = _written(day, "EEEE d MMMM y", spoken)
    return Times(machine(moment), f"{written}, {hours} {local.tzname()}", f"{day_said(day, today)} {hours[:5]}")


def said(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A moment: "today 14:05", "yesterday 09:10", "12 November 14:05"."""
    return _told(moment, zone, now.astimezone(zone).date(), language()).said


def exact_day(moment: datetime, zone: ZoneInfo) -> str:
    """The day of a moment in full: "Sunday 22 November 2026"."""
    return _written(moment.astimezone(zone).date(), "EEEE d MMMM y", language())


def exact(moment: datetime, zone: ZoneInfo) -> str:
    """A moment without any doubt: "Sunday 22 November 2026, 14:05:10 GMT"."""
    return _told(moment, zone, moment.astimezone(zone).date(), language()).exact


def ago(moment: datetime, now: datetime) -> str:
    """How long since: "just now", "12 min ago", "3 hours ago", "5 days ago"."""
    passed = max(now - moment, timedelta())
    if passed < MINUTE:
        return gettext("just now")
    if passed < HOUR:
        return gettext("%(minutes)d min ago") % {"minutes": passed // MINUTE}
    if passed < timedelta(days=1):
        hours = passed // HOUR
        return ngettext("%(hours)d hour ago", "%(hours)d hours ago", hours) % {"hours": hours}
    return ngettext("%(days)d day ago", "%(days)d days ago", passed.days) % {"days": passed.days}


def machine(moment: datetime) -> str:
    """A moment for the `datetime` attribute."""
    return moment.astimezone(UTC).isoformat()[:19] + "Z"
