"""What waits among the concerns about staff, for whom they are open to: bound by the application.

They are kept by a room above this one. The home page says how many there are and by when somebody outside has to hear,
and names nobody: who reads on, and of what, is decided where they are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from safeguard.incidents.deadlines import Deadline
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.tenancy.profile import Profile
from safeguard.work import Work


@dataclass(frozen=True, slots=True)
class Unheard:
    """An allegation of which somebody outside has still to hear."""

    reference: str
    href: str
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class Apart:
    """How the concerns stand that the reader may know of, up to 99 of each."""

    new: int
    """Nobody has received them yet."""
    open: int
    """Those that are not closed, the new ones among them."""
    named: int
    """Open incidents in which somebody of the staff is alleged, and that no concern was made of."""
    unheard: Sequence[Unheard] = ()
    heard: int = 0
    """Those of which whoever raised them by the public page wrote again, and nobody has read it; closed ones too."""
    flood: int = 0
    """Those that came in a flood by the public page, and that nobody has received: in no other figure."""


class Vault(Protocol):
    """Where concerns about staff are kept."""

    async def is_open(self, work: Work) -> bool:
        """Whether whoever asks reads anything there at all."""
        ...

    async def read_apart(self, work: Work, profile: Profile, clocks: Clocks) -> Apart:
        """How they stand, for whom it is open."""
        ...


class _Nowhere:
    async def is_open(self, work: Work) -> bool:
        return False

    async def read_apart(self, work: Work, profile: Profile, clocks: Clocks) -> Apart:
        return Apart(0, 0, 0)


_bound: list[Vault] = [_Nowhere()]


def bind(vault: Vault) -> None:
    """Let the home page ask the room that keeps them."""
    _bound[:] = [vault]


def bound() -> Vault:
    """Who answers."""
    return _bound[0]
