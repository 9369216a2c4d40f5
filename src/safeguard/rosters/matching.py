"""Whom a row means: the system's own number first, then a number that others know them by, then name and birthday.

A match by name needs the same day of birth on both sides and nobody else of that name and day. Whatever is only near
(the same name with a birthday missing, the same birthday with a name that sounds so) is asked, never guessed.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from safeguard.people.naming import fold
from safeguard.rosters.entry import Entry, Said
from safeguard.work import Work

MOST_CANDIDATES: Final = 5
NUMBERS: Final = ("upn", "uln", "nhs", "own")
"""The kinds that name one person and no other."""

PEOPLE: Final = """
select p.id, p.sort_key, p.twin, p.born_on, p.identifiers from public.people p
where p.organisation_id = (select sec.current_organisation()) and p.merged_into_id is null and p.kind = $1
"""
SOUNDS: Final = """
select a.place,
    coalesce((public.daitch_mokotoff(a.given))[1] || '-' || (public.daitch_mokotoff(a.family))[1], '') as twin
from unnest($1::integer[], $2::text[], $3::text[]) a (place, given, family)
"""


class Known(NamedTuple):
    """Somebody of the list, as far as it takes to find them."""

    id: UUID
    born_on: date | None


@dataclass(slots=True)
class Directory:
    """Everybody on the list, by what a row may know them by."""

    numbers: dict[tuple[str, str], list[UUID]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    sounds: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: Any) -> None:
        """One person."""
        known = Known(row["id"], row["born_on"])
        self.names[row["sort_key"]].append(known)
        if row["twin"]:
            self.sounds[row["twin"]].append(known)
        for one in json.loads(row["identifiers"]):
            if one["kind"] in NUMBERS:
                self.numbers[one["kind"], one["value"]].append(known.id)


class Match(NamedTuple):
    """Whom a row means, or whom it might mean."""

    person_id: UUID | None = None
    candidates: tuple[UUID, ...] = ()


async def directory_of(work: Work, kind: str) -> Directory:
    """Everybody on the list who was not merged into another."""
    found = Directory()
    for row in await work.driver.fetch(PEOPLE, kind):
        found.add(row)
    return found


async def sounds_of(work: Work, entries: Sequence[Entry]) -> dict[int, str]:
    """How the names of these entries sound, as the list reckons it; by their place."""
    places, given, family = list[int](), list[str](), list[str]()
    for place, entry in enumerate(entries):
        first, last = fold(entry.said.get("given_name", "")).split(), fold(entry.said.get("family_name", "")).split()
        if first and last:
            places.append(place)
            given.append(first[0])
            family.append(last[-1])
    return {row["place"]: row["twin"] for row in await work.driver.fetch(SOUNDS, places, given, family)}


def match(directory: Directory, said: Said, sound: str, taken: Mapping[UUID, str] | set[UUID]) -> Match:
    """Whom this row means; nobody of those whom another row of the file, or of this system, means already."""
    numbered = _free((one for kind in NUMBERS for one in directory.numbers.get((kind, _number(said, kind)), ())), taken)
    if len(numbered) == 1:
        return Match(numbered[0])
    if numbered:
        return Match(None, numbered[:MOST_CANDIDATES])
    born = date.fromisoformat(said["born_on"]) if said.get("born_on") else None
    named = [one for one in directory.names.get(_sort_key(said), ()) if one.id not in taken]
    exact = [one.id for one in named if born and one.born_on == born]
    if len(exact) == 1:
        return Match(exact[0])
    near = [one for one in (*named, *directory.sounds.get(sound, ())) if sound or one in named]
    possible = (one.id for one in near if born is None or one.born_on is None or one.born_on == born)
    return Match(None, _free(possible, taken)[:MOST_CANDIDATES])


def _free(found: Iterable[UUID], taken: Mapping[UUID, str] | set[UUID]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(one for one in found if one not in taken))


def _number(said: Said, kind: str) -> str:
    return said.get(f"identifiers.{kind}", "")


def _sort_key(said: Said) -> str:
    return fold(f"{said.get('family_name', '')} {said.get('given_name', '')}") or fold(said.get("known_as", ""))
