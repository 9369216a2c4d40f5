"""A person as their pages show them: ages reckoned, codes in the organisation's words, versions told as differences."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.people.details import FIELD_NAMES
from safeguard.people.person import Contact, Found, Person
from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext, ngettext
from safeguard.work import Work

VERSIONS: Final = """
select d.version, d.fields from audit.documents d
where d.organisation_id = (select sec.current_organisation()) and d.kind = 'person' and d.id = $1
order by d.version desc limit 100
"""
HIDDEN: Final = frozenset({"address"})
"""Told only that it changed: the address itself is read where reading it is told to the log."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A person in the organisation's words."""

    person: Person
    belongs: str
    age: str
    flags: tuple[tuple[str, str], ...]
    """Name and hint of each."""
    numbers: tuple[tuple[str, str], ...]
    contacts: tuple[tuple[Contact, str], ...]
    """Each with who they are, those who must not be contacted first."""


class Change(msgspec.Struct, frozen=True):
    """What one version changed."""

    version: int
    fields: tuple[tuple[str, str, str], ...]
    """What, before and after; empty words for nothing."""


def shown(person: Person, profile: Profile, today: date) -> Shown:
    """A person as a page shows them."""
    contacts = sorted(person.contacts, key=lambda one: not one.no_contact)
    return Shown(
        person=person,
        belongs=belongs(person, profile),
        age=age_said(person.born_on, today),
        flags=tuple((_name(profile.person_flags, code), _hint(profile, code)) for code in person.flags),
        numbers=tuple((_name(profile.person_identifiers, one.kind), one.value) for one in person.identifiers),
        contacts=tuple((one, _name(profile.relations, one.relation)) for one in contacts),
    )


def belongs(person: Person | Found, profile: Profile) -> str:
    """How somebody belongs here; child or adult where nobody said."""
    known = profile.connections.get(person.connection or "")
    return known.name if known else gettext("Child") if person.kind == "child" else gettext("Adult")


def age_said(born_on: date | None, today: date) -> str:
    """14 years; in the first two years months are counted."""
    if born_on is None or born_on > today:
        return ""
    months = (today.year - born_on.year) * 12 + today.month - born_on.month - (today.day < born_on.day)
    if months < 24:
        return ngettext("%(months)d month", "%(months)d months", months) % {"months": months}
    return ngettext("%(years)d year", "%(years)d years", months // 12) % {"years": months // 12}


def _name(known: Mapping[str, Any], code: str) -> str:
    return known[code].name if code in known else code


def _hint(profile: Profile, code: str) -> str:
    known = profile.person_flags.get(code)
    return known.hint if known else ""


async def list_changes(work: Work, person_id: UUID, profile: Profile) -> tuple[Change, ...]:
    """What each version changed, the latest first, from the committed documents."""
    work.require(Permission.PERSON_READ)
    rows = await work.driver.fetch(VERSIONS, person_id)
    said = [(row["version"], _values(row["fields"])) for row in rows]
    return tuple(
        Change(version, tuple(_differences(before, after, profile))) for (version, after), (_, before) in pairwise(said)
    )


def _values(fields: str) -> dict[str, Any]:
    return {name: json.loads(value) for name, (value, _salt) in json.loads(fields).items()}


def _differences(before: dict[str, Any], after: dict[str, Any], profile: Profile) -> Iterator[tuple[str, str, str]]:
    for name in sorted(before.keys() | after.keys(), key=_order):
        old, new = before.get(name), after.get(name)
        if old != new:
            hidden = name in HIDDEN
            label = _label(name.partition(".")[0], profile)
            was, reads = (_said(value, name, profile, hidden=hidden) for value in (old, new))
            yield label, was, reads


def _label(name: str, profile: Profile) -> str:
    """What a field is called here: a year group in a school, a squad in a club."""
    return profile.title("group_of_pupils") if name == "group_name" else gettext(FIELD_NAMES.get(name, name))


def _order(name: str) -> tuple[int, str]:
    names = list(FIELD_NAMES)
    first = name.partition(".")[0]
    return (names.index(first) if first in names else len(names), name)


def _said(value: Any, name: str, profile: Profile, *, hidden: bool) -> str:
    if value is None:
        return ""
    if hidden:
        return gettext("kept, not shown here")
    if name == "merged_into_id":
        return gettext("yes")
    if isinstance(value, bool):
        return gettext(_TOLD.get(name.rpartition(".")[2], "yes"))
    if isinstance(value, list):
        return ", ".join(_said(item, name, profile, hidden=False) for item in value)
    known = {"flags": profile.person_flags, "connection": profile.connections}.get(name.rpartition(".")[2], {})
    if name.endswith(".relation"):
        known = profile.relations
    if name.startswith("identifiers.") and name.endswith(".kind"):
        known = profile.person_identifiers
    return _name(known, str(value))


_TOLD: Final = {"responsibility": "parental responsibility", "no_contact": "do not contact"}
