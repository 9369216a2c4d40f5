"""One name as it is written in many ways: a telephone's apostrophe, a word processor's hyphen, letters in pieces.

Whoever looks for a name in words makes the words `composed`, and looks with a pattern of `letters`; two names are the
same where their `straight` spellings are.
"""

import re
import unicodedata
from typing import Final

APOSTROPHES: Final = "'’‘ʼʻʹ`´′＇"
HYPHENS: Final = "-‐‑‒–−﹣－"
UNSEEN: Final = "\u00ad\u200b\u2060\ufeff"
"""Where a line may break, or may not; nobody sees them, and they stand in what was copied from a document."""
_COMPOSED: Final = str.maketrans("", "", UNSEEN)
_STRAIGHT: Final = str.maketrans(dict.fromkeys(APOSTROPHES, "'") | dict.fromkeys(HYPHENS, "-"))


def composed(text: str) -> str:
    """As it reads: each letter one character (NFC), and nothing between them that nobody sees."""
    return unicodedata.normalize("NFC", text).translate(_COMPOSED)


def straight(text: str) -> str:
    """As it reads, with the apostrophe and the hyphen of a keyboard, whichever it was written with."""
    return composed(text).translate(_STRAIGHT)


def letters(word: str) -> str:
    """A pattern for the word in composed text, however its apostrophes, hyphens and sharp s are written."""
    told = re.escape(straight(word)).replace("'", f"[{APOSTROPHES}]").replace(r"\-", f"[{re.escape(HYPHENS)}]")
    return told.replace("ss", "(?:ss|ß)")
