"""The days of a deputy's period, as people type them: from one day until another, both included."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from safeguard import clock
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
    zone = ZoneInfo(_zone())
    days = {"deputy_from": start, "deputy_until": end and end - timedelta(days=1)}
    return {name: day.astimezone(zone).date().isoformat() for name, day in days.items() if day}


def is_over(end: datetime | None) -> bool:
    """Whether the period has ended."""
    return end is not None and end <= clock.now()


def _zone() -> str:
    viewer = exchange.current().viewer
    return viewer.organisation.time_zone if viewer else "Europe/London"
