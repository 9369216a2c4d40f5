"""The clock of a request: a month, two more where it is complex, stopped while something is asked back.

Stopped only where the organisation cannot go on without an answer: who asks, or what they mean (UK GDPR article 12;
the days it stood are added). The lengths come from the organisation's profile.
"""

from calendar import monthrange
from datetime import date, timedelta

from safeguard.tenancy.profile import Profile

NAME = "subject_access"


def due(received: date, profile: Profile, *, extended: bool = False, stopped_days: int = 0) -> date:
    """The last day on which an answer is in time."""
    clock = profile.clocks[NAME]
    months = clock.value + (clock.extends_by if extended else 0)
    return months_after(received, months) + timedelta(days=stopped_days)


def months_after(day: date, months: int) -> date:
    """The same day so many months later; where that month is shorter, its last."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
