"""Looking into the files that are to go with a referral, before they are shown and before they leave.

What can be read cheaply is read: plain text, and the words of Office and OpenDocument files, in which names are looked
for as in what the lead typed. A document with pictures inside stays: what they show is known to nobody but whoever
opens it, and imagery never travels. A PDF cannot be read so; that is what its sender's word is for.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Final

from anyio import to_thread

from safeguard.access.policy import Permission
from safeguard.attachments.kinds import PDF, TEXT
from safeguard.attachments.opening import bytes_of
from safeguard.channel.enclosures import load_rules
from safeguard.errors import FieldError, Gone, Invalid
from safeguard.referrals.enclosing import FileToSend
from safeguard.strongbox import objects
from safeguard.work import Work

PICTURES: Final = "One of these documents has pictures inside, and pictures never travel. Save a copy without them."
LONG: Final = "One of these files is too long to look for names in. Send the part that matters, as a file of its own."
UNREADABLE: Final = "One of these files cannot be read any more. Leave it here."
WORDS: Final = re.compile(r"^(word/.*|xl/(sharedStrings|worksheets/.*|comments.*)|content|docProps/.*|meta)\.xml$")
"""The parts of a document that hold what people wrote, and who they say wrote it."""
INSIDE: Final = re.compile(
    r"(^|/)(media|Pictures|embeddings|Object [^/]*)/|\.(png|jpe?g|gif|bmp|tiff?|webp|emf|wmf|svg)$"
)
THUMBNAIL: Final = re.compile(r"^(Thumbnails/|docProps/thumbnail\.)")
MARKS: Final = re.compile(r"<[^>]*>")
MOST: Final = 20_000_000
"""Bytes of the parts of one document, unpacked."""


async def look_inside(work: Work, chosen: Sequence[FileToSend], types: Sequence[str]) -> dict[str, str]:
    """The words of the files by the field that they are shown under; raises `Invalid` for one that has to stay."""
    if chosen:
        work.require(Permission.ATTACHMENT_READ)
    texts: list[str] = []
    for each, media_type in zip(chosen, types, strict=True):
        if media_type == PDF:
            continue
        try:
            whole = b"".join([piece async for piece in await bytes_of(work, objects.current(), each.id)])
            words = await to_thread.run_sync(read_words, whole, media_type)
        except (Gone, ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as fault:
            raise Invalid(FieldError("files", UNREADABLE)) from fault
        if len(words) > load_rules().most_characters:
            raise Invalid(FieldError("files", LONG))
        texts.append(words)
    return {"files": "\n".join(texts)} if texts else {}


def read_words(whole: bytes, media_type: str) -> str:
    """What people wrote in a file; raises `Invalid` where pictures lie in it, `ValueError` for one that is damaged."""
    if media_type == TEXT:
        return whole.decode("utf-8-sig", errors="replace")
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = archive.infolist()
        if any(INSIDE.search(part.filename) and not THUMBNAIL.match(part.filename) for part in parts):
            raise Invalid(FieldError("files", PICTURES))
        said = [part for part in parts if WORDS.match(part.filename)]
        if sum(part.file_size for part in said) > MOST:
            raise Invalid(FieldError("files", LONG))
        return "\n".join(_plain(archive.read(part)) for part in said)


def _plain(part: bytes) -> str:
    """The words between the marks: within a paragraph they follow each other, as a name that is half bold does."""
    text = part.decode("utf-8", errors="replace")
    ended = re.sub(r"</(w:p|text:p|text:h|si|row|w:tab|t|v|dc:creator|cp:lastModifiedBy)>", "\n", text)
    return re.sub(r"\n{2,}", "\n", MARKS.sub("", ended))
