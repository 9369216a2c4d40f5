"""What a file may be, by what it begins with: a short list of documents, pictures, sound and messages.

An allow-list of our own rather than a library that knows thousands of types: those answer with degrees of confidence,
and what is not on this list need not be recognised to be refused. Never by the name alone; but a name that promises
something else than the content is, in a way that can harm, is refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

HEAD: Final = 4096
"""How many bytes are looked at before anything is stored."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file that may be attached."""

    media_type: str
    says: str
    extensions: tuple[str, ...]
    begins: Callable[[bytes], bool]

    @property
    def extension(self) -> str:
        """What a copy of it is called."""
        return self.extensions[0]


def _with(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(beginnings)


def _office(part: bytes) -> Callable[[bytes], bool]:
    """An Office Open XML document, whose first entries name its parts; which one is told by its directory."""
    return lambda head: head.startswith(b"PK\x03\x04") and part in head


def _brand(*brands: bytes) -> Callable[[bytes], bool]:
    """ISO base media (ISO/IEC 14496-12): a size, `ftyp`, and a brand."""
    return lambda head: head[4:8] == b"ftyp" and head[8:12] in brands


def is_text(head: bytes) -> bool:
    """Readable text and nothing that a browser would run."""
    try:
        text = head.decode("utf-8-sig", errors="strict")
    except UnicodeDecodeError as fault:
        if fault.start < len(head) - 4:  # a letter may be cut in two at the end of what is looked at
            return False
        text = head[: fault.start].decode("utf-8-sig", errors="replace")
    return not holds_controls(text) and not is_markup(text)


def holds_controls(text: str) -> bool:
    """Whether it holds what no keyboard types: then it is no text."""
    return _CONTROLS.search(text) is not None


def is_markup(text: str) -> bool:
    """What a browser or a drawing program would take for a page of its own."""
    return _MARKUP.search(text) is not None


_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_MARKUP = re.compile(r"<(html|script|svg|!doctype|\?xml|body|iframe|img)", re.IGNORECASE)


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
OPEN_TEXT = "application/vnd.oasis.opendocument.text"
OPEN_SHEET = "application/vnd.oasis.opendocument.spreadsheet"
PDF = "application/pdf"
TEXT = "text/plain"

KINDS: Final[tuple[Kind, ...]] = (
    Kind(PDF, "a PDF", ("pdf",), _with(b"%PDF-")),
    Kind("image/png", "a PNG picture", ("png",), _with(b"\x89PNG\r\n\x1a\n")),
    Kind("image/jpeg", "a JPEG picture", ("jpg", "jpeg", "jfif"), _with(b"\xff\xd8\xff")),
    Kind("image/webp", "a WebP picture", ("webp",), lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    Kind("image/gif", "a GIF picture", ("gif",), _with(b"GIF87a", b"GIF89a")),
    Kind("image/heic", "a HEIC picture", ("heic", "heif"), _brand(b"heic", b"heix", b"mif1", b"hevc")),
    Kind(OPEN_TEXT, "an OpenDocument text", ("odt",), _office(b"mimetype" + OPEN_TEXT.encode())),
    Kind(OPEN_SHEET, "an OpenDocument spreadsheet", ("ods",), _office(b"mimetype" + OPEN_SHEET.encode())),
    Kind(WORD, "a Word document", ("docx",), _office(b"")),
    Kind(SHEET, "an Excel workbook", ("xlsx",), _office(b"")),
    Kind(SLIDES, "a PowerPoint presentation", ("pptx",), _office(b"")),
    Kind("audio/mpeg", "an MP3 recording", ("mp3",), _with(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    Kind("audio/mp4", "an M4A recording", ("m4a",), _brand(b"M4A ", b"M4B ")),
    Kind("audio/wav", "a WAV recording", ("wav",), lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE"),
    Kind(TEXT, "plain text", ("txt", "csv", "md", "log", "eml", "ics", "vcf"), is_text),
)
BY_TYPE: Final = {kind.media_type: kind for kind in KINDS}
OFFICE: Final = {"word/document.xml": WORD, "xl/workbook.xml": SHEET, "ppt/presentation.xml": SLIDES}
"""The part that makes an Office document what it is."""

SAID: Final = "PDF, Word, Excel, PowerPoint or OpenDocument, a picture, a sound recording, or plain text"


def kind_of(head: bytes) -> Kind | None:
    """The first kind that begins so; what of the Office documents it is, only its end tells."""
    return next((kind for kind in KINDS if kind.begins(head)), None)


def file_name_for(name: str, media_type: str) -> str:
    """What a copy is called: as it came, with an ending that tells what it is."""
    kind = BY_TYPE[media_type]
    stem, dot, ending = name.rpartition(".")
    if dot and ending.lower() in kind.extensions:
        return name
    return f"{stem if dot and stem else name}.{kind.extension}"
