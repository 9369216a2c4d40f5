"""What people fill in at the second step, and where they add or take away one."""

from dataclasses import dataclass
from typing import Annotated, Final

from safeguard.web.forms import Choice, Text

LONGEST_LABEL: Final = 100
_NEXT = Text(longest=2_000)


@dataclass(frozen=True, slots=True)
class SecondStep:
    """A code of an app or a recovery code, and whether this browser is to be remembered. The rest is read apart."""

    do: Annotated[str, Choice(("typed", "code", "passkey", "password", "invented"))]
    """Which way; `typed` is Enter in a field, whichever it was."""
    code: Annotated[str, Text(longest=60)]
    remember: Annotated[str, Text(longest=3)]
    next: Annotated[str, _NEXT]


@dataclass(frozen=True, slots=True)
class NewApp:
    """The first code of an app, and what to call it."""

    code: Annotated[str, Text(longest=20, required="Type the six digits that your app shows.")]
    label: Annotated[str, Text(longest=LONGEST_LABEL)]
    next: Annotated[str, _NEXT]


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What to call a passkey that was just made; its answer is read apart."""

    label: Annotated[str, Text(longest=LONGEST_LABEL)]
    next: Annotated[str, _NEXT]
