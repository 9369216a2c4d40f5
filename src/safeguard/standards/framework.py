"""What a framework is: objectives with controls, and an honest sentence for every level of each.

Everything here is data of `tenants/frameworks/*.toml`. The number of a level is what reviews hold: the greatest is the
lowest step (5, starting) and 1 the highest, as in the 360 degree safe self-review. A review keeps the version of the
framework that it was made with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the scale."""

    number: int
    name: str
    describes: str = ""


@dataclass(frozen=True, slots=True)
class Objective:
    """One of the few parts under which the controls stand."""

    code: str
    name: str
    letter: str = ""
    aim: str = ""
    strands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that is judged."""

    code: str
    objective: str
    name: str
    levels: tuple[str, ...]
    """What can be seen at each level, from the lowest step to the highest."""
    next: tuple[str, ...] = ()
    """What takes an organisation from each level to the one above; one fewer than there are levels."""
    covers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    """What could show it: examples."""
    strand: str = ""
    priority: bool = False
    """Whether a first review asks it."""
    first: str = ""
    """Why it comes first."""
    maps: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Controls of other frameworks that the same evidence supports."""


@dataclass(frozen=True, slots=True, eq=False)
class Framework:
    """A standard that an organisation can review itself against."""

    code: str
    name: str
    version: str
    describes: str
    kinds: tuple[str, ...]
    """The kinds of organisation that it is offered to."""
    benchmark: int
    levels: tuple[Level, ...]
    objectives: tuple[Objective, ...]
    controls: tuple[Control, ...]
    dated: str = ""
    """Why nobody starts with it, where it is on its way out."""
    strand_level: str = ""
    months: int = 12
    """After how many months it is to be reviewed again: a year, unless the standard says otherwise."""

    def control(self, code: str) -> Control | None:
        """The control of that code."""
        return next((control for control in self.controls if control.code == code), None)

    def under(self, objective: str) -> tuple[Control, ...]:
        """The controls of an objective, in their order."""
        return tuple(control for control in self.controls if control.objective == objective)

    def find_level(self, number: int | None) -> Level | None:
        """The step of that number, where this edition has one."""
        return next((level for level in self.levels if level.number == number), None)

    def said(self, control: Control, number: int) -> str:
        """The sentence of a control at a level."""
        return control.levels[self.place(number)]

    def step_up(self, control: Control, number: int) -> str:
        """What takes a control from this level to the next; empty at the top.

        A framework that says none, as many that are imported, shows what is to be true then.
        """
        return next(iter((control.next or control.levels[1:])[self.place(number) :]), "")

    def place(self, number: int) -> int:
        """Where in a control's sentences a level stands."""
        return next(place for place, level in enumerate(self.levels) if level.number == number)

    @property
    def first_controls(self) -> tuple[Control, ...]:
        """What a first review asks: the priorities, or everything where none is named."""
        return tuple(control for control in self.controls if control.priority) or self.controls
