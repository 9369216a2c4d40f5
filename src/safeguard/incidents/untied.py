"""Incidents that name somebody like a person of the list, and in which nobody is tied to that person.

A chronology holds the incidents to which somebody was tied, and only those: it would be wrong to guess, and it would be
wrong to keep silent. So the pages say where someone of that name stands who was not tied, and whoever knows ties them.
The search finds them, within the rights of whoever asks (migrations/sql/40_incidents.sql), and policies read what it
found: what the reader may not know of is neither listed nor counted.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.incidents.story import Person, Story
from safeguard.people.involving import Mention
from safeguard.people.naming import fold
from safeguard.people.spotting import Word, spot, words_in
from safeguard.work import Work

MOST: Final = 20
"""So many are listed; whoever has tied them sees the next."""
LOOKED: Final = 60
"""So many that the search takes for likely are looked at."""
LONGEST: Final = 100_000
"""So many characters of an account are looked through."""

NAMES: Final = """
select p.given_name, p.family_name, p.known_as, p.former_names from public.people p
where p.organisation_id = (select sec.current_organisation()) and p.id = any ($1::uuid[])
"""
LIKE: Final = f"""
with found as materialized (
    select f.id from public.search_incidents($1, null, null, null, null, null, null, null, $2) f
)
select i.id, i.reference, i.recorded_at,
    left(concat_ws(E'\\n', i.narrative, i.child_words, i.immediate_action), {LONGEST}) as account,
    (select coalesce(json_agg(json_build_object('id', n.id, 'name', n.name) order by n.position), '[]'::json)
     from public.incident_people n
     where n.organisation_id = i.organisation_id and n.incident_id = i.id and n.removed_at is null
        and n.person_id is null)::text as untied
from found f
join public.incidents i on i.organisation_id = (select sec.current_organisation()) and i.id = f.id
where not exists (
    select from public.incident_people t
    where t.organisation_id = i.organisation_id and t.incident_id = i.id and t.person_id = any ($3::uuid[])
        and t.removed_at is null)
order by i.recorded_at desc, i.id desc
"""  # noqa: S608  our own constants


class _Untied(msgspec.Struct, frozen=True):
    id: UUID
    name: str


_decode: Final = msgspec.json.Decoder(tuple[_Untied, ...]).decode


async def list_named_like(work: Work, same: list[UUID]) -> tuple[Mention, ...]:
    """Up to twenty, the newest first, of whoever these records are: one person, with all that was merged into them."""
    work.require(Permission.INCIDENT_READ)
    rows = await work.driver.fetch(NAMES, same)
    names = {name for row in rows for name in whole_names(*row)}
    if not names:
        return ()
    asked = " or ".join(f'"{name}"' for name in sorted(names))
    found: list[Mention] = []
    for row in await work.driver.fetch(LIKE, asked, LOOKED, same):
        someone = next((each for each in _decode(row["untied"]) if _says(each.name, names)), None)
        if someone or _says(row["account"], names):
            found.append(Mention(row["id"], row["reference"], row["recorded_at"], someone and someone.id))
    return tuple(found[:MOST])


def whole_names(given: str, family: str, known_as: str, former: Iterable[str]) -> Iterator[str]:
    """A first and a last name in every way that somebody has both, in plain letters; nothing where one is missing."""
    for one, other in product((given, known_as), (family, *former)):
        first, last = fold(one), fold(other)
        if first and last:
            yield f"{first} {last}"
            yield f"{last} {first}"


def _says(text: str, names: Iterable[str]) -> bool:
    plain = f" {fold(text)} "
    return any(f" {name} " in plain for name in names)


@dataclass(frozen=True, slots=True)
class Untied:
    """Whom an incident names without anybody having said who they are in the list of people."""

    people: tuple[Person, ...]
    """Those who have a part in it."""
    named: tuple[str, ...]
    """Whole names of people whom the organisation knows, in the account and not among those who have a part."""


async def untied_in(work: Work, story: Story) -> Untied:
    """What to look at before an incident is closed; nothing for those who may not look into the list of people."""
    if not work.may(Permission.PERSON_RECORD):
        return Untied((), ())
    text = "\n".join((story.facts.narrative, story.facts.child_words, story.facts.immediate_action))[:LONGEST]
    words = words_in(text)
    known = (await spot(work, [words])).wholes if work.may(Permission.REFERRAL_MAKE) else frozenset[str]()
    have = " | ".join(fold(person.name) for person in story.present)
    named = dict.fromkeys(said for plain, said in _pairs(text, words) if plain in known and not _has(have, plain))
    return Untied(tuple(person for person in story.present if person.person_id is None), tuple(named))


def _pairs(text: str, words: list[Word]) -> Iterator[tuple[str, str]]:
    for one, other in pairwise(words):
        if one.capital and other.capital:
            yield f"{one.plain} {other.plain}", re.sub(r"\s+", " ", text[one.start : other.end])


def _has(have: str, plain: str) -> bool:
    first, last = plain.split(" ", 1)
    return plain in have or f"{last} {first}" in have
