"""Spotting names of people whom the organisation knows among the words of a text.

The words go to the one function of the database that compares them with the list of people and of members
(migrations/sql/88_spotting.sql), and only words of the text come back: no list of people crosses the wire, and nobody
learns of a record that they may not know of.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from safeguard.access.policy import Permission
from safeguard.people.naming import LONGEST_TERM, fold
from safeguard.work import Work

SPOT: Final = "select s.said, s.part from public.spot_names($1, $2) s"
SHORTEST_NUMBER: Final = 6
"""Digits and letters of an identifier; what is shorter is a year, a class or an age."""
_SENTENCE: Final = re.compile(r"[.!?:;\n“\"•]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: in plain small letters, and where it stands."""

    plain: str
    start: int
    end: int
    capital: bool
    """Written as a name is, as far as its script knows capitals."""
    begins: bool
    """Whether a sentence, a line or a quotation begins with it: its capital says nothing then."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """Which words are names: in plain small letters."""

    given: frozenset[str] = frozenset()
    family: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    wholes: frozenset[str] = frozenset()
    """Two words that are both one person's, as "ana brook"."""


async def spot(work: Work, texts: Iterable[Sequence[Word]]) -> Spotted:
    """What of these words the organisation knows as names; raises `Forbidden`."""
    work.require(Permission.REFERRAL_MAKE)
    words, pairs = set[str](), set[str]()
    for text in texts:
        plain = [word.plain for word in text]
        words.update(each for each in plain if _is_asked(each))
        pairs.update(f"{one} {other}" for one, other in pairwise(plain))
    if not words:
        return Spotted()
    rows = await work.driver.fetch(SPOT, sorted(words), sorted(pairs))
    return Spotted(**{name: frozenset(row["said"] for row in rows if row["part"] == part) for part, name in _PARTS})


def words_in(text: str) -> list[Word]:
    """The words of a text as names are compared: `fold`, but each with its place."""
    found: list[Word] = []
    start, plain = 0, ""
    for at, letter in enumerate(f"{text} "):
        kept = _plain(letter)
        if kept is None and plain:
            begins = not found or _SENTENCE.search(text, found[-1].end, start) is not None
            found.append(Word(plain, start, at, not text[start].islower(), begins))
            plain = ""
        elif kept:
            start = start if plain else at
            plain += kept
    return found


@lru_cache(maxsize=4_096)
def _plain(letter: str) -> str | None:
    """A letter in plain small letters; nothing for an accent that stands by itself; None for what parts words."""
    if plain := fold(letter):
        return plain.replace(" ", "")
    return "" if unicodedata.combining(letter) else None


def _is_asked(word: str) -> bool:
    if any(letter.isdigit() for letter in word):
        return SHORTEST_NUMBER <= len(word) <= LONGEST_TERM
    return True


_PARTS: Final = (("given", "given"), ("family", "family"), ("number", "numbers"), ("whole", "wholes"))
