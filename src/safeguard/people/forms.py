"""The form of a person: what was typed, and what it means."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, cast
from uuid import UUID

from safeguard.errors import FieldError, Invalid
from safeguard.people.details import ADDRESS_LIMIT, NAME_LIMIT, WORDS_LIMIT, Details
from safeguard.people.person import Contact, Identifier, Kind, Person
from safeguard.web.fields import Fields
from safeguard.web.forms import Choice, Form, Rows, Setting, Text, Tick
from safeguard.web.kinds import clean

KINDS = ("child", "adult")
MOST = 20


@dataclass(frozen=True, slots=True)
class Code:
    """One of the profile's own choices. Choosing one does not by itself make a row count as filled in."""

    def read(self, fields: Fields, name: str, setting: Setting) -> str:
        """The code, or an empty string."""
        return fields.get(name).strip()[:100]


@dataclass(frozen=True, slots=True)
class Relation(Choice):
    """Who a contact is."""

    options: tuple[str, ...] = ()

    def read(self, fields: Fields, name: str, setting: Setting) -> str:
        """The code; somebody else where nothing was chosen."""
        return fields.get(name).strip()[:100] or "other"


@dataclass(frozen=True, slots=True)
class Codes:
    """Any of the profile's own choices."""

    def read(self, fields: Fields, name: str, setting: Setting) -> tuple[str, ...]:
        """The codes, each once."""
        return tuple(dict.fromkeys(value.strip()[:100] for value in fields.all(name) if value.strip()))


@dataclass(frozen=True, slots=True)
class BirthDay:
    """A date of birth as a browser or a person writes it, with its year: nobody guesses at a child's age."""

    def read(self, fields: Fields, name: str, setting: Setting) -> date | None:
        """The day, or None; whether it can be is asked with the rest."""
        said = clean(fields.get(name))
        if not said:
            return None
        try:
            return date.fromisoformat(said)
        except ValueError:
            return _written(said)


def _written(said: str) -> date:
    parts = said.replace("/", " ").replace(".", " ").replace("-", " ").split()
    try:
        day, month, year = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError:
        raise ValueError("Write the date with its year, such as 14 5 2012.") from None


@dataclass(frozen=True, slots=True)
class Account:
    """Which member's account is theirs."""

    def read(self, fields: Fields, name: str, setting: Setting) -> UUID | None:
        """The account's id, or None."""
        said = fields.get(name).strip()
        if not said:
            return None
        try:
            return UUID(said)
        except ValueError:
            raise ValueError("Choose one of the names on the page.") from None


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number by which others know somebody."""

    kind: Annotated[str, Relation()]
    value: Annotated[str, Text(longest=NAME_LIMIT)]


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Somebody to turn to, or not."""

    name: Annotated[str, Text(longest=NAME_LIMIT)]
    relation: Annotated[str, Relation()]
    phone: Annotated[str, Text(longest=NAME_LIMIT)]
    email: Annotated[str, Text(longest=NAME_LIMIT)]
    responsibility: Annotated[bool, Tick()]
    no_contact: Annotated[bool, Tick()]
    notes: Annotated[str, Text(longest=WORDS_LIMIT)]


@dataclass(frozen=True, slots=True)
class PersonForm:
    """Everything that is known of a person. Only a name and whether it is a child have to be said."""

    kind: Annotated[str, Choice(KINDS, required="Say whether this is a child or an adult.")]
    given_name: Annotated[str, Text(longest=NAME_LIMIT)]
    family_name: Annotated[str, Text(longest=NAME_LIMIT)]
    known_as: Annotated[str, Text(longest=NAME_LIMIT)]
    former_names: Annotated[str, Text(longest=NAME_LIMIT * 5)]
    born_on: Annotated[date | None, BirthDay()]
    connection: Annotated[str, Code()]
    group_name: Annotated[str, Text(longest=NAME_LIMIT)]
    identifiers: Annotated[tuple[NumberRow, ...], Rows(NumberRow, most=MOST)]
    contacts: Annotated[tuple[ContactRow, ...], Rows(ContactRow, most=MOST)]
    flags: Annotated[tuple[str, ...], Codes()]
    address: Annotated[str, Text(longest=ADDRESS_LIMIT, lines=True)]
    notes: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    user_id: Annotated[UUID | None, Account()]

    def details(self, *, address: str | None = None) -> Details:
        """What it means. `address` stands where the page did not ask for it."""
        return Details(
            kind=cast("Kind", self.kind),
            given_name=self.given_name,
            family_name=self.family_name,
            known_as=self.known_as,
            former_names=tuple(name.strip() for name in self.former_names.split(",") if name.strip()),
            born_on=self.born_on,
            connection=self.connection or None,
            group_name=self.group_name,
            identifiers=tuple(Identifier(kind=row.kind, value=row.value) for row in self.identifiers),
            contacts=tuple(_contact(row) for row in self.contacts),
            flags=self.flags,
            address=self.address if address is None else address,
            notes=self.notes,
            user_id=self.user_id,
        )


def _contact(row: ContactRow) -> Contact:
    return Contact(
        name=row.name, relation=row.relation, phone=row.phone, email=row.email, responsibility=row.responsibility,
        no_contact=row.no_contact, notes=row.notes,
    )  # fmt: skip


def as_typed(person: Person) -> Form[PersonForm]:
    """The form that a correction begins with: the person as they stand."""
    typed: list[tuple[str, str]] = [
        (name, str(getattr(person, name) or ""))
        for name in ("kind", "given_name", "family_name", "known_as", "connection", "group_name", "notes", "user_id")
    ]
    typed.append(("former_names", ", ".join(person.former_names)))
    typed.append(("born_on", person.born_on.isoformat() if person.born_on else ""))
    typed += [("flags", flag) for flag in person.flags]
    if person.address:
        typed.append(("address", person.address))
    for name, parts in (("identifiers", person.identifiers), ("contacts", person.contacts)):
        for number, part in enumerate(parts):
            typed += [(f"{name}-{number}-{field}", _typed(getattr(part, field))) for field in part.__struct_fields__]
    return Form(PersonForm, Fields.of(typed), None, ())


def _typed(value: Any) -> str:
    return ("yes" if value else "") if isinstance(value, bool) else str(value)


def named_as_typed(refusal: Invalid, form: Form[PersonForm]) -> Invalid:
    """The same errors under the names that the fields have in the page: rows left empty were not counted."""
    rows = {name: _filled(form, name) for name in ("identifiers", "contacts")}
    return Invalid(*(FieldError(_typed_name(error.field, rows), error.message) for error in refusal.errors))


def _filled(form: Form[PersonForm], name: str) -> list[str]:
    telling = {"identifiers": ("value",), "contacts": ("name", "phone", "email", "notes")}[name]
    return [row.prefix for row in form.rows(name, least=0) if any(row[field].strip() for field in telling)]


def _typed_name(field: str, rows: dict[str, list[str]]) -> str:
    parts = field.split(".")
    if len(parts) == 3 and parts[0] in rows and int(parts[1]) < len(rows[parts[0]]):
        return rows[parts[0]][int(parts[1])] + parts[2]
    return field
