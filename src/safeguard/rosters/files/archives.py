"""A ZIP of tables, opened in memory and never on a disk, so that the names in it can name no place.

What it says about its own sizes is believed only as a reason to refuse: each table is unpacked up to a limit and not a
byte further; a member that is neither stored nor deflated is refused, for it may expand without bound in one call.
Folders are left out of names, for some products put one around everything.
"""

import io
import zipfile
from typing import Final

from safeguard.intake.sheets import NotATable

MOST_FILES: Final = 60
MOST_EACH: Final = 100_000_000
MOST_TOGETHER: Final = 250_000_000
_PIECE: Final = 1 << 20

BROKEN: Final = "This ZIP file cannot be opened. Download it from the system it comes from again, without a password."
TOO_BIG: Final = "This ZIP file unpacks to more than a roster ever is, so it was not opened further."
TOO_MANY: Final = f"This ZIP file holds more than {MOST_FILES} files. A roster has about twenty."
PACKED: Final = "This ZIP file is compressed in an unusual way. Make it again with the ordinary compression."
_ORDINARY: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
TWICE: Final = "This ZIP file holds two files called “{}”. Send one with only one of each."


def tables_of(content: bytes) -> dict[str, bytes]:
    """The CSV files by their names in small letters; raises `NotATable`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _unpacked(packed)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as fault:
        if isinstance(fault, NotATable):
            raise
        raise NotATable(BROKEN) from fault


def _unpacked(packed: zipfile.ZipFile) -> dict[str, bytes]:
    if len(packed.infolist()) > MOST_FILES:
        raise NotATable(TOO_MANY)
    if sum(part.file_size for part in packed.infolist()) > MOST_TOGETHER:
        raise NotATable(TOO_BIG)
    if any(part.compress_type not in _ORDINARY for part in packed.infolist()):
        raise NotATable(PACKED)
    found: dict[str, bytes] = {}
    for part in packed.infolist():
        name = part.filename.replace("\\", "/").rpartition("/")[2].lower()
        if part.is_dir() or not name.endswith(".csv") or name.startswith("."):
            continue
        if name in found:
            raise NotATable(TWICE.format(name[:60]))
        found[name] = _bounded(packed, part, MOST_TOGETHER - sum(map(len, found.values())))
    return found


def _bounded(packed: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> bytes:
    held, most = bytearray(), min(left, MOST_EACH)
    with packed.open(part) as pieces:
        while piece := pieces.read(_PIECE):
            held += piece
            if len(held) > most:
                raise NotATable(TOO_BIG)
    return bytes(held)
