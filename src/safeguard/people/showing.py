"""A person as their pages show them: ages reckoned, codes in the organisation's words, versions told as differences."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.people.details import FIELD_NAMES
from safeguard.people.person import Contact, Found, Person
from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext, ngettext
from safeguard.work import Work

T = TypeVar("T")

VERSIONS: Final = """
select d.version, d.fields from audit.documents d
where d.organisation_id = (select sec.current_organisation()) and d.kind = 'person' and d.id = $1
order by d.version desc limit 100
"""
HIDDEN: Final = frozenset({"address"})
"""Told only that it changed: the address itself is read where reading it is told to the log."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A person in the organisation's words, with what stands on every record that was merged into theirs.

    What comes from such a record says so: the last of each is the name on it, and empty for what is the person's own.
    """

    person: Person
    belongs: str
    born: tuple[tuple[date, str, str], ...]
    """Each day that is told, with the age that it makes: more than one where the records differ."""
    flags: tuple[tuple[str, str, str], ...]
    """Name and hint of each."""
    numbers: tuple[tuple[str, str, str], ...]
    contacts: tuple[tuple[Contact, str, str], ...]
    """Each with who they are, those who must not be contacted first."""
    notes: tuple[tuple[str, str], ...]
    absorbed: tuple[Person, ...] = ()
    """The records that were merged into this one."""

    @property
    def age(self) -> str:
        """By the first day that is told."""
        return self.born[0][1] if self.born else ""


class Change(msgspec.Struct, frozen=True):
    """What one version changed."""

    version: int
    fields: tuple[tuple[str, str, str], ...]
    """What, before and after; empty words for nothing."""


def shown(person: Person, profile: Profile, today: date, absorbed: Sequence[Person] = ()) -> Shown:
    """A person as a page shows them; `absorbed` are the records that were merged into theirs."""
    records = ((person, ""), *((one, one.name) for one in absorbed))
    born = _once((one.born_on, name) for one, name in records if one.born_on)
    flags = _once((flag, name) for one, name in records for flag in one.flags)
    numbers = _once(((number.kind, number.value), name) for one, name in records for number in one.identifiers)
    contacts = sorted(
        _once((contact, name) for one, name in records for contact in one.contacts),
        key=lambda each: not each[0].no_contact,
    )
    return Shown(
        person=person,
        belongs=belongs(person, profile),
        born=tuple((day, age_said(day, today), name) for day, name in born),
        flags=tuple((_name(profile.person_flags, code), _hint(profile, code), name) for code, name in flags),
        numbers=tuple((_name(profile.person_identifiers, kind), value, name) for (kind, value), name in numbers),
        contacts=tuple((one, _name(profile.relations, one.relation), name) for one, name in contacts),
        notes=tuple(_once((one.notes, name) for one, name in records if one.notes)),
        absorbed=tuple(absorbed),
    )


def _once(said: Iterable[tuple[T, str]]) -> list[tuple[T, str]]:
    """Each thing once, with the first record that says it: the person's own comes first."""
    found: dict[T, str] = {}
    for thing, name in said:
        found.setdefault(thing, name)
    return list(found.items())


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
