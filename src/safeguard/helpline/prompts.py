"""What the desk is reminded of. Prompts never block: whoever talks with the caller knows more than a rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from safeguard.helpline.case import Case, Url
from safeguard.helpline.ledger import ASKED, UrlState
from safeguard.tenancy.calendars.bank_holidays import Helpline
from safeguard.tenancy.calendars.counting import open_between
from safeguard.tenancy.calendars.reading import Clocks

SELF_REPORT, SILENT, FIRST_ANSWER = "platform_self_report", "platform_silent", "first_answer"
FOLLOW_UP = "helpline_follow_up"
"""Clocks of the profile: hours, days, hours of the helpline and working days."""

LOOKED_BACK = timedelta(days=60)
"""Longer than any closed time: whatever came before that and was not answered is late."""


class Prompt(StrEnum):
    """What to look at."""

    ASK_SELF_REPORT = "ask_self_report"
    """The caller has not said that they reported it: ask."""
    WAIT = "wait"
    """The caller reported it, and the platform still has time."""
    ASK_AGAIN = "ask_again"
    """The platform has been silent for long enough."""
    ASK_WHETHER_BACK = "ask_whether_back"
    """It was removed before this case came: it may be back."""
    REPORT_AGAIN = "report_again"
    """It is back, and the platform has not been told."""


@dataclass(frozen=True, slots=True)
class Waited:
    """How long a case has waited, in helpline hours."""

    time: timedelta
    over: bool
    """Whether nobody has answered within the limit."""

    @property
    def hours(self) -> int:
        """Whole hours."""
        return int(self.time.total_seconds() // 3600)

    @property
    def minutes(self) -> int:
        """What is left beyond whole hours, in minutes."""
        return int(self.time.total_seconds() // 60 % 60)


def prompt_of(url: Url, case: Case, now: datetime, limits: Mapping[str, timedelta]) -> Prompt | None:
    """What an address calls for; nothing asks to wait where a child is at risk."""
    if url.state in ASKED and url.chased_at and now - url.chased_at >= limits[SILENT]:
        return Prompt.ASK_AGAIN
    if url.state is UrlState.REMOVED:
        return Prompt.ASK_WHETHER_BACK if url.ended_at and url.ended_at < case.received_at else None
    if url.state is UrlState.LISTED and url.seen_again_at:
        return Prompt.REPORT_AGAIN
    if case.at_risk:
        return None
    if url.state is UrlState.LISTED:
        return Prompt.ASK_SELF_REPORT
    if url.state is UrlState.SELF_REPORTED and url.self_reported_at and not _was_answered(url):
        return Prompt.WAIT if now - url.self_reported_at < limits[SELF_REPORT] else None
    return None


def _was_answered(url: Url) -> bool:
    """Whether the platform has said to the caller already what it does: then nobody waits for it any more.

    Words alone do not tell: "nothing yet" is no answer.
    """
    return any(step.answered for step in url.standing if step.state is UrlState.SELF_REPORTED)


def first_answer(clocks: Clocks) -> int:
    """Within how many helpline hours a case is answered first."""
    return clocks.of(FIRST_ANSWER).value if FIRST_ANSWER in clocks.limits else 6


def late_since(helpline: Helpline, now: datetime, hours: int) -> datetime:
    """Until when a case must have come to have waited longer than so many helpline hours now."""
    early, late = now - LOOKED_BACK, now
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if open_between(helpline, middle, now) > timedelta(hours=hours):
            early = middle
        else:
            late = middle
    return early


def waited(case: Case, helpline: Helpline, now: datetime, hours: int) -> Waited:
    """For how long the helpline was open since a case came, until it was answered, ended, or now."""
    time = open_between(helpline, case.received_at, case.answered_at or case.ended_at or max(now, case.received_at))
    return Waited(time, case.answered_at is None and case.ended_at is None and time > timedelta(hours=hours))
