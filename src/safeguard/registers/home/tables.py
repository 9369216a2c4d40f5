"""What a children's home has ready, as files: reports and where they went, notifications, the figures of Annex A.

Notifications and figures come from incidents: whoever does not read those takes neither.
"""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from safeguard.registers.home.annex_a import APART, NOT_HERE
from safeguard.registers.home.counting import count_annex_a, midnight
from safeguard.registers.home.following import REVIEW, VISIT, Followed, list_followed
from safeguard.registers.home.notifying import Notification, list_notifications
from safeguard.registers.home.spans import Span
from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext
from safeguard.work import Work

MOST: Final = 20_000
REPORTS: Final = ("What", "On", "By", "Found", "The report is", "Files", "Recommended", "Of these open", "Sent on",
                  "To whom")  # fmt: skip
NOTIFICATIONS: Final = ("Incident", "Known", "Told, or not", "When", "To whom", "Their reference", "What was said",
                        "Reasons", "By")  # fmt: skip
FIGURES: Final = ("Asked for", "Incidents", "Children affected", "From", "Until")


async def report_rows(work: Work, profile: Profile) -> list[tuple[str, ...]]:
    """Independent visits and reviews of the quality of care that stand, each with what became of its report."""
    return [
        _report(profile.clocks[duty].name, one)
        for duty in (VISIT, REVIEW)
        if duty in profile.clocks
        for one in await list_followed(work, duty)
    ]


def _report(what: str, one: Followed) -> tuple[str, ...]:
    return (
        what, one.done.done_on.isoformat(), one.done.done_by, one.done.note, one.done.kept_at, str(one.files),
        str(one.actions), str(one.open), one.sent_on.isoformat() if one.sent_on else gettext("Not yet"),
        one.sent_to or "",
    )  # fmt: skip


async def notification_rows(work: Work, profile: Profile, span: Span, zone: ZoneInfo) -> list[tuple[str, ...]]:
    """What the inspectorate was told in these days, and what was judged not notifiable, as far as the reader may."""
    since, until = midnight(span.from_on, zone), midnight(span.until_on + timedelta(days=1), zone)
    told = await list_notifications(work, since, until, MOST)
    return [_notification(one, profile.words.get("regulator", "Ofsted"), zone) for one in told]


def _notification(one: Notification, regulator: str, zone: ZoneInfo) -> tuple[str, ...]:
    states = {
        "told": gettext("Told"), "made": gettext("To be told"), "not_made": gettext("Not notifiable"),
    }  # fmt: skip
    whom = one.whom or (regulator if one.state == "told" else "")
    return (
        one.reference, _minute(one.known_at, zone), states[one.state], _minute(one.at, zone), whom,
        one.their_reference, one.words, one.reason, one.by,
    )  # fmt: skip


async def figure_rows(work: Work, span: Span, zone: ZoneInfo) -> list[tuple[str, ...]]:
    """The lines of Annex A, and below them what they leave out: a figure does not travel without that."""
    figures = await count_annex_a(work, span.from_on, span.until_on, zone)
    days = (_day(span.from_on), _day(span.until_on))
    below = (figures.said_of_unnamed(), NOT_HERE, APART)
    return [*((*line, *days) for line in figures.rows()), *((said, "", "", *days) for said in below)]


def _minute(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _day(day: date) -> str:
    return day.isoformat()
