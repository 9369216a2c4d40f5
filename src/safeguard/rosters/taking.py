"""Taking a roster's file in: sealed while it comes, looked at as a whole before anything of it is kept."""

from collections.abc import Mapping
from typing import Any, Final

from anyio import CapacityLimiter, to_thread

from safeguard.errors import FieldError, Invalid
from safeguard.intake.sheets import MOST_BYTES, NotATable
from safeguard.rosters.entry import Glance
from safeguard.rosters.files.reading import glance_at
from safeguard.strongbox import objects
from safeguard.web.fields import Fields
from safeguard.web.uploading import Inspection, Refused, Upload
from safeguard.work import Work

ENDS: Final = (".zip", ".csv", ".txt", ".tsv", ".xlsx", ".xml", ".ctf")
OTHER: Final = "Choose a file that ends in .zip (OneRoster), .xml (CTF), .csv or .xlsx."
AT_ONCE: Final = CapacityLimiter(1)
"""One file is unpacked at a time: each may take hundreds of megabytes while it is."""
MEDIA: Final = {b"PK\x03\x04": "application/zip", b"<": "application/xml"}


class RosterInspection:
    """Looks at the name; what is in it is read when it is there."""

    most = MOST_BYTES

    def __init__(self, name: str) -> None:
        self._name = name.lower()
        self._head = b""

    def see(self, piece: bytes) -> None:
        """Refuse what is plainly something else."""
        if not self._name.endswith(ENDS):
            raise Refused(OTHER)
        self._head = (self._head + piece[:4])[:4]

    def end(self) -> str:
        """Its media type, by how it begins."""
        return next((media for head, media in MEDIA.items() if self._head.startswith(head)), "text/csv")


class RosterReception:
    """Receives rosters; whether the fields are right is the form's to say."""

    async def admit(self, unit: Work, path: Mapping[str, Any], fields: Fields, name: str) -> Inspection | None:
        """Always look."""
        return RosterInspection(name)


RECEPTION: Final = RosterReception()


async def glance_at_upload(upload: Upload | None) -> tuple[Upload, Glance]:
    """What came, and what it is; raises `Invalid` with the field `file`."""
    if upload is None or upload.problem or upload.key is None:
        raise Invalid(FieldError("file", (upload and upload.problem) or "Choose the file."))
    pieces = await objects.read(objects.current(), upload.object_name, upload.key)
    content = b"".join([piece async for piece in pieces])
    try:
        return upload, await to_thread.run_sync(glance_at, content, limiter=AT_ONCE)
    except NotATable as refusal:
        raise Invalid(FieldError("file", str(refusal))) from refusal
