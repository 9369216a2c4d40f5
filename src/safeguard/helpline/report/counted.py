"""What was counted of a period: exact figures, which leave the desk only by way of `releasing`."""

from collections.abc import Mapping
from typing import Final

import msgspec

WHOLE: Final = ("channel", "caller", "sector", "gender", "state", "escalated", "arrived", "wave", "month")
"""Families whose cells add up to all cases: each case is in one of them."""
LABELS: Final = ("issue", "platform", "family", "guidance", "theme")
"""Families in which a case may be in several cells, or in none."""
OF_ADDRESSES: Final = ("address_state", "address_platform")
"""Families whose cells add up to all addresses."""
OF_CLOSED: Final = ("ending",)
"""Families whose cells add up to the closed cases, which are one cell of `state`."""
UNKNOWN: Final = ""
"""The cell of those of whom nothing is known."""


class Hours(msgspec.Struct, frozen=True):
    """How long something took, in hours: half were within the first, nine in ten within the second."""

    number: int
    half: float
    most: float


class PlatformFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What one platform made of the addresses of the period."""

    platform: str
    addresses: int
    decided: int
    removed: int
    answer: Hours | None = None
    removal: Hours | None = None


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is said of a period, exact."""

    cases: int = 0
    contacts: int = 0
    addresses: int = 0
    by: Mapping[str, Mapping[str, int]] = {}
    """Family -> code -> number."""
    first_answer: Hours | None = None
    """In hours in which the helpline answers."""
    closing: Hours | None = None
    """In hours in which the helpline answers, of cases that have ended."""
    open_hours: int = 0
    """For how many hours the helpline was open."""
    rated: int = 0
    helpful: float | None = None
    """What callers said of the help, from 1 to 5, on average."""
    platforms: tuple[PlatformFigures, ...] = ()

    def of(self, family: str) -> Mapping[str, int]:
        """The cells of a family."""
        return self.by.get(family, {})
