"""Finding somebody as their name is typed: by any name, group or number, also nearly spelt.

The one function of the database that may look uses its indexes under row security; see migrations/sql/42_people.sql.
"""

from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.people.naming import terms_of
from safeguard.people.person import Found, Kind
from safeguard.people.queries import FOUND
from safeguard.work import Work

MOST: Final = 50
FIND: Final = f"""
with found as materialized (select f.id, f.score, row_number() over () as place from public.search_people($1, $2, $3) f)
select {FOUND} from found f
join public.people p on p.organisation_id = (select sec.current_organisation()) and p.id = f.id
order by f.place
"""  # noqa: S608  our own constants
EVERYBODY: Final = 10_001
"""One more than a file of a list holds, so that too many can be told."""
FIND_ALL: Final = f"""
with found as materialized (
    select f.id, min(f.place) as place from (
        select s.id, row_number() over () as place from public.search_people($1, $2, $3) s) f
    group by f.id)
select {FOUND} from found f
join public.people p on p.organisation_id = (select sec.current_organisation()) and p.id = f.id
where ($4 = '' or p.group_name = $4)
    and ($5::uuid is null or f.place > coalesce((select a.place from found a where a.id = $5), 0))
order by f.place
limit $6
"""  # noqa: S608  our own constants
ROOTS: Final = """
with recursive up as (
    select p.id as asked, p.id, p.merged_into_id from public.people p
    where p.organisation_id = (select sec.current_organisation()) and p.id = any ($1::uuid[])
    union all
    select u.asked, p.id, p.merged_into_id from up u
    join public.people p on p.organisation_id = (select sec.current_organisation()) and p.id = u.merged_into_id
)
select u.asked, u.id from up u where u.merged_into_id is null
"""
"""Whom each id means today: the record itself, or what it was merged into."""


async def find(work: Work, text: str, limit: int = 8, kind: Kind | None = None) -> tuple[Found, ...]:
    """Up to `limit` people whom these words may mean, the likeliest first; nobody for words without a letter."""
    work.require(Permission.PERSON_READ)
    terms = terms_of(text)
    if not terms:
        return ()
    rows = await work.driver.fetch(FIND, terms, kind, min(limit, MOST))
    people = {row["id"]: Found(**row) for row in rows}
    return tuple(people.values())[:limit]


async def find_all(
    work: Work, text: str, kind: Kind | None, group: str, *, after: UUID | None, limit: int
) -> tuple[Found, ...]:
    """The same, going on after somebody and within a group: all whom these words may mean can be paged through."""
    work.require(Permission.PERSON_READ)
    terms = terms_of(text)
    if not terms:
        return ()
    rows = await work.driver.fetch(FIND_ALL, terms, kind, EVERYBODY, group, after, limit)
    return tuple(Found(**row) for row in rows)


async def roots_of(work: Work, people: list[UUID]) -> dict[UUID, UUID]:
    """Whom each of these ids means today; one that is not here is missing."""
    return {row[0]: row[1] for row in await work.driver.fetch(ROOTS, people)}
