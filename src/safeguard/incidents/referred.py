"""What was referred of an incident and is not finished, on its page and where it is closed: bound by the application.

This room refers nothing itself; the one that does stands above it.
"""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from safeguard.work import Work


class Referred(Protocol):
    """One referral that is not finished."""

    @property
    def to(self) -> str:
        """Who has it."""
        ...

    @property
    def state(self) -> str:
        """How it stands, in words."""
        ...

    @property
    def href(self) -> str:
        """Where it is read and answered."""
        ...


class Referrals(Protocol):
    """Finds what is not finished."""

    async def __call__(self, work: Work, incident_id: UUID) -> Sequence[Referred]:
        """Those of one incident, the earliest first; nothing for those who may not read any."""
        ...


async def _none(work: Work, incident_id: UUID) -> Sequence[Referred]:
    return ()


_bound: list[Referrals] = [_none]


def bind(referrals: Referrals) -> None:
    """Let an incident ask the room that refers."""
    _bound[:] = [referrals]


def bound() -> Referrals:
    """Who answers."""
    return _bound[0]
