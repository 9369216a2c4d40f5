"""What a program can read of a file without its own software: enough to find a name that must not leave.

Plain text whole; of an office document every part, so also who wrote it and what was struck out; of anything else the
bytes as they are, in which a document's own title and author mostly stand. The words on the pages of a PDF are mostly
packed and not found so: whoever chooses one has looked at it.
"""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from safeguard.attachments.kinds import TEXT
from safeguard.evidence.packs.spelling import straight
from safeguard.records.access.redacting import Marker

MOST_UNPACKED: Final = 50_000_000
"""Bytes of one document's parts that are looked through."""
SHORTEST: Final = 5
"""Letters of a phrase that is looked for in bytes that are no text: shorter ones stand in them by chance."""
MARKUP: Final = re.compile(r"<[^>]*>")


def told_in(whole: bytes, media_type: str, marker: Marker) -> str:
    """A phrase that is blacked out and stands in it, as far as can be read; empty for none."""
    if media_type == TEXT:
        return marker.find(whole.decode("utf-8-sig", errors="replace"))
    if whole.startswith(b"PK"):
        return next((found for text in _parts(whole) if (found := marker.find(text))), "")
    lowered = whole.replace(b"\0", b"").lower()
    said = straight(lowered.decode("utf-8", errors="ignore")).lower()
    return next((phrase for phrase in marker.phrases if _stands(phrase, lowered, said)), "")


def _stands(phrase: str, lowered: bytes, said: str) -> bool:
    """Whether it stands in these bytes, as UTF-8 however it is typed, or in one or two bytes a letter."""
    if len(phrase) < SHORTEST:
        return False
    return straight(phrase).lower() in said or phrase.lower().encode("latin-1", errors="ignore") in lowered


def _parts(whole: bytes) -> Iterator[str]:
    """Its parts, without their markup: once joined, since a word may be cut in two by it, and once kept apart."""
    left = MOST_UNPACKED
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        for info in archive.infolist():
            if left <= 0 or not info.filename.endswith((".xml", ".rels", ".txt")):
                continue
            with archive.open(info) as part:
                text = part.read(left).decode("utf-8", errors="replace")
            left -= len(text)
            yield MARKUP.sub("", text)
            yield MARKUP.sub(" ", text)
