"""Questions from outside that wait for an answer of somebody here, on the home page: bound by the application.

This room refers nothing itself; the one that does stands above it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from safeguard.work import Work


class Question(Protocol):
    """One that waits."""

    @property
    def id(self) -> UUID:
        """By what its page is found."""
        ...

    @property
    def reference(self) -> str:
        """Of the incident that it is about."""
        ...

    @property
    def since(self) -> datetime | None:
        """When it was asked."""
        ...


class Questions(Protocol):
    """Finds what waits for whoever asks."""

    async def __call__(self, work: Work) -> Sequence[Question]:
        """Those that have waited longest first; nothing for those who may not read any."""
        ...


async def _none(work: Work) -> Sequence[Question]:
    return ()


_bound: list[Questions] = [_none]


def bind(questions: Questions) -> None:
    """Let the home page ask the room that refers."""
    _bound[:] = [questions]


def bound() -> Questions:
    """Who answers."""
    return _bound[0]
