"""What somebody outside would like everybody here to know, on the home page: bound by the application.

This room hears of nothing itself; the one that does stands above it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from safeguard.work import Work


class Signal(Protocol):
    """Something that goes round, and what to do about it."""

    @property
    def id(self) -> UUID:
        """By what its page is found."""
        ...

    @property
    def title(self) -> str:
        """In one line."""
        ...

    @property
    def to_do(self) -> str:
        """What to do about it."""
        ...

    @property
    def published_at(self) -> datetime:
        """Since when."""
        ...


class Heralds(Protocol):
    """Finds what stands on the home page of whoever asks."""

    async def __call__(self, work: Work) -> Sequence[Signal]:
        """The latest first; nothing for those who may not read any."""
        ...


async def _none(work: Work) -> Sequence[Signal]:
    return ()


_bound: list[Heralds] = [_none]


def bind(heralds: Heralds) -> None:
    """Let the home page ask the room that hears."""
    _bound[:] = [heralds]


def bound() -> Heralds:
    """Who answers."""
    return _bound[0]
