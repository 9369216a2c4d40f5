"""A person as flat fields, and back: what is compared with a file, field by field.

Three readings of each field decide: what the file says, what is here, and what the file said last time (kept as a
digest alone). Here as the file said last: the file's change is taken. Here otherwise, and the file says what it said:
somebody here changed it, and that stays. Both changed: somebody is asked. Nothing here is ever emptied by a file that
never said anything of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from hashlib import blake2b
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from safeguard.people.details import Details
from safeguard.people.naming import fold
from safeguard.people.person import Contact, Identifier, Person
from safeguard.rosters.entry import Said

TEXTS: Final = ("given_name", "family_name", "known_as", "group_name", "address")
KEPT: Final = frozenset({"contacts"})
"""Groups of fields from which the file's own earlier words are taken away again when it no longer says them."""

Pairs = dict[str, tuple[str, str]]
"""Field -> (here, in the file)."""


class Compared(NamedTuple):
    """What a file would change of somebody, and what both changed."""

    changes: Pairs
    conflicts: Pairs


def flattened(person: Person) -> dict[str, str]:
    """Everything that a file could say of them, as it is here; what is empty is left out."""
    found = {name: getattr(person, name) for name in TEXTS}
    found["born_on"] = person.born_on.isoformat() if person.born_on else ""
    found |= {f"former_names.{name}": name for name in person.former_names}
    found |= {f"identifiers.{one.kind}": one.value for one in reversed(person.identifiers)}
    found |= {f"flags.{code}": "yes" for code in person.flags}
    for contact in person.contacts:
        found |= _contact(contact)
    return {name: value for name, value in found.items() if value}


def _contact(contact: Contact) -> dict[str, str]:
    key = _key(contact.name)
    said = {name: getattr(contact, name) for name in ("name", "relation", "phone", "email")}
    said["responsibility"] = "yes" if contact.responsibility else ""
    return {f"contacts.{key}.{name}": value for name, value in said.items()}


def digests(key: UUID, said: Said) -> dict[str, str]:
    """What the file says, as digests that only tell whether something is the same."""
    return {name: _digest(key, value) for name, value in said.items()}


def _digest(key: UUID, value: str) -> str:
    return blake2b(value.encode(), key=key.bytes, digest_size=8).hexdigest()


def compared(key: UUID, earlier: Mapping[str, str], here: Said, said: Said) -> Compared:
    """The three readings of every field that the file speaks of."""
    found = Compared({}, {})
    for name, value in (*said.items(), *((name, "") for name in _withdrawn(earlier, said))):
        ours = here.get(name, "")
        if _alike(name, ours, value):
            continue
        before = earlier.get(name)
        if before == _digest(key, value):
            continue  # somebody here changed it since, and the file says nothing new
        if before is None and not value:
            continue
        taken = not ours if before is None else before == _digest(key, ours)
        (found.changes if taken else found.conflicts)[name] = (ours, value)
    return found


def _withdrawn(earlier: Mapping[str, str], said: Said) -> Iterator[str]:
    spoken = {name.partition(".")[0] for name in said}
    return (name for name in earlier if name not in said and name.partition(".")[0] in KEPT & spoken)


def _alike(name: str, ours: str, value: str) -> bool:
    """Names that differ by capitals alone are one name; who a contact is stays as somebody here wrote it."""
    if name.endswith(".relation") and value == "other" and ours:
        return True
    return ours == value or ours.casefold() == value.casefold()


def changed(details: Details, said: Said) -> Details:
    """The details with these fields as the file says them; an empty text takes away."""
    plain: dict[str, Any] = {name: said[name] for name in TEXTS if name in said}
    if "born_on" in said:
        plain["born_on"] = date.fromisoformat(said["born_on"]) if said["born_on"] else None
    groups = _grouped(said)
    if "former_names" in groups:
        plain["former_names"] = _listed(details.former_names, groups["former_names"])
    if "flags" in groups:
        plain["flags"] = _listed(details.flags, groups["flags"])
    if "identifiers" in groups:
        plain["identifiers"] = _numbers(details.identifiers, groups["identifiers"])
    if "contacts" in groups:
        plain["contacts"] = _contacts(details.contacts, groups["contacts"])
    return msgspec.structs.replace(details, **plain)


def _grouped(said: Said) -> dict[str, dict[str, str]]:
    groups: dict[str, dict[str, str]] = {}
    for name, value in said.items():
        group, dot, rest = name.partition(".")
        if dot:
            groups.setdefault(group, {})[rest] = value
    return groups


def _listed(there: Iterable[str], said: Mapping[str, str]) -> tuple[str, ...]:
    kept = [one for one in there if said.get(one, one)]
    return tuple(dict.fromkeys((*kept, *(name for name, value in said.items() if value))))


def _numbers(there: Iterable[Identifier], said: Mapping[str, str]) -> tuple[Identifier, ...]:
    """The first number of a kind is the one that a file speaks of; further ones stay."""
    left, found = dict(said), list[Identifier]()
    for one in there:
        value = left.pop(one.kind, one.value)
        if value:
            found.append(Identifier(kind=one.kind, value=value))
    found += [Identifier(kind=kind, value=value) for kind, value in left.items() if value]
    return tuple(dict.fromkeys(found))


def _contacts(there: Iterable[Contact], said: Mapping[str, str]) -> tuple[Contact, ...]:
    """Whom nobody may contact, and what people noted, are never a file's to change."""
    told: dict[str, dict[str, str]] = {}
    for name, value in said.items():
        key, _, field = name.rpartition(".")
        told.setdefault(key, {})[field] = value
    found: list[Contact] = []
    for contact in there:
        new = told.pop(_key(contact.name), None)
        if new is None or new.get("name", contact.name) or contact.no_contact or contact.notes:
            found.append(contact if new is None else _with(contact, new))
    found += [_with(Contact(name=new["name"]), new) for new in told.values() if new.get("name")]
    return tuple(found)


def _with(contact: Contact, said: Mapping[str, str]) -> Contact:
    told: dict[str, Any] = {name: said[name] for name in ("phone", "email") if name in said}
    told |= {name: said[name] for name in ("name", "relation") if said.get(name)}
    if "responsibility" in said:
        told["responsibility"] = bool(said["responsibility"])
    return msgspec.structs.replace(contact, **told)


def _key(name: str) -> str:
    return fold(name)
