"""Passwords that somebody else would guess first (OWASP ASVS 5.0 §6.2.4, §6.2.11).

A password is refused when nothing is left of it after taking away common words, words of the organisation and of the
person, keyboard runs, repetitions, dates and marks; four different common words in a row are a pass phrase and stand.
It is refused too when zxcvbn, which knows the 30,000 passwords that were found most often in breaches, names, and the
words of films and of an encyclopaedia, would need fewer than `FEWEST_GUESSES` for it. There is no rule about kinds of
character. The road not taken: asking a breach service about each password, which would
tell another company when somebody here chooses one.
"""

import re
import string
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from zxcvbn import zxcvbn

FEWEST_GUESSES: Final = 10**8
"""Where the library's own scale begins to call a password safe from whoever can only try it at a sign-in page."""
LOOKED_AT: Final = 40
"""Characters that are counted: its work grows with the square of them, and what is longer is strong by then."""
LEFT_OVER = 4
"""So many different characters that no list explains make the whole a guess of its own."""
PHRASE = 4
"""So many different common words make a pass phrase."""

_RUNS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedcrfvtgbyhnujm", "01234567890")
_LOOKALIKES = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
_SHORTEST_OWN_WORD = 3
_SHORTEST_RUN = 4
_DIGITS_OF_A_DATE = 8


def is_guessable(password: str, own_words: Iterable[str] = ()) -> bool:
    """Whether `password` is nothing but what a stranger, or someone who knows the place, would try.

    `own_words` are names: of the organisation, the person, their address. Case, accents and look-alike digits
    ("P4ssw0rd") make no difference.
    """
    own = _words_in(own_words)
    words = common_words() | own
    if any(_explained(reading, words) for reading in _readings(password)):
        return True
    return bool(zxcvbn(_fold(password)[:LOOKED_AT], user_inputs=sorted(own))["guesses"] < FEWEST_GUESSES)


@cache
def common_words() -> frozenset[str]:
    """The list that comes with the program."""
    lines = (Path(__file__).parent / "common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(_fold(line) for line in lines if line and not line.startswith("#"))


def _readings(password: str) -> tuple[str, str]:
    folded = _fold(password)
    return folded, folded.translate(_LOOKALIKES)


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _words_in(texts: Iterable[str]) -> frozenset[str]:
    found = {word for text in texts for word in re.findall(r"\w+", _fold(text))}
    return frozenset(word for word in found if len(word) >= _SHORTEST_OWN_WORD)


def _explained(password: str, words: frozenset[str]) -> bool:
    known: set[str] = set()
    left = ""
    at = 0
    while at < len(password):
        size = _known_at(password, at, words)
        known |= {password[at : at + size]} if size else set()
        left += "" if size else password[at]
        at += size or 1
    return len(_telling(left)) < LEFT_OVER and len(known) < PHRASE


def _telling(left: str) -> set[str]:
    """The characters that nothing explains: letters and signs of any script; digits when there are more than a date."""
    digits = [letter for letter in left if letter.isdigit()]
    explained = set(digits) if len(digits) <= _DIGITS_OF_A_DATE else set()
    return set(left) - explained - set(string.punctuation + string.whitespace)


def _known_at(password: str, at: int, words: frozenset[str]) -> int:
    return max(_word_at(password, at, words), _run_at(password, at))


def _word_at(password: str, at: int, words: frozenset[str]) -> int:
    longest = min(len(password) - at, max(map(len, words)))
    return next((size for size in range(longest, 2, -1) if password[at : at + size] in words), 0)


def _run_at(password: str, at: int) -> int:
    """The length of an alphabet or keyboard run that starts here, in either direction."""
    return max((_common_start(password[at:], run) for run in _all_runs()), default=0)


@cache
def _all_runs() -> tuple[str, ...]:
    both = [*_RUNS, *(run[::-1] for run in _RUNS)]
    return tuple(run[start:] for run in both for start in range(len(run) - _SHORTEST_RUN + 1))


def _common_start(text: str, run: str) -> int:
    size = 0
    while size < min(len(text), len(run)) and text[size] == run[size]:
        size += 1
    return size if size >= _SHORTEST_RUN else 0
