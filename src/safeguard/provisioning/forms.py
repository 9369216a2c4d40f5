"""What people fill in here."""

from dataclasses import dataclass
from typing import Annotated, Final

from safeguard.identity.forms import ROLES
from safeguard.web.forms import Choice, Text

LIFETIMES: Final = ("90", "180", "366")


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory to connect."""

    label: Annotated[str, Text(longest=60, required="Say what your directory is called.")]
    sign_on: Annotated[str, Text(longest=36)]
    days: Annotated[str, Choice(LIFETIMES, required="Choose how long the token works.")]


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long another token works."""

    days: Annotated[str, Choice(LIFETIMES, required="Choose how long the token works.")]


@dataclass(frozen=True, slots=True)
class StandsFor:
    """What a group stands for; nothing, when it is empty."""

    role: Annotated[str, Choice(ROLES)]
