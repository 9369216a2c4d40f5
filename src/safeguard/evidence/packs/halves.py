"""Half-known names: "Sandra Brook", where the records know a Brook and no Sandra.

A pseudonym in place of the half that is known would leave the other: "Sandra Person 1" says who it is to anybody who
knows the family. So a word beside it that is written as a name is withheld with it: before a family name, and after a
given name. A word that only begins its sentence is told from a name by a list of those that do; what is on no list is
withheld, because a word too few costs a reader less than a name too many.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from safeguard.evidence.packs.everyday import FOR_NAMES
from safeguard.evidence.packs.offices import OFFICES
from safeguard.evidence.packs.spelling import APOSTROPHES, HYPHENS, straight

_MARKS: Final = re.escape(APOSTROPHES + HYPHENS)
_LEFT: Final = re.compile(rf"(?<![\w{_MARKS}])([^\W\d_][\w{_MARKS}]*)([ \t]+)$")
_RIGHT: Final = re.compile(rf"[ \t]+([^\W\d_]\w*(?:[{_MARKS}](?!s\b)\w+)*)")
"""O'Brien, whichever apostrophe it is written with; of Brook's, Brook."""
_WORDS: Final = """
about after afterwards again all also although although am and any are as asked at auntie aunt because been before both
brother but by called can coach cousin dad dear did do does dr during each either even every everybody everyone family
father following for friday friend from gave grandad grandma grandmother granny had has have having he her here him his
how however if in informed is it its january february july september october november
december just last later let like little mainly master maybe meanwhile met miss monday mother mr mrs ms mum mx my nan
neither next no nor not now of off on once one only or our out over per perhaps phoned poor prof rang rev said saturday
saw seen she should since sir sister so some soon spoke sunday tell that the their them then there these they this those
though through thursday to today together told tomorrow tuesday uncle under until up was we wednesday were what when
where whether which while who why with without would year yes yesterday yet you your young
"""
NO_HALF: Final = OFFICES | FOR_NAMES | frozenset(_WORDS.split())
"""Words that stand beside a name, are written large and are no part of it."""

INITIAL: Final = 1
"""Letters of what stands for a given name and tells none."""


@dataclass(frozen=True, slots=True)
class Halves:
    """The halves that the records know, folded."""

    given: frozenset[str]
    family: frozenset[str]
    keep: frozenset[str] = frozenset()
    """Words that stay: the names of whoever it is given to."""

    def before(self, text: str, name: str) -> str:
        """The text up to `name`, without an unknown given name that it ends in."""
        beside = self.beside(text, name)
        return text if beside is None else f"{text[: beside.start()]}(withheld){beside[2]}"

    def beside(self, text: str, name: str) -> re.Match[str] | None:
        """An unknown given name that the text up to `name` ends in, with the blank behind it."""
        known = straight(name).casefold()
        beside = _LEFT.search(text) if known in self.family and known not in self.given else None
        return None if beside is None or self._stays(beside[1]) else beside

    def after(self, text: str, found: re.Match[str]) -> int:
        """Where the name ends that `found` begins: behind an unknown family name, if one follows."""
        known = straight(found[0]).casefold()
        beside = _RIGHT.match(text, found.end()) if known in self.given and known not in self.family else None
        return found.end() if beside is None or self._stays(beside[1]) else beside.end()

    def _stays(self, word: str) -> bool:
        return straight(word).casefold() in self.keep or _is_no_half(word)


def halves_of(wholes: Iterable[str], keep: Iterable[str] = ()) -> Halves:
    """Of whole names, folded, the words before the last and the last; the words of `keep` are nobody's half."""
    names = [straight(name).split() for name in wholes if " " in name]
    own = frozenset(word.casefold() for name in keep for word in straight(name).split())
    given = frozenset(word for name in names for word in name[:-1])
    return Halves(given, frozenset(name[-1] for name in names), own)


def _is_no_half(word: str) -> bool:
    bare = word.casefold().strip("'’-").removesuffix("'s").removesuffix("’s")
    return not word[0].isupper() or len(bare) <= INITIAL or bare in NO_HALF
