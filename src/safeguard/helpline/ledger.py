"""The states of an address in the ledger, and which may follow which.

The unit of takedown is the address. Three ends say nothing of what a platform does when it is asked, and stay out of
removal rates: what was passed to the Internet Watch Foundation or the police, what was gone before anybody reported
it, what was not for a platform to act on. What was removed may come back: it is seen again, on the day on which
somebody saw it, and reported again. Hours to its next removal are counted from then.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class UrlState(StrEnum):
    """Where an address stands."""

    LISTED = "listed"
    SELF_REPORTED = "self_reported"
    REPORTED = "reported"
    REMOVED = "removed"
    RESTRICTED = "restricted"
    REFUSED = "refused"
    NO_RESPONSE = "no_response"
    RE_REPORTED = "re_reported"
    PASSED_IWF = "passed_iwf"
    PASSED_POLICE = "passed_police"
    GONE = "gone"
    NOT_ACTIONABLE = "not_actionable"


_U = UrlState
ASKED: Final = frozenset({_U.REPORTED, _U.RE_REPORTED})
"""The helpline has asked, and the platform has not answered."""
ANSWERED: Final = frozenset({_U.REMOVED, _U.RESTRICTED, _U.REFUSED})
DECIDED: Final = ANSWERED | {_U.NO_RESPONSE}
"""What a removal rate is a share of."""
PASSED: Final = frozenset({_U.PASSED_IWF, _U.PASSED_POLICE})
LEFT_OUT: Final = PASSED | {_U.GONE, _U.NOT_ACTIONABLE}
"""Ends that no removal rate counts."""
ENDS: Final = LEFT_OUT | {_U.REMOVED, _U.RESTRICTED}

FOLLOWS: Final[Mapping[UrlState, frozenset[UrlState]]] = MappingProxyType({
    _U.LISTED: LEFT_OUT | {_U.SELF_REPORTED, _U.REPORTED},
    _U.SELF_REPORTED: LEFT_OUT | {_U.REPORTED},
    _U.REPORTED: PASSED | DECIDED | {_U.NOT_ACTIONABLE},
    _U.RE_REPORTED: PASSED | DECIDED | {_U.NOT_ACTIONABLE},
    _U.REMOVED: PASSED | {_U.RE_REPORTED, _U.LISTED},
    _U.RESTRICTED: PASSED | {_U.RE_REPORTED, _U.REMOVED},
    _U.REFUSED: PASSED | {_U.RE_REPORTED, _U.NOT_ACTIONABLE},
    _U.NO_RESPONSE: PASSED | {_U.RE_REPORTED, _U.NOT_ACTIONABLE} | ANSWERED,
    _U.PASSED_IWF: frozenset({_U.PASSED_POLICE}),
    _U.PASSED_POLICE: frozenset({_U.PASSED_IWF}),
    _U.GONE: PASSED | {_U.LISTED},
    _U.NOT_ACTIONABLE: PASSED | {_U.LISTED},
})  # fmt: skip
"""State -> those that may follow it. Suspected child abuse imagery may be passed on from wherever an address stands."""


def is_back(before: UrlState, after: UrlState) -> bool:
    """Whether what was removed has come back with this step: seen again, or reported again at once."""
    return before is UrlState.REMOVED and after in {UrlState.LISTED, UrlState.RE_REPORTED}


def may_follow(before: UrlState, after: UrlState) -> bool:
    """Whether an address may go from one state to another."""
    return after in FOLLOWS[before]
