"""Reading a spreadsheet back as a spreadsheet does: without any of the code that wrote it."""

import csv
import io
import re
from xml.etree import ElementTree
from zipfile import ZipFile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows_of_xlsx(whole: bytes) -> list[list[str]]:
    """The values of the sheet, each of which must be a text and none a formula."""
    with ZipFile(io.BytesIO(whole)) as book:
        assert book.testzip() is None
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        named = "xl/sharedStrings.xml"
        table = ElementTree.fromstring(book.read(named)) if named in book.namelist() else ElementTree.Element("none")
    assert not list(sheet.iter(f"{MAIN}f"))
    texts = [one.findtext(f"{MAIN}t") or "" for one in table.iter(f"{MAIN}si")]
    return [[_value(cell, texts) for cell in row.iter(f"{MAIN}c")] for row in sheet.iter(f"{MAIN}row")]


def _value(cell: ElementTree.Element, texts: list[str]) -> str:
    if not len(cell):
        return ""
    assert cell.get("t") == "s"
    text = texts[int(cell.findtext(f"{MAIN}v") or "")]
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def rows_of_csv(whole: bytes) -> list[list[str]]:
    return [*csv.reader(io.StringIO(whole.decode("utf-8-sig"), newline=""))]
