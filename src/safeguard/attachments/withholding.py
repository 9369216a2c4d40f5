"""Who else holds a copy of a file that nobody may open any more: rooms above this one, bound by the application."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from safeguard.work import Work

Withholding = Callable[[Work, UUID], Awaitable[None]]
"""Keeps back what is on its way with files of this incident."""

_holders: list[Withholding] = []


def bind(*holders: Withholding) -> None:
    """Make these whoever holds copies."""
    _holders[:] = holders


async def withhold(work: Work, incident_id: UUID) -> None:
    """Have every copy kept back of files of this incident."""
    for holder in _holders:
        await holder(work, incident_id)
