"""A person as they are read, and as they are told of: the columns of the current version."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

Kind = Literal["child", "adult"]


class Identifier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number by which others know somebody: a UPN, an NHS number."""

    kind: str
    """A code of the profile's `person_identifiers`."""
    value: str


class Contact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to turn to, or not: a parent, a carer, a social worker, the placing authority."""

    name: str
    relation: str = "other"
    """A code of the profile's `relations`."""
    phone: str = ""
    email: str = ""
    responsibility: bool = False
    """Whether they hold parental responsibility."""
    no_contact: bool = False
    """Whether they must not be contacted: shown first, and loudly."""
    notes: str = ""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A child or an adult whom the organisation knows."""

    id: UUID
    version: int = 1
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
    """Empty where it was not asked for: `has_address` says whether there is one."""
    notes: str = ""
    user_id: UUID | None = None
    merged_into_id: UUID | None = None
    recorded_at: datetime
    recorded_by: UUID | None = None
    recorded_by_name: str = ""
    changed_at: datetime
    has_address: bool = False

    @property
    def name(self) -> str:
        """The full name, never initials: Ana Brook."""
        return full_name(self.given_name, self.family_name, self.known_as)

    @property
    def also(self) -> str:
        """What they are called, where that is not their given name."""
        return self.known_as if (self.given_name or self.family_name) and self.known_as != self.given_name else ""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a list: enough to tell two people of one name apart."""

    id: UUID
    kind: Kind
    given_name: str
    family_name: str
    known_as: str
    born_on: date | None
    connection: str | None
    group_name: str
    flags: tuple[str, ...]

    @property
    def name(self) -> str:
        """The full name."""
        return full_name(self.given_name, self.family_name, self.known_as)

    @property
    def also(self) -> str:
        """What they are called, where that is not their given name."""
        return self.known_as if (self.given_name or self.family_name) and self.known_as != self.given_name else ""


def full_name(given: str, family: str, known_as: str) -> str:
    """Given and family name; what they are known as where there is neither."""
    return f"{given} {family}".strip() or known_as


DERIVED = frozenset({"has_address"})
PERSON_COLUMNS = tuple(field.name for field in msgspec.structs.fields(Person) if field.name not in DERIVED)
FOUND_COLUMNS = tuple(field.name for field in msgspec.structs.fields(Found))
