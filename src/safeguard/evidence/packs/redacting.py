"""Redacting: names are left out of the records, and pseudonyms stand for them in the report.

A value is left out whole, with its salt, and its digest stays in its place, so that what remains still verifies. Left
out is every field that holds who somebody is, and every other one in which a name stands that the records know. Of
fields that say who did something in free words an office or a body stays: "Ofsted" is nobody's name. In the
report the same values are shown with "Person 1" in place of the name. Names that no record knows cannot be found by any
program, nor can one tell the name from the word in "ask will": whoever hands the pack on reads it first, and the cover
says how many such names there are.

Whoever works here is named, whole, also where they share a name with somebody in the records: who decided belongs to
the evidence, and half a name would say whose name the other half is. Who is somebody of the records too is a person.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from safeguard.audit.documents import field_digest
from safeguard.evidence.packs.contents import FieldValue, RecordContent, VersionContent
from safeguard.evidence.packs.halves import Halves, halves_of
from safeguard.evidence.packs.names import (
    NAMING,
    folded,
    pattern_of,
    pseudonyms_of,
    small_words,
    staff_in,
    without_initial,
)
from safeguard.evidence.packs.offices import WHO, is_regulator, names_nobody, people_named, whole_names, with_names
from safeguard.evidence.packs.spelling import composed, straight
from safeguard.tenancy.questions import Question

IDENTIFYING: Final = {
    "entry": re.compile(r"contact_reference"),
    "person": re.compile(
        r"given_name|family_name|known_as|former_names|born_on|address|notes|group_name|identifiers\..*|contacts\..*"
    ),
    "referral": re.compile(r"body"),
    "attachment": re.compile(r"name|note"),
    "voice": re.compile(r"asked"),
    "transfer": re.compile(r"receipt"),
}
"""Fields that say who somebody is, or hold what could, by the kind of record: always left out."""
BENEATH: Final = {
    "narrative": "narrative",
    "people": r"people\.\d+\.(?:name|group_name|notes)",
    "when": "happened_words",
    "where": "place_detail",
    "online": "accounts",
    "own_words": "child_words",
    "action": "immediate_action",
}
"""Of an incident: what is written beneath each question of its form. Which of them identify somebody, the profile says;
of a question of the organisation's own its answer says it, as the form said when it was asked."""
_ALWAYS: Final = r"people\.\d+\.person_id"
_ANSWER: Final = re.compile(r"answers\.(\d+)\.said")
_UNTELLABLE: Final = re.compile(r"referral\.body|person\.born_on|incident\.people\.\d+\.person_id")
WITHHELD: Final = "(withheld)"


@dataclass(frozen=True, slots=True)
class Redaction:
    """The names that the records of a pack know, each with what stands for it."""

    pseudonyms: Mapping[str, str]
    """Whole names, folded, and the parts of them as they are written."""
    pattern: re.Pattern[str] | None
    """What finds them; a group of it is the whole name of somebody who works here, and stays."""
    incident: re.Pattern[str]
    """Fields of an incident that say who somebody is, but for answers, each of which says so itself."""
    small: re.Pattern[str] | None
    """What finds parts of names that may be words as well, where they are written small and stay."""
    halves: Halves
    """What finds the unknown half of a name whose other half the records know."""
    staff: re.Pattern[str] | None = None
    """What finds the whole names of those who work here and are nobody of the records."""

    def record(self, record: RecordContent) -> RecordContent:
        """The record with its identifying values left out."""
        return replace(record, versions=tuple(self._version(record.kind, each) for each in record.versions))

    def told(self, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as a report shows them."""
        harmless = self._harmless(kind, values)
        return {
            name: self._said(kind, name, value, harmless)
            for name, value in values.items()
            if not self._dropped(kind, name, harmless)
        }

    def names(self, text: str) -> bool:
        """Whether a known name stands in it."""
        return bool(self.pattern and any(found.lastgroup is None for found in self.pattern.finditer(composed(text))))

    def unsure(self, texts: Iterable[str]) -> frozenset[str]:
        """Names that are words of every day too and stand in these texts written small, where they were left."""
        if self.small is None:
            return frozenset()
        return frozenset(found[0] for text in texts for found in self.small.finditer(composed(text)))

    def record_texts(self, records: Iterable[RecordContent]) -> Iterable[str]:
        """All that stays to be read of these records."""
        for record in records:
            for version in record.versions:
                yield from (_plain(field) for field in version.fields.values() if field.value is not None)

    def author(self, name: str) -> str:
        """Who did something: their name, or what stands for them where they are somebody of the records."""
        return self.pseudonyms.get(folded(name), name) if name else name

    def _version(self, kind: str, version: VersionContent) -> VersionContent:
        said = {name: json.loads(each.value) for name, each in version.fields.items() if each.value is not None}
        harmless = self._harmless(kind, said)
        fields = {name: self._field(kind, name, each, harmless) for name, each in version.fields.items()}
        return replace(version, fields=fields)

    def _field(self, kind: str, name: str, field: FieldValue, harmless: frozenset[str]) -> FieldValue:
        if field.value is None or field.salt is None:
            return field
        if not (self._identifies(kind, name, harmless) or self.names(_plain(field))):
            return field
        return FieldValue(None, None, field_digest(name, field.value.encode(), field.salt))

    def _said(self, kind: str, name: str, value: Any, harmless: frozenset[str]) -> Any:
        if kind in NAMING and NAMING[kind].fullmatch(name) and isinstance(value, str):
            return self._stand_in(value)
        if _says_who(kind, name) and isinstance(value, str):
            return with_names(composed(value), self.staff, self._stand_in)
        if self._identifies(kind, name, harmless):
            return WITHHELD if isinstance(value, str) else value
        return self._replaced(value)

    def _identifies(self, kind: str, name: str, harmless: frozenset[str]) -> bool:
        if name in harmless:
            return False
        if kind != "incident":
            said = kind in IDENTIFYING and IDENTIFYING[kind].fullmatch(name) is not None
            return said or _says_who(kind, name)
        if _ANSWER.fullmatch(name):
            return True
        return self.incident.fullmatch(name) is not None

    def _harmless(self, kind: str, said: Mapping[str, Any]) -> frozenset[str]:
        """Fields of this version that could say who somebody is and do not."""
        if kind == "incident":
            return _harmless_answers(said)
        found = {
            name
            for name, value in said.items()
            if _says_who(kind, name) and isinstance(value, str) and names_nobody(composed(value), self.staff)
        }
        return frozenset(found | ({"contact_reference"} if kind == "entry" and is_regulator(said) else set()))

    def _stand_in(self, name: str) -> str:
        return self.pseudonyms.get(folded(name), WITHHELD)

    def _dropped(self, kind: str, name: str, harmless: frozenset[str]) -> bool:
        """What a telling would try to read, and finds better not there than withheld."""
        if kind == "incident" and _ANSWER.fullmatch(name):
            return name not in harmless
        return _UNTELLABLE.fullmatch(f"{kind}.{name}") is not None

    def _replaced(self, value: Any) -> Any:
        match value:
            case str():
                return self._in_words(value)
            case list():
                return [self._replaced(each) for each in value]
            case dict():
                return {name: self._replaced(each) for name, each in value.items()}
            case _:
                return value

    def _in_words(self, text: str) -> str:
        """With what stands for each name; of "Sandra Brook", whose other half alone is known, neither half is left."""
        text, told, at = composed(text), "", 0
        for found in self.pattern.finditer(text) if self.pattern else ():
            before, beside = text[at : found.start()], found.end()
            if found.lastgroup is None:
                before = self.halves.before(before, found[0])
                beside = self.halves.after(text, found)
            told += before + self._pseudonym(found) + (f" {WITHHELD}" if beside > found.end() else "")
            at = beside
        return told + text[at:]

    def _pseudonym(self, found: re.Match[str]) -> str:
        if found.lastgroup is not None:
            return found[0]
        ways = (straight(found[0]), folded(found[0]), folded(without_initial(found[0])))
        return next((self.pseudonyms[way] for way in ways if way in self.pseudonyms), WITHHELD)


def redaction_of(
    records: Iterable[RecordContent],
    keep: Iterable[str] = (),
    staff: Iterable[str] = (),
    *,
    asked: Iterable[Question],
    services: Iterable[str] = (),
) -> Redaction:
    """What has to be left out of these records.

    `keep` are the names of whom they are given to, `staff` those of everybody who works here, `asked` what a report of
    this organisation asks, `services` the names of platforms, which are nobody's.
    """
    held, kept = list(records), [name for name in keep if name]
    everybody = [*staff, *staff_in(held)]
    known = pseudonyms_of(held, kept).wholes
    working = whole_names(name for name in everybody if folded(name) not in known)
    names = pseudonyms_of(held, kept, people_named(held, working, services))
    identifying = [BENEATH[each.code] for each in asked if each.identifies and each.code in BENEATH]
    incident = re.compile("|".join((_ALWAYS, *identifying)))
    small = {folded(part): words for part, words in names.parts.items() if folded(part) in names.given}
    found, left = pattern_of(names, everybody), small_words(names)
    return Redaction({**small, **names.wholes, **names.parts}, found, incident, left, halves_of(names.wholes), working)


def _plain(field: FieldValue) -> str:
    """A value's text: what JSON escapes is read, or a name with an accent would not be found."""
    return "\n".join(_texts(json.loads(field.value or "null")))


def _texts(value: Any) -> Iterable[str]:
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from _texts(each)
        case dict():
            for each in value.values():
                yield from _texts(each)
        case _:
            return


def _says_who(kind: str, name: str) -> bool:
    return kind in WHO and WHO[kind].fullmatch(name) is not None


def _harmless_answers(said: Mapping[str, Any]) -> frozenset[str]:
    """Answers whose question said, when it was asked, that they tell nobody who somebody is; what says nothing may."""
    answers = (name for name in said if _ANSWER.fullmatch(name))
    return frozenset(name for name in answers if said.get(name.removesuffix("said") + "identifies") is False)
