"""What the figures that are kept must be: those of a recount, by other statements, from the records themselves."""

from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

import psycopg

from safeguard.access.actors import Actor
from safeguard.insights.combining import read_combined
from safeguard.insights.counting import read_counts, read_narrowed, recount
from safeguard.insights.involvement import Involved, count_involved
from safeguard.insights.narrowing import find_narrowed
from safeguard.work import begin
from tests.factories.incidents import SCHOOL

COMPARED = (
    "total", "risk", "state", "four_c", "risk_area", "issue", "platform", "place", "hour", "control", "acknowledged",
    "triaged", "closed", "year", "touched",
)  # fmt: skip
NARROWED = (
    "risk|high", "risk|unassessed", "four_c|conduct", "issue|impersonation", "platform|tiktok", "place|online_only",
    "year|09", "year|10", "year|11",
)  # fmt: skip
PARTS_OF_A_DAY = ("night", "day")
PARTS = """
select n.person_id, n.incident_id, n.role, i.recorded_at at time zone o.time_zone as at
from public.incident_people n
join public.incidents i on i.organisation_id = n.organisation_id and i.id = n.incident_id
join public.organisations o on o.id = n.organisation_id
where n.organisation_id = %s and n.person_id is not null and n.removed_at is null and i.restricted_at is null
"""
POINTERS = "select id, merged_into_id from public.people where organisation_id = %s"


async def agree(lead: Actor, narrowed: tuple[str, ...] = NARROWED) -> None:
    """The counts of all months, and of those narrowed to each of these, are those of a recount."""
    async with begin(lead) as work:
        counted, again = await read_counts(work), await recount(work)
        assert {name: counted.by.get(name, {}) for name in COMPARED} == {
            name: again.by.get(name, {}) for name in COMPARED
        }
        for narrowed_to in narrowed:
            kept = (await read_narrowed(work, narrowed_to)).by
            assert kept == (await recount(work, narrowed_to)).by, narrowed_to
            one = find_narrowed((narrowed_to.replace("|", ":"),), SCHOOL)
            assert (await read_combined(work, one, "2000-01", "2999-12")).by == kept, narrowed_to
        for part in PARTS_OF_A_DAY:
            one = find_narrowed((f"hour:{part}",), SCHOOL)
            kept = (await read_narrowed(work, one[0].keys)).by
            assert kept == (await read_combined(work, one, "2000-01", "2999-12")).by, part


async def agree_on_people(lead: Actor, owner: psycopg.Connection) -> dict[str, Involved]:
    """How many people are involved again is what one finds who reads every row; returns that, by school year."""
    parts = owner.execute(PARTS, (lead.organisation_id,)).fetchall()
    pointers = dict(owner.execute(POINTERS, (lead.organisation_id,)).fetchall())
    expected = counted_by_hand(parts, pointers)
    years = sorted({*expected, "2024/25", "2025/26", "2026/27"})
    async with begin(lead) as work:
        assert await count_involved(work, *years) == {year: expected.get(year, Involved()) for year in years}
    return expected


def counted_by_hand(parts: list[Any], pointers: dict[UUID, UUID | None]) -> dict[str, Involved]:
    """People by how many incidents of a year they were harmed in, or said to have caused."""
    years: dict[str, dict[UUID, dict[str, set[UUID]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for person, incident, role, at in parts:
        while above := pointers[person]:
            person = above
        begins = at.year - (at.month < 9)
        years[f"{begins}/{(begins + 1) % 100:02d}"][person][role].add(incident)
    return {year: _involved(people) for year, people in years.items()}


def _involved(people: dict[UUID, dict[str, set[UUID]]]) -> Involved:
    tiers: Counter[tuple[str, int]] = Counter()
    both = 0
    for roles in people.values():
        for role in ("affected", "alleged"):
            tiers[role, min(4, len(roles[role]))] += 1
        both += bool(roles["affected"] and roles["alleged"])
    affected, alleged = ((tiers[role, 2], tiers[role, 3], tiers[role, 4]) for role in ("affected", "alleged"))
    return Involved(len(people), affected, alleged, both)
