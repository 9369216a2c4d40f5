"""What a board shows: four objectives, where lessons of incidents name weak controls, the year in figures."""

from dataclasses import dataclass
from uuid import UUID

from safeguard.insights.casework import NONE, Casework
from safeguard.insights.chasing import say_casework, say_waits
from safeguard.insights.narrowing import Narrowed
from safeguard.insights.periods import Period
from safeguard.insights.pictures import Heat, Picture, Value
from safeguard.insights.stating import NOTHING, Statement
from safeguard.insights.timeliness import Waiting
from safeguard.standards.framework import Control, Objective
from safeguard.standards.spokes import Spokes


@dataclass(frozen=True, slots=True)
class Quadrant:
    """One objective: how it stands, which way it moves, what presses on it, what is done."""

    objective: Objective
    level: float | None
    before: float | None
    moved: float
    """How far the controls that both reviews judged rose; below 0 where they fell."""
    judged: int
    controls: int
    named: int | None
    """How often lessons of incidents named one of its controls; None for whoever may not know of single cases: one
    lesson may name five, so leaving out what is below 5 would hide nothing."""
    improvements: int
    overdue: int
    evidence: int
    stale: int


@dataclass(frozen=True, slots=True)
class Weak:
    """A control below the benchmark that lessons of incidents name."""

    control: Control
    level: int | None
    incidents: int
    """How many touched it: a lesson of each names it."""
    improving: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the page shows."""

    period: Period
    exact: bool
    until: str
    """The month up to which it counts, where later ones have to wait."""
    quadrants: tuple[Quadrant, ...]
    spokes: Spokes | None
    weak: tuple[Weak, ...]
    heat: Heat | None
    pictures: tuple[Picture, ...]
    acknowledged: Waiting | None
    judged: Waiting | None
    """How long until somebody first judged the risk."""
    closed: Waiting | None
    open_now: Value
    total: Value
    so_what: str
    casework: Casework = NONE
    statement: Statement = NOTHING
    """What the lead says of this period."""
    narrowed: tuple[Narrowed, ...] = ()
    """What it is narrowed to: then it shows the incidents of the period, and not where the organisation stands."""
    unjudged: int = 0
    """Open incidents of the period whose risk nobody has judged yet."""
    acknowledged_before: Waiting | None = None
    """How long each of the three took in the same months a year before; None where that is not compared."""
    judged_before: Waiting | None = None
    closed_before: Waiting | None = None
    counted_from: str = ""
    """The first month that is counted, where there are too many incidents to count all of the period at once."""
    review_id: UUID | None = None
    """The latest review of the framework: there its controls have their pages."""
    unfinished: bool = False
    """Whether its last month is not over yet, for those who see every figure."""
    unknown: str = ""
    """Since when anything is recorded here, where that is after the whole period: no incident then means nothing."""
    together: str = ""
    """Where a year is too small to be shown: which years stand or will stand together, and from when."""

    @property
    def waits_say(self) -> str:
        """What the table of how long it takes means."""
        return say_waits(self.acknowledged, self.closed, self.closed_before)

    @property
    def casework_says(self) -> str:
        """What to chase first, for whoever sees every figure."""
        return say_casework(self.casework) if self.exact and not self.narrowed else ""

    @property
    def bare(self) -> bool:
        """Whether nothing can be shown of the incidents."""
        return self.total is None
