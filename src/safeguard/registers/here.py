"""Where a request is: the organisation's profile, today there, and a day so many months on."""

from calendar import monthrange
from datetime import UTC, date, datetime, time

from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import profile_of
from safeguard.web import exchange

A_YEAR = 12


def own_profile() -> Profile:
    """The profile of whoever entered; only for routes that somebody signed in, or a token, has entered."""
    viewer = exchange.current().viewer
    if viewer is None:
        raise RuntimeError("nobody has entered")
    return profile_of(viewer.organisation.kind, viewer.organisation.nation)


def months_of(profile: Profile, clock: str) -> int:
    """How many months a clock of the profile gives: a year where it has none (DfE and KCSIE: review every year)."""
    limit = profile.clocks.get(clock)
    return limit.value if limit and limit.unit == "months" else A_YEAR


def months_on(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_at(day: date) -> datetime:
    """The morning of a day, for looks that need no greater care: which hour it is in summer does not matter to them."""
    return datetime.combine(day, time(7), UTC)
