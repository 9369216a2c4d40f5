"""Who is who: pseudonyms and age bands in place of people, and what in free text still tells who somebody is.

Names are taken out of what is offered to send, and looked for again in what is about to be sent: a lead edits the text
in between, and knows names that stand in no record. Nothing is changed behind anybody's back: what is found is shown,
and whoever sends it decides. Finding too much costs a look; finding too little cannot be taken back.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from safeguard.channel.bodies import AgeBand
from safeguard.errors import FieldError, Invalid
from safeguard.evidence.packs.everyday import ALSO_WORDS
from safeguard.incidents.story import Person
from safeguard.people.person import Contact
from safeguard.work import Work

LINKED: Final = """
select p.id, p.given_name, p.family_name, p.known_as, p.former_names, p.born_on, p.group_name,
    p.contacts::text as contacts
from public.people p
where p.organisation_id = (select sec.current_organisation()) and p.id = any ($1::uuid[])
"""
BANDS: Final[tuple[tuple[int, AgeBand], ...]] = (
    (5, "under_5"), (8, "5_to_7"), (11, "8_to_10"), (14, "11_to_13"), (16, "14_to_15"), (18, "16_to_17"),
)  # fmt: skip
"""Younger than so many years: the band."""
KINDS: Final = {"child": "Child", "adult": "Adult"}
TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "sir", "prof", "coach"})
SOFT: Final = frozenset({"perhaps", "near", "group"})
SHORTEST: Final = 3
SHORTEST_FOUND: Final = 2
"""Li, Bo, Ng: shown to whoever sends it, with a capital only; never exchanged, for "An" begins a sentence too."""
HANDLE: Final = re.compile(r"(?<![\w@./])@[\w.]{2,}|(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.+-]+")
"""An address begins and ends where its letters do: a long run of them is read once, not once from each letter."""
TELEPHONE: Final = re.compile(r"(?<!\w)(?:\+44\s?|0)(?:\d[\s-]?){9,10}(?!\w)")
POSTCODE: Final = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b")
DAY: Final = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d\d\b")
_contacts: Final = msgspec.json.Decoder(tuple[Contact, ...])
PATTERNS: Final = (("handle", HANDLE), ("telephone", TELEPHONE), ("postcode", POSTCODE), ("day", DAY))


MOST_FOUND: Final = 500
"""So many different names, numbers and addresses of one text are shown."""
TOO_MANY: Final = (
    f"More than {MOST_FOUND} different names, numbers or addresses stand here: too many to look at. Send the part that"
    " matters."
)


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody of the incident, as they may be sent: under a pseudonym, with all the names they must not be sent by."""

    person: Person
    pseudonym: str
    names: tuple[str, ...]
    age_band: AgeBand
    around: tuple[str, ...] = ()
    """Their parents, carers and social workers, by whose names they are known too."""
    group: str = ""
    """Their class, team or unit."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something in a text that may tell who somebody is."""

    field: str
    kind: str
    """name, handle, telephone, postcode, day, known, number; perhaps, near, group: likely something else."""
    words: str

    @property
    def soft(self) -> bool:
        """Whether it is shown and no more: whoever sends it need not say that it is meant."""
        return self.kind in SOFT


async def name_people(work: Work, people: Sequence[Person], today: date) -> tuple[Named, ...]:
    """Everybody in the incident, with what the list of people knows of their names and ages."""
    rows = await work.driver.fetch(LINKED, [person.person_id for person in people if person.person_id])
    known = {row["id"]: row for row in rows}
    pseudonyms = pseudonyms_of(people)
    return tuple(_named(person, pseudonyms[person.id], known, today) for person in people)


def pseudonyms_of(people: Sequence[Person]) -> dict[UUID, str]:
    """ "Child A", "Child B", "Adult A": in the order of the report."""
    counts: dict[str, int] = {}
    made: dict[UUID, str] = {}
    for person in people:
        kind = KINDS.get(person.kind, "Person")
        made[person.id] = f"{kind} {_letters(counts.get(kind, 0))}"
        counts[kind] = counts.get(kind, 0) + 1
    return made


def age_band(born_on: date | None, kind: str, today: date) -> AgeBand:
    """How old somebody is, roughly."""
    if born_on is None:
        return "adult" if kind == "adult" else "unknown"
    age = today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
    for below, band in BANDS:
        if age < below:
            return band
    return "adult"


def softened(text: str, people: Iterable[Named]) -> str:
    """The text with a pseudonym in the place of each name that is known, the longest first."""
    pairs = [(name, named.pseudonym) for named in people for name in (*named.names, *_parts(named.names))]
    for name, pseudonym in sorted(pairs, key=lambda pair: -len(pair[0])):
        text = _pattern(name).sub(pseudonym, text)
    return text


def find(
    texts: Mapping[str, str],
    people: Iterable[Named],
    accounts: str = "",
    *,
    named: Iterable[str] = (),
    more: Iterable[tuple[str, re.Pattern[str]]] = (),
) -> tuple[Found, ...]:
    """What in these texts, by field, may tell who somebody is; each once; of a text up to one more than is shown.

    `named` are names beside those of `people`, and `more` further kinds with their patterns.
    """
    every = [*named, *(name for person in people for name in (*person.names, *person.around))]
    names = {*every, *_parts(every, SHORTEST_FOUND)}
    handles = {word for word in re.split(r"[\s,;]+", accounts) if len(word) > SHORTEST}
    patterns = [("name", _pattern(name)) for name in sorted(names, key=len, reverse=True)]
    patterns += [("handle", re.compile(re.escape(word), re.IGNORECASE)) for word in sorted(handles)]
    every_pattern = (*patterns, *PATTERNS, *more)
    return tuple(each for field, text in texts.items() for each in _found_in(field, text, every_pattern))


def _found_in(field: str, text: str, patterns: Iterable[tuple[str, re.Pattern[str]]]) -> Iterable[Found]:
    found: dict[str, Found] = {}
    for kind, pattern in patterns:
        for words in dict.fromkeys(match.group().strip() for match in pattern.finditer(text)):
            if not any(words in longer for longer in found):
                found[words] = Found(field, kind, words)
            if len(found) > MOST_FOUND:
                return found.values()
    return found.values()


def check_number(field: str, found: Collection[object]) -> None:
    """Raises `Invalid` for more in one text than anybody looks at one by one."""
    if len(found) > MOST_FOUND:
        raise Invalid(FieldError(field, TOO_MANY))


def _named(person: Person, pseudonym: str, known: Mapping[UUID, Mapping[str, object]], today: date) -> Named:
    row = known.get(person.person_id) if person.person_id else None
    names, born_on, around, group = [person.name], None, (), ""
    if row:
        group = str(row["group_name"]).strip()
        given, family, also = str(row["given_name"]), str(row["family_name"]), str(row["known_as"])
        former = row["former_names"]
        names += [f"{given} {family}", f"{also} {family}" if also else "", also]
        names += [str(name) for name in former] if isinstance(former, (list, tuple)) else []
        born_on = row["born_on"] if isinstance(row["born_on"], date) else None
        around = tuple(each.name for each in _contacts.decode(str(row["contacts"])) if len(each.name) >= SHORTEST)
    kept = tuple(dict.fromkeys(name.strip() for name in names if len(name.strip()) >= SHORTEST))
    return Named(person, pseudonym, kept, age_band(born_on, person.kind, today), around, group)


def _parts(names: Iterable[str], shortest: int = SHORTEST) -> list[str]:
    words = (word.strip(".,'()\"") for name in names for word in name.split())
    return [word for word in dict.fromkeys(words) if len(word) >= shortest and word.casefold() not in TITLES]


def _pattern(name: str) -> re.Pattern[str]:
    """A name as a word of its own, whatever its case; one that is also an English word only with a capital."""
    spaced = r"\s+".join(re.escape(word) for word in name.split())
    exact = name.casefold() in ALSO_WORDS or len(name) < SHORTEST
    return re.compile(rf"(?<!\w){spaced}(?!\w)", re.NOFLAG if exact else re.IGNORECASE)


def _letters(number: int) -> str:
    """A, B ... Z, AA, AB ..."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
