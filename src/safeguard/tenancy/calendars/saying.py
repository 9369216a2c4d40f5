"""How much time is left, as people say it: "3 school days left", "due today", "overdue by 2 hours"."""

from datetime import date, datetime, timedelta

from safeguard.tenancy.calendars.calendar import Calendar, Uncountable
from safeguard.tenancy.calendars.counting import Due, Limit, left
from safeguard.tenancy.limits import Unit
from safeguard.web.languages import gettext, ngettext
from safeguard.web.times import day_said

HOUR = 60
DAY_BY_DAY = frozenset({Unit.WORKING_DAYS, Unit.SCHOOL_DAYS, Unit.HELPLINE_HOURS, Unit.MONTHS})
LONG = timedelta(days=45)
"""Of these, what is further away is said by its date: nobody has a use for "200 school days", nor need a page of old
work that somebody has to do count them."""


def left_said(calendar: Calendar, limit: Limit, when: Due, now: datetime) -> str:
    """What is left of a limit, or since when it is over."""
    today = now.astimezone(calendar.zone).date()
    if limit.unit in DAY_BY_DAY and abs(when.day - today) > LONG:
        return _by_date(when.day, today)
    if limit.by_the_clock:
        return _by_the_clock(limit, left(calendar, limit, when, now))
    if today == when.day:
        return gettext("due today")
    try:
        return _in_days(limit.unit, left(calendar, limit, when, now), when.day, today)
    except Uncountable:
        return _by_date(when.day, today)


def due_said(limit: Limit, when: Due, now: datetime, calendar: Calendar) -> str:
    """The moment or the day itself: "by Tuesday 24 November", "by 14:05 today"."""
    day = day_said(when.day, now.astimezone(calendar.zone).date())
    if limit.unit is Unit.AT_ONCE:  # it is due from the moment that began it
        return gettext("since %(time)s %(day)s") % {"time": f"{when.at.astimezone(calendar.zone):%H:%M}", "day": day}
    if limit.by_the_clock:
        return gettext("by %(time)s %(day)s") % {"time": f"{when.at.astimezone(calendar.zone):%H:%M}", "day": day}
    return gettext("by the end of %(day)s") % {"day": day}


def _by_date(due: date, today: date) -> str:
    if due < today:
        return gettext("overdue since %(day)s") % {"day": day_said(due, today)}
    return gettext("due %(day)s") % {"day": day_said(due, today)}


def _in_days(unit: Unit, days: int, due: date, today: date) -> str:
    if days == 0:  # a weekend since, or a weekend before: no day that counts
        return _by_date(due, today)
    count = abs(days)
    said = {
        Unit.WORKING_DAYS: ngettext("%(n)d working day", "%(n)d working days", count),
        Unit.SCHOOL_DAYS: ngettext("%(n)d school day", "%(n)d school days", count),
    }.get(unit, ngettext("%(n)d day", "%(n)d days", count)) % {"n": count}
    return (gettext("%(time)s left") if days > 0 else gettext("overdue by %(time)s")) % {"time": said}


def _by_the_clock(limit: Limit, minutes: int) -> str:
    if limit.unit is Unit.AT_ONCE and minutes <= 0:
        return gettext("due at once")
    said = _length(limit.unit, abs(minutes))
    return (gettext("%(time)s left") if minutes > 0 else gettext("overdue by %(time)s")) % {"time": said}


def _length(unit: Unit, minutes: int) -> str:
    if minutes < HOUR:
        return gettext("%(n)d min") % {"n": max(minutes, 1)}
    hours = minutes // HOUR
    if unit is Unit.HELPLINE_HOURS:
        return ngettext("%(n)d helpline hour", "%(n)d helpline hours", hours) % {"n": hours}
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}
