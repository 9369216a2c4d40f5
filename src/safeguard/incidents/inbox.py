"""The inbox: what waits for somebody who handles incidents, by risk and then by age.

Short lists, each along an index of its own: new (nobody has acknowledged it), heard (whoever reported it by the public
page wrote again, and nobody has read that: closed ones too), unassigned (nobody handles it), mine,
overdue (a day has passed by which something was to be done, answered or looked at again, or a limit by which somebody
outside was to be told or to answer), due within a week, and quiet
(nothing was added for long; what has lain longest comes first). What nobody has assessed may be anything, so it comes
before what is known to be of less than high risk. The home page shows the same figures, and each leads to its list.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.incidents.choices import QUIET_AT_MOST
from safeguard.incidents.running import DUE_WITHIN, NOTHING, Running
from safeguard.incidents.story import Risk, State
from safeguard.work import Work

Tab = Literal["new", "heard", "unassigned", "mine", "overdue", "due", "quiet"]
TABS: Final[tuple[Tab, ...]] = ("new", "heard", "unassigned", "mine", "overdue", "due", "quiet")
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
_HEARD: Final = "i.heard_at is not null"
_HEARD_RANK: Final = "(case when i.heard_urgent then 0 else 1 end)"
_UNASSIGNED: Final = "i.state = 'open' and i.assigned_to is null"
_MINE: Final = "i.state = 'open' and i.assigned_to = {}"
_QUIET: Final = "i.state = 'open' and i.last_activity_at < {}"
_DATED: Final = """
    select d.incident_id, min(d.due_on) as due_on from (
        select e.incident_id, e.due_on from public.entries e
        where e.organisation_id = (select sec.current_organisation()) and {} and e.done_at is null
            and not exists (
                select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
        union all
        select * from unnest({}::uuid[], {}::date[])) d
    group by d.incident_id"""
"""Days that were given to something in an incident, and those on which limits of the profile end."""
_LATE: Final = "e.due_on < {}"
_SOON: Final = "e.due_on between {} and {}"
_ROW: Final = """i.id, i.reference, i.version, i.state, i.risk, i.recorded_at, i.recorded_by_name, i.assigned_name,
    i.last_activity_at, left(i.narrative, 160), coalesce((
        select string_agg(n.name, ', ' order by n.position) from public.incident_people n
        where n.organisation_id = i.organisation_id and n.incident_id = i.id and n.removed_at is null), '')"""


def _cut(rank: str) -> str:
    return f"({rank}, i.recorded_at, i.id) > ($1, $2, $3) order by {rank}, i.recorded_at, i.id limit $4"


def _listed(which: str, rank: str) -> str:
    return f"select {_ROW}, null::date from public.incidents i where {_HERE} and {which} and {_cut(rank)}"  # noqa: S608  our own constants


def _dated(which: str, ids: str, days: str) -> str:
    return f"""with dated as materialized ({_DATED.format(which, ids, days)})
select {_ROW}, dated.due_on from dated
join public.incidents i on {_HERE} and i.id = dated.incident_id and i.state <> 'closed'
where {_cut(_RANK)}"""  # noqa: S608  our own constants


def _figure(which: str) -> str:
    return f"(select count(*) from (select from public.incidents i where {_HERE} and {which} limit $3) n)"  # noqa: S608  ours


def _dated_figure(which: str, ids: str, days: str) -> str:
    return f"""(select count(*) from (
        select from ({_DATED.format(which, ids, days)}) dated
        join public.incidents i on {_HERE} and i.id = dated.incident_id and i.state <> 'closed' limit $3) n)"""  # noqa: S608  ours


LIST: Final[Mapping[Tab, str]] = {
    "new": _listed(_NEW, _URGENT),
    "heard": f"""select {_ROW}, null::date, i.heard_at, i.heard_urgent from public.incidents i
where {_HERE} and {_HEARD} and ({_HEARD_RANK}, i.heard_at, i.id) > ($1, $2, $3)
order by {_HEARD_RANK}, i.heard_at, i.id limit $4""",  # noqa: S608  our own constants
    "unassigned": _listed(_UNASSIGNED, _RANK),
    "mine": _listed(_MINE.format("$5"), _RANK),
    "overdue": _dated(_LATE.format("$5"), "$6", "$7"),
    "due": _dated(_SOON.format("$5", "$6"), "$7", "$8"),
    "quiet": f"""select {_ROW}, null::date from public.incidents i
where {_HERE} and {_QUIET.format("$5")} and $1::int is not null and (i.last_activity_at, i.id) > ($2, $3)
order by i.last_activity_at, i.id limit $4""",  # noqa: S608  our own constants
}

COUNT: Final = f"""
select {_figure(_NEW)}, {_figure(_HEARD)}, {_figure(_UNASSIGNED)}, {_figure(_MINE.format("$1"))},
    {_dated_figure(_LATE.format("$2"), "$6", "$7")}, {_dated_figure(_SOON.format("$2", "$4"), "$8", "$9")},
    {_figure(_QUIET.format("$5"))}
"""


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
    last_activity_at: datetime
    beginning: str
    people: str
    due_on: date | None
    """Of what is overdue, or due next; None in lists that go by something else."""
    heard_at: datetime | None = None
    """Since when words of whoever reported it wait to be read; only in their own list."""
    heard_urgent: bool = False
    """Whether they say that somebody may be in danger."""


class Place(msgspec.Struct, frozen=True):
    """Where a page of the inbox ends: rows come by risk, then by age, then by id."""

    rank: int
    at: datetime
    id: UUID


FIRST: Final = Place(-1, datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))


async def list_waiting(
    work: Work,
    tab: Tab,
    today: date,
    after: Place = FIRST,
    *,
    running: Running = NOTHING,
    limit: int = 25,
    longest: timedelta = QUIET_AT_MOST,
) -> tuple[Waiting, ...]:
    """Up to `limit` incidents of one tab, the most urgent first and of those the oldest.

    `running` are the limits of the profile that count beside days that were given; `longest` is for how long nothing
    may happen before one is quiet.
    """
    work.require(Permission.INCIDENT_TRIAGE)
    more: dict[Tab, tuple[object, ...]] = {
        "mine": (work.actor.user_id,), "overdue": (today, *running.days("overdue")),
        "due": (today, today + DUE_WITHIN, *running.days("due")),
        "quiet": (work.now() - longest,),
    }  # fmt: skip
    rows = await work.driver.fetch(LIST[tab], after.rank, after.at, after.id, limit, *more.get(tab, ()))
    return tuple(Waiting(*row) for row in rows)


async def count_waiting(
    work: Work, today: date, longest: timedelta = QUIET_AT_MOST, running: Running = NOTHING
) -> dict[Tab, int]:
    """How many there are under each tab, up to 99."""
    work.require(Permission.INCIDENT_TRIAGE)
    row = await work.driver.fetchrow(
        COUNT, work.actor.user_id, today, MOST, today + DUE_WITHIN, work.now() - longest,
        *running.days("overdue"), *running.days("due"),
    )  # fmt: skip
    return dict(zip(TABS, row or (0,) * len(TABS), strict=True))


def place_of(row: Waiting, tab: Tab) -> Place:
    """Where the list goes on after this line."""
    if tab == "quiet":
        return Place(0, row.last_activity_at, row.id)
    if tab == "heard":
        return Place(0 if row.heard_urgent else 1, row.heard_at or row.recorded_at, row.id)
    rank = RANKS[row.risk]
    return Place(min(rank, 2) if tab == "new" else rank, row.recorded_at, row.id)
