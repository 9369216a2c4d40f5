"""The report to a platform, prepared: the words of its profile with the address and the issue filled in.

It is text to copy. Nothing is sent from here: each platform has a form of its own, and somebody must look at what they
say in the helpline's name. No caller and nobody harmed stands in it; who agreed to be named is added by hand.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from safeguard.helpline.case import Case, Url
from safeguard.tenancy.profile import Platform, Profile
from safeguard.web.languages import gettext as _

NOTHING_SAID: Final = "…"
"""Stands where somebody has to say what it is."""


def prepared_report(profile: Profile, url: Url, cases: Sequence[Case], zone: ZoneInfo) -> str:
    """What can be sent to the platform of an address; empty where no words are prepared for it."""
    platform = profile.platforms.get(url.platform)
    if platform is None or not platform.asks:
        return ""
    words = _filled(platform, profile, url, cases, zone)
    if not url.platform_reference:
        return words
    earlier = _("We reported it before: reference %(reference)s. It still stands there, or it is back.")
    return f"{words}\n\n{earlier % {'reference': url.platform_reference}}"


def _filled(platform: Platform, profile: Profile, url: Url, cases: Sequence[Case], zone: ZoneInfo) -> str:
    codes = dict.fromkeys(code for case in cases for code in case.issues if code in profile.issues)
    issue = ", ".join(profile.issues[code].name.lower() for code in codes) or NOTHING_SAID
    told = f" {_('on')} {_day(url.self_reported_at, zone)}" if url.self_reported_at else ""
    values = {"address": url.address, "issue": issue, "self_reported": told, "reference": url.platform_reference}
    words = platform.asks
    for name, value in values.items():
        words = words.replace(f"[{name}]", value)
    return words


def _day(at: datetime, zone: ZoneInfo) -> str:
    here = at.astimezone(zone)
    return f"{here.day} {here:%B %Y}"
