"""Tables as people have them: CSV in whatever encoding and with whatever separator, or the first sheet of an XLSX.

Everything is text here, formulas as well: nothing is computed, and what begins with `=` is words like any other. An
XLSX is measured before it is unpacked.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

from safeguard.incidents.reports import tidy

MOST_BYTES: Final = 25_000_000
MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 100
MOST_UNPACKED: Final = 250_000_000
XLSX: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_SEPARATORS: Final = ",;\t|"
_END: Final = "\x1e"
"""A last line of our own: where it is no line by itself, some quotation mark was never closed."""
_LONGEST_CELL: Final = 1_000_000

EMPTY: Final = "There are no rows in this file: a first row of headings, then one row for each record."
TOO_MANY: Final = (
    f"This file has more than {MOST_ROWS:,} rows, which is the most at once. Split it, and send each part."
)
TOO_WIDE: Final = f"This file has more than {MOST_COLUMNS} columns. Leave out those that are not needed."
BROKEN: Final = "This file cannot be read as a table. Save it as CSV or XLSX in the program that it comes from."
ENCRYPTED: Final = "This file is an old or protected Excel file. Save it as XLSX without a password, or as CSV."
UNCLOSED: Final = (
    "A quotation mark in row {} is never closed, so every row after it would be lost in one cell. Close it, or save the"
    " file again as CSV or XLSX in the program that it comes from."
)
REPEATED: Final = "Two columns have the same heading: “{}”. Rename one of them."


class NotATable(ValueError):
    """The file cannot be read; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Headings, and rows as wide as they."""

    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    guessed_encoding: bool = False
    """Whether the bytes were no UTF-8 and were read as Windows-1252."""

    def numbered(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Each row by heading, with the number that a spreadsheet shows beside it."""
        for number, row in enumerate(self.rows, start=2):
            yield number, dict(zip(self.headings, row, strict=True))


def read_sheet(content: bytes) -> Sheet:
    """The table in `content`; raises `NotATable`."""
    if content.startswith(_OLD_EXCEL):
        raise NotATable(ENCRYPTED)
    if content.startswith(XLSX):
        return _sheet(_of_xlsx(content), guessed=False)
    text, guessed = _decoded(content)
    return _sheet(_of_csv(text), guessed)


def _sheet(lines: Iterator[list[str]], guessed: bool) -> Sheet:
    headings = next((line for line in lines if any(line)), [])
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > MOST_COLUMNS:
        raise NotATable(TOO_WIDE)
    named = tuple(heading or f"Column {number}" for number, heading in enumerate(headings, start=1))
    if repeated := next((name for name in named if named.count(name) > 1), None):
        raise NotATable(REPEATED.format(repeated))
    rows = list(_as_wide(lines, len(named)))
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise NotATable(EMPTY)
    return Sheet(named, rows, guessed)


def _as_wide(lines: Iterator[list[str]], width: int) -> Iterator[tuple[str, ...]]:
    for number, line in enumerate(lines):
        if number >= MOST_ROWS:
            if any(line):
                raise NotATable(TOO_MANY)
            continue
        if any(line[width:]):
            raise NotATable(f"Row {number + 2} has more cells than there are headings. Give each column a heading.")
        yield tuple(line[:width]) + ("",) * (width - len(line))


def _decoded(content: bytes) -> tuple[str, bool]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(content, "utf-16"), False
    try:
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), True


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as fault:
        raise NotATable(BROKEN) from fault


def _of_csv(text: str) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    text = text.replace("\0", "").replace(_END, "")
    try:
        lines = csv.reader(io.StringIO(f"{text}\n{_END}", newline=""), delimiter=_separator(text))
        for number, line in enumerate(lines, start=1):
            if line and line[-1].endswith(_END):
                if line != [_END]:
                    raise NotATable(UNCLOSED.format(number))
                return
            yield [tidy(cell) for cell in line]
    except csv.Error as fault:
        raise NotATable(BROKEN) from fault


def _separator(text: str) -> str:
    """Whichever parts the first line that says anything into most columns."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    try:
        return max(_SEPARATORS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))
    except csv.Error as fault:
        raise NotATable(BROKEN) from fault


def _of_xlsx(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise NotATable(TOO_MANY)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(nrows=MOST_ROWS + 2)
    except (zipfile.BadZipFile, CalamineError, IndexError, ValueError, OSError) as fault:
        if isinstance(fault, NotATable):
            raise
        raise NotATable(BROKEN) from fault
    for row in rows:
        yield [tidy(_as_text(cell)) for cell in row]


def _as_text(cell: Any) -> str:
    """A cell as somebody would type it: whole numbers without a point, dates as ISO 8601."""
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
        case _:
            return str(cell)
