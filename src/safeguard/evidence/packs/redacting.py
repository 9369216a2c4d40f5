"""Redacting: names are left out of the records, and pseudonyms stand for them in the report.

A value is left out whole, with its salt, and its digest stays in its place, so that what remains still verifies. Left
out is every field that holds who somebody is, and every other one in which a name stands that the records know. In the
report the same values are shown with "Person 1" in place of the name. Names that no record knows cannot be found by any
program: the cover says so, and whoever hands the pack on reads it first.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from safeguard.audit.documents import field_digest
from safeguard.evidence.packs.contents import FieldValue, RecordContent, VersionContent

NAMING: Final = {
    "incident": re.compile(r"people\.\d+\.name"),
    "person": re.compile(r"given_name|family_name|known_as|former_names|contacts\.\d+\.name"),
}
"""Fields that hold a person's name, by the kind of record."""
IDENTIFYING: Final = {
    "incident": re.compile(r"people\.\d+\.(name|group_name|notes|person_id)|accounts|place_detail|answers\.\d+\.said"),
    "entry": re.compile(r"contact_name|contact_reference"),
    "person": re.compile(
        r"given_name|family_name|known_as|former_names|born_on|address|notes|group_name|identifiers\..*|contacts\..*"
    ),
    "referral": re.compile(r"body"),
    "attachment": re.compile(r"name|note"),
    "voice": re.compile(r"asked"),
    "seat": re.compile(r"name"),
    "duty": re.compile(r"done_by"),
    "meeting": re.compile(r"present"),
    "signature": re.compile(r"name|for_name"),
}
"""Fields that say who somebody is, or hold what could, by the kind of record: always left out."""
_UNTELLABLE: Final = re.compile(r"referral\.body|person\.born_on|incident\.(people\.\d+\.person_id|answers\.\d+\.said)")
WITHHELD: Final = "(withheld)"
SHORTEST: Final = 3
"""Letters of a part of a name that is looked for by itself."""
NO_NAMES: Final = frozenset({
    "Not", "The", "And", "Unknown", "Another", "Somebody", "Someone", "Nobody", "Anonymous", "Pupil", "Teacher", "Mrs",
    "Miss",
})  # fmt: skip
"""What people write where a name is not known: by itself it names nobody, and stands in every other sentence."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """The names that the records of a pack know, each with what stands for it."""

    pseudonyms: Mapping[str, str]
    """Whole names, folded, and the parts of them as they are written."""
    pattern: re.Pattern[str] | None

    def record(self, record: RecordContent) -> RecordContent:
        """The record with its identifying values left out."""
        return replace(record, versions=tuple(self._version(record.kind, each) for each in record.versions))

    def told(self, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as a report shows them."""
        return {name: self._said(kind, name, value) for name, value in values.items() if not _dropped(kind, name)}

    def names(self, text: str) -> bool:
        """Whether a known name stands in it."""
        return bool(self.pattern and self.pattern.search(text))

    def _version(self, kind: str, version: VersionContent) -> VersionContent:
        return replace(version, fields={name: self._field(kind, name, each) for name, each in version.fields.items()})

    def _field(self, kind: str, name: str, field: FieldValue) -> FieldValue:
        if field.value is None or field.salt is None or not (_identifies(kind, name) or self.names(_plain(field))):
            return field
        return FieldValue(None, None, field_digest(name, field.value.encode(), field.salt))

    def _said(self, kind: str, name: str, value: Any) -> Any:
        if kind in NAMING and NAMING[kind].fullmatch(name) and isinstance(value, str):
            return self.pseudonyms.get(_folded(value), WITHHELD)
        if _identifies(kind, name):
            return WITHHELD if isinstance(value, str) else value
        return self._replaced(value)

    def _replaced(self, value: Any) -> Any:
        match value:
            case str():
                return self.pattern.sub(self._pseudonym, value) if self.pattern else value
            case list():
                return [self._replaced(each) for each in value]
            case dict():
                return {name: self._replaced(each) for name, each in value.items()}
            case _:
                return value

    def _pseudonym(self, found: re.Match[str]) -> str:
        return self.pseudonyms.get(found[0]) or self.pseudonyms.get(_folded(found[0])) or WITHHELD


def redaction_of(records: Iterable[RecordContent], keep: Iterable[str] = ()) -> Redaction:
    """What has to be left out of these records; `keep` are the names of whom they are given to."""
    kept = {_folded(name) for name in keep if name}
    wholes: dict[str, str] = {}
    for name in _names_in(records):
        folded = _folded(name)
        if folded and folded not in kept and folded not in wholes:
            wholes[folded] = f"Person {len(wholes) + 1}"
    parts = {part: said for whole, said in _written(records, wholes) for part in whole.split() if _stands_alone(part)}
    kept_parts = {part for name in keep for part in name.split()}
    parts = {part: said for part, said in parts.items() if part not in kept_parts}
    return Redaction({**wholes, **parts}, _pattern(wholes, parts))


def _pattern(wholes: Mapping[str, str], parts: Mapping[str, str]) -> re.Pattern[str] | None:
    """Whole names in any case, the longest first; single words as they are written, so that "mark" is no Mark."""
    longest_first = sorted((name for name in wholes if " " in name), key=lambda name: (-len(name), name))
    full = [rf"(?i:{re.escape(name)})".replace(r"\ ", r"\s+") for name in longest_first]
    single = [re.escape(part) for part in sorted(parts, key=lambda part: (-len(part), part))]
    return re.compile(rf"(?<!\w)(?:{'|'.join([*full, *single])})(?!\w)") if full or single else None


def _written(records: Iterable[RecordContent], wholes: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for name in _names_in(records):
        if said := wholes.get(_folded(name)):
            yield name, said


def _names_in(records: Iterable[RecordContent]) -> Iterable[str]:
    for record in records:
        naming = NAMING.get(record.kind)
        for version in record.versions if naming else ():
            for name, field in version.fields.items():
                if naming and naming.fullmatch(name) and field.value is not None:
                    value = json.loads(field.value)
                    yield from ([str(each) for each in value] if isinstance(value, list) else [str(value)])


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


def _identifies(kind: str, name: str) -> bool:
    return kind in IDENTIFYING and IDENTIFYING[kind].fullmatch(name) is not None


def _dropped(kind: str, name: str) -> bool:
    """What a telling would try to read, and finds better not there than withheld."""
    return _UNTELLABLE.fullmatch(f"{kind}.{name}") is not None


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _stands_alone(part: str) -> bool:
    return len(part) >= SHORTEST and part[0].isupper() and part not in NO_NAMES
