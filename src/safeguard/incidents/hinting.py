"""What the figures would like somebody to look at, on the home page: bound by the application.

This room counts nothing itself; the one that does stands above it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from safeguard.tenancy.profile import Profile
from safeguard.work import Work


@dataclass(frozen=True, slots=True)
class Hint:
    """One sentence, and where to see why."""

    words: str
    href: str


class Hints(Protocol):
    """Finds what stands out for whoever asks."""

    async def __call__(self, work: Work, profile: Profile, today: date) -> Hint | None:
        """The hint, or None for those who may not see figures."""
        ...


async def _none(work: Work, profile: Profile, today: date) -> Hint | None:
    return None


_bound: list[Hints] = [_none]


def bind(hints: Hints) -> None:
    """Let the home page ask the room that counts."""
    _bound[:] = [hints]


def bound() -> Hints:
    """Who answers."""
    return _bound[0]
