"""What is said of a person: the same meaning whether it came from the form, the API or an import.

Only a name is required. Codes are checked against the organisation's profile, dates against the clock. Details that
pass `check` can be kept.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

import msgspec

from safeguard.errors import FieldError
from safeguard.people.person import Contact, Identifier, Kind, Person
from safeguard.tenancy.profile import Profile

NAME_LIMIT: Final = 200
WORDS_LIMIT: Final = 20_000
ADDRESS_LIMIT: Final = 1_000
LIST_LIMIT: Final = 20
EARLIEST: Final = date(1900, 1, 1)
NAMELESS: Final = "Give at least one name: a given name, a family name, or what they are known as."

AnyStruct = TypeVar("AnyStruct", bound=msgspec.Struct)


class Details(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that people say of a person. Of a correction: how all of it should read."""

    kind: Kind
    given_name: str = ""
    family_name: str = ""
    known_as: str = ""
    former_names: tuple[str, ...] = ()
    born_on: date | None = None
    connection: str | None = None
    group_name: str = ""
    identifiers: tuple[Identifier, ...] = ()
    contacts: tuple[Contact, ...] = ()
    flags: tuple[str, ...] = ()
    address: str = ""
    notes: str = ""
    user_id: UUID | None = None
    """Their own account here, for somebody who works here."""


SAID: Final = tuple(field.name for field in msgspec.structs.fields(Details))


def details_of(person: Person) -> Details:
    """What is said of a person now."""
    return Details(**{name: getattr(person, name) for name in SAID})


def tidy(text: str, *, lines: bool = False) -> str:
    """Without what no keyboard types, no blanks around it, and on one line unless it is an account of something."""
    said = text.replace("\r\n", "\n").replace("\r", "\n")
    said = "".join(c for c in said if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    said = unicodedata.normalize("NFC", said)
    return said.strip() if lines else " ".join(said.split())


def tidied(details: Details) -> Details:
    """The details with every text tidied, codes once each, and rows of which nothing is said left out."""
    return msgspec.structs.replace(
        _tidied(details),
        former_names=tuple(name for name in dict.fromkeys(map(tidy, details.former_names)) if name),
        identifiers=_identifiers(details.identifiers),
        contacts=tuple(one for one in map(_tidied, details.contacts) if one.name or one.phone or one.email),
        flags=tuple(dict.fromkeys(details.flags)),
    )


def _identifiers(said: tuple[Identifier, ...]) -> tuple[Identifier, ...]:
    compact = (Identifier(kind=tidy(one.kind), value=tidy(one.value).replace(" ", "").upper()) for one in said)
    return tuple(dict.fromkeys(one for one in compact if one.value))


_LINES: Final = {"notes", "address"}
_CODES: Final = {"connection"}


def _tidied(struct: AnyStruct) -> AnyStruct:
    texts = {name: value for name in struct.__struct_fields__ if isinstance(value := getattr(struct, name), str)}
    changed = {
        name: tidy(value, lines=name in _LINES) or (None if name in _CODES else "") for name, value in texts.items()
    }
    return msgspec.structs.replace(struct, **changed)


def check(details: Details, profile: Profile, today: date) -> tuple[FieldError, ...]:
    """What needs another look before these (tidied) details can be kept; empty when all is well."""
    return (
        *_names(details), *_lengths(details), *_birth(details, today), *_codes(details, profile),
        *_numbers(details, profile), *_contacts(details, profile),
    )  # fmt: skip


def _names(details: Details) -> Iterator[FieldError]:
    names = details.given_name + details.family_name + details.known_as
    if not any(character.isalnum() for character in names):
        yield FieldError("given_name", NAMELESS)


def _lengths(details: Details) -> Iterator[FieldError]:
    yield from _too_long(details, {"given_name", "family_name", "known_as", "group_name"}, NAME_LIMIT)
    yield from _too_long(details, {"notes"}, WORDS_LIMIT)
    yield from _too_long(details, {"address"}, ADDRESS_LIMIT)
    if any(len(name) > NAME_LIMIT for name in details.former_names) or len(details.former_names) > LIST_LIMIT:
        yield FieldError("former_names", f"Up to {LIST_LIMIT} names fit here, each under {NAME_LIMIT} characters.")


def _too_long(struct: msgspec.Struct, names: set[str], limit: int, at: str = "") -> Iterator[FieldError]:
    for name in sorted(names):
        if len(getattr(struct, name)) > limit:
            yield FieldError(at + name, f"Keep this under {limit:,} characters.")


def _birth(details: Details, today: date) -> Iterator[FieldError]:
    if details.born_on is None:
        return
    if details.born_on > today:
        yield FieldError("born_on", "That is after today. When were they born?")
    elif details.born_on < EARLIEST:
        yield FieldError("born_on", f"The year {details.born_on.year} looks like a slip. When were they born?")


def _codes(details: Details, profile: Profile) -> Iterator[FieldError]:
    if details.connection is not None and details.connection not in profile.connections:
        yield FieldError("connection", _unknown(details.connection))
    for code in details.flags:
        if code not in profile.person_flags:
            yield FieldError("flags", _unknown(code))
    if details.user_id and details.kind == "child":
        yield FieldError("user_id", "Only an adult who works here has an account.")


def _numbers(details: Details, profile: Profile) -> Iterator[FieldError]:
    if len(details.identifiers) > LIST_LIMIT:
        yield FieldError("identifiers", f"Up to {LIST_LIMIT} numbers fit here.")
    for number, one in enumerate(details.identifiers):
        known = profile.person_identifiers.get(one.kind)
        if known is None:
            yield FieldError(f"identifiers.{number}.kind", "Choose what kind of number this is.")
        elif not re.fullmatch(known.pattern, one.value):
            yield FieldError(f"identifiers.{number}.value", known.problem)


def _contacts(details: Details, profile: Profile) -> Iterator[FieldError]:
    if len(details.contacts) > LIST_LIMIT:
        yield FieldError("contacts", f"Up to {LIST_LIMIT} contacts fit here.")
    for number, one in enumerate(details.contacts):
        at = f"contacts.{number}."
        if not one.name:
            yield FieldError(at + "name", "Say whose number or address this is.")
        if one.relation not in profile.relations:
            yield FieldError(at + "relation", _unknown(one.relation))
        if one.email and not re.fullmatch(r"[^@\s]+@[^@\s]+", one.email):
            yield FieldError(at + "email", "Write the address with its @, such as name@example.org.")
        yield from _too_long(one, {"name", "phone", "email"}, NAME_LIMIT, at)
        yield from _too_long(one, {"notes"}, WORDS_LIMIT, at)


def _unknown(code: str) -> str:
    return f"“{code[:40]}” is not one of this organisation's choices."


FIELD_NAMES: Final[Mapping[str, str]] = {
    "kind": "Child or adult",
    "given_name": "Given names",
    "family_name": "Family name",
    "known_as": "Known as",
    "former_names": "Former names",
    "born_on": "Date of birth",
    "connection": "How they belong here",
    "group_name": "Group",
    "identifiers": "Numbers",
    "contacts": "Contacts",
    "flags": "To know at once",
    "address": "Address",
    "notes": "Notes",
    "user_id": "Own account",
    "merged_into_id": "Merged into another record",
}
