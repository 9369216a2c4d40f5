"""Whether an OpenDocument file is locked with a password: no flag of the archive tells, only what it says of itself.

Its manifest names each locked part (OpenDocument 1.3, part 2, 3.4 and 4.8.2), or all of it is one locked part. It is
looked for in the bytes rather than read as XML: whatever else is wrong with a manifest, this one word stands in it.
"""

import zipfile
import zlib
from collections.abc import Sequence
from typing import Final

from safeguard.attachments.tail import End

MOST_MANIFEST: Final = 8_000_000
MANIFEST: Final = "META-INF/manifest.xml"
WHOLLY: Final = "encrypted-package"
"""The one part of which a locked document may consist."""
WORD: Final = b"encryption-data"
WRITTEN: Final = ("content.xml", "styles.xml")

_FAULTS = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError)


class Unclear(Exception):
    """What it says of itself cannot be read."""


def is_locked(parts: Sequence[zipfile.ZipInfo], tail: bytes, size: int) -> bool:
    """Of a file of this size, of which this end was kept; raises `Unclear`.

    A manifest that stands before what was kept cannot be read. What is locked is stored as it is, because it cannot be
    pressed: then a document whose words are stored counts as locked.
    """
    if any(part.filename == WHOLLY for part in parts):
        return True
    manifests = [part for part in parts if part.filename == MANIFEST]
    if manifests and all(part.header_offset >= size - len(tail) for part in manifests):
        return any(WORD in _said(part, tail, size) for part in manifests)
    return any(
        part.filename in WRITTEN and part.file_size > 0 and part.compress_type == zipfile.ZIP_STORED for part in parts
    )


def _said(manifest: zipfile.ZipInfo, tail: bytes, size: int) -> bytes:
    """Its bytes, without those that a wider alphabet puts between."""
    if manifest.file_size > MOST_MANIFEST:
        raise Unclear
    try:
        with zipfile.ZipFile(End(tail, size)) as archive:
            said = archive.read(manifest).replace(b"\0", b"")
    except _FAULTS as fault:
        raise Unclear from fault
    if b"manifest" not in said or b"<!ENTITY" in said:
        raise Unclear
    return said
