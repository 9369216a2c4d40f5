"""Tables that leave as a file: CSV and XLSX, in which nothing that somebody typed becomes a formula.

A spreadsheet takes a value that begins with `=`, `+`, `-`, `@` or a tab for a formula, and a formula can fetch an
address: so each such value gets an apostrophe in front (OWASP: CSV injection). In XLSX every cell is text besides, also
by its format, so that it stays text when somebody edits it, or saves the sheet as CSV.

An XLSX is five small files in a zip, so we write it ourselves, a row at a time: no table is ever held whole.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, Protocol
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from litestar.response import Response

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet would take for the beginning of a formula, the wide forms of East Asia with it."""
LONGEST_CELL: Final = 32_767
"""Characters that a cell of XLSX may hold (ECMA-376, SpreadsheetML limits)."""
_UNWRITABLE: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""
_TAKEN_FOR_ESCAPE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""`_x000D_` in a cell means a character: its first underscore is written as `_x005F_` (ECMA-376, ST_Xstring)."""
_DAWN: Final = (1980, 1, 1, 0, 0, 0)
"""A zip's earliest moment: the same table has the same bytes."""
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/styles.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="Safeguard" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"'
    '/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/>'
    '<bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"'
    '/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" '
    'applyNumberFormat="1" applyFont="1"/></cellXfs></styleSheet>',
}
_SHEET: Final = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15" '
    'baseColWidth="18"/><sheetData>'
)
_SHEET_END: Final = "</sheetData></worksheet>"


class Form(StrEnum):
    """In which form a table leaves."""

    CSV = "csv"
    XLSX = "xlsx"


MEDIA: Final = {
    Form.CSV: "text/csv; charset=utf-8",
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
    """A value that no spreadsheet takes for a formula, blanks in front of it or not."""
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
        self._bytes = io.BytesIO()
        self._zip = ZipFile(self._bytes, "w", ZIP_DEFLATED)
        for name, text in _PARTS.items():
            self._zip.writestr(_member(name), (_HEAD + text).encode())
        self._sheet = self._zip.open(_member("xl/worksheets/sheet1.xml"), "w")
        self._sheet.write((_SHEET + _row(headings, style=2)).encode())

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        """Add rows of text."""
        for row in rows:
            self._sheet.write(_row(row, style=1).encode())

    def file(self) -> bytes:
        """The whole file."""
        self._sheet.write(_SHEET_END.encode())
        self._sheet.close()
        self._zip.close()
        return self._bytes.getvalue()


def table(form: Form, headings: Sequence[str]) -> Table:
    """An empty table with its headings."""
    return CsvTable(headings) if form is Form.CSV else XlsxTable(headings)


def download(form: Form, name: str, whole: Table) -> Response[bytes]:
    """A table to keep, under a name of ours, which browsers and proxies do not keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"', "Cache-Control": "no-store"}
    return Response(whole.file(), media_type=MEDIA[form], headers=headers)


def _member(name: str) -> ZipInfo:
    member = ZipInfo(name, _DAWN)
    member.compress_type = ZIP_DEFLATED
    return member


def _row(values: Sequence[str], style: int) -> str:
    return f"<row>{''.join(_cell(value, style) for value in values)}</row>"


def _cell(value: str, style: int) -> str:
    if not value:
        return f'<c s="{style}"/>'
    lines = escaped(value.replace("\r\n", "\n").replace("\r", "\n"))
    text = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", lines)
    cut = text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
    written = escape(_TAKEN_FOR_ESCAPE.sub("_x005F_", cut))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{written}</t></is></c>'
