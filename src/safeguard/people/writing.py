"""How a person's columns are written: one constant statement for a new record, one for the next version.

The columns that only the search reads are made here and nowhere else: how names sound is reckoned by the database, so
that what is kept and what is looked for are always reckoned alike.
"""

from collections.abc import Sequence
from typing import Final

import asyncpg
import msgspec

from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.people.naming import found_by, names_of, sort_key, twin_words
from safeguard.people.person import PERSON_COLUMNS, Person
from safeguard.work import Work

_JSON: Final = frozenset({"identifiers", "contacts"})
_ONCE: Final = frozenset({"id", "recorded_at", "recorded_by", "recorded_by_name"})
_CHANGED: Final = tuple(name for name in PERSON_COLUMNS if name not in _ONCE)


def _reckoned(first: int) -> str:
    """The four columns that the search reads, from five values that begin at `first`."""
    return f"""${first}, ${first + 1}, coalesce((
        select array_agg(distinct s) from unnest(${first + 2}::text[]) w, unnest(public.daitch_mokotoff(w)) s), '{{}}'),
    coalesce((public.daitch_mokotoff(${first + 3}))[1] || '-' || (public.daitch_mokotoff(${first + 4}))[1], '')"""  # noqa: S608  our own constants


def _numbers(count: int) -> str:
    return ", ".join(f"${number}" for number in range(1, count + 1))


INSERT: Final = f"""
insert into public.people (organisation_id, {", ".join(PERSON_COLUMNS)}, sort_key, found_by, sounds, twin)
values ((select sec.current_organisation()), {_numbers(len(PERSON_COLUMNS))}, {_reckoned(len(PERSON_COLUMNS) + 1)})
"""  # noqa: S608  our own constants
UPDATE: Final = f"""
update public.people p set ({", ".join(_CHANGED)}, sort_key, found_by, sounds, twin)
    = row({_numbers(len(_CHANGED))}, {_reckoned(len(_CHANGED) + 1)})
where p.organisation_id = (select sec.current_organisation()) and p.id = ${len(_CHANGED) + 6}
"""  # noqa: S608  our own constants

INSERT_ALL: Final = f"""
insert into public.people (organisation_id, {", ".join(PERSON_COLUMNS)}, sort_key, found_by, sounds, twin)
select (select sec.current_organisation()), {", ".join(f"r.{name}" for name in PERSON_COLUMNS)}, r.sort_key, r.found_by,
    coalesce((select array_agg(distinct s) from jsonb_array_elements_text(e.one->'names') w,
                                                unnest(public.daitch_mokotoff(w)) s), '{{}}'),
    coalesce((public.daitch_mokotoff(e.one->>'given'))[1] || '-' || (public.daitch_mokotoff(e.one->>'family'))[1], '')
from jsonb_array_elements($1::jsonb) e(one), jsonb_populate_record(null::public.people, e.one) r
"""  # noqa: S608  our own constants

TAKEN: Final = "Somebody else in the list of people has this account already. Open them instead."
NOT_A_MEMBER: Final = "Choose somebody who belongs to this organisation."


MEMBER: Final = """
select (select p.id from public.people p where p.organisation_id = m.organisation_id and p.user_id = m.user_id)
from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id = $1 and m.state = 'active'
"""


async def insert(work: Work, person: Person) -> None:
    """Keep a new person; raises `Invalid` for an account that is not free."""
    await _check_account(work, person)
    await _run(work, INSERT, _values(person, PERSON_COLUMNS))


async def update(work: Work, before: Person, after: Person) -> None:
    """Keep the next version of a person that this work holds; raises `Invalid` for an account that is not free."""
    if after.user_id != before.user_id:
        await _check_account(work, after)
    await _run(work, UPDATE, (*_values(after, _CHANGED), after.id))


async def insert_all(work: Work, people: Sequence[Person]) -> None:
    """Keep many new people, in one statement; none of them has an account."""
    if people:
        await work.driver.execute(INSERT_ALL, msgspec.json.encode([_row(person) for person in people]).decode())


async def update_all(work: Work, people: Sequence[Person]) -> None:
    """Keep the next version of many people that this work holds, whose accounts stay as they are."""
    await work.driver.executemany(UPDATE, [(*_values(person, _CHANGED), person.id) for person in people])


async def _check_account(work: Work, person: Person) -> None:
    if person.user_id is None:
        return
    row = await work.driver.fetchrow(MEMBER, person.user_id)
    if row is None:
        raise Invalid(FieldError("user_id", NOT_A_MEMBER))
    if row[0] not in (None, person.id):
        raise Invalid(FieldError("user_id", TAKEN))


async def _run(work: Work, statement: str, values: tuple[object, ...]) -> None:
    try:
        await work.driver.execute(statement, *values)
    except asyncpg.UniqueViolationError:  # somebody else was first, between the look and the writing
        raise Conflict(TAKEN) from None


def _row(person: Person) -> dict[str, object]:
    """One row as JSON: the columns by name, and the words that the database reckons the search's columns from."""
    given, family = twin_words(person)
    said: dict[str, object] = {name: getattr(person, name) for name in PERSON_COLUMNS}
    reckoned = {"sort_key": sort_key(person), "found_by": found_by(person), "names": names_of(person)}
    return {**said, **reckoned, "given": given, "family": family}


def _values(person: Person, columns: tuple[str, ...]) -> tuple[object, ...]:
    said = (_value(person, name) for name in columns)
    return (*said, sort_key(person), found_by(person), names_of(person), *twin_words(person))


def _value(person: Person, name: str) -> object:
    value = getattr(person, name)
    return msgspec.json.encode(value).decode() if name in _JSON else value
