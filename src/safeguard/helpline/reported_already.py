"""What a referral says of having reported its addresses already: each that nobody has moved begins there.

The referrer says it once, of everything they send, and says to which platforms. So it is said of the addresses of those
alone; of addresses that no platform's host tells, where nothing else can have been meant; and of all where they named
none and there is but one that it can be. A false fact in the ledger is worse than none: what is not sure stays with the
words of the referral. A day is taken where it is one; otherwise the step says that it is not known.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from msgspec import UNSET

from safeguard.channel.bodies import PlatformReport
from safeguard.helpline.case import Case, Url
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.platforms.recognising import platform_of
from safeguard.helpline.queries import list_urls_of
from safeguard.helpline.self_reporting import step_all
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
    answered = None if said.answered is UNSET else said.answered
    meant = _meant(await list_urls_of(work, case.id), said, profile)
    listed = [url for url in meant if url.state is UrlState.LISTED]
    await step_all(work, listed, at or now, said.reference, words, day_known=at is not None, answered=answered)


def _noon(said: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Noon stands for a day of which no time is known; None for words, and for a day that is still to come."""
    try:
        day = date.fromisoformat(said.strip())
    except ValueError:
        return None
    if day > now.astimezone(zone).date():
        return None
    return min(datetime.combine(day, time(12), zone), now)


def _meant(urls: Sequence[Url], said: PlatformReport, profile: Profile) -> list[Url]:
    """The addresses that were reported, as far as it is sure."""
    of = {url.id: url.platform or platform_of(profile, url.host) for url in urls}
    named = _named(said, profile)
    if named is None:
        return list(urls) if len(set(of.values())) == 1 else []
    found = [url for url in urls if of[url.id] in named]
    return found or [url for url in urls if not of[url.id]]


def _named(said: PlatformReport, profile: Profile) -> frozenset[str] | None:
    """The platforms that they named, by their codes; None where they named none at all."""
    if said.platforms is not UNSET:
        return frozenset(said.platforms) & profile.platforms.keys()
    words = said.platform.strip().casefold()
    if not words:
        return None
    return frozenset(
        code for code, each in profile.platforms.items()
        if any(_stands_in(name.casefold(), words) for name in (code, each.name, *each.also_called))
    )  # fmt: skip


def _stands_in(name: str, words: str) -> bool:
    """Whether a name stands among words as a word of its own: "TikTok app", "TikTok, Instagram"."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words) is not None
