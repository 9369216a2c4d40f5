"""Leaving out figures that could tell who somebody is: cells below 5, and enough others that no total gives them away.

Whoever knows a total and the cells that are shown knows the sum of those left out. So a lone small cell takes others
with it, until the sum allows more than one answer for every one of them; where the whole is too small for that, the
total goes too.

A zero is shown, as in official statistics: nobody is in it. So whoever reads tells none from a few, and never one from
four. The road not taken is to call both "fewer than 5": those who govern could not ask any more why nothing was
reported for a year, which is what they most need to ask, and a figure that is always "a few or none" says nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Key = TypeVar("Key")

SMALLEST: Final = 5
"""The smallest figure that is shown, as the national statistics have it."""
SLACK: Final = 4
"""By how much the sum of what is left out exceeds one for each: less, and somebody could work the cells out."""


@dataclass(frozen=True, slots=True)
class Suppressed(Generic[Key]):
    """A family of figures that add up to a total, and what may be shown of it: None is left out."""

    cells: Mapping[Key, int | None]
    total: int | None

    @property
    def hidden(self) -> int:
        """How many cells are left out."""
        return sum(value is None for value in self.cells.values())


def suppress(
    cells: Mapping[Key, int], hide: Collection[Key] = (), differences: Sequence[Mapping[Key, int]] = ()
) -> Suppressed[Key]:
    """What may be shown of figures that add up: months of a year, levels of risk.

    `hide` are left out besides. `differences` are what somebody has who takes these figures from others that are
    published, cell by cell: of those, too, nothing that is left out may be worked out.
    """
    total = sum(cells.values())
    small = {key for key, value in cells.items() if 0 < value < SMALLEST} | set(hide)
    if not small:
        return Suppressed(dict(cells), total)
    left = sorted(
        (value, place, key)
        for place, (key, value) in enumerate(cells.items())
        if value >= SMALLEST and key not in small
    )
    hidden, tables = set(small), (cells, *differences)
    while left and not all(_ambiguous(table, hidden) for table in tables):
        hidden.add(left.pop(0)[2])
    shown = {key: None if key in hidden else value for key, value in cells.items()}
    return Suppressed(shown, total if all(_ambiguous(table, hidden) for table in tables) else None)


def _ambiguous(cells: Mapping[Key, int], hidden: set[Key]) -> bool:
    """Whether each of the hidden could be something else than it is, for somebody who knows their sum."""
    return len(hidden) > 1 and sum(cells[key] for key in hidden) - len(hidden) >= SLACK
