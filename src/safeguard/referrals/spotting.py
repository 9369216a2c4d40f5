"""What of a text that is about to leave tells who somebody is: whoever is known here, linked to the incident or not.

Added to what `naming.find` sees of the incident's own people: everybody in the list of people and every member, by any
name that they have or had, and nearly so the incident's own people. A whole name counts however it is written. A given
name counts by itself, a family name where it has a capital; a word that is a name and a word ("Will", "May") counts
between other words only with its capital, and at the beginning of a sentence is shown as what it may be, no more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from anyio import to_thread

from safeguard.evidence.packs.everyday import SHORT, WORDS_TOO
from safeguard.people.naming import fold, words_of
from safeguard.people.spotting import Spotted, Word, spot, words_in
from safeguard.referrals.grouping import find_groups
from safeguard.referrals.naming import TITLES, Found, Named, check_number, find
from safeguard.work import Work

NEAR: Final = 4
"""Names of at least so many letters are looked for in other spellings too."""
LONGEST: Final = 5_000
"""So much of a run of names is compared with the others."""
TOGETHER: Final = 3
"""So many characters may stand between two words of one name: "Brook, Ana"."""


async def look_through(
    work: Work, texts: Mapping[str, str], people: Sequence[Named], accounts: str = ""
) -> tuple[Found, ...]:
    """Everything in these texts, by field, that may tell who somebody is; each once in a field, the surest first.

    Raises `Invalid` for more than anybody looks at. It takes its time over a long text, in a thread of its own.
    """
    words = await to_thread.run_sync(_words, texts)
    known = await spot(work, words.values())
    return await to_thread.run_sync(_look, texts, words, known, people, accounts)


def _words(texts: Mapping[str, str]) -> dict[str, list[Word]]:
    return {field: words_in(text) for field, text in texts.items()}


def _look(
    texts: Mapping[str, str], words: Mapping[str, Sequence[Word]], known: Spotted, people: Sequence[Named],
    accounts: str,
) -> tuple[Found, ...]:  # fmt: skip
    names = (name for named in people for name in (*named.names, *named.around))
    own = frozenset(part for name in names for part in words_of(name)) - TITLES
    found = [*find(texts, people, accounts), *find_groups(texts, people)]
    for field, text in texts.items():
        found += _known(field, text, words[field], known, own)
    return tuple(sorted(_once(found), key=lambda each: each.soft))


def _once(found: Iterable[Found]) -> Iterator[Found]:
    """Each once in a field, and none that stands in a longer one; raises `Invalid` for too many."""
    distinct: dict[str, dict[str, Found]] = {}
    for each in found:
        of_field = distinct.setdefault(each.field, {})
        of_field.setdefault(each.words, each)
        check_number(each.field, of_field)
    for of_field in distinct.values():
        yield from _longest(of_field.values())


def _longest(found: Iterable[Found]) -> Iterator[Found]:
    taken: list[tuple[str, str]] = []
    for each in sorted(found, key=lambda each: -len(each.words)):
        plain = f" {fold(each.words[:LONGEST])} "
        if not any(each.words in words and plain in whole for words, whole in taken):
            taken.append((each.words, plain))
            yield each


def _known(field: str, text: str, words: Sequence[Word], known: Spotted, own: frozenset[str]) -> Iterator[Found]:
    kinds = [_kind(word, known, own) for word in words]
    for at, (one, other) in enumerate(pairwise(words)):
        if f"{one.plain} {other.plain}" in known.wholes:
            kinds[at] = kinds[at + 1] = "known"
    for kind, run in _runs(text, words, kinds):
        yield Found(field, kind, text[run[0].start : run[-1].end])


def _kind(word: Word, known: Spotted, own: frozenset[str]) -> str:
    """What a word by itself is; empty for nothing."""
    if word.plain in known.numbers:
        return "number"
    if word.plain in TITLES:
        return ""
    if word.plain in own or word.plain in known.given or word.plain in known.family:
        return _name(word, known, own)
    return "near" if _is_near(word, own) else ""


def _name(word: Word, known: Spotted, own: frozenset[str]) -> str:
    """A name: surely, perhaps, or only a word."""
    is_word = word.plain in WORDS_TOO or len(word.plain) < SHORT
    if not word.capital:
        return "known" if not is_word and (word.plain in own or word.plain in known.given) else ""
    if len(word.plain) == 1:
        return ""
    return "perhaps" if is_word and word.begins else "known"


def _is_near(word: Word, own: frozenset[str]) -> bool:
    """Whether it is nearly one of the incident's own names: one slip of the pen, two in a long one."""
    if len(word.plain) < NEAR or (not word.capital and len(word.plain) < NEAR + 3):
        return False
    return any(len(name) >= NEAR and _alike(word.plain, name) for name in own)


def _alike(typed: str, name: str) -> bool:
    slips = 2 if len(name) > 2 * NEAR - 1 else 1
    if abs(len(typed) - len(name)) > slips or typed[0] not in name[:2]:
        return False
    if len(name) < NEAR + 2 and len(typed) == len(name):  # "have" is no "Hale", but "hael" is
        return sorted(typed) == sorted(name)
    return _slips(typed, name) <= slips


def _slips(one: str, other: str) -> int:
    """Letters missing, added, exchanged or in the wrong order: optimal string alignment."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        twice, before, row = before, row, [at]
        for to, wanted in enumerate(other, 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and (letter, one[at - 2]) == (other[to - 2], wanted):
                cost = min(cost, twice[to - 2] + 1)
            row.append(cost)
    return row[-1]


def _runs(text: str, words: Sequence[Word], kinds: Sequence[str]) -> Iterator[tuple[str, list[Word]]]:
    """Words that are found next to each other, as one; the surest of their kinds."""
    run: list[Word] = []
    kind = ""
    for word, now in zip(words, kinds, strict=True):
        if run and (not now or (now == "number") != (kind == "number") or not _follows(text, run[-1], word)):
            yield kind, run
            run = []
        if now:
            kind = _surer(kind, now) if run else now
            run.append(word)
    if run:
        yield kind, run


def _follows(text: str, one: Word, other: Word) -> bool:
    between = text[one.end : other.start]
    return len(between) <= TOGETHER and not other.begins


def _surer(one: str, other: str) -> str:
    return one if one not in ("perhaps", "near") else other


def sure(found: Iterable[Found]) -> tuple[Found, ...]:
    """What must be looked at before it leaves."""
    return tuple(each for each in found if not each.soft)
