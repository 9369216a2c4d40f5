"""Making every character of what people typed visible in print: none is lost, and none acts.

The text goes into the document as data, so markup is just letters. What remains are characters that the fonts lack
(Chinese or Thai, say), and characters that show nothing but change how their neighbours read: these are written as
[U+4E2D], so that a reader sees that something stands there and which. The data files have the text itself.
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

from safeguard.evidence.report.fonts import covered, font_folder

JOINERS = frozenset({0x200C, 0x200D, 0xFE0E, 0xFE0F})
"""Needed inside emoji, Persian and Indian words; harmless elsewhere."""
LONGEST_WORD = 24
BREAK = "\u200b"
"""Where a long word may be broken over two lines; shows nothing."""
_AFTER_HYPHENS = re.compile(r"(?<=\w-)(?=\w)")


def visible(text: str) -> str:
    """`text` with every character one that can be seen."""
    shown = text.replace("\r\n", "\n").translate(_table(font_folder()))
    if len(shown) <= LONGEST_WORD:
        return shown
    return "\n".join(_breakable(line) for line in shown.split("\n"))


class _Table(dict[int, str]):
    """What each code point is printed as, found out when it is first met."""

    def __init__(self, known: frozenset[int]) -> None:
        super().__init__({ord("\n"): "\n", ord("\r"): "\n", ord("\t"): "    "})
        self._known = known

    def __missing__(self, point: int) -> str:
        self[point] = shown = _shown(point, self._known)
        return shown


@lru_cache(maxsize=4)
def _table(folder: Path) -> _Table:
    return _Table(covered(folder))


def visible_all(value: Any) -> Any:
    """The same for every text in a structure of lists and dictionaries."""
    match value:
        case str():
            return visible(value)
        case list() | tuple():
            return [visible_all(each) for each in value]
        case dict():
            return {name: visible_all(each) for name, each in value.items()}
        case _:
            return value


def _shown(point: int, known: frozenset[int]) -> str:
    character = chr(point)
    if point in JOINERS:
        return character
    if point not in known or unicodedata.category(character) in {"Cc", "Cf", "Cn", "Co", "Cs"}:
        return f"[U+{point:04X}]"
    return character


def _breakable(line: str) -> str:
    return " ".join(word if len(word) <= LONGEST_WORD else _parted(word) for word in line.split(" "))


def _parted(word: str) -> str:
    """A long name is broken after its hyphens, and inside only what is still too long."""
    pieces = _AFTER_HYPHENS.split(word)
    return BREAK.join(piece if len(piece) <= LONGEST_WORD else _broken(piece) for piece in pieces)


def _broken(word: str) -> str:
    """Breaks at every few characters, never before a mark or joiner that belongs to the character before it."""
    pieces: list[str] = []
    for character in word:
        joins = unicodedata.combining(character) or ord(character) in JOINERS or 0x1F3FB <= ord(character) <= 0x1F3FF
        if pieces and (joins or len(pieces[-1]) % 8 or ord(pieces[-1][-1]) in JOINERS):
            pieces[-1] += character
        else:
            pieces.append(character)
    return BREAK.join(pieces)
