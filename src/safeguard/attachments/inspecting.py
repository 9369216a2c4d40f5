"""Looking at a file while it comes in: what it is, whether it is one thing only, and whether it can be checked at all.

Nothing is unpacked. Of the documents that are archives inside (Office, OpenDocument), the directory at the end says
how large they would become, what lies in them and whether they are locked; the last megabyte is kept for it.
"""

import re
import zipfile
from typing import Final

from safeguard.attachments.kinds import BY_TYPE, HEAD, OFFICE, PDF, SAID, TEXT, Kind, holds_controls, is_markup, kind_of
from safeguard.attachments.opendocument import Unclear, is_locked
from safeguard.attachments.tail import End
from safeguard.web.uploading import Refused

TAIL: Final = 1 << 20
MOST_UNPACKED: Final = 200_000_000
MOST_RATIO: Final = 100
MOST_PARTS: Final = 5_000
NESTED: Final = re.compile(r"\.(zip|7z|rar|gz|tar|jar|docm|xlsm|pptm|exe|dll|js|vbs|scr)$", re.IGNORECASE)
MACROS: Final = re.compile(r"vbaProject\.bin$|/activeX/|/embeddings/.*\.bin$", re.IGNORECASE)
HARMFUL_ENDINGS: Final = re.compile(
    "exe|com|bat|cmd|ps1|vbs|jse?|hta|msi|scr|jar|x?html?|svg|xml|php|lnk|iso|dll|sh|app|dmg|docm|xlsm|pptm|zip|rar|7z"
    "|gz|tar"
)

NOT_TAKEN: Final = f"Files of this kind cannot be attached. What can be: {SAID}."
ARCHIVE: Final = "This is an archive. Take out what is in it and attach each file by itself, so that each is checked."
LOCKED: Final = (
    "This file is locked with a password, so nobody can check it for viruses. Save a copy without the password, or "
    "print it to a new PDF, and attach that."
)
DISGUISED: Final = "The name of this file promises something else than its content is, so it was not taken."
TWO_THINGS: Final = "This file is two kinds of file at once, as harmful ones often are. Export it again first."
MARKUP: Final = "This is a web page or a drawing that can run programs. Attach a PDF or a picture of it instead."
TOO_MUCH_INSIDE: Final = "This document unpacks to far more than it seems, as harmful ones do, so it was not taken."
PROGRAM: Final = "This document carries a program or another archive inside. Save it as PDF and attach that."
UNREADABLE: Final = "This document is damaged: its own list of contents cannot be read. Save it anew, then try again."

_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_INSIDE = re.compile(
    rb"PK(?:\x05\x06\0{4}|\x03\x04[\0-\x3f]\0..[\0-\x63]\0)|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c", re.DOTALL
)
"""An archive that begins or ends somewhere within (APPNOTE 4.3.7, 4.3.16), by fields that chance does not give:
the four bytes of a mark alone stand in one large picture of some hundreds."""
_LOCKS = re.compile(rb"/(?:E|#45)(?:n|#6[eE])(?:c|#63)(?:r|#72)(?:y|#79)(?:p|#70)(?:t|#74)")
"""The name by which a PDF says that it is locked, any letter of it written as its number too (ISO 32000-1, 7.3.5)."""
_BETWEEN = 32
"""How many bytes of what came before are looked at again, for what a border cuts in two."""


class FileInspection:
    """One file, seen piece by piece."""

    def __init__(self, name: str, most: int) -> None:
        self._ending = name.rpartition(".")[2].lower() if "." in name else ""
        self._most = most
        self._head = b""
        self._kind: Kind | None = None
        self._tail = bytearray()
        self._seen = 0
        self._locked = False
        self._archive = False

    @property
    def most(self) -> int:
        """The most bytes that it may have."""
        return self._most

    def see(self, piece: bytes) -> None:
        """Look at the next piece; raises `Refused` as soon as it is known what it is."""
        if self._kind is None:
            self._head += piece
            if len(self._head) < HEAD:
                return self._keep(piece)
            self._begin()
        elif self._kind.media_type == TEXT:
            _check_text(piece)
        return self._keep(piece)

    def end(self) -> str:
        """What it is; raises `Refused`."""
        if self._kind is None:
            self._begin()
        kind = self._kind
        if kind is None:
            raise Refused(NOT_TAKEN)
        if kind.media_type == PDF and self._locked:
            raise Refused(LOCKED)
        if _is_package(kind):
            return self._package()
        if self._archive or b"PK\x05\x06" in self._tail[-66_000:]:
            raise Refused(TWO_THINGS)
        return kind.media_type

    def _begin(self) -> None:
        """Decide by the first bytes; of the pieces that came until then nothing was looked at."""
        head = self._head[:HEAD]
        self._kind = kind_of(head)
        if self._kind is None:
            raise Refused(_why_not(self._head))
        if HARMFUL_ENDINGS.fullmatch(self._ending):
            # An honest archive promises what it is: its refusal says what to do instead.
            raise Refused(ARCHIVE if self._ending == "zip" and head.startswith(_ARCHIVES) else DISGUISED)
        if self._kind.media_type == TEXT:
            if self._ending not in ("", *self._kind.extensions):
                raise Refused(DISGUISED)
            _check_text(self._head)

    def _keep(self, piece: bytes) -> None:
        self._seen += len(piece)
        looked = bytes(self._tail[-_BETWEEN:]) + piece
        self._locked = self._locked or _LOCKS.search(looked) is not None
        self._archive = self._archive or _INSIDE.search(looked) is not None
        self._tail += piece
        if len(self._tail) > 2 * TAIL:
            del self._tail[:-TAIL]

    def _package(self) -> str:
        parts = self._parts()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise Refused(TOO_MUCH_INSIDE)
        for part in parts:
            _check_part(part)
        if self._kind and self._kind.media_type.startswith("application/vnd.oasis"):
            self._check_open(parts)
            return self._kind.media_type
        found = next((OFFICE[part.filename] for part in parts if part.filename in OFFICE), None)
        if found is None:
            raise Refused(ARCHIVE)
        if self._ending and self._ending not in BY_TYPE[found].extensions:
            raise Refused(DISGUISED)
        return found

    def _parts(self) -> list[zipfile.ZipInfo]:
        """What the archive says that it holds, read from its end."""
        try:
            with zipfile.ZipFile(End(bytes(self._tail), self._seen)) as archive:
                return archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as fault:
            raise Refused(UNREADABLE) from fault

    def _check_open(self, parts: list[zipfile.ZipInfo]) -> None:
        try:
            locked = is_locked(parts, bytes(self._tail), self._seen)
        except Unclear as fault:
            raise Refused(UNREADABLE) from fault
        if locked:
            raise Refused(LOCKED)


def _check_text(piece: bytes) -> None:
    """A piece of a text may begin and end within a letter; markup in it, or what is no text, is refused."""
    text = piece.decode("utf-8", errors="replace")
    if is_markup(text):
        raise Refused(MARKUP)
    if holds_controls(text) or text.count("\ufffd") > 8:
        raise Refused(NOT_TAKEN)


def _is_package(kind: Kind) -> bool:
    return kind.media_type in OFFICE.values() or kind.media_type.startswith("application/vnd.oasis")


def _check_part(part: zipfile.ZipInfo) -> None:
    if part.flag_bits & 0x1:
        raise Refused(LOCKED)
    if part.file_size > MOST_RATIO * max(part.compress_size, 1) and part.file_size > 1_000_000:
        raise Refused(TOO_MUCH_INSIDE)
    if NESTED.search(part.filename) or MACROS.search(part.filename):
        raise Refused(PROGRAM)


def _why_not(head: bytes) -> str:
    if head.startswith(_OLE):
        return LOCKED if _ENCRYPTED_PACKAGE in head else NOT_TAKEN + " Save an older document in today's format."
    if head.startswith(_ARCHIVES):
        return ARCHIVE
    if is_markup(head[:HEAD].decode("utf-8", errors="replace")):
        return MARKUP
    return NOT_TAKEN
