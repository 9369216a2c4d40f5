"""A framework that comes as a file: TOML, rows saved as CSV, or the first sheet of an XLSX. It becomes text.

The text is what could have been pasted: whoever sent it sees it before anything is imported, and mends it there.
"""

import csv
import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from anyio import to_thread
from python_calamine import CalamineError, CalamineWorkbook

from safeguard.errors import FieldError, Invalid
from safeguard.strongbox import objects
from safeguard.web.fields import Fields
from safeguard.web.uploading import Inspection, Refused, Upload
from safeguard.work import Work

MOST_BYTES: Final = 3_000_000
MOST_UNPACKED: Final = 50_000_000
MOST_ROWS: Final = 20_000
"""Of a sheet, as of rows that were pasted, all are counted: whoever sent too many is told how many they are."""
ENDS: Final = (".toml", ".csv", ".tsv", ".txt", ".xlsx")
XLSX: Final = b"PK\x03\x04"
OTHER: Final = "This is no framework. Choose a file that ends in .toml, .csv or .xlsx."
BROKEN: Final = "This file cannot be read. Save it as CSV in the program that it comes from, or copy its rows."


class FrameworkInspection:
    """Looks at the name; what is in the file is read when it is there."""

    most = MOST_BYTES

    def __init__(self, name: str) -> None:
        self._name = name.lower()

    def see(self, piece: bytes) -> None:
        """Refuse what is plainly something else."""
        if not self._name.endswith(ENDS):
            raise Refused(OTHER)

    def end(self) -> str:
        """Whatever it is, it becomes text."""
        return "text/plain"


class FrameworkReception:
    """Receives frameworks from whoever may import one: the route has asked that already."""

    async def admit(self, unit: Work, path: Mapping[str, Any], fields: Fields, name: str) -> Inspection | None:
        """Always look."""
        return FrameworkInspection(name)


RECEPTION: Final = FrameworkReception()


async def read_text(upload: Upload | None) -> str:
    """What is in the file that came; raises `Invalid` with the field `file`."""
    if upload is None or upload.problem or upload.key is None:
        raise Invalid(FieldError("file", (upload and upload.problem) or "Choose the file."))
    pieces = await objects.read(objects.current(), upload.object_name, upload.key)
    content = b"".join([piece async for piece in pieces])
    return await to_thread.run_sync(text_of, content)


def text_of(content: bytes) -> str:
    """The text of a file, whatever its encoding; rows of a spreadsheet come apart by tabs. Raises `Invalid`."""
    if content.startswith(XLSX):
        return _of_xlsx(content)
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding).replace("\r\n", "\n").replace("\0", "")
        except UnicodeDecodeError:
            continue
    raise Invalid(FieldError("file", BROKEN))


def _of_xlsx(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise ValueError("larger than any framework")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(nrows=MOST_ROWS)
    except (zipfile.BadZipFile, CalamineError, IndexError, ValueError, OSError) as fault:
        raise Invalid(FieldError("file", BROKEN)) from fault
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="\n").writerows([_said(cell) for cell in row] for row in rows)
    return text.getvalue()


def _said(cell: Any) -> str:
    """A cell as somebody would type it: whole numbers without a point, and each cell on one line."""
    number = isinstance(cell, float) and cell.is_integer()
    return " ".join(str(int(cell) if number else cell).split())
