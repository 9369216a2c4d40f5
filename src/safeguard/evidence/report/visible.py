"""Making every character of what people typed visible in print: none is lost, and none acts.

The text goes into the document as data, so markup is just letters. What remains are characters that the fonts lack
(Chinese or Thai, say), and characters that show nothing but change how their neighbours read: these are written as
[U+4E2D], so that a reader sees that something stands there and which. The data files have the text itself.
"""

import unicodedata
from typing import Any

from safeguard.evidence.report.fonts import covered, font_folder

JOINERS = frozenset({0x200C, 0x200D, 0xFE0E, 0xFE0F})
"""Needed inside emoji, Persian and Indian words; harmless elsewhere."""
LONGEST_WORD = 24
BREAK = "\u200b"
"""Where a long word may be broken over two lines; shows nothing."""


def visible(text: str) -> str:
    """`text` with every character one that can be seen."""
    known = covered(font_folder())
    shown = "".join(_shown(character, known) for character in text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(_breakable(line) for line in shown.split("\n"))


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


def _shown(character: str, known: frozenset[int]) -> str:
    point = ord(character)
    if character in "\n\t " or point in JOINERS:
        return character.replace("\t", "    ")
    if point not in known or unicodedata.category(character) in {"Cc", "Cf", "Cn", "Co", "Cs"}:
        return f"[U+{point:04X}]"
    return character


def _breakable(line: str) -> str:
    return " ".join(word if len(word) <= LONGEST_WORD else _broken(word) for word in line.split(" "))


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
