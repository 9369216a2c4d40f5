"""The days of a deputy's period, as people type them: from one day until another, both included."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from safeguard.access.roles import Role
from safeguard.errors import FieldError, Invalid
from safeguard.identity.forms import Roles
from safeguard.identity.managing import ALWAYS, Period
from safeguard.web import exchange
from safeguard.web.dates import moment
from safeguard.web.forms import today_here

ENDS_FIRST = "The last day is before the first. Look at both."
IS_OVER = "This period is over already. Choose a last day from today on."


def read(form: Roles) -> Period:
    """The period that was typed; without a limit when no day was, or nobody is made deputy."""
    if Role.DEPUTY not in form.roles or not (form.deputy_from or form.deputy_until):
        return ALWAYS
    first, last = form.deputy_from or today_here(), form.deputy_until
    if last and last < first:
        raise Invalid(FieldError("deputy_until", ENDS_FIRST))
    if last and last < today_here():
        raise Invalid(FieldError("deputy_until", IS_OVER))
    end = moment(last + timedelta(days=1), time(0), _zone()) if last else None
    return Period(moment(first, time(0), _zone()), end)


def typed(start: datetime | None, end: datetime | None) -> dict[str, str]:
    """What the form begins with."""
    first, last = _days(start, end)
    return {name: day.isoformat() for name, day in (("deputy_from", first), ("deputy_until", last)) if day}


def said(period: Period) -> str:
    """The days as whoever decides reads them: the organisation's own, the last one included."""
    if not period.is_limited:
        return ""
    first, last = (f"{day:%-d %B %Y}" if day else "" for day in _days(period.start, period.end))
    return f"from {first} to the end of {last}" if last else f"from {first} on"


def _days(start: datetime | None, end: datetime | None) -> tuple[date | None, date | None]:
    """The first and the last day: what ends at midnight ended with the day before."""
    zone = ZoneInfo(_zone())
    last = end - timedelta(seconds=1) if end else None
    return start.astimezone(zone).date() if start else None, last.astimezone(zone).date() if last else None


def _zone() -> str:
    viewer = exchange.current().viewer
    return viewer.organisation.time_zone if viewer else "Europe/London"
