"""What other rooms show on a control's page: bound by the application, because this room knows of no incidents."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Protocol
from uuid import UUID

import msgspec

from safeguard.tenancy.profile import Profile
from safeguard.work import Work

MOST_TOUCHING: Final = 10


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
    """Whether this reader may open incidents at all; the others are told what `says` tells."""
    says: tuple[str, ...] = ()
    """How many there were, as far as that tells of nobody; empty for whoever sees the incidents, or no figures."""


def together(found: Mapping[str, Touched]) -> Touched:
    """Of several controls, by name: an incident once, the latest first; what is said of each, and of which it is."""
    by_id = {one.incident_id: one for each in found.values() for one in each.latest}
    latest = sorted(by_id.values(), key=lambda one: one.written_at, reverse=True)[:MOST_TOUCHING]
    says: dict[str, list[str]] = {}
    for name, each in found.items():
        for sentence in each.says:
            says.setdefault(sentence, []).append(name)
    several = len(found) > 1
    said = (f"{'; '.join(names)}: {sentence}" if several else sentence for sentence, names in says.items())
    return Touched(tuple(latest), any(each.readable for each in found.values()), tuple(said))


class RegisterLine(msgspec.Struct, frozen=True):
    """What one register says of a control."""

    name: str
    says: str
    href: str
    presses: bool = False
    """Whether something in it is late."""


class Touches(Protocol):
    """Finds the incidents that touched a control, as far as whoever asks may know of them."""

    async def __call__(self, work: Work, control: str) -> Touched:
        """The latest of them."""
        ...


class RegisterLines(Protocol):
    """Finds what the registers say of a control, as far as whoever asks may know."""

    async def __call__(self, work: Work, profile: Profile, today: date, control: str) -> tuple[RegisterLine, ...]:
        """A line for each register that shows something of it."""
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


async def _no_lines(work: Work, profile: Profile, today: date, control: str) -> tuple[RegisterLine, ...]:
    return ()


_registers: list[RegisterLines] = [_no_lines]


def bind_registers(lines: RegisterLines) -> None:
    """Let this room ask the registers."""
    _registers[:] = [lines]


def registers() -> RegisterLines:
    """Who answers for the registers."""
    return _registers[0]
