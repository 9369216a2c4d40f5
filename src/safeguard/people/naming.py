"""Names in plain small letters: what a list is sorted by, and what the search compares.

"O'Brien" is kept as obrien and as o brien, "Smith-Jones" as smith jones: people type both. Letters of every script
are kept; accents are not, for who looks for Zoe means Zoë.
"""

import re
import unicodedata
from typing import Final

from safeguard.people.person import Person

MOST_TERMS: Final = 6
LONGEST_TERM: Final = 40
_PLAIN: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_APOSTROPHES: Final = re.compile(r"['’‘ʼ`´]")
_BETWEEN: Final = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Small letters and digits of any script, without accents, words parted by one space."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return _BETWEEN.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name in every way that people type them."""
    joined, parted = fold(_APOSTROPHES.sub("", text)), fold(text)
    return tuple(dict.fromkeys((*joined.split(), *parted.split())))


def terms_of(text: str) -> list[str]:
    """What somebody looks for: the first six words."""
    return [term[:LONGEST_TERM] for term in dict.fromkeys(fold(_APOSTROPHES.sub("", text)).split())][:MOST_TERMS]


def names_of(person: Person) -> tuple[str, ...]:
    """Every word of every name that somebody has or had."""
    names = (person.given_name, person.family_name, person.known_as, *person.former_names)
    return tuple(dict.fromkeys(word for name in names for word in words_of(name)))


def found_by(person: Person) -> str:
    """What the search compares: names, group and identifiers, with a blank around each word."""
    numbers = (fold(identifier.value).replace(" ", "") for identifier in person.identifiers)
    words = dict.fromkeys((*names_of(person), *words_of(person.group_name), *numbers))
    return f" {' '.join(word for word in words if word)} "


def sort_key(person: Person) -> str:
    """Family name first; what they are known as where there is none."""
    return fold(f"{person.family_name} {person.given_name}") or fold(person.known_as)


def twin_words(person: Person) -> tuple[str, str]:
    """The two words whose sound makes somebody's likely double: the first given and the last family name."""
    given, family = fold(person.given_name).split(), fold(person.family_name).split()
    return (given[0], family[-1]) if given and family else ("", "")
