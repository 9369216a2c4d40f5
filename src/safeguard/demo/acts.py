"""What can be done in an invented past: one small value for each verb of incidents, and when and by whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from safeguard.incidents.closing import Closing
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.reports import NewIncident
from safeguard.incidents.story import ParentsInformed, Risk
from safeguard.incidents.triaging import Classes


@dataclass(frozen=True, slots=True)
class Record:
    """Somebody reports."""

    new: NewIncident


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """A lead has read it."""


@dataclass(frozen=True, slots=True)
class Identify:
    """A lead says who the people of the report are in the list of people."""


@dataclass(frozen=True, slots=True)
class View:
    """A lead reads it again."""


@dataclass(frozen=True, slots=True)
class Assess:
    """A lead sets the risk, unless it is that already."""

    risk: Risk
    reason: str


@dataclass(frozen=True, slots=True)
class Classify:
    """A lead says what kind it is."""

    classes: Classes


@dataclass(frozen=True, slots=True)
class Parents:
    """Whether the family knows."""

    informed: ParentsInformed
    reason: str


@dataclass(frozen=True, slots=True)
class Add:
    """An entry; an action may belong to a member, and others be about somebody of the report."""

    entry: NewEntry
    owner: int | None = None
    about: int | None = None
    """The place of a person in the report."""


@dataclass(frozen=True, slots=True)
class Complete:
    """An action is done: the first, the second of this incident."""

    action: int
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Somebody outside answers: the first, the second contact of this incident that awaits it."""

    contact: int
    words: str


@dataclass(frozen=True, slots=True)
class Assign:
    """A member handles it from now on."""

    member: int


@dataclass(frozen=True, slots=True)
class Link:
    """It belongs with an earlier case."""

    other: int
    words: str


@dataclass(frozen=True, slots=True)
class Correct:
    """A slip is put right: one text for another in the narrative."""

    wrong: str
    right: str
    reason: str


@dataclass(frozen=True, slots=True)
class Close:
    """It ends."""

    closing: Closing


@dataclass(frozen=True, slots=True)
class Reopen:
    """It does not."""

    reason: str


Act: TypeAlias = (
    Record | Acknowledge | View | Assess | Classify | Parents | Add | Complete | Answer | Assign | Link | Identify
    | Correct | Close | Reopen
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One act in one incident, at its moment, by a member."""

    at: datetime
    incident: int
    member: int
    act: Act
