"""Which kind of file it is, by what is in it and never by its name, and everybody in it."""

import io
import zipfile
from typing import Final

from safeguard.intake.sheets import XLSX, NotATable, read_sheet
from safeguard.rosters.entry import Glance, Reading, Roll
from safeguard.rosters.files import oneroster, tables, transfer
from safeguard.rosters.files.archives import tables_of

_SPREADSHEET: Final = "[content_types].xml"
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def glance_at(content: bytes) -> Glance:
    """What the file is; raises `NotATable` with the sentence that says what to do."""
    match _form(content):
        case "zip":
            return oneroster.glance(tables_of(content))
        case "xml":
            return transfer.glance(content)
        case _:
            return tables.glance(read_sheet(content))


def read_roll(content: bytes, reading: Reading) -> Roll:
    """Everybody in the file; raises `NotATable`."""
    match _form(content):
        case "zip":
            return oneroster.read(tables_of(content), reading)
        case "xml":
            return transfer.read(content, reading)
        case _:
            return tables.read(read_sheet(content), reading)


def _form(content: bytes) -> str:
    if content.startswith(XLSX):
        return "table" if _is_spreadsheet(content) else "zip"
    head = content[:200]
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return "xml" if head.replace(b"\0", b"").lstrip().startswith(b"<") else "table"


def _is_spreadsheet(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return any(name.lower() == _SPREADSHEET for name in packed.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as fault:
        raise NotATable("This file is not whole. Send it again.") from fault
