"""What codes are called in a report, and in which order the parts come."""

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date

from safeguard.helpline.desk import load_desk
from safeguard.helpline.pointing import pointers_of
from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext as _
from safeguard.web.languages import language


def titles() -> dict[str, tuple[str, str]]:
    """Family -> its heading, and the sentence beneath it, in the order in which they are read."""
    several = _("A case may have several, so the shares do not add up.")
    return {
        "caller": (_("Who called"), ""),
        "sector": (_("From which sector"), ""),
        "issue": (_("What it was about"), several),
        "theme": (_("Themes"), _("Coded by practitioners, across issues. A case may have several.")),
        "family": (_("Where it happened, by the company behind it"), several),
        "platform": (_("Where it happened"), several),
        "channel": (_("How callers reached us"), ""),
        "arrived": (_("When callers reached us"), ""),
        "gender": (_("Gender of the person harmed, where it is known"), ""),
        "escalated": (_("What was taken to a platform"), ""),
        "state": (_("How cases stand"), ""),
        "ending": (_("How closed cases ended"), _("Shares are of the cases that are closed.")),
        "guidance": (_("What callers were pointed to"), several),
        "wave": (_("Waves"), _("A wave is one cause that brings many cases.")),
        "address_state": (_("What became of the addresses"), _("The unit of taking down is the address of a page.")),
        "month": (_("By month"), ""),
    }


def names_of(family: str, profile: Profile, own: Mapping[str, str]) -> Mapping[str, str]:
    """Code -> name. `own` is what the helpline named itself: themes by id, resources by code."""
    desk = load_desk()
    found: dict[str, Mapping[str, str]] = {
        "caller": desk.callers,
        "sector": desk.sectors,
        "theme": own,
        "family": profile.families,
        "platform": {code: each.name for code, each in profile.platforms.items()},
        "guidance": {code: each.name for code, each in pointers_of(profile).items()} | dict(own),
        **_fixed(),
    }
    return found.get(family, {})


def name_of(family: str, code: str, names: Mapping[str, str]) -> str:
    """What one line is called."""
    if family == "month":
        return format_date(date(int(code[:4]), int(code[5:]), 1), "LLLL y", locale=language())
    return names.get(code, code) if code else _("Not known")


def _fixed() -> dict[str, Mapping[str, str]]:
    return {
        "channel": {"phone": _("Phone"), "email": _("Email"), "web": _("Web form"), "shared": _("Shared channel")},
        "arrived": {"open": _("While the helpline was open"), "closed": _("While it was closed")},
        "gender": {
            "female": _("Female"), "male": _("Male"), "another": _("Another"), "several": _("Several people"),
        },
        "escalated": {"yes": _("Taken to a platform"), "no": _("Advised without that")},
        "wave": {"wave": _("Part of a wave"), "alone": _("By themselves")},
        "state": {
            "submitted": _("New"), "acknowledged": _("Received"), "triaged": _("Triaged"),
            "awaiting_referrer": _("Awaiting referrer"), "advice_given": _("Advice given"),
            "signposted": _("Signposted"), "escalated": _("Escalated"), "platform_responded": _("Platform responded"),
            "resolved": _("Resolved"), "not_upheld": _("Not upheld"), "closed": _("Closed"),
            "withdrawn": _("Withdrawn"), "declined": _("Declined"),
        },
        "ending": {
            "resolved": _("Resolved"), "not_upheld": _("The platform did not act"), "advice_given": _("Advice given"),
            "signposted": _("Signposted"), "no_answer": _("There was no answer"), "other": _("In another way"),
        },
        "address_state": {
            "removed": _("Removed"), "restricted": _("Restricted"), "refused": _("Refused"),
            "no_response": _("No response"), "waiting": _("Waits for an answer"), "not_reported": _("Not reported yet"),
            "no_rate": _("Passed on, gone before report, or not actionable"),
        },
    }  # fmt: skip
