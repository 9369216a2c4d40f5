"""Whether somebody left and their file is still here, on their page: bound by the application.

This room sends no files; the one that does stands above it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from safeguard.work import Work


@dataclass(frozen=True, slots=True)
class StillHere:
    """A file that has still to go."""

    left_on: date
    name: str
    """Of the limit."""
    left: str
    """How much of it is left, or why that cannot be said."""
    presses: bool
    stays: bool = False
    """Somebody said that it does not go, and why."""


class Departures(Protocol):
    """Whoever knows of files that have still to go."""

    async def __call__(self, work: Work, person_id: UUID) -> StillHere | None:
        """Theirs; None where it went, need not go, or is not for the reader to send."""
        ...


async def _none(work: Work, person_id: UUID) -> StillHere | None:
    return None


_bound: list[Departures] = [_none]


def bind(departures: Departures) -> None:
    """Let the page of a person ask the room that sends files."""
    _bound[:] = [departures]


def bound() -> Departures:
    """Who answers."""
    return _bound[0]
