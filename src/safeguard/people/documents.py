"""What each version of a person commits to in the verifiable log.

One field per fact (`contacts.1.name`), so that a redacted copy may show that there was a contact and withhold who. What
is empty is left out: absent and empty mean the same.
"""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.audit.documents import Document, JSONValue
from safeguard.people.person import Person

NOT_COMMITTED: Final = {
    "id",
    "version",
    "recorded_by",
    "user_id",
    "changed_at",
    "has_address",
    "identifiers",
    "contacts",
}


def person_document(person: Person) -> Document:
    """The committed document of this version of a person."""
    fields = _fields(person, NOT_COMMITTED)
    for name, parts in (("identifiers", person.identifiers), ("contacts", person.contacts)):
        for number, part in enumerate(parts, start=1):
            fields |= _fields(part, set(), f"{name}.{number}.")
    return Document("person", person.id, person.version, fields)


def _fields(struct: msgspec.Struct, left_out: set[str], prefix: str = "") -> dict[str, JSONValue]:
    named = ((name, getattr(struct, name)) for name in struct.__struct_fields__ if name not in left_out)
    return {prefix + name: _plain(value) for name, value in named if value not in (None, "", (), False)}


def _plain(value: object) -> JSONValue:
    match value:
        case None | bool() | int() | str():
            return value
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case tuple() | list():
            return [_plain(item) for item in value]
        case _:
            raise TypeError(f"a committed value cannot be a {type(value).__name__}")
