"""The inbox: what waits for somebody who handles incidents, by risk and then by age.

Four short lists, each along an index of its own: new (nobody has acknowledged it), unassigned (nobody handles it),
mine, and overdue (a day has passed by which something was to be done, answered or looked at again). What nobody has
assessed may be anything, so it comes before what is known to be of less than high risk.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.incidents.story import Risk, State
from safeguard.work import Work

Tab = Literal["new", "unassigned", "mine", "overdue"]
TABS: Final[tuple[Tab, ...]] = ("new", "unassigned", "mine", "overdue")
BY_NAME: Final[Mapping[str, Tab]] = {tab: tab for tab in TABS}
MOST: Final = 99
"""Figures stop here, because nobody needs to know more."""

_RANK: Final = """(case i.risk when 'emergency' then 0 when 'high' then 1 when 'unassessed' then 2 when 'medium' then 3
    else 4 end)"""
_URGENT: Final = "(case i.risk when 'emergency' then 0 when 'high' then 1 else 2 end)"
"""As the index of unread incidents sorts: a report is hardly ever assessed before somebody has read it."""
RANKS: Final[Mapping[Risk, int]] = {"emergency": 0, "high": 1, "unassessed": 2, "medium": 3, "low": 4}

_HERE: Final = "i.organisation_id = (select sec.current_organisation())"
_NEW: Final = "i.state = 'new'"
_UNASSIGNED: Final = "i.state = 'open' and i.assigned_to is null"
_MINE: Final = "i.state = 'open' and i.assigned_to = {}"
_LATE: Final = """
    select e.incident_id, min(e.due_on) as due_on from public.entries e
    where e.organisation_id = (select sec.current_organisation()) and e.due_on < {} and e.done_at is null
        and not exists (
            select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
    group by e.incident_id"""
_ROW: Final = """i.id, i.reference, i.version, i.state, i.risk, i.recorded_at, i.recorded_by_name, i.assigned_name,
    left(i.narrative, 160), coalesce((
        select string_agg(n.name, ', ' order by n.position) from public.incident_people n
        where n.organisation_id = i.organisation_id and n.incident_id = i.id and n.removed_at is null), '')"""


def _cut(rank: str) -> str:
    return f"({rank}, i.recorded_at, i.id) > ($1, $2, $3) order by {rank}, i.recorded_at, i.id limit $4"


def _listed(which: str, rank: str) -> str:
    return f"select {_ROW}, null::date from public.incidents i where {_HERE} and {which} and {_cut(rank)}"  # noqa: S608  our own constants


LIST: Final[Mapping[Tab, str]] = {
    "new": _listed(_NEW, _URGENT),
    "unassigned": _listed(_UNASSIGNED, _RANK),
    "mine": _listed(_MINE.format("$5"), _RANK),
    "overdue": f"""with late as materialized ({_LATE.format("$5")})
select {_ROW}, late.due_on from late
join public.incidents i on {_HERE} and i.id = late.incident_id and i.state <> 'closed'
where {_cut(_RANK)}""",  # noqa: S608  our own constants
}

COUNT: Final = f"""
select
    (select count(*) from (select from public.incidents i where {_HERE} and {_NEW} limit $3) n),
    (select count(*) from (select from public.incidents i where {_HERE} and {_UNASSIGNED} limit $3) n),
    (select count(*) from (select from public.incidents i where {_HERE} and {_MINE.format("$1")} limit $3) n),
    (select count(*) from (
        select from ({_LATE.format("$2")}) late
        join public.incidents i on {_HERE} and i.id = late.incident_id and i.state <> 'closed' limit $3) n)
"""  # noqa: S608  our own constants


class Waiting(msgspec.Struct, frozen=True):
    """One line of the inbox."""

    id: UUID
    reference: str
    version: int
    state: State
    risk: Risk
    recorded_at: datetime
    recorded_by_name: str
    assigned_name: str
    beginning: str
    people: str
    overdue_since: date | None


class Place(msgspec.Struct, frozen=True):
    """Where a page of the inbox ends: rows come by risk, then by age, then by id."""

    rank: int
    at: datetime
    id: UUID


FIRST: Final = Place(-1, datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))


async def list_waiting(
    work: Work, tab: Tab, today: date, after: Place = FIRST, *, limit: int = 25
) -> tuple[Waiting, ...]:
    """Up to `limit` incidents of one tab, the most urgent first and of those the oldest."""
    work.require(Permission.INCIDENT_TRIAGE)
    more: tuple[object, ...] = {"mine": (work.actor.user_id,), "overdue": (today,)}.get(tab, ())
    rows = await work.driver.fetch(LIST[tab], after.rank, after.at, after.id, limit, *more)
    return tuple(Waiting(*row) for row in rows)


async def count_waiting(work: Work, today: date) -> dict[Tab, int]:
    """How many there are under each tab, up to 99."""
    work.require(Permission.INCIDENT_TRIAGE)
    row = await work.driver.fetchrow(COUNT, work.actor.user_id, today, MOST)
    return dict(zip(TABS, row or (0, 0, 0, 0), strict=True))


def place_of(row: Waiting, tab: Tab) -> Place:
    """Where the list goes on after this line."""
    rank = RANKS[row.risk]
    return Place(min(rank, 2) if tab == "new" else rank, row.recorded_at, row.id)
