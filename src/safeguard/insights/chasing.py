"""What a table of the board means, in a sentence: how long things take, and what to chase first."""

from safeguard.insights.casework import Casework
from safeguard.insights.timeliness import Waiting
from safeguard.insights.wording import tell as _
from safeguard.insights.wording import tell_number


def say_waits(acknowledged: Waiting | None, closed: Waiting | None, before: Waiting | None) -> str:
    """How long it takes until an incident is closed, or at least until somebody knows of it."""
    if closed and before and closed.half != before.half:
        return _("Half are closed within %(half)s; a year before it was %(before)s.", half=closed.half,
                 before=before.half)  # fmt: skip
    if closed and before:
        return _("Half are closed within %(half)s, as a year before.", half=closed.half)
    if closed:
        return _("Half are closed within %(half)s.", half=closed.half)
    if acknowledged:
        return _("Half are acknowledged within %(half)s. Too few are closed to say how long that takes.",
                 half=acknowledged.half)  # fmt: skip
    return _("There are too few to say how long it takes.")


def say_casework(work: Casework) -> str:
    """What to chase first: actions past their day, referrals that are open, addresses that are still there."""
    return " ".join(sentence for sentence in (_overdue(work), _referrals(work), _addresses(work)) if sentence)


def _overdue(work: Casework) -> str:
    if not work.overdue:
        return _("No action is past its day.")
    return tell_number(
        "Begin with the %(num)s action whose day is past.", "Begin with the %(num)s actions whose day is past.",
        work.overdue,
    )  # fmt: skip


def _referrals(work: Casework) -> str:
    if not work.referred:
        return ""
    return tell_number(
        "Of %(all)s referrals %(num)s is not closed.", "Of %(all)s referrals %(num)s are not closed.",
        work.referrals_open, all=work.referred,
    )  # fmt: skip


def _addresses(work: Casework) -> str:
    left = work.addresses - work.addresses_gone
    if not left:
        return ""
    return tell_number("%(num)s address is still up.", "%(num)s addresses are still up.", left)
