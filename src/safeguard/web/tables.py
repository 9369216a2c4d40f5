"""Tables that leave as a file: CSV and XLSX, in which nothing that somebody typed becomes a formula.

A spreadsheet takes a value that begins with `=`, `+`, `-`, `@` or a tab for a formula, and a formula can fetch an
address: so each such value gets an apostrophe in front (OWASP: CSV injection). In XLSX every cell is text besides, also
by its format, so that it stays text when somebody edits it, or saves the sheet as CSV.

A workbook is put together in memory: a file beside it would leave people's names on the disk of the server.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Protocol

from litestar.response import Response
from xlsxwriter import Workbook
from xlsxwriter.format import Format

from safeguard.web.directions import neutral

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet would take for the beginning of a formula, the wide forms of East Asia with it."""
LONGEST_CELL: Final = 32_767
"""Characters that a cell of XLSX may hold (ECMA-376, SpreadsheetML limits)."""
_UNWRITABLE: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""
_DAWN: Final = datetime(1980, 1, 1, tzinfo=UTC)
"""When every workbook says that it was made: the same table has the same bytes."""
_WIDTH: Final = 18
_PLAIN: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


class Form(StrEnum):
    """In which form a table leaves."""

    CSV = "csv"
    XLSX = "xlsx"


MEDIA: Final = {
    Form.CSV: "text/csv",  # Litestar says the charset of text
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Table(Protocol):
    """A table in the making: rows are added, and the file is taken once."""

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        """Add rows of text; each value is made harmless."""
        ...

    def file(self) -> bytes:
        """The whole file. Nothing can be added after."""
        ...


def escaped(value: str) -> str:
    """A value that no spreadsheet takes for a formula, blanks in front of it or not, and that turns no cell round."""
    value = neutral(value)
    return f"'{value}" if value.startswith(FORMULA) or value.lstrip().startswith(FORMULA) else value


class CsvTable:
    """UTF-8 with its mark, so that a spreadsheet reads every name; lines as RFC 4180 has them."""

    def __init__(self, headings: Sequence[str]) -> None:
        self._text = io.StringIO()
        self._writer = csv.writer(self._text)
        self.add([headings])

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        """Add rows of text."""
        self._writer.writerows([escaped(value.replace("\0", "")) for value in row] for row in rows)

    def file(self) -> bytes:
        """The whole file."""
        return self._text.getvalue().encode("utf-8-sig", "replace")


class XlsxTable:
    """One sheet, its headings in bold and always in sight, every cell a text (ECMA-376)."""

    def __init__(self, headings: Sequence[str]) -> None:
        self._bytes, self._rows = io.BytesIO(), 0
        self._book = Workbook(self._bytes, _PLAIN)
        self._book.set_properties({"created": _DAWN})
        self._sheet = self._book.add_worksheet("Safeguard")
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(headings) - 1, _WIDTH)
        self._text = self._book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        self._write(headings, self._book.add_format({"num_format": "@", "bold": True}))

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        """Add rows of text."""
        for row in rows:
            self._write(row, self._text)

    def file(self) -> bytes:
        """The whole file."""
        self._book.close()
        return self._bytes.getvalue()

    def _write(self, row: Sequence[str], style: Format) -> None:
        for column, value in enumerate(row):
            if value:
                self._sheet.write_string(self._rows, column, _writable(value), style)
            else:
                self._sheet.write_blank(self._rows, column, None, style)
        self._rows += 1


def table(form: Form, headings: Sequence[str]) -> Table:
    """An empty table with its headings."""
    return CsvTable(headings) if form is Form.CSV else XlsxTable(headings)


def download(form: Form, name: str, whole: Table) -> Response[bytes]:
    """A table to keep, under a name of ours, which browsers and proxies do not keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"', "Cache-Control": "no-store"}
    return Response(whole.file(), media_type=MEDIA[form], headers=headers)


def _writable(value: str) -> str:
    """Harmless, with line ends of one kind, and no longer than a cell may be."""
    text = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", escaped(value.replace("\r\n", "\n").replace("\r", "\n")))
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
