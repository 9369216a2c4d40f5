"""What a file says of one person: the same fields whichever form it has.

Fields are flat, so that a difference is one field with a text before and after: `given_name`, `identifiers.upn`,
`flags.send`, `contacts.mia brook.phone`. An empty text says that there is nothing; a field that is not there says
nothing. The flat form is compared and shown; what is kept is made of it in one place (`flat`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from safeguard.intake.moments import DayOrder
from safeguard.tenancy.profile import Profile

Subject = Literal["people", "staff"]
FileForm = Literal["oneroster", "ctf", "table"]
Said = Mapping[str, str]

MOST: Final = 50_000
"""People in one file."""
LONGEST_KEY: Final = 255
"""Characters of a system's own number for somebody."""


class Problem(NamedTuple):
    """What is wrong with a row: the number that a spreadsheet shows beside it, its column, and what to do."""

    number: int
    field: str
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of a file."""

    number: int
    """The row that it comes from, the headings being row 1; of an XML file, which pupil."""
    key: str
    """The system's own number for them, which stays the same in its next file."""
    said: Said
    is_gone: bool = False
    """Whether the file says that they left."""


@dataclass(slots=True)
class Roll:
    """A whole file, read."""

    entries: list[Entry] = field(default_factory=list[Entry])
    problems: list[Problem] = field(default_factory=list[Problem])
    keys: set[str] = field(default_factory=set[str])
    """Every number that the file names, also in rows that have a problem: none of these has left."""
    notes: list[str] = field(default_factory=list[str])
    """What is odd about the file as a whole, in sentences."""
    is_whole: bool | None = None
    """Whether the file says that everybody is in it; None when it does not say."""
    blind: bool = False
    """Whether a row's number could not be read: then nobody can be said to be missing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read."""

    subject: Subject
    columns: Mapping[str, str]
    """Of a table: field -> heading."""
    order: DayOrder | None
    site: str | None
    """Of a file of several schools: the number of ours."""
    zone: ZoneInfo
    profile: Profile


class Site(NamedTuple):
    """A school that a file speaks of."""

    key: str
    name: str


class Glance(NamedTuple):
    """What a file is, before anybody has said how to read it."""

    form: FileForm
    headings: tuple[str, ...] = ()
    samples: Mapping[str, str] = {}
    sites: tuple[Site, ...] = ()
    notes: tuple[str, ...] = ()
    is_whole: bool | None = None
    """Whether it says that everybody is in it; None when it does not say."""
    is_guessed: bool = False
    """Whether the bytes were no UTF-8 and were read as Windows-1252."""
