"""Schools as the register of England writes them: Get Information about Schools, one row for each, found by its URN.

The file is downloaded by whoever sets the school up ("Establishment fields", CSV, in Windows-1252). Headings with a
number in them change from term to term; those that are read here have been the same for years.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from safeguard.errors import FieldError, Invalid

MOST_BYTES: Final = 200_000_000
URN: Final = "URN"
NAME: Final = "EstablishmentName"
UKPRN: Final = "UKPRN"
STATUS: Final = "EstablishmentStatus (name)"
CLOSED: Final = "Closed"

NO_REGISTER: Final = "This is not the register's file: it has no column called “{}”."
NOT_THERE: Final = "There is no school with the URN {} in this file."
IS_CLOSED: Final = "{} (URN {}) is closed, as the register says."


@dataclass(frozen=True, slots=True)
class Establishment:
    """A school, as the register knows it."""

    urn: str
    name: str
    ukprn: str


def find_school(content: bytes, urn: str) -> Establishment:
    """The school with this URN; raises `Invalid` with the field `gias` and says what is wrong."""
    for row in _rows(content):
        if row[URN].strip() == urn:
            return _school(row)
    raise Invalid(_wrong(NOT_THERE.format(urn)), detail=NOT_THERE.format(urn))


def _school(row: dict[str, str]) -> Establishment:
    name = " ".join(row[NAME].split())
    if row.get(STATUS, "").strip() == CLOSED:
        told = IS_CLOSED.format(name, row[URN])
        raise Invalid(_wrong(told), detail=told)
    return Establishment(row[URN].strip(), name, row.get(UKPRN, "").strip())


def _rows(content: bytes) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(_decoded(content), newline=""))
    for heading in (URN, NAME):
        if heading not in (reader.fieldnames or ()):
            told = NO_REGISTER.format(heading)
            raise Invalid(_wrong(told), detail=told)
    for row in reader:
        yield {
            name: value or "" for name, value in row.items() if isinstance(name, str) and not isinstance(value, list)
        }


def _decoded(content: bytes) -> str:
    """As it was written: the register's own encoding, or UTF-8 where a spreadsheet has saved it anew."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _wrong(words: str) -> FieldError:
    return FieldError("gias", words)
