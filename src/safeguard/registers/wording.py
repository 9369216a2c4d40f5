"""What codes of the registers mean to people, in files as on the pages (`registers/_words.html`)."""

from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext


def party_one(code: str, profile: Profile) -> str:
    """Who signed, in the organisation's own word."""
    words = {"staff": "staff_member", "pupil": "pupil", "family": "family"}
    return profile.title(words[code]) if code in words else gettext("Visitor")


def parties(code: str, profile: Profile) -> str:
    """Who signs: all of them."""
    words = {"staff": "staff", "pupil": "pupils", "family": "families"}
    return profile.title(words[code]) if code in words else gettext("Visitors")


def way_signed(code: str) -> str:
    """How a signature was given."""
    return {
        "account": gettext("With their account"), "link": gettext("By a one-time address"),
        "device": gettext("On a shared device"), "lasting": gettext("By an address for many"),
        "paper": gettext("On paper"),
    }.get(code, code)  # fmt: skip


def state_of_training(code: str) -> str:
    """Whether what somebody learnt still holds."""
    return {
        "never": gettext("No training yet"), "expired": gettext("Expired"), "soon": gettext("Soon"),
        "current": gettext("In date"),
    }.get(code, code)  # fmt: skip


def result_of_check(code: str) -> str:
    """What came of trying the filter."""
    return {
        "passed": gettext("Worked as meant"), "failed": gettext("Did not work"), "unclear": gettext("Not clear"),
    }.get(code, code)  # fmt: skip


def way_asked(code: str) -> str:
    """How children were asked."""
    return {
        "survey": gettext("Survey"), "session": gettext("Conversation in a group"),
        "council": gettext("Council or committee"), "other": gettext("Another way"),
    }.get(code, code)  # fmt: skip


def kind_of_change(code: str) -> str:
    """What was changed."""
    return {
        "policy": gettext("Policy"), "practice": gettext("Practice"), "procedure": gettext("Procedure"),
    }.get(code, code)  # fmt: skip


def verdict(code: str) -> str:
    """Whether a change did what was expected."""
    return {
        "helped": gettext("It helped"), "no_change": gettext("No change that we can see"),
        "worse": gettext("Things got worse"), "too_early": gettext("Too early to say"),
    }.get(code, gettext("Not judged yet"))  # fmt: skip
