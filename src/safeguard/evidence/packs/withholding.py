"""Withholding what was struck out: a pack says that a record was there, of which day and why it was struck, no more.

Whoever strikes something out of a register may do so because a child is named in it: no pack hands that on. As where a
pack is redacted, the digest of each value stays in its place, so that the log still vouches for the record, and nobody
can strike out a check that failed without the pack showing that something was struck out.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import msgspec

from safeguard.audit.documents import field_digest
from safeguard.evidence.packs.chapters import ObjectRef
from safeguard.evidence.packs.contents import FieldValue, RecordContent, VersionContent

MARK: Final = "struck_by_name"
"""The field of the version with which a record was struck out."""
STAYS: Final = frozenset({
    "changed_on", "checked_on", "dated_on", "due_on", "event_id", "held_on", "joined_on", "kind", "left_on",
    "recorded_at", "recorded_by_name", "reviewed_on", "since", "supports",
})  # fmt: skip
"""Fields that are told all the same: days, who recorded it, and of which event it is."""
WITH: Final[Mapping[str, str]] = {"attendance": "event_id"}
"""What says something of another record alone, and the field that names it: it is withheld with that one."""


def withhold_struck(records: Mapping[ObjectRef, RecordContent]) -> dict[ObjectRef, RecordContent]:
    """The records; of those that were struck out only the version that says so is whole, and nobody was there."""
    struck = {str(ref.id) for ref, record in records.items() if _is_struck(record)}
    return {
        ref: _withheld(record) if _is_struck(record) or _belongs_to(ref, record) & struck else record
        for ref, record in records.items()
    }


def _is_struck(record: RecordContent) -> bool:
    return any(MARK in version.fields for version in record.versions)


def _belongs_to(ref: ObjectRef, record: RecordContent) -> set[str]:
    """The ids of the records that it says something of."""
    if ref.kind not in WITH:
        return set()
    named = (version.fields.get(WITH[ref.kind]) for version in record.versions)
    return {msgspec.json.decode(each.value, type=str) for each in named if each and each.value}


def _withheld(record: RecordContent) -> RecordContent:
    versions = (each if MARK in each.fields else _emptied(each) for each in record.versions)
    return replace(record, versions=tuple(versions))


def _emptied(version: VersionContent) -> VersionContent:
    fields = {name: each if name in STAYS else _closed(name, each) for name, each in version.fields.items()}
    return replace(version, fields=fields)


def _closed(name: str, field: FieldValue) -> FieldValue:
    if field.value is None or field.salt is None:
        return field
    return FieldValue(None, None, field_digest(name, field.value.encode(), field.salt))
