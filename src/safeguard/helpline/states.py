"""The states of a case, and which may follow which.

Whoever asks is heard at every moment: a referrer may withdraw from any state that has not ended, and the helpline may
decline until it has answered, with a reason. What has ended may be reopened, with a reason, and goes on as triaged; so
does what waited for an answer, once it has come.
A step that needs a reason says so here, and nowhere else.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    TRIAGED = "triaged"
    AWAITING_REFERRER = "awaiting_referrer"
    ADVICE_GIVEN = "advice_given"
    SIGNPOSTED = "signposted"
    ESCALATED = "escalated"
    PLATFORM_RESPONDED = "platform_responded"
    RESOLVED = "resolved"
    NOT_UPHELD = "not_upheld"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"


ENDED: Final = frozenset({State.CLOSED, State.WITHDRAWN, State.DECLINED})
ANSWERS: Final = frozenset({State.ADVICE_GIVEN, State.SIGNPOSTED, State.ESCALATED, State.AWAITING_REFERRER})
"""Reaching one of these, somebody has spoken with the caller."""

_S = State
_HELPS: Final = frozenset({_S.AWAITING_REFERRER, _S.ADVICE_GIVEN, _S.SIGNPOSTED, _S.ESCALATED})
_ON: Final[Mapping[State, frozenset[State]]] = {
    _S.DRAFT: frozenset({_S.SUBMITTED}),
    _S.SUBMITTED: frozenset({_S.ACKNOWLEDGED, _S.DECLINED}),
    _S.ACKNOWLEDGED: frozenset({_S.TRIAGED, _S.DECLINED}),
    _S.TRIAGED: _HELPS | {_S.DECLINED},
    _S.AWAITING_REFERRER: (_HELPS - {_S.AWAITING_REFERRER}) | {_S.TRIAGED, _S.RESOLVED, _S.CLOSED},
    _S.ADVICE_GIVEN: (_HELPS - {_S.ADVICE_GIVEN}) | {_S.RESOLVED, _S.CLOSED},
    _S.SIGNPOSTED: (_HELPS - {_S.SIGNPOSTED}) | {_S.RESOLVED, _S.CLOSED},
    _S.ESCALATED: frozenset({_S.PLATFORM_RESPONDED, _S.AWAITING_REFERRER, _S.ADVICE_GIVEN}),
    _S.PLATFORM_RESPONDED: frozenset({_S.ESCALATED, _S.AWAITING_REFERRER, _S.RESOLVED, _S.NOT_UPHELD}),
    _S.RESOLVED: frozenset({_S.ESCALATED, _S.CLOSED}),
    _S.NOT_UPHELD: frozenset({_S.ESCALATED, _S.CLOSED}),
    _S.CLOSED: frozenset({_S.TRIAGED}),
    _S.WITHDRAWN: frozenset({_S.TRIAGED}),
    _S.DECLINED: frozenset({_S.TRIAGED}),
}
FOLLOWS: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {state: after if state in ENDED else after | {_S.WITHDRAWN} for state, after in _ON.items()}
)
"""State -> those that may follow it."""


def may_follow(before: State, after: State) -> bool:
    """Whether a case may go from one state to another in one step."""
    return after in FOLLOWS[before]


def may_cross(before: State, after: State) -> bool:
    """Whether what whoever asked said before they knew of an end takes its place: a withdrawal does, of any other."""
    return after is State.WITHDRAWN and before in ENDED - {after}


def needs_reason(before: State, after: State) -> bool:
    """Whether the step must say why: declining, what was not upheld, and opening again what had ended."""
    return before in ENDED or after in {State.DECLINED, State.NOT_UPHELD}


def way_to(after: State) -> tuple[State, ...]:
    """The states that a case passes when somebody notes, at once, what a call came to."""
    way = (State.SUBMITTED, State.ACKNOWLEDGED, State.TRIAGED)
    return way[: way.index(after) + 1] if after in way else (*way, after)
