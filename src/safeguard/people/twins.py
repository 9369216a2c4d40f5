"""Who may be the same person twice, and which records were merged."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.people.person import Found
from safeguard.people.queries import FOUND
from safeguard.work import Work

SAME: Final = """
with recursive same (id) as (
    select n.person_id
    union
    select case when p.id = s.id then p.merged_into_id else p.id end
    from same s join public.people p on p.organisation_id = n.organisation_id
        and (p.id = s.id and p.merged_into_id is not null or p.merged_into_id = s.id)
)
"""
"""`same`: whoever `n`, a row of `incident_people`, is, through every duplicate that was merged either way."""
FLAGGED: Final = """
    flagged (id) as (
        select a.id from public.people a
        where a.organisation_id = (select sec.current_organisation()) and a.flags <> '{}' and a.flags && %s
        union
        select o.id from flagged f
        cross join lateral (
            select p.merged_into_id as id from public.people p
            where p.organisation_id = (select sec.current_organisation()) and p.id = f.id
                and p.merged_into_id is not null
            union all
            select p.id from public.people p
            where p.organisation_id = (select sec.current_organisation()) and p.merged_into_id = f.id) o)"""
"""`flagged`: whoever has one of these flags, on any record that was merged with theirs, by however many steps."""
ROOTS: Final = """
with recursive merged (id, root) as (
    select p.id, p.merged_into_id from public.people p
    where p.organisation_id = (select sec.current_organisation()) and p.merged_into_id is not null
    union
    select m.id, p.merged_into_id from merged m join public.people p
        on p.organisation_id = (select sec.current_organisation()) and p.id = m.root and p.merged_into_id is not null
), roots as (
    select m.id, m.root from merged m join public.people p
        on p.organisation_id = (select sec.current_organisation()) and p.id = m.root and p.merged_into_id is null
)
"""
"""`roots`: each record that was merged, and the one that stands for the person. Few, so it is read once for a list."""
_TWINS: Final = """
public.people a join public.people p
    on p.organisation_id = a.organisation_id and p.twin = a.twin and p.twin <> '' and p.merged_into_id is null
    and p.kind = a.kind and (a.born_on is null or p.born_on is null or a.born_on = p.born_on)
where a.organisation_id = (select sec.current_organisation()) and a.merged_into_id is null and a.twin <> ''
    and not exists (
        select from public.people_apart n
        where n.organisation_id = a.organisation_id
            and n.one_id = least(a.id, p.id) and n.other_id = greatest(a.id, p.id))
"""
"""Names that sound alike, of two who may have been born on one day, and of whom nobody said that they are two."""

OF_ONE: Final = f"select {FOUND} from {_TWINS} and a.id = $1 and p.id <> a.id order by p.sort_key, p.id limit 5"  # noqa: S608  our own constants
PAIRS: Final = f"""
with heard as (
    select t.twin from public.people t
    where t.organisation_id = (select sec.current_organisation()) and t.merged_into_id is null and t.twin <> ''
    group by t.twin having count(*) > 1
)
select a.id as other, {FOUND} from {_TWINS} and a.id < p.id and a.twin in (select h.twin from heard h)
order by p.sort_key, a.id, p.id limit $1
"""  # noqa: S608  our own constants
SOME: Final = f"""
select {FOUND} from public.people p
where p.organisation_id = (select sec.current_organisation()) and p.id = any ($1::uuid[])
"""  # noqa: S608  our own constants
MERGES: Final = """
with recursive tree as (
    select $1::uuid as id
    union
    select p.id from tree t join public.people p
        on p.organisation_id = (select sec.current_organisation()) and p.merged_into_id = t.id
)
select m.id, m.kept_id, m.absorbed_id, p.given_name, p.family_name, p.known_as, m.merged_at, m.merged_by_name,
    m.reason, m.undone_at, m.undone_by_name, m.undone_reason
from public.person_merges m
join public.people p on p.organisation_id = m.organisation_id and p.id = m.absorbed_id
where m.organisation_id = (select sec.current_organisation())
    and (m.kept_id = any (array(select id from tree)) or m.absorbed_id = $1)
order by m.merged_at desc, m.id limit 50
"""


MERGED_FLAGS: Final = f"""{ROOTS}
select r.root, array_agg(distinct u.flag) from roots r
join public.people p on p.organisation_id = (select sec.current_organisation()) and p.id = r.id
cross join unnest(p.flags) u (flag)
where r.root = any ($1::uuid[]) group by r.root
"""  # noqa: S608  our own constants


class Pair(msgspec.Struct, frozen=True):
    """Two records that may be one person."""

    one: Found
    other: Found


class Merge(msgspec.Struct, frozen=True, kw_only=True):
    """A merge that stands, or one that was undone."""

    id: UUID
    kept_id: UUID
    absorbed_id: UUID
    given_name: str
    family_name: str
    known_as: str
    merged_at: datetime
    merged_by_name: str
    reason: str
    undone_at: datetime | None
    undone_by_name: str
    undone_reason: str

    @property
    def name(self) -> str:
        """The name on the record that was merged into the other."""
        return f"{self.given_name} {self.family_name}".strip() or self.known_as


async def list_twins(work: Work, person_id: UUID) -> tuple[Found, ...]:
    """Up to five others who may be the same person."""
    work.require(Permission.PERSON_READ)
    return tuple(Found(**row) for row in await work.driver.fetch(OF_ONE, person_id))


async def list_pairs(work: Work, limit: int = 25) -> tuple[Pair, ...]:
    """Pairs of records that may be one person each."""
    work.require(Permission.PERSON_READ)
    rows = [dict(row) for row in await work.driver.fetch(PAIRS, limit)]
    firsts = await list_some(work, [row["other"] for row in rows])
    return tuple(Pair(firsts[row.pop("other")], Found(**row)) for row in rows)


async def list_some(work: Work, people: list[UUID]) -> dict[UUID, Found]:
    """These people by their ids; one that is not here is missing."""
    work.require(Permission.PERSON_READ)
    return {row["id"]: Found(**row) for row in await work.driver.fetch(SOME, people)}


async def list_merges(work: Work, person_id: UUID) -> tuple[Merge, ...]:
    """Which records were merged into this one, or it into which, the latest first."""
    work.require(Permission.PERSON_READ)
    return tuple(Merge(**row) for row in await work.driver.fetch(MERGES, person_id))


async def flags_of_merged(work: Work, people: list[UUID]) -> dict[UUID, list[str]]:
    """The flags on records that were merged into one of these; whoever has none is missing."""
    work.require(Permission.PERSON_READ)
    return {row[0]: list(row[1]) for row in await work.driver.fetch(MERGED_FLAGS, people)}
