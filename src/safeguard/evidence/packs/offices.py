"""Fields that say who it was, in free words: which of these are an office or a body, and which can only be a person's.

"Ofsted, notifications" and "The committee, with two parents" say who answers for something, and an inspector asks for
exactly that; "Robin" and "Jane Smith" are people. No program can tell a name from another word, but it can know the
words of offices and bodies: what is none of them, nor somebody who works here, is taken for a name.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from safeguard.evidence.packs.contents import RecordContent

WHO: Final = {
    "seat": re.compile(r"name"),
    "meeting": re.compile(r"present"),
    "signature": re.compile(r"name|for_name"),
    "duty": re.compile(r"done_by"),
    "disagreement": re.compile(r"by_name"),
    "objection": re.compile(r"held\.\d+\.by_name"),
    "entry": re.compile(r"contact_name"),
    "transfer": re.compile(r"by"),
}
"""The fields, by the kind of record."""
FAMILY: Final = "parents"
"""What a contact is filed under whose every name is a person's. Of any other contact "Meadow Surgery" and "Instagram"
would be taken for people wherever they stand: a body and a service are nobody there."""
_BODY: Final = re.compile(
    r"[^,;:/(\n]*\b(?:academy|agency|centre|charity|church|clinic|college|constabulary|council|hospital|limited|ltd"
    r"|nursery|practice|school|services?|surgery|trust|university)\s*(?:$|[,;:.)/(\n–—-])",
    re.IGNORECASE,
)
"""A name that ends in what a body is called: of "Jane Smith school nurse" nothing does."""
INSPECTORATES: Final = frozenset({"ofsted", "cqc", "ciw", "estyn", "rqia", "isi", "inspectorate"})
REGULATORS: Final = frozenset({"ofsted", "regulator"})
"""What a contact with the inspectorate is filed under."""
_WORD: Final = re.compile(r"[\w'’.-]*\w[\w'’-]*\.?")
_TITLES: Final = frozenset({
    "mr", "mrs", "ms", "miss", "mx", "dr", "sir", "prof", "rev", "auntie", "uncle", "pc", "dc", "ds", "di", "pcso",
    "sgt", "sergeant", "constable", "detective", "cllr", "councillor",
})  # fmt: skip
_WORDS: Final = """
a academy adults advice adviser advisor agency all an and anti-bullying assistant at auditor authority barnardo
board body both borough by camhs care carer carers ceop chair chief child childline children club coach coaches
college commission committee company consultant council county dad department deputy designated desk dfe director
district dpo dsl duty education eight emergency executive external family father federation five for form four from
governing governor governors gp group guardian head headteacher health helpline hospital in independent individual
inspector inspectors internet iwf key lado lead learning line local manager mash member members mother mum nhs nine
nominated notification notifications nspcc nurse of office officer officers on one online ombudsman other our panel
parent parents pastoral people person phone platform police posh principal protection provider public pupil pupils
quality reception referral referrals regional registered registrar regulator representative resident residents
responsible review reviewing safeguarding samaritans school secretary senior service services seven six social some
staff support surgery switchboard teacher teachers team technician telephone ten the their three to treasurer trust
trustee trustees tutor two visitor visitors welfare with worker workers youth
"""
OFFICES: Final = INSPECTORATES | frozenset(_WORDS.split())
"""Words that name an office, a body or a number of people, and are nobody's name."""


def pieces_of(text: str, staff: re.Pattern[str] | None) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is taken for a person's; names of whoever works here are not."""
    at = 0
    for found in staff.finditer(text) if staff else ():
        yield from _runs(text[at : found.start()])
        yield found[0], False
        at = found.end()
    yield from _runs(text[at:])


def whole_names(names: Iterable[str]) -> re.Pattern[str] | None:
    """What finds any of these names, whole, in any case."""
    longest = sorted({" ".join(name.split()) for name in names if " " in name.strip()}, key=len, reverse=True)
    spaced = [r"\s+".join(map(re.escape, name.split())) for name in longest]
    return re.compile(rf"(?<!\w)(?i:{'|'.join(spaced)})(?!\w)") if spaced else None


def names_nobody(text: str, staff: re.Pattern[str] | None) -> bool:
    """Whether it is only of offices, bodies and people who work here."""
    return not any(is_person for _, is_person in pieces_of(text, staff))


def with_names(text: str, staff: re.Pattern[str] | None, stand_in: Callable[[str], str]) -> str:
    """The text with `stand_in` of each name in place of it."""
    return "".join(
        stand_in(without_title(piece)) if is_person else piece for piece, is_person in pieces_of(text, staff)
    )


def people_named(
    records: Iterable[RecordContent], staff: re.Pattern[str] | None, services: Iterable[str] = ()
) -> Iterator[str]:
    """Everybody whom these fields name and who does not work here, as written; `services` are platforms' names."""
    known = frozenset(name.casefold() for name in services)
    for record in records:
        for version in record.versions if record.kind in WHO else ():
            values = {name: json.loads(each.value) for name, each in version.fields.items() if each.value is not None}
            anybody = record.kind != "entry" or values.get("contact") == FAMILY
            for text in (each for name, each in values.items() if WHO[record.kind].fullmatch(name)):
                found = _people(text, staff, known, anybody=anybody) if isinstance(text, str) else ()
                yield from (name for name in found if name and not any(letter.isdigit() for letter in name))


def without_title(name: str) -> str:
    """Of "Mrs Underhill" the name."""
    return " ".join(word for word in name.split() if _bare(word) not in _TITLES)


def is_regulator(values: Mapping[str, Any]) -> bool:
    """Whether a contact was with the inspectorate, so that its reference is that of a notification."""
    words = _WORD.findall(str(values.get("contact_name") or ""))
    return values.get("contact") in REGULATORS or bool(INSPECTORATES.intersection(map(_bare, words)))


def _people(text: str, staff: re.Pattern[str] | None, services: frozenset[str], *, anybody: bool) -> Iterator[str]:
    """Whom a text names; where a contact may be a body (not `anybody`), what looks like a person's name alone."""
    pieces = list(pieces_of(text, staff))
    for at, (piece, is_person) in enumerate(pieces):
        name = without_title(piece)
        rest = piece + "".join(after for after, _ in pieces[at + 1 : at + 2])
        is_body = _BODY.match(rest) or piece.casefold() in services or not all(map(_begins_large, name.split()))
        if is_person and (anybody or not is_body):
            yield name


def _begins_large(word: str) -> bool:
    return word[:1].isupper()


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Words of a name that follow each other are one; what stands between is as it was written."""
    at, begun = 0, -1
    for word in _WORD.finditer(text):
        if _bare(word[0]) in OFFICES:
            continue
        if begun >= 0 and text[at : word.start()].strip(" \t\xa0"):
            yield text[begun:at], True
            begun = -1
        if begun < 0:
            yield text[at : word.start()], False
            begun = word.start()
        at = word.end()
    if begun >= 0:
        yield text[begun:at], True
    yield text[at:], False


def _bare(word: str) -> str:
    return word.casefold().strip(".'’-").removesuffix("'s").removesuffix("’s")
