"""People who left while their file is still here, on the home page and in the calendar: bound by the application.

This room sends no files; the one that does stands above it.
"""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from safeguard.incidents.deadlines import Deadline
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.work import Work


class File(Protocol):
    """One that has still to go."""

    @property
    def person_id(self) -> UUID:
        """Whose it is."""
        ...

    @property
    def name(self) -> str:
        """What they are called."""
        ...

    @property
    def href(self) -> str:
        """Where it is sent from."""
        ...

    @property
    def deadline(self) -> Deadline:
        """By when, and how it stands."""
        ...


class Files(Protocol):
    """Finds what has still to go."""

    async def __call__(self, work: Work, clocks: Clocks) -> Sequence[File]:
        """The most pressing first; nothing for those who may not send any, or whose organisation has no such limit."""
        ...


async def _none(work: Work, clocks: Clocks) -> Sequence[File]:
    return ()


_bound: list[Files] = [_none]


def bind(files: Files) -> None:
    """Let the home page and the calendar ask the room that sends files."""
    _bound[:] = [files]


def bound() -> Files:
    """Who answers."""
    return _bound[0]
