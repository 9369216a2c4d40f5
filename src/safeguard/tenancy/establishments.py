"""Schools as the register of England writes them: Get Information about Schools, one row for each, found by its URN.

The file is downloaded by whoever sets the school up ("Establishment fields", CSV, in Windows-1252). Headings with a
number in them change from term to term; those that are read here have been the same for years. What an organisation
has a place for is taken over - name, numbers, nation; the rest is said once, so that whoever sets it up sees that it is
the school that they mean: two schools of one name in one town differ by their street, their phase and their head.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from safeguard.errors import FieldError, Invalid
from safeguard.tenancy.nations import Nation

MOST_BYTES: Final = 200_000_000
URN: Final = "URN"
NAME: Final = "EstablishmentName"
UKPRN: Final = "UKPRN"
STATUS: Final = "EstablishmentStatus (name)"
NEEDED: Final = (URN, NAME, STATUS)
CLOSED: Final = "closed"
TO_OPEN: Final = "proposed to open"
TO_CLOSE: Final = "open, but proposed to close"
WELSH: Final = {
    "TypeOfEstablishment (name)": "Welsh establishment",
    "EstablishmentTypeGroup (name)": "Welsh schools",
    "GOR (name)": "Wales (pseudo)",
}
"""What says of a school in this register that it is in Wales: any of these."""
EMPTY: Final = ("", "not applicable", "not recorded")
PLACE: Final = ("Street", "Locality", "Address3", "Town", "County (name)", "Postcode")
HEAD: Final = ("HeadTitle (name)", "HeadFirstName", "HeadLastName")

NO_REGISTER: Final = "This is not the register's file: it has no column called “{}”."
NOT_THERE: Final = "There is no school with the URN {} in this file."
TWICE: Final = "The URN {} stands twice in this file, and not with the same words: {}. Take the register's own file."
IS_CLOSED: Final = (
    "{} (URN {}) is closed{}, as the register says. Take the URN of the school that took its place; to keep the"
    " records of a closed one, set it up by --name and --urn without the register."
)
NOT_OPEN: Final = (
    "{} (URN {}) is not open yet: the register says that it is proposed to open{}. If it is to be set up before it"
    " opens, say so with --not-open-yet."
)


@dataclass(frozen=True, slots=True)
class Establishment:
    """A school, as the register knows it."""

    urn: str
    name: str
    ukprn: str
    nation: Nation = Nation.ENGLAND
    status: str = "Open"
    said: tuple[tuple[str, str], ...] = ()
    """What else the register says of it, in words and in order: phase, ages, address, head. Kept nowhere."""

    @property
    def closes(self) -> bool:
        """Whether it is open and to be closed."""
        return _plain(self.status) == TO_CLOSE


def find_school(content: bytes, urn: str, *, not_open_yet: bool = False) -> Establishment:
    """The school with this URN; raises `Invalid` with the field `gias` and says what is wrong.

    One that is only proposed to open is taken with `not_open_yet`; one that is closed never.
    """
    wanted = urn.strip()
    found = [row for row in _rows(content) if row[URN].strip() == wanted]
    if not found:
        raise _wrong(NOT_THERE.format(wanted))
    if any(row != found[0] for row in found):
        raise _wrong(TWICE.format(wanted, ", ".join(f"“{_tidy(row[NAME])}”" for row in found[:5])))
    return _school(found[0], not_open_yet=not_open_yet)


def _school(row: dict[str, str], *, not_open_yet: bool) -> Establishment:
    name, urn, status = _tidy(row[NAME]), row[URN].strip(), _tidy(row[STATUS])
    if _plain(status) == CLOSED:
        raise _wrong(IS_CLOSED.format(name, urn, _on(row, "CloseDate")))
    if _plain(status) == TO_OPEN and not not_open_yet:
        raise _wrong(NOT_OPEN.format(name, urn, _on(row, "OpenDate")))
    nation = Nation.WALES if any(_plain(row.get(field, "")) == word.lower() for field, word in WELSH.items()) else None
    return Establishment(urn, name, row.get(UKPRN, "").strip(), nation or Nation.ENGLAND, status, tuple(_said(row)))


def _said(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is known of it beside what is kept, without what the register leaves empty."""
    low, high = _word(row, "StatutoryLowAge"), _word(row, "StatutoryHighAge")
    lines = (
        ("Status", _word(row, STATUS)),
        ("Type", _word(row, "TypeOfEstablishment (name)")),
        ("Phase", _word(row, "PhaseOfEducation (name)")),
        ("Ages", f"{low} to {high}" if low and high else low or high),
        ("Address", ", ".join(word for field in PLACE if (word := _word(row, field)))),
        ("Local authority", _word(row, "LA (name)")),
        ("Trust", _word(row, "Trusts (name)")),
        ("Head", " ".join(word for field in HEAD if (word := _word(row, field)))),
    )
    yield from ((label, words) for label, words in lines if words)


def _rows(content: bytes) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(_decoded(content), newline=""))
    for heading in NEEDED:
        if heading not in (reader.fieldnames or ()):
            raise _wrong(NO_REGISTER.format(heading))
    for row in reader:
        told = {
            name: value or "" for name, value in row.items() if isinstance(name, str) and not isinstance(value, list)
        }
        if told[URN].strip():
            yield told


def _decoded(content: bytes) -> str:
    """As it was written: the register's own encoding, or UTF-8 where a spreadsheet has saved it anew."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _on(row: Mapping[str, str], field: str) -> str:
    day = _word(row, field)
    return f", since {day}" if day and field == "CloseDate" else f", on {day}" if day else ""


def _word(row: Mapping[str, str], field: str) -> str:
    word = _tidy(row.get(field, ""))
    return "" if word.lower() in EMPTY else word


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _plain(text: str) -> str:
    return _tidy(text).lower()


def _wrong(words: str) -> Invalid:
    return Invalid(FieldError("gias", words), detail=words)
