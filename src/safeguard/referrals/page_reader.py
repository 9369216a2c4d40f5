"""The process that looks into one PDF: the document on standard input; what it found, as JSON, on standard output.

It imports nothing of ours, opens nothing, and may take only so much time and memory: a document can be made so that
reading it never ends. What is found is {"fault": code} for one that has to stay, {"words": text} for one that may go.
Every object of the document is looked at, whether or not a page shows it: in what a page does not show, something can
travel too.
"""

import contextlib
import io
import json
import re
import resource
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from pypdf import PdfReader, overwrite_configuration
from pypdf.generic import (
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

SECONDS: Final = 20
"""Of the processor; a letter takes less than one."""
MEMORY: Final = 500_000_000
"""Bytes; Python and the library take 70 MB of it."""
LIMITS: Final = (
    (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0),
)  # fmt: skip
MOST_PAGES: Final = 300
MOST_OBJECTS: Final = 50_000
MOST_UNPACKED: Final = 20_000_000
"""Bytes of one stream."""
MOST_UNPACKED_TOGETHER: Final = 100_000_000
MOST_CHARACTERS: Final = 2_000_000

PICTURE: Final = re.compile(rb"/(?:Image|DCTDecode|JPXDecode|CCITTFaxDecode|JBIG2Decode)(?![A-Za-z0-9])")
"""What only a picture says of itself, in the clear: the dictionary of a stream is never packed."""
CARRIED: Final = re.compile(rb"/EmbeddedFiles?(?![A-Za-z0-9])")
ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
BEGINS: Final = re.compile(rb"(?:^|[\s\]>)}])BI(?=[\s%/])")
SPACES: Final = re.compile(rb"\s*")
LINE_END: Final = re.compile(rb"[\r\n]|$")
KEY: Final = re.compile(rb"/(?:#|W|H|BPC|CS|F|D|I|L|C)")
RUNS: Final = {"/JavaScript", "/JS", "/Launch", "/XFA", "/SubmitForm", "/ImportData"}
HOLDS: Final = {"/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia", "/Sound", "/Movie", "/Rendition", "/3D", "/U3D"}
SHOWS: Final = {"/Image", "/DCTDecode", "/DCT", "/JPXDecode", "/CCITTFaxDecode", "/CCF", "/JBIG2Decode"}
SAYS: Final = {"/V", "/DV", "/Contents", "/T", "/TU", "/RC", "/Title", "/Author", "/Subject", "/Keywords", "/Alt",
               "/ActualText", "/E", "/Opt", "/URI"}  # fmt: skip
"""Keys under which a document holds what people wrote beside its pages: forms, notes, who they say wrote it."""
MARKS: Final = re.compile(r"<[^<>]*>")


class Stays(Exception):
    """The document has to stay, for a reason with a code."""


def main() -> None:
    """Read, look, say."""
    _bound()
    sys.stdout.write(json.dumps(verdict_on(sys.stdin.buffer.read())))


def verdict_on(whole: bytes) -> dict[str, str]:
    """What is said of a document, whatever it is."""
    try:
        return {"words": look(whole)}
    except Stays as verdict:
        return {"fault": str(verdict)}
    except Exception:  # noqa: BLE001  whatever it was, nobody can read this document
        return {"fault": "damaged"}


def look(whole: bytes) -> str:
    """The words of a document, those of its pages first; raises `Stays`."""
    in_the_clear = ESCAPED.sub(lambda code: bytes([int(code.group(1), 16)]), whole)
    if PICTURE.search(in_the_clear):
        raise Stays("pictures")
    if CARRIED.search(in_the_clear):
        raise Stays("files")
    overwrite_configuration(zlib_maximum_output_length=MOST_UNPACKED)
    reader = PdfReader(io.BytesIO(whole))
    if reader.is_encrypted:
        raise Stays("locked")
    beside = _together(_beside(reader))
    if len(reader.pages) > MOST_PAGES:
        raise Stays("long")
    shown = _together(_shown(reader))
    if not shown.strip():
        raise Stays("wordless")
    return f"{shown}\n{beside}"


def _together(passages: Iterator[str]) -> str:
    kept: list[str] = []
    characters = 0
    for passage in passages:
        kept.append(passage)
        characters += len(passage)
        if characters > MOST_CHARACTERS:
            raise Stays("long")
    return "\n".join(kept)


def _shown(reader: PdfReader) -> Iterator[str]:
    """The words of each page."""
    for page in reader.pages:
        contents = page.get_contents()
        if contents is not None and draws_inline(contents.get_data()):
            raise Stays("pictures")
        yield page.extract_text()


def draws_inline(data: bytes) -> bool:
    """Whether a picture may be drawn amid the words: `BI /W 8 /H 8 ... ID`, with blanks and remarks between.

    What looks like a remark may be none, inside a string, so every beginning counts. Each line is read once all the
    same: what follows the end of a line that an earlier beginning led over led to nothing then, and does so again.
    """
    line_end = led_to = -1
    for begins in BEGINS.finditer(data):
        at = _past_blanks(data, begins.end())
        while data[at : at + 1] == b"%":
            if at > line_end:
                found = LINE_END.search(data, at)
                line_end = found.start() if found else len(data)
            if line_end < led_to:
                break
            at = led_to = _past_blanks(data, line_end)
        if KEY.match(data, at):
            return True
    return False


def _past_blanks(data: bytes, at: int) -> int:
    found = SPACES.match(data, at)
    return found.end() if found else at


def _beside(reader: PdfReader) -> Iterator[str]:
    """What people wrote anywhere else in the document; raises `Stays` for what it carries."""
    numbers = [(number, generation) for generation, known in reader.xref.items() for number in known]
    numbers += [(number, 0) for number in reader.xref_objStm]
    if len(numbers) > MOST_OBJECTS:
        raise Stays("long")
    unpacked = 0
    for number, generation in [(0, 0), *sorted(set(numbers))]:
        one = reader.trailer if not number else reader.get_object(IndirectObject(number, generation, reader))
        yield from _inside(one)
        if isinstance(one, StreamObject):
            data = one.get_data()
            unpacked += len(data)
            if unpacked > MOST_UNPACKED_TOGETHER:
                raise Stays("long")
            if draws_inline(data):
                raise Stays("pictures")
            if one.get("/Type") == "/Metadata":
                yield MARKS.sub(" ", data.decode("utf-8", errors="replace"))


def _inside(one: PdfObject | None) -> Iterator[str]:
    """What is said in one object; what it points to is an object with a number of its own."""
    left: list[tuple[str, object]] = [("", one)]
    while left:
        key, each = left.pop()
        if isinstance(each, NameObject):
            _check(str(each))
        elif isinstance(each, DictionaryObject):
            for name, value in [(str(name), each.raw_get(name)) for name in each]:
                _check(name)
                left.append((name, value))
        elif isinstance(each, Sequence) and not isinstance(each, str | bytes):
            left += [(key, value) for value in each]
        elif isinstance(each, TextStringObject | ByteStringObject) and key in SAYS:
            yield each if isinstance(each, str) else each.decode("latin-1")


def _check(name: str) -> None:
    if name in SHOWS:
        raise Stays("pictures")
    if name in HOLDS:
        raise Stays("files")
    if name in RUNS:
        raise Stays("programs")


def _bound() -> None:
    """So much time and memory, and no file; where the system keeps no such limit, whoever waits gives up."""
    for what, most in LIMITS:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
