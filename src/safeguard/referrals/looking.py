"""Looking into the files that are to go with a referral, before they are shown and before they leave.

Their words are read, and names are looked for in them as in what the lead typed. A document with pictures inside stays:
what they show is known to nobody but whoever opens it, and imagery never travels. So does one that nobody can look
into, because it is locked, damaged or made of drawings alone; a scanned letter is a picture too.
"""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import Final

from anyio import to_thread

from safeguard.access.policy import Permission
from safeguard.attachments.kinds import PDF, TEXT
from safeguard.attachments.opening import bytes_of
from safeguard.channel import bodies
from safeguard.channel.enclosures import load_rules
from safeguard.errors import FieldError, Gone, Invalid
from safeguard.referrals.enclosing import FileToSend
from safeguard.referrals.paging import read_pages
from safeguard.referrals.unpacking import DRAWN, holds_words, why_not, words_of
from safeguard.strongbox import objects
from safeguard.work import Work

STAYS: Final = {
    "pictures": "It has pictures inside, and pictures never travel. Export its words as plain text, or as a document"
                " without pictures. A scanned letter is a picture: ring the helpline, or type what matters.",
    "preview": "It has a small picture of its first page inside, which its program put there. Save it without: in Word"
               " and Excel under File, Info, Properties, Advanced Properties; in LibreOffice under File, Properties,"
               " “Save preview image with this document”. Or export its words as plain text.",
    "wordless": "There are no words in it that can be read: it is drawn, or scanned, and a scan is a picture. Ring the"
                " helpline, or type what matters.",
    "files": "It carries another file or a recording inside. Export its words as plain text, or as a PDF of its own.",
    "programs": "It is a form or a document that can do things by itself. Export its words as plain text, or print it"
                " to a new PDF.",
    "locked": "It is locked with a password, so nobody can look into it. Save a copy without the password.",
    "long": "It is too long to look for names in, by itself or with the others. Send the part that matters, as a file"
            " of its own.",
    "damaged": "It cannot be read. Export its words anew, as plain text or as a PDF; or leave it here.",
    "late": "Looking into it took too long. Export its words as plain text, or try again in a few minutes.",
}  # fmt: skip
"""Why a document stays here: the code, and what to do."""
MOST: Final = 20_000_000
"""Bytes of the parts of one document, unpacked."""
BROKEN: Final = (
    ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, lzma.LZMAError, struct.error,
    EOFError, OSError,
)  # fmt: skip
"""What reading an archive raises, that is damaged anywhere."""


class Stays(Exception):
    """A document has to stay where it is, for a reason of `STAYS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code if code in STAYS else "damaged"

    @property
    def sentence(self) -> str:
        """Why, and what to do."""
        return STAYS[self.code]


async def look_inside(work: Work, chosen: Sequence[FileToSend], called: Sequence[bodies.File]) -> dict[str, str]:
    """The words of the files by the field that they are shown under; raises `Invalid`, of all that have to stay."""
    if chosen:
        work.require(Permission.ATTACHMENT_READ)
    texts: list[str] = []
    errors: list[FieldError] = []
    for each, file in zip(chosen, called, strict=True):
        try:
            texts.append(await _words_of(work, each, file.media_type))
            if sum(map(len, texts)) > load_rules().most_characters:
                raise Stays("long")
        except Stays as verdict:
            errors.append(FieldError("files", f"“{file.name}” stays here. {verdict.sentence}"))
    if errors:
        raise Invalid(*errors)
    return {"files": "\n".join(texts)} if texts else {}


async def read_words(whole: bytes, media_type: str) -> str:
    """What people wrote in a file; raises `Stays`."""
    if media_type == PDF:
        found = await read_pages(whole)
        if "words" not in found:
            raise Stays(found.get("fault", ""))
        return found["words"]
    try:
        return await to_thread.run_sync(_unpacked, whole, media_type)
    except BROKEN as fault:
        raise Stays("damaged") from fault


async def _words_of(work: Work, chosen: FileToSend, media_type: str) -> str:
    try:
        whole = b"".join([piece async for piece in await bytes_of(work, objects.current(), chosen.id)])
    except Gone as fault:
        raise Stays("damaged") from fault
    return await read_words(whole, media_type)


def _unpacked(whole: bytes, media_type: str) -> str:
    if media_type == TEXT:
        return whole.decode("utf-8-sig", errors="replace")
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = archive.infolist()
        if why := why_not(parts):
            raise Stays(why)
        said = [part for part in parts if holds_words(part)]
        if sum(part.file_size for part in said) > MOST:
            raise Stays("long")
        return "\n".join(_read(archive, part) for part in said)


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> str:
    whole = archive.read(part)
    if DRAWN.search(whole):
        raise Stays("pictures")
    return words_of(part.filename, whole)
