"""What is owed by a day that the law sets, in rooms above: answers to requests, reports of breaches. On the home page
and in the calendar; bound by the application. What it is called names nobody.
"""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from safeguard.incidents.deadlines import Deadline
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.work import Work


class Promise(Protocol):
    """One that has still to be kept."""

    @property
    def id(self) -> UUID:
        """Of the record that it is about."""
        ...

    @property
    def href(self) -> str:
        """Where it is kept."""
        ...

    @property
    def deadline(self) -> Deadline:
        """By when, and how it stands."""
        ...

    @property
    def presses(self) -> bool:
        """Whether it belongs among what needs somebody today."""
        ...

    @property
    def by_the_clock(self) -> bool:
        """Whether it runs out at a moment, and not with a day."""
        ...


class Promises(Protocol):
    """Finds what is still owed."""

    async def __call__(self, work: Work, clocks: Clocks) -> Sequence[Promise]:
        """What is due first comes first; nothing for those who may not see to it."""
        ...


async def _none(work: Work, clocks: Clocks) -> Sequence[Promise]:
    return ()


_bound: list[Promises] = [_none]


def bind(promises: Promises) -> None:
    """Let the home page and the calendar ask the room that answers."""
    _bound[:] = [promises]


def bound() -> Promises:
    """Who says what is owed."""
    return _bound[0]
