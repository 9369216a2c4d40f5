"""Taking in a table: sealed while it comes, read from there, and thrown away unless an import keeps it for its run."""

from collections.abc import Mapping
from typing import Any, Final

import anyio.to_thread

from safeguard.errors import FieldError, Invalid
from safeguard.intake.sheets import MOST_BYTES, XLSX, NotATable, Sheet, read_sheet
from safeguard.keys.wrapping import Key
from safeguard.strongbox import objects
from safeguard.web.fields import Fields
from safeguard.web.uploading import Inspection, Refused, Upload
from safeguard.work import Work

_ENDS: Final = (".csv", ".txt", ".tsv", ".xlsx")
OTHER: Final = "This is not a table. Choose a file that ends in .csv or .xlsx."


class SheetInspection:
    """Looks at the name and the first bytes; what is in it is read when it is there."""

    most = MOST_BYTES

    def __init__(self, name: str) -> None:
        self._name = name.lower()
        self._head = b""

    def see(self, piece: bytes) -> None:
        """Refuse what is plainly something else."""
        if not self._name.endswith(_ENDS):
            raise Refused(OTHER)
        if len(self._head) < 4:
            self._head = (self._head + piece[:4])[:4]

    def end(self) -> str:
        """CSV or XLSX, by how it begins."""
        spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return spreadsheet if self._head == XLSX else "text/csv"


class SheetReception:
    """Receives tables; whether the fields are right is the form's to say."""

    async def admit(self, unit: Work, path: Mapping[str, Any], fields: Fields, name: str) -> Inspection | None:
        """Always look."""
        return SheetInspection(name)


RECEPTION: Final = SheetReception()


async def taken_sheet(upload: Upload | None) -> Sheet:
    """The table that came; raises `Invalid` with the field `file`."""
    if upload is None or upload.problem or upload.key is None:
        raise Invalid(FieldError("file", (upload and upload.problem) or "Choose the file."))
    return await stored_sheet(upload.object_name, upload.key)


async def stored_sheet(name: str, key: Key) -> Sheet:
    """The table in a stored file, read beside the event loop; raises `Invalid` with the field `file`, and `Gone`."""
    pieces = await objects.read(objects.current(), name, key)
    content = b"".join([piece async for piece in pieces])
    try:
        return await anyio.to_thread.run_sync(read_sheet, content)
    except NotATable as refusal:
        raise Invalid(FieldError("file", str(refusal))) from refusal
