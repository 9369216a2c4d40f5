"""Reading incidents: constant SQL through the driver into structs. The hot paths of this room.

Every statement names the organisation of the verified context, so that it uses the indexes that lead with it also for
the owner, whom row security lets see every row. Pages are cut by keyset over (recorded_at, id): never an offset, never
a live count.
"""

import json
from datetime import UTC, date, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.attachments.queries import FILES_JSON
from safeguard.errors import NotFound
from safeguard.incidents.assigned import as_assigned, reads_whole
from safeguard.incidents.parts import hours_of
from safeguard.incidents.story import (
    ENTRY_COLUMNS,
    FACTS_JSON,
    FLAGGED_JSON,
    OWN_CONTROLS_JSON,
    PEOPLE_JSON,
    Person,
    Risk,
    State,
    Story,
    as_reporter_sees,
    columns,
    decode_story,
    people_of,
)
from safeguard.people.calling import called
from safeguard.work import Work

LINK_KNOWN: Final = """(n.linked_id is null or exists (
    select from public.incidents o where o.organisation_id = n.organisation_id and o.id = n.linked_id))"""
"""A link to an incident that the reader must not know of does not exist for them."""

READ: Final = f"""
select json_build_object('facts', {FACTS_JSON}, 'people', {PEOPLE_JSON}, 'files', {FILES_JSON},
    'flagged', {FLAGGED_JSON}, 'own_controls', {OWN_CONTROLS_JSON}, 'entries', coalesce((
    select json_agg(e order by e.written_at, e.id) from (
        select {columns(ENTRY_COLUMNS, "n")} from public.entries n
        where n.organisation_id = i.organisation_id and n.incident_id = i.id and {LINK_KNOWN}) e), '[]'::json),
    'links', coalesce((
        select json_agg(l order by l.reference) from (
            select n.id as entry_id, l.id, l.reference, l.state, l.risk, left(l.narrative, 90) as beginning
            from public.entries n
            join public.incidents l on l.organisation_id = n.organisation_id and l.id = n.linked_id
            where n.organisation_id = i.organisation_id and n.incident_id = i.id and n.kind = 'link'
                and n.done_at is null) l), '[]'::json))::text
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = $1
    and ($2::uuid is null or i.recorded_by = $2)
"""  # noqa: S608  our own constants


class Row(msgspec.Struct, frozen=True):
    """One line of the list."""

    id: UUID
    reference: str
    state: State
    risk: Risk
    recorded_at: datetime
    recorded_by_name: str
    danger_now: bool | None
    acknowledged_at: datetime | None
    platforms: tuple[str, ...]
    four_c: tuple[str, ...]
    beginning: str
    """The first words of the narrative."""
    people: str
    """Full names, in the order of the report."""
    imported_at: datetime | None = None
    """When it came from an earlier product; it was recorded there."""
    due_on: date | None = None
    """The earliest day given to something in it that is still open."""
    awaits: bool = False
    """Whether somebody outside has been asked something, and has not answered."""
    heard: bool = False
    """Whether whoever reported it wrote again, and nobody has read that."""


_PEOPLE = """coalesce((
        select string_agg(n.name, ', ' order by n.position) from public.incident_people n
        where n.organisation_id = i.organisation_id and n.incident_id = i.id and n.removed_at is null), '')"""
_OPEN_END = """from public.entries e
        where e.organisation_id = i.organisation_id and e.incident_id = i.id and e.done_at is null and not exists (
            select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)"""
_OPEN_ENDS = f"""i.imported_at,
    case when i.state <> 'closed' then (
        select min(e.due_on) {_OPEN_END} and e.due_on is not null) end,
    i.state <> 'closed' and exists (
        select {_OPEN_END} and e.kind = 'contact' and e.awaits_answer)"""
_ROW = f"""i.id, i.reference, i.state, i.risk, i.recorded_at, i.recorded_by_name, i.danger_now, i.acknowledged_at,
    i.platforms, i.four_c, left(i.narrative, 160), {_PEOPLE}, {_OPEN_ENDS}, i.heard_at is not null"""
_OWN_ROW = f"""i.id, i.reference, i.state, 'unassessed', i.recorded_at, i.recorded_by_name, i.danger_now,
    i.acknowledged_at, i.platforms, '{{}}'::text[], left(i.narrative, 160), {_PEOPLE}"""
"""What a lead made of it (its risk, its kind) is not for the person who reported it."""

_HERE = "i.organisation_id = (select sec.current_organisation())"
_AFTER = "(i.recorded_at, i.id) < ($1, $2)"
_NEWEST = "order by i.recorded_at desc, i.id desc limit $3"
_FILTERS = """($4::text is null or i.risk = $4) and ($5::text is null or $5 = any (i.four_c))
    and i.recorded_at >= $6 and i.recorded_at < $7"""


def _list(condition: str) -> str:
    return f"select {_ROW} from public.incidents i where {_HERE} and {_AFTER} and {_FILTERS} {condition} {_NEWEST}"  # noqa: S608  our own constants


LIST_ALL: Final = _list("")
LIST_OPEN: Final = _list("and i.state <> 'closed'")
LIST_CLOSED: Final = _list("and i.state = 'closed'")
_ASSESSED = "and i.risk = $4 and i.risk <> 'unassessed'"
"""Said twice, so that the index of assessed incidents may be used whatever the level is."""
LIST_RISK: Final = _list(_ASSESSED)
LIST_OPEN_RISK: Final = _list(f"and i.state <> 'closed' {_ASSESSED}")
LIST_CLOSED_RISK: Final = _list(f"and i.state = 'closed' {_ASSESSED}")
_KINDS = """($8::text is null or $8 = any (i.issue_types)) and ($9::text is null or $9 = any (i.risk_areas))
    and ($10::text is null or $10 = any (i.platforms)) and ($11::text is null or i.place = $11)"""
_IN_YEAR = """exists (
    select from public.incident_people n
    where n.organisation_id = i.organisation_id and n.incident_id = i.id and n.kind = 'child' and n.removed_at is null
        and n.group_name ~* (select public.year_pattern({year})))"""
_AT_HOURS = """(i.happened_precision = 'minute' and to_char(i.happened_from at time zone (
    select o.time_zone from public.organisations o where o.id = (select sec.current_organisation())), 'HH24')
    = any ({hours}))"""
LIST_OF_A_KIND: Final = _list(f"""and {_KINDS} and ($14::text = 'all' or (i.state = 'closed') = ($14 = 'closed'))
    and ($12::text is null or {_IN_YEAR.format(year="$12")})
    and ($13::text[] is null or {_AT_HOURS.format(hours="$13")})
    and ($15::text = '' or i.reference = upper($15) or i.tsv @@ (select public.words_asked($15))
        or exists (
            select from public.incident_people n
            where n.organisation_id = i.organisation_id and n.incident_id = i.id and n.removed_at is null
                and n.person_id = any ($16::uuid[])))""")  # noqa: S608  our own constants
"""What a bar of the board leads to: an issue, a theme, a platform, a place, a year group, a part of the day. A
statement of its own, so that the list which is asked for all day does not carry it."""
LIST_OWN: Final = f"""
select {_OWN_ROW} from public.incidents i where {_HERE} and i.recorded_by = $4 and {_AFTER} {_NEWEST}
"""  # noqa: S608  our own constants
LIST_ASSIGNED: Final = f"""
select i.id, i.reference, i.state, case when a.assigned then i.risk else 'unassessed' end, i.recorded_at,
    i.recorded_by_name, i.danger_now, i.acknowledged_at, i.platforms,
    case when a.assigned then i.four_c else '{{}}' end, left(i.narrative, 160), {_PEOPLE}
from public.incidents i
cross join lateral (select public.is_assigned(i.id, i.issue_types, i.risk_areas, i.restricted_at) as assigned) a
where {_HERE} and {_AFTER} and (a.assigned or i.recorded_by = $8)
    and ($4::text is null or a.assigned and i.risk = $4) and ($5::text is null or a.assigned and $5 = any (i.four_c))
    and i.recorded_at >= $6 and i.recorded_at < $7 and ($9::text = 'all' or (i.state = 'closed') = ($9 = 'closed'))
    and ($10::text = '' or i.reference = upper($10)
        or case when a.assigned then i.tsv else to_tsvector('pg_catalog.english', left(i.narrative, 200000))
            || to_tsvector('pg_catalog.simple', left(i.narrative, 200000)) end
            @@ (select public.words_asked($10)))
    and ($11::text is null or a.assigned and $11 = any (i.issue_types))
    and ($12::text is null or a.assigned and $12 = any (i.risk_areas))
    and ($13::text is null or $13 = any (i.platforms)) and ($14::text is null or i.place = $14)
    and ($15::text is null or a.assigned and {_IN_YEAR.format(year="$15")})
    and ($16::text[] is null or a.assigned and {_AT_HOURS.format(hours="$16")})
{_NEWEST}
"""  # noqa: S608  our own constants
"""A pastoral member's: what is assigned to them, and what they reported themselves, as a reporter sees it. Of those
only the report is searched: the words of the follow-up are not for them, and a search that finds them would tell."""
_LINKED: Final = f"""
    select l.id from same s
    cross join lateral (
        select i.id, i.recorded_at from public.incident_people n
        join public.incidents i on i.organisation_id = n.organisation_id and i.id = n.incident_id
        where n.organisation_id = (select sec.current_organisation()) and n.person_id = s.id and n.removed_at is null
            and {_AFTER} and {_FILTERS} and ($9::boolean is null or (i.state <> 'closed') = $9)
        {_NEWEST}) l
    order by l.recorded_at desc, l.id desc limit $3"""  # noqa: S608  our own constants
"""Person by person: a plan for however many people reads every incident to join theirs."""
SEARCH: Final = f"""
with recursive found as materialized (
    select id from public.search_incidents($8, $9, $4, $5, $6, $7, $1, $2, $3)
), same as (
    select p as id from unnest($10::uuid[]) p
    union
    select p.id from same s
    join public.people p on p.organisation_id = (select sec.current_organisation()) and p.merged_into_id = s.id
), linked as materialized ({_LINKED}
)
select {_ROW} from (select id from found union select id from linked) f
cross join lateral (select * from public.incidents n where n.organisation_id = (select sec.current_organisation())
    and n.id = f.id offset 0) i {_NEWEST}
"""  # noqa: S608  our own constants
"""Incidents whose words match, and those of the people who are called so today, whatever they were called then.

One by one (`offset 0`): after five searches the plan is for any page, and would read every incident to join a few.
"""

Which = Literal["open", "closed", "all"]
EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
END = datetime(9999, 1, 1, tzinfo=UTC)
LATEST = (END, UUID(int=2**128 - 1))
"""Sorts before every incident in a newest-first list."""
_STATEMENTS = {"open": LIST_OPEN, "closed": LIST_CLOSED, "all": LIST_ALL}
_STATEMENTS_OF_A_RISK = {"open": LIST_OPEN_RISK, "closed": LIST_CLOSED_RISK, "all": LIST_RISK}


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What the list is narrowed to; each is in the address of the page."""

    state: Which = "open"
    risk: Risk | None = None
    area: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Incidents recorded before this moment."""
    text: str = ""
    issue: str | None = None
    theme: str | None = None
    platform: str | None = None
    place: str | None = None
    year: str | None = None
    """A year group of a child named in it: `09`."""
    time: str | None = None
    """The part of the day in which it happened, where that is known."""

    @property
    def kinds(self) -> tuple[str | tuple[str, ...] | None, ...]:
        """What is asked of the kind of incident."""
        hours = hours_of(self.time) if self.time else None
        return self.issue, self.theme, self.platform, self.place, self.year, hours


async def read_incident(work: Work, incident_id: UUID) -> Story:
    """Everything of one incident that the actor may see, told to the log; raises `NotFound`.

    Whoever may not read every incident sees their own submission, and of the follow-up what is shared with them.
    """
    everything = await reads_whole(work, incident_id)
    if not everything:
        work.require(Permission.INCIDENT_READ_OWN)
    text = await work.driver.fetchval(READ, incident_id, None if everything else work.actor.user_id)
    if text is None or not (everything or work.actor.user_id):
        raise NotFound
    story = decode_story(text)
    work.record("incident.viewed", incident_id, version=story.facts.version)
    if work.may(Permission.INCIDENT_READ):
        return story
    if everything:
        return as_assigned(story)
    return msgspec.structs.replace(as_reporter_sees(story), people=await _people_sent(work, story))


class Heading(msgspec.Struct, frozen=True):
    """What names an incident and tells nothing of what is in it."""

    id: UUID
    reference: str
    version: int
    state: State


SENT: Final = """
select d.fields from audit.documents d
where d.organisation_id = (select sec.current_organisation()) and d.kind = 'incident' and d.id = $1 and d.version = 1
"""


async def _people_sent(work: Work, story: Story) -> tuple[Person, ...]:
    """The people of the report as it was sent: whom a lead added since, or what they made of somebody, is not shown."""
    text = await work.driver.fetchval(SENT, story.facts.id)
    if text is None:
        return story.people
    return people_of({name: json.loads(value) for name, (value, _salt) in json.loads(text).items()})


HEADING: Final = f"""
select i.id, i.reference, i.version, i.state from public.incidents i where {_HERE} and i.id = $1
"""  # noqa: S608  our own constants


async def get_heading(work: Work, incident_id: UUID) -> Heading:
    """Which incident it is, for a form beside it: nobody reads it by this, so the log is not told."""
    work.require(Permission.INCIDENT_READ)
    row = await work.driver.fetchrow(HEADING, incident_id)
    if row is None:
        raise NotFound
    return Heading(*row)


async def list_incidents(
    work: Work, filters: Filters = Filters(), *, after: tuple[datetime, UUID] | None = None, limit: int = 25
) -> tuple[Row, ...]:
    """Up to `limit` incidents that the filters leave, newest first; their own for those who may see no others."""
    if not (work.may(Permission.INCIDENT_READ) or work.may(Permission.INCIDENT_READ_ASSIGNED)):
        return await list_own(work, after=after, limit=limit)
    at, last_id = after or LATEST
    since, until = filters.since or EARLIEST, filters.until or END
    values = (at, last_id, limit, filters.risk, filters.area, since, until)
    if not work.may(Permission.INCIDENT_READ):
        mine = (work.actor.user_id, filters.state, filters.text, *filters.kinds)
        return tuple(Row(*row) for row in await work.driver.fetch(LIST_ASSIGNED, *values, *mine))
    if any(filters.kinds):
        people = await called(work, filters.text) if filters.text else []
        more = (*filters.kinds, filters.state, filters.text, people)
        found = await work.driver.fetch(LIST_OF_A_KIND, *values, *more)
    elif filters.text:
        only_open = None if filters.state == "all" else filters.state == "open"
        found = await work.driver.fetch(SEARCH, *values, filters.text, only_open, await called(work, filters.text))
    else:
        assessed = filters.risk not in {None, "unassessed"}
        statements = _STATEMENTS_OF_A_RISK if assessed else _STATEMENTS
        found = await work.driver.fetch(statements[filters.state], *values)
    return tuple(Row(*row) for row in found)


async def list_own(work: Work, *, after: tuple[datetime, UUID] | None = None, limit: int = 25) -> tuple[Row, ...]:
    """Up to `limit` of what the actor reported themselves, newest first."""
    work.require(Permission.INCIDENT_READ_OWN)
    at, last_id = after or LATEST
    found = await work.driver.fetch(LIST_OWN, at, last_id, limit, work.actor.user_id)
    return tuple(Row(*row) for row in found)
