"""Names: those that the records know, what stands for each, and the one pattern that finds them in words.

Whole names are looked for first, the longest first, whoever bears them: of a name that is found nothing else is found,
so that no half of it is left beside a pseudonym. Of somebody who works here the whole name is found as a group. A part
of a name that they share with somebody of the records is left out together with its title or initial, "Mrs Hale" and
"P. Hale": nobody can tell from the words who was meant.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from safeguard.evidence.packs.contents import RecordContent, VersionContent
from safeguard.evidence.packs.everyday import FOR_NAMES, is_everyday
from safeguard.evidence.packs.spelling import letters, straight

NAMING: Final = {
    "incident": re.compile(r"people\.\d+\.name"),
    "person": re.compile(r"given_name|family_name|known_as|former_names|contacts\.\d+\.name"),
}
"""Fields that hold a person's name, by the kind of record."""
STAFF: Final = {"training": re.compile(r"name|recorded_by_name"), "filter_duty": re.compile(r"name|recorded_by_name")}
WORKING: Final = re.compile(r"(?:author|owner|\w+_by)_name")
"""Fields that hold the name of somebody who works here: of these kinds, and of every other one."""
SHORTEST: Final = 2
"""Letters of a part of a name that is looked for by itself."""
NO_NAMES: Final = frozenset({
    "Not", "The", "And", "Unknown", "Another", "Somebody", "Someone", "Nobody", "Anonymous", "Pupil", "Teacher", "Mrs",
    "Miss", "Am", "An", "As", "At", "Be", "By", "Do", "Go", "He", "If", "In", "Is", "It", "Me", "My", "No", "Of", "On",
    "Or", "So", "To", "Up", "Us", "We",
})  # fmt: skip
"""What people write where a name is not known: by itself it names nobody, and stands in every other sentence."""
TITLE: Final = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Prof|Coach|Auntie|Uncle|Sister|Father|Rev)\.?\s+"


def folded(name: str) -> str:
    """The same for every way of writing a name: its blanks, its case, its apostrophes and hyphens."""
    return " ".join(straight(name).split()).casefold()


def without_initial(name: str) -> str:
    """Of "Morgan J. Hale" the name that the records know."""
    return re.sub(r"(?<=\s)\w\.?\s+", "", name)


class Pseudonyms(NamedTuple):
    """What stands for names."""

    wholes: dict[str, str]
    """By the whole name, folded."""
    parts: dict[str, str]
    """By a part of one, as it is written."""
    given: frozenset[str]
    """Those of the parts, folded, that are a name however they are written: given names that are no word as well."""


def pseudonyms_of(records: Sequence[RecordContent], keep: Sequence[str], also: Iterable[str] = ()) -> Pseudonyms:
    """What stands for each name and for each part of one; `keep` are left alone.

    `also` are names of which nothing says whose they are: of somebody whom the records name, they are theirs.
    """
    kept = {folded(name) for name in keep}
    kept_parts = {part.casefold() for name in keep for part in _parts(straight(name))}
    wholes: dict[str, str] = {}
    parts: dict[str, str] = {}
    given: set[str] = set()
    people = list(_people_in(records))
    told = {folded(name) for names in people for name in names}
    told |= {folded(part) for names in people for name in names for part in _parts(straight(name))}
    rest = dict.fromkeys(name for name in also if folded(name) not in told)
    for names in (*people, *((name,) for name in rest)):
        named = [name for name in map(straight, names) if folded(name) and folded(name) not in kept]
        if not named:
            continue
        telling = [name for name in named if " " in name] or named[:1]
        said = next((wholes[folded(name)] for name in telling if folded(name) in wholes), None)
        said = said or f"Person {len(set(wholes.values())) + 1}"
        given |= _given(named)
        for name in named:
            wholes.setdefault(folded(name), said)
            parts |= {
                part: said
                for part in _parts(straight(name))
                if part.casefold() not in kept_parts and _stands_alone(part)
            }
    parts = {part.upper(): said for part, said in parts.items() if len(part) > SHORTEST} | parts
    alone = frozenset(folded(part) for part in parts if folded(part) in given and not is_everyday(part))
    return Pseudonyms(wholes, parts, alone)


def _given(named: Sequence[str]) -> set[str]:
    """Of one person's names the words before the last, folded: a family name written small is mostly the word."""
    last = {folded(name.split()[-1]) for name in named if " " in name}
    return {folded(part) for name in named for part in _parts(" ".join(name.split()[:-1] or name.split()))} - last


def pattern_of(names: Pseudonyms, staff: Iterable[str]) -> re.Pattern[str] | None:
    """Whole names in any case, the longest first; of single words only given names, so that "mark" is no Mark."""
    wholes, parts = names.wholes, names.parts
    words = {word for whole in wholes for word in _parts(whole)}
    sharing = {folded(name): straight(name) for name in staff if words.intersection(_parts(folded(name)))}
    here = {name for name in sharing if " " in name and name not in wholes}
    whole = sorted({*here, *(name for name in wholes if " " in name)}, key=lambda name: (-len(name), name))
    full = [_of_staff(at, name) if name in here else _whole(name) for at, name in enumerate(whole)]
    halves = [half for name in sorted(here) for half in _halves(sharing[name], parts, whole)]
    single = list(
        dict.fromkeys(_word(part, names.given) for part in sorted(parts, key=lambda part: (-len(part), part)))
    )
    found = [*full, *dict.fromkeys(halves), *single]
    return re.compile(rf"(?<!\w)(?:{'|'.join(found)})(?!\w)") if found else None


def staff_in(records: Iterable[RecordContent]) -> Iterator[str]:
    """The names of whoever works here that stand in the records."""
    for record in records:
        of_kind = STAFF.get(record.kind, WORKING)
        for version in record.versions:
            for name, field in version.fields.items():
                if field.value is not None and of_kind.fullmatch(name):
                    yield from _said(field.value)


def _people_in(records: Iterable[RecordContent]) -> Iterator[tuple[str, ...]]:
    """Everybody's names, each with all that one record calls them by."""
    for record in records:
        if record.kind == "person":
            yield tuple(dict.fromkeys(name for version in record.versions for name in _own(version)))
        naming = NAMING.get(record.kind)
        for version in record.versions if naming else ():
            for name, field in version.fields.items():
                is_own = record.kind == "person" and not name.startswith("contacts.")
                if naming and naming.fullmatch(name) and field.value is not None and not is_own:
                    yield from ((said,) for said in _said(field.value))


def _own(version: VersionContent) -> Iterator[str]:
    """What somebody is called by the record of them, the whole names first."""
    values = {name: tuple(_said(field.value)) for name, field in version.fields.items() if field.value is not None}
    called = [name for field in ("given_name", "known_as") for name in values.get(field, ()) if name]
    yield from (f"{name} {family}" for family in values.get("family_name", ()) if family for name in called)
    for name in ("former_names", "known_as", "given_name", "family_name"):
        yield from values.get(name, ())


def _said(value: str) -> Iterator[str]:
    found = json.loads(value)
    if found is not None:
        yield from ([str(each) for each in found] if isinstance(found, list) else [str(found)])


def _of_staff(at: int, name: str) -> str:
    """With a title before it, where one stands."""
    return rf"(?P<staff{at}>(?:{TITLE})?{_whole(name)})"


def _whole(name: str) -> str:
    """In any case, with an initial inside it, where one stands."""
    first, rest = name.split(" ", 1)
    return rf"(?i:{letters(first)}\s+(?:\w\.?\s+)?{_spaced(rest)})"


def _halves(name: str, parts: Mapping[str, str], whole: Sequence[str]) -> Iterator[str]:
    """What stands for somebody who works here, where a bare part of it would be taken for somebody else's."""
    words = name.split()
    for word in words:
        if parts.keys() & set(_parts(straight(word))):
            initial = rf"(?:{re.escape(words[0][0])}\.?\s+)"
            before = rf"{TITLE}{initial}?|{initial}"
            longer = "|".join(_whole(name) for name in whole if name.startswith(f"{folded(word)} ")) or "(?!)"
            yield rf"(?:{before}){'?' if '-' in word else ''}(?!(?:{longer})(?!\w)){letters(word)}"


def _word(part: str, given: frozenset[str]) -> str:
    """A part of a name by itself: a given name however it is written, any other as a name is."""
    return f"(?i:{letters(folded(part))})" if folded(part) in given else letters(part)


def small_words(names: Pseudonyms) -> re.Pattern[str] | None:
    """What finds the other parts where they are written small, and stay."""
    asked = {folded(part) for part in names.parts if len(part) > SHORTEST} - names.given - FOR_NAMES
    words = sorted(map(letters, asked))
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)") if words else None


def _spaced(name: str) -> str:
    return r"\s+".join(letters(word) for word in name.split())


def _parts(name: str) -> list[str]:
    """The words of a name, and the halves of a double one."""
    words = name.split()
    return [*words, *(half for word in words if "-" in word for half in word.split("-") if half)]


def _stands_alone(part: str) -> bool:
    return len(part) >= SHORTEST and part[0].isupper() and part not in NO_NAMES
