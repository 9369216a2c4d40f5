"""The fonts that a report is set in, and which characters they have.

Only our own: what a machine happens to have installed would change the bytes. PDF/A and PDF/UA refuse a document
with a character that no font has, so the coverage is read from the fonts themselves before one is set.
"""

import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from safeguard import paths
from safeguard.errors import Unavailable


@lru_cache(maxsize=1)
def font_folder() -> Path:
    """Where the fonts lie; raises `Unavailable` when the assets were never built."""
    folder = paths.ASSETS / "print"
    if not any(folder.glob("*.ttf")):
        raise Unavailable("The fonts for reports are missing. Build the assets: npm ci && npm run build in assets/.")
    return folder


@lru_cache(maxsize=4)
def covered(folder: Path) -> frozenset[int]:
    """The code points that at least one font in the folder has a glyph for, in its regular weight."""
    faces = (face.read_bytes() for face in sorted(folder.glob("*Regular.ttf")))
    return frozenset(point for face in faces for point in code_points(face))


def code_points(face: bytes) -> Iterator[int]:
    """The code points in a TrueType font's `cmap` (OpenType 1.9, formats 4 and 12)."""
    start = _table(face, b"cmap")
    (count,) = struct.unpack_from(">H", face, start + 2)
    for number in range(count):
        (offset,) = struct.unpack_from(">L", face, start + 8 + 8 * number)
        (form,) = struct.unpack_from(">H", face, start + offset)
        if form == 4:
            yield from _format_4(face, start + offset)
        elif form == 12:
            yield from _format_12(face, start + offset)


def _table(face: bytes, tag: bytes) -> int:
    (count,) = struct.unpack_from(">H", face, 4)
    for number in range(count):
        name, _, offset, _ = struct.unpack_from(">4s3L", face, 12 + 16 * number)
        if name == tag:
            return offset
    raise ValueError("the font has no such table")


def _format_12(face: bytes, at: int) -> Iterator[int]:
    (groups,) = struct.unpack_from(">L", face, at + 12)
    for number in range(groups):
        first, last, glyph = struct.unpack_from(">3L", face, at + 16 + 12 * number)
        yield from range(first + (glyph == 0), last + 1)


def _format_4(face: bytes, at: int) -> Iterator[int]:
    """Segments of ranges; a glyph of 0 means that there is none."""
    (doubled,) = struct.unpack_from(">H", face, at + 6)
    ends, starts = at + 14, at + 16 + doubled
    for segment in range(0, doubled, 2):
        (last,), (first,) = (
            struct.unpack_from(">H", face, ends + segment),
            struct.unpack_from(">H", face, starts + segment),
        )
        (delta,) = struct.unpack_from(">H", face, starts + doubled + segment)
        place = starts + 2 * doubled + segment
        (jump,) = struct.unpack_from(">H", face, place)
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = struct.unpack_from(">H", face, place + jump + 2 * (point - first))[0] if jump else point
            if glyph and (glyph + delta) % 0x10000:
                yield point
