"""What other rooms show on a control's page: bound by the application, because this room knows of no incidents."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from safeguard.work import Work


class Touching(msgspec.Struct, frozen=True):
    """One incident whose lesson names a control."""

    incident_id: UUID
    reference: str
    written_at: datetime
    words: str
    """What was learnt."""


class Touched(msgspec.Struct, frozen=True):
    """What a reader may know of the incidents that touched a control."""

    latest: tuple[Touching, ...] = ()
    readable: bool = False
    """Whether this reader may open incidents at all; the others see figures under insights."""


class Touches(Protocol):
    """Finds the incidents that touched a control, as far as whoever asks may know of them."""

    async def __call__(self, work: Work, control: str) -> Touched:
        """The latest of them."""
        ...


async def _nothing(work: Work, control: str) -> Touched:
    return Touched()


_bound: list[Touches] = [_nothing]


def bind(touches: Touches) -> None:
    """Let this room ask the one that knows."""
    _bound[:] = [touches]


def bound() -> Touches:
    """Who answers."""
    return _bound[0]
