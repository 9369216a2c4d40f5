"""What waits at a helpline's desk, for whoever answers there: bound by the application.

The desk is a room above this one. The home page says how much waits and where, in figures: a case is read at the desk.
"""

from dataclasses import dataclass
from typing import Protocol

from safeguard.tenancy.calendars.reading import Clocks
from safeguard.work import Work


@dataclass(frozen=True, slots=True)
class Desk:
    """How the queue stands."""

    open: int
    mine: int
    unassigned: int
    at_risk: int
    """Cases in which a child is at risk."""
    at_risk_with_nobody: int
    overdue: int
    """Nobody has answered them within the limit for a first answer."""
    heard: int
    """The reader's own, in which whoever asked wrote again."""


class Reading(Protocol):
    """Reads how the queue stands; None for whoever does not work there."""

    async def __call__(self, work: Work, clocks: Clocks) -> Desk | None:
        """As of now."""
        ...


async def _nowhere(work: Work, clocks: Clocks) -> Desk | None:
    return None


_bound: list[Reading] = [_nowhere]


def bind(reading: Reading) -> None:
    """Let the home page ask the desk."""
    _bound[:] = [reading]


def bound() -> Reading:
    """Who answers."""
    return _bound[0]
