"""How long something may take and how long a record is kept, as a profile says it, and how firmly that stands."""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a clock counts in."""

    AT_ONCE = "at_once"
    HOURS = "hours"
    HELPLINE_HOURS = "helpline_hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    SCHOOL_DAYS = "school_days"
    MONTHS = "months"


class Certainty(StrEnum):
    """How firmly a limit stands, said beside it. What is unconfirmed is never shown as law."""

    LAW = "law"
    GUIDANCE = "guidance"
    PRACTICE = "practice"
    UNCONFIRMED = "unconfirmed"


class Disposal(StrEnum):
    """What happens when a period of retention ends. Nothing about a person is deleted without a review."""

    REVIEW = "review"
    DISPOSE = "dispose"


@dataclass(frozen=True, slots=True)
class Begins:
    """Which incidents somebody outside may have to be told of: a prompt for a person's judgement, and no more.

    Somebody affected is one of `connections` (or nothing says who they are here), and any one of the others holds.
    For those who answer for a child, it is each child who is one of `connections` or carries one of `flags`.
    """

    connections: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    """Codes of `Profile.person_flags`, such as `looked_after`."""
    risks: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    risk_areas: tuple[str, ...] = ()
    staff: bool = False
    """Whether it is enough that somebody of the staff is alleged to have harmed."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit of time: so many units from a moment."""

    code: str
    name: str
    value: int
    unit: Unit
    starts: str
    """A code of `Profile.moments`."""
    then: str
    """What to do when it runs out, or is about to."""
    certainty: Certainty
    source: str
    extends_by: int = 0
    """By how many more units it may be lengthened, with a reason."""
    contacts: tuple[str, ...] = ()
    """With whom a contact on record stops it: with each of them, or a decision, with its reason, not to."""
    knowers: tuple[str, ...] = ()
    """Who answers for a child: of each, for each such child, a time at which they were told, or a reason, stops it."""
    begins: Begins = Begins()
    """Of a notification: which incidents it begins with."""

    @property
    def outside(self) -> tuple[str, ...]:
        """Whom somebody has to tell, or say why not: `contacts`, or `knowers`."""
        return self.contacts or self.knowers


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a type of record is kept."""

    code: str
    name: str
    years: int
    starts: str
    """A code of `Profile.moments`."""
    then: Disposal
    certainty: Certainty
    source: str
    exception: str = ""
    years_after_death: int = 0
    """Where whom it is about died before 18, so many years from their death instead; 0 makes no difference."""
