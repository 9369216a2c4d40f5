"""What the desk is reminded of. Prompts never block: whoever talks with the caller knows more than a rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from safeguard.helpline.case import Case, Url
from safeguard.helpline.ledger import UrlState
from safeguard.tenancy.calendars.bank_holidays import Helpline
from safeguard.tenancy.calendars.calendar import Uncountable
from safeguard.tenancy.calendars.counting import open_between
from safeguard.tenancy.calendars.openings import openings_of
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.web.languages import gettext, ngettext

SELF_REPORT, SILENT, FIRST_ANSWER = "platform_self_report", "platform_silent", "first_answer"
FOLLOW_UP = "helpline_follow_up"
"""Clocks of the profile: hours, days, hours of the helpline and working days."""

AN_INSTANT = timedelta(microseconds=1)
"""Before the limit is reached: the least that the database tells apart."""


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
    REPORT_NOW = "report_now"
    """A child is at risk: no period of waiting applies."""
    REPORT = "report"
    """The caller's own report has had its time, and nobody has said that it was answered."""
    REPORT_ANSWERED = "report_answered"
    """The platform has answered the caller: where it still stands, it is the helpline's to report."""
    ASK_WHEN = "ask_when"
    """The caller reported it on a day that nobody knows."""
    REPORT_ANEW = "report_anew"
    """It was refused, or not answered: it is reported again with more, or is not actionable."""


@dataclass(frozen=True, slots=True)
class Waited:
    """How long a case has waited, in helpline hours."""

    time: timedelta
    over: bool
    """Whether nobody has answered within the limit."""
    counted: bool = True
    """Whether it is in hours of the helpline; else by the clock, for years whose bank holidays are not known."""

    @property
    def said(self) -> str:
        """In words: written out here, since the queue says it in each of its rows."""
        if not self.counted:
            days = ngettext("%(num)s day by the clock", "%(num)s days by the clock", self.days)
            return days % {"num": self.days}
        if self.hours:
            return gettext("%(hours)s h %(minutes)s min") % {"hours": self.hours, "minutes": self.minutes}
        return gettext("%(minutes)s min") % {"minutes": self.minutes}

    @property
    def days(self) -> int:
        """Whole days, of what is counted by the clock."""
        return self.time.days

    @property
    def hours(self) -> int:
        """Whole hours."""
        return int(self.time.total_seconds() // 3600)

    @property
    def minutes(self) -> int:
        """What is left beyond whole hours, in minutes."""
        return int(self.time.total_seconds() // 60 % 60)


def prompt_of(url: Url, case: Case, now: datetime, limits: Mapping[str, timedelta]) -> Prompt | None:
    """What an address calls for, as a case sees it; nothing asks to wait where a child is at risk."""
    match url.state:
        case UrlState.REPORTED | UrlState.RE_REPORTED:
            return Prompt.ASK_AGAIN if url.chased_at and now - url.chased_at >= limits[SILENT] else None
        case UrlState.REMOVED:
            return Prompt.ASK_WHETHER_BACK if url.ended_at and url.ended_at < case.received_at else None
        case UrlState.LISTED if url.seen_again_at:
            return Prompt.REPORT_AGAIN
        case UrlState.LISTED | UrlState.SELF_REPORTED:
            return Prompt.REPORT_NOW if case.at_risk else _of_their_report(url, now, limits)
        case UrlState.REFUSED | UrlState.NO_RESPONSE:
            return Prompt.REPORT_ANEW
        case _:
            return None


def _of_their_report(url: Url, now: datetime, limits: Mapping[str, timedelta]) -> Prompt:
    """What the caller's own report asks of the helpline."""
    if url.state is UrlState.LISTED:
        return Prompt.ASK_SELF_REPORT
    if _was_answered(url):
        return Prompt.REPORT_ANSWERED
    if url.self_reported_at is None:
        return Prompt.ASK_WHEN
    return Prompt.WAIT if now - url.self_reported_at < limits[SELF_REPORT] else Prompt.REPORT


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
    try:
        return openings_of(helpline).longest_ago(now, timedelta(hours=hours)) - AN_INSTANT
    except Uncountable:
        return now - _by_the_clock(hours)


def waited(case: Case, helpline: Helpline, now: datetime, hours: int) -> Waited:
    """For how long the helpline was open since a case came, until it was answered, ended, or now.

    A case of an earlier system may be older than the bank holidays that are known: it has waited by the clock.
    """
    over = case.answered_at or case.ended_at
    until = over or max(now, case.received_at)
    try:
        time, limit, counted = open_between(helpline, case.received_at, until), timedelta(hours=hours), True
    except Uncountable:
        time, limit, counted = until - case.received_at, _by_the_clock(hours), False
    return Waited(time, over is None and time > limit, counted)


def _by_the_clock(hours: int) -> timedelta:
    """Of helpline hours, of which a day has six."""
    return timedelta(hours=hours * 4)
