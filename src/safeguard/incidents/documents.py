"""What each version of an incident and of an entry commits to in the verifiable log.

A field that is empty is left out: absent and empty mean the same, and what is not there needs no salt. The people are
fields of the incident's own document, one per fact (`people.2.role`), so that a redacted copy may show the role and
withhold the name. Times are written in UTC.
"""

from datetime import UTC, date, datetime
from typing import cast
from uuid import UUID

import msgspec

from safeguard.audit.documents import Document, JSONValue
from safeguard.incidents.story import Answer, Change, ChangeValue, Entry, Facts, Person

NOT_COMMITTED = {
    "id",
    "version",
    "recorded_by",
    "acknowledged_by",
    "closed_by",
    "assigned_to",
    "last_activity_at",
}
NOT_COMMITTED_PERSON = {"id", "position"}
NOT_COMMITTED_ENTRY = {"id", "version", "author_id", "owner_id", "person_id"}


def incident_document(facts: Facts, people: tuple[Person, ...]) -> Document:
    """The committed document of this version of an incident."""
    fields = _fields(facts, NOT_COMMITTED | {"answers"})
    for person in people:
        fields |= _fields(person, NOT_COMMITTED_PERSON, prefix=f"people.{person.position}.")
    for number, answer in enumerate(facts.answers, start=1):
        fields |= _fields(answer, set(), prefix=f"answers.{number}.")
    return Document("incident", facts.id, facts.version, fields)


def entry_document(entry: Entry) -> Document:
    """The committed document of this version of an entry."""
    return Document("entry", entry.id, entry.version, _fields(entry, NOT_COMMITTED_ENTRY))


def _fields(struct: msgspec.Struct, left_out: set[str], prefix: str = "") -> dict[str, JSONValue]:
    named = ((name, getattr(struct, name)) for name in struct.__struct_fields__ if name not in left_out)
    return {prefix + name: plain_value(value) for name, value in named if value not in (None, "", ())}


def answers_json(answers: tuple[Answer, ...]) -> str:
    """Answers as their column holds them."""
    return msgspec.json.encode(answers).decode()


def plain_value(value: object) -> JSONValue:
    """A value as it is committed: text, number, truth, or a list of these."""
    match value:
        case None | bool() | int() | str():
            return value
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Change():
            return {"field": value.field, "before": plain_value(value.before), "after": plain_value(value.after)}
        case tuple() | list():
            return [plain_value(item) for item in value]
        case _:
            raise TypeError(f"a committed value cannot be a {type(value).__name__}")


def changeable_value(value: object) -> ChangeValue:
    """A column's value as a correction shows it: text, number, truth, or a list of codes."""
    return cast("ChangeValue", plain_value(value))
