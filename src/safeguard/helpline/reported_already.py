"""What a referral says of having reported its addresses already: each that nobody has moved begins there.

The referrer says it once, of everything they send; where they name a platform, only addresses of that platform are
meant. A day is taken where it is one; of other words no hours are counted, and the words stand with the answer.
"""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from safeguard.channel.bodies import PlatformReport
from safeguard.helpline.case import Case, Url
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.platforms.recognising import platform_of
from safeguard.helpline.queries import list_urls_of
from safeguard.helpline.takedown import step_on
from safeguard.tenancy.calendars.bank_holidays import load_bank_holidays
from safeguard.tenancy.profile import Profile
from safeguard.work import Work


async def note_reported(work: Work, case: Case, said: PlatformReport | None, profile: Profile) -> None:
    """Note on every address of a new case that its caller reported it, with day, reference and answer as said."""
    if said is None:
        return
    now, zone = work.now(), load_bank_holidays().helpline.zone
    at = _noon(said.reported_on, zone, now)
    when = f"When: {said.reported_on}." if said.reported_on and at is None else ""
    words = " ".join(part for part in (when, said.answer) if part)
    meant = _codes(said.platform, profile)
    for url in await list_urls_of(work, case.id):
        if url.state is UrlState.LISTED and _is_meant(url, meant, profile):
            await step_on(
                work, url, UrlState.SELF_REPORTED, at or now, said.reference, words, url.version,
                day_only=True, day_known=at is not None,
            )  # fmt: skip


def _noon(said: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Noon stands for a day of which no time is known; None for words, and for a day that is still to come."""
    try:
        day = date.fromisoformat(said.strip())
    except ValueError:
        return None
    if day > now.astimezone(zone).date():
        return None
    return min(datetime.combine(day, time(12), zone), now)


def _codes(said: str, profile: Profile) -> frozenset[str]:
    """The platforms that somebody names in their own words; none where no name is known."""
    name = said.strip().casefold()
    return frozenset(
        code for code, each in profile.platforms.items()
        if name in {code.casefold(), *(known.casefold() for known in (each.name, *each.also_called))}
    )  # fmt: skip


def _is_meant(url: Url, meant: frozenset[str], profile: Profile) -> bool:
    platform = url.platform or platform_of(profile, url.host)
    return not meant or not platform or platform in meant
