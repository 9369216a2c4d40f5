"""What a report says, as frozen data: a room fills in its cases, the template only sets them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Mark(StrEnum):
    """How a moment is drawn: as shape first, so that it reads in grey too."""

    WORDS = "words"
    DECISION = "decision"
    ACTION = "action"
    CONTACT = "contact"
    CHANGE = "change"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Passage:
    """Words under a label: an account, a reason, an outcome."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A short answer to a short question."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a case, with the role they have in this one."""

    name: str
    role: str
    detail: str = ""
    taken_out: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after a correction."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of the chronology, in the words of whoever took it."""

    at: datetime
    mark: Mark
    what: str
    author: str
    passages: tuple[Passage, ...] = ()
    changes: tuple[Change, ...] = ()
    corrects: str = ""
    """What was corrected by this, where it corrects another moment."""
    corrected: str = ""
    """When and by whom this was corrected later; both stay."""
    is_turning_point: bool = False
    """Named in the picture, not only drawn."""
    drawn: str = ""
    """What the picture calls it, where `what` holds words that somebody typed."""
    is_timed: bool = True
    """False where a day is known and no time."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, why, by whom."""

    at: datetime
    what: str
    reason: str
    author: str


@dataclass(frozen=True, slots=True)
class Action:
    """Who was to do what until when, and whether they did."""

    what: str
    owner: str
    due: date | None
    done_at: datetime | None
    done_words: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """An act on the record, from the audit log."""

    index: int
    at: datetime
    who: str
    role: str
    what: str
    event: str = ""
    """The log's own name of the act."""
    about: UUID | None = None
    """Which record of the story it is on."""


@dataclass(frozen=True, slots=True)
class Case:
    """One record with its whole story, as of the frozen log."""

    reference: str
    title: str
    lead: str
    """One sentence: what kind of case, where it stands."""
    state: str
    risk: str
    risk_label: str
    began: datetime
    facts: tuple[Fact, ...] = ()
    account: tuple[Passage, ...] = ()
    people: tuple[Person, ...] = ()
    moments: tuple[Moment, ...] = ()
    decisions: tuple[Decision, ...] = ()
    actions: tuple[Action, ...] = ()
    outcome: tuple[Passage, ...] = ()
    looks: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a section; without rows it says why there are none."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = "Nothing is recorded."
    wide: tuple[int, ...] = ()
    """Columns that hold words, and get the room."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report that is no story: a register, a review, figures."""

    code: str
    title: str
    says: str = ""
    facts: tuple[Fact, ...] = ()
    passages: tuple[Passage, ...] = ()
    sheets: tuple[Sheet, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One of an inspector's own headings: what is asked, and the sections that answer it."""

    title: str
    asks: str
    shows: tuple[str, ...] = ()
    """Codes of sections; `cases` stands for the stories."""
    before: tuple[str, ...] = ()
    """Those of `shows` that stand in full under an earlier heading."""
    note: str = ""
    """What is asked here and not kept in Safeguard."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a verifier will find, for the box on the cover."""

    log: str
    size: int
    shown: int
    fingerprint: str
    key: str
    disclosure: str


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report."""

    kind: str
    title: str
    organisation: str
    as_of: datetime
    time_zone: str
    pack: str
    release: str
    proof: Proof
    cases: tuple[Case, ...]
    period: tuple[date, date] | None = None
    volume: int = 0
    """Which volume of the report this is; 0 for the report itself."""
    volumes: int = 0
    """In how many volumes the stories stand; 0 when they stand in the report itself."""
    sections: tuple[Section, ...] = ()
    asked: tuple[Asked, ...] = ()
    """The headings of an inspector, in their order; without any the sections stand as they come."""
    notes: tuple[str, ...] = ()
    """What a reader has to know first: how cases were picked, what was left out."""
    names_kept: bool = True
    """Whether names stand in it; else pseudonyms do."""
    caption: str = ""
    """What kind of pack it is, for the cover."""
