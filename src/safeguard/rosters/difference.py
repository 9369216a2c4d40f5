"""What the rows of a file would do, as the dry run finds it."""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from safeguard.rosters.entry import Problem, Said
from safeguard.rosters.flat import Pairs

LEFT: Final = "left"
"""The field that says since when somebody is gone."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one row would do."""

    number: int
    kind: str
    key: str
    name: str
    person_id: UUID | None = None
    based_on: int | None = None
    said: Said = field(default_factory=dict[str, str])
    changes: Pairs = field(default_factory=Pairs)
    conflicts: Pairs = field(default_factory=Pairs)
    candidates: tuple[UUID, ...] = ()


@dataclass(slots=True)
class Outcome:
    """What a batch would do."""

    rows: list[Difference] = field(default_factory=list[Difference])
    problems: list[Problem] = field(default_factory=list[Problem])
    same: int = 0

    def count(self, kind: str) -> int:
        """How many of this kind."""
        return sum(row.kind == kind for row in self.rows)
