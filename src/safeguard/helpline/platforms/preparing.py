"""The report to a platform, prepared: the words of its profile with the address and the issue filled in.

It is text to copy. Nothing is sent from here: each platform has a form of its own, and somebody must look at what they
say in the helpline's name. No caller stands in it, and of those who were harmed only an adult whose referral says that
they agreed to be named to the platform.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from safeguard.helpline.case import Case, Url
from safeguard.helpline.ledger import UrlState
from safeguard.tenancy.profile import Platform, Profile
from safeguard.web.languages import gettext as _


def prepared_report(
    profile: Profile, url: Url, cases: Sequence[Case], zone: ZoneInfo, named: Sequence[str] = ()
) -> str:
    """What can be sent to the platform of an address; empty where no words are prepared for it.

    `named` are those who agreed that the platform is told their names (`as_sent.names_agreed`).
    """
    platform = profile.platforms.get(url.platform)
    if platform is None or not platform.asks:
        return ""
    words = _filled(platform, profile, url, cases, zone)
    told = _("The person concerned agreed that you are told their name: %(names)s.") % {"names": ", ".join(named)}
    earlier = _earlier(url, zone) if url.chased_at or url.platform_reference else ""
    return "\n\n".join(part for part in (words, told if named else "", earlier) if part)


def _earlier(url: Url, zone: ZoneInfo) -> str:
    """That it was reported before: when, by which reference, and whether that was refused."""
    reported = url.reported_at or url.chased_at  # what came back was reported before it was seen again
    known = {"reference": url.platform_reference, "day": _day(reported, zone) if reported else ""}
    if not known["reference"]:
        first = _("We reported it before, on %(day)s.")
    elif not known["day"]:
        first = _("We reported it before: reference %(reference)s.")
    else:
        first = _("We reported it before, on %(day)s: reference %(reference)s.")
    said = [first % known]
    if any(step.state is UrlState.REFUSED for step in url.standing):
        said.append(_("That was refused. Please have somebody else look at it."))
    return " ".join([*said, _("It still stands there, or it is back.")])


def _filled(platform: Platform, profile: Profile, url: Url, cases: Sequence[Case], zone: ZoneInfo) -> str:
    codes = dict.fromkeys(code for case in cases for code in case.issues if code in profile.issues)
    issue = ", ".join(profile.issues[code].name.lower() for code in codes) or _("(say here what it is)")
    told = f" {_('on')} {_day(url.self_reported_at, zone)}" if url.self_reported_at else ""
    values = {"address": url.address, "issue": issue, "self_reported": told, "reference": url.platform_reference}
    words = platform.asks
    for name, value in values.items():
        words = words.replace(f"[{name}]", value)
    return words


def _day(at: datetime, zone: ZoneInfo) -> str:
    here = at.astimezone(zone)
    return f"{here.day} {here:%B %Y}"
