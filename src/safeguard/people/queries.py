"""Reading people: constant SQL through the driver into structs.

The list is cut by keyset over (sort_key, id). Its cursor holds an id and no name: where that person stands is looked
up.
"""

from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.people.person import FOUND_COLUMNS, PERSON_COLUMNS, Found, Kind, Person
from safeguard.work import Work

_HERE: Final = "p.organisation_id = (select sec.current_organisation())"
_SHOWN: Final = ", ".join("'' as address" if name == "address" else f"p.{name}" for name in PERSON_COLUMNS)
FOUND: Final = ", ".join(f"p.{name}" for name in FOUND_COLUMNS)

READ: Final = f"""
select row_to_json(r)::text from (
    select {_SHOWN}, p.address <> '' as has_address from public.people p where {_HERE} and p.id = $1) r
"""  # noqa: S608  our own constants
BELOW: Final = f"""
with recursive below (id) as (
    select p.id from public.people p where {_HERE} and p.merged_into_id = $1
    union
    select p.id from below b join public.people p on {_HERE} and p.merged_into_id = b.id
)
select row_to_json(r)::text from (
    select {_SHOWN}, p.address <> '' as has_address from public.people p
    where {_HERE} and p.id in (select b.id from below b) order by p.recorded_at, p.id limit 50) r
"""  # noqa: S608  our own constants
LOCK: Final = f"""
select row_to_json(r)::text from (
    select {", ".join(f"p.{name}" for name in PERSON_COLUMNS)}, p.address <> '' as has_address
    from public.people p where {_HERE} and p.id = $1 for update) r
"""  # noqa: S608  our own constants
ADDRESS: Final = f"select p.address from public.people p where {_HERE} and p.id = $1"  # noqa: S608  our own constants
START: Final = f"select p.sort_key from public.people p where {_HERE} and p.id = $1"  # noqa: S608  our own constants
GROUPS: Final = """
with recursive g as (
    (select p.group_name from public.people p
     where p.organisation_id = (select sec.current_organisation()) and p.merged_into_id is null and p.group_name <> ''
     order by p.group_name limit 1)
    union all
    select (select p.group_name from public.people p
            where p.organisation_id = (select sec.current_organisation()) and p.merged_into_id is null
                and p.group_name <> '' and p.group_name > g.group_name
            order by p.group_name limit 1)
    from g where g.group_name is not null
)
select group_name from g where group_name is not null limit 200
"""
"""Each group once, a step of the index for each: flat, however many people there are."""


def _list(condition: str) -> str:
    return f"""
    select {FOUND} from public.people p
    where {_HERE} and p.merged_into_id is null and (p.sort_key, p.id) > ($1, $2) {condition}
    order by p.sort_key, p.id limit $3"""  # noqa: S608  our own constants


LISTS: Final = {
    (False, False): _list(""),
    (True, False): _list("and p.kind = $4"),
    (False, True): _list("and p.group_name = $4 and p.group_name <> ''"),
    (True, True): _list("and p.kind = $4 and p.group_name = $5 and p.group_name <> ''"),
}

decode_person = msgspec.json.Decoder(Person).decode


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What the list is narrowed to."""

    kind: Kind | None = None
    group: str = ""
    text: str = ""


async def list_people(
    work: Work, filters: Filters = Filters(), *, after: UUID | None = None, limit: int = 25
) -> tuple[Found, ...]:
    """Up to `limit` people by family name, merged records left out."""
    work.require(Permission.PERSON_READ)
    start = await work.driver.fetchval(START, after) if after else None
    narrowed = [value for value in (filters.kind, filters.group) if value]
    statement = LISTS[bool(filters.kind), bool(filters.group)]
    found = await work.driver.fetch(statement, start or "", after or UUID(int=0), limit, *narrowed)
    return tuple(Found(**row) for row in found)


async def list_groups(work: Work) -> tuple[str, ...]:
    """The groups that people are in, for the filter."""
    work.require(Permission.PERSON_READ)
    return tuple(row[0] for row in await work.driver.fetch(GROUPS))


async def read_person(work: Work, person_id: UUID) -> Person:
    """A person without their address, told to the log; raises `NotFound`."""
    person = await get_person(work, person_id)
    work.record("person.viewed", person_id, version=person.version)
    return person


async def get_person(work: Work, person_id: UUID) -> Person:
    """A person without their address, for a form beside them; raises `NotFound`."""
    work.require(Permission.PERSON_READ)
    text = await work.driver.fetchval(READ, person_id)
    if text is None:
        raise NotFound
    return decode_person(text)


async def list_absorbed(work: Work, person_id: UUID) -> tuple[Person, ...]:
    """The records that were merged into this one, by however many steps, without their addresses."""
    work.require(Permission.PERSON_READ)
    return tuple(decode_person(row[0]) for row in await work.driver.fetch(BELOW, person_id))


async def reveal_address(work: Work, person_id: UUID) -> str:
    """Where somebody lives, told to the log; raises `NotFound`."""
    work.require(Permission.PERSON_READ)
    address = await work.driver.fetchval(ADDRESS, person_id)
    if address is None:
        raise NotFound
    work.record("person.revealed", person_id)
    return str(address)


async def locked(work: Work, person_id: UUID) -> Person:
    """A person with everything, held until the end of this work; raises `NotFound`."""
    text = await work.driver.fetchval(LOCK, person_id)
    if text is None:
        raise NotFound
    return decode_person(text)
