"""Of which incidents somebody outside has still to hear: a bounded statement, judged by the rules of `notifying`.

It looks at what is not closed and brings only those of which a clock could run, the earliest first, with as much of
each as the rules ask for, and asks again until none is left out. Where a file brought more than anybody has open, it
looks at the newest few thousand and at as many of the oldest, which are the ones that may be late; the inbox and the
home page say so. A kind of organisation without such a clock is not asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.incidents.deadlines import ALLEGED, LOOKED_AFTER, OWED, Deadline, told_outside
from safeguard.incidents.here import Here
from safeguard.incidents.story import FLAGGED_JSON, Story, decode_story
from safeguard.people.twins import FLAGGED
from safeguard.tenancy.calendars.reading import Clocks, read_clocks
from safeguard.tenancy.limits import Clock
from safeguard.work import Work

LATEST: Final = 5_000
"""No organisation has as many open at once; where a file brought more, the page must not take them all in."""
UNFINISHED: Final = f"""
    newest as materialized (
        select n.id, n.recorded_at from public.incidents n
        where n.organisation_id = (select sec.current_organisation()) and n.state <> 'closed'
            and ($1::uuid[] is null or n.id = any ($1))
        order by n.recorded_at desc, n.id desc limit {LATEST}),
    unfinished as materialized (
        select n.id from newest n
        union all
        select o.id from (
            select n.id from public.incidents n
            where (select count(*) from newest) = {LATEST}
                and n.organisation_id = (select sec.current_organisation()) and n.state <> 'closed'
                and n.recorded_at <= (select min(n.recorded_at) from newest n)
                and ($1::uuid[] is null or n.id = any ($1)) and n.id not in (select n.id from newest n)
            order by n.recorded_at, n.id limit {LATEST}) o)"""  # noqa: S608  our own constant
"""What is not closed: all of it up to so many, else the newest and the oldest."""
BETWEEN: Final = f"""
select exists (
    select from public.incidents n
    where n.organisation_id = (select sec.current_organisation()) and n.state <> 'closed'
    order by n.recorded_at offset {2 * LATEST})
"""  # noqa: S608  our own constant
"""Whether more is not closed than is looked at."""
FIRST: Final = (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))
AT_A_TIME: Final = 500
"""So many stories are read into memory by one statement; where so many came, there may be more."""
EVERY: Final = (*OWED, ALLEGED, LOOKED_AFTER)
CANDIDATES: Final = f"""
with recursive {UNFINISHED},{FLAGGED % "$7::text[]"}
select json_build_object('facts', json_build_object('id', i.id, 'reference', i.reference, 'state', i.state,
        'risk', i.risk, 'recorded_at', i.recorded_at, 'recorded_by', i.recorded_by, 'recorded_by_name', '',
        'discovered_at', i.discovered_at, 'risk_areas', i.risk_areas, 'issue_types', i.issue_types, 'narrative', '',
        'assigned_to', i.assigned_to, 'last_activity_at', i.last_activity_at, 'imported_at', i.imported_at),
    'people', coalesce((
        select json_agg(json_build_object('id', p.id, 'position', p.position, 'role', p.role,
                        'connection', p.connection, 'name', '') order by p.position, p.id)
        from public.incident_people p
        where p.organisation_id = i.organisation_id and p.incident_id = i.id and p.removed_at is null), '[]'::json),
    'entries', coalesce((
        select json_agg(json_build_object('id', e.id, 'incident_id', e.incident_id, 'kind', e.kind,
                        'written_at', e.written_at, 'author_name', '', 'supersedes_id', e.supersedes_id,
                        'contact', e.contact, 'referral', e.referral, 'risk_before', e.risk_before,
                        'risk_after', e.risk_after, 'changes', e.changes,
                        'person_id', e.person_id, 'informed', e.informed, 'reason', left(e.reason, 1),
                        'took_place_at', e.took_place_at) order by e.written_at, e.id)
        from public.entries e
        where e.organisation_id = i.organisation_id and e.incident_id = i.id
            and (e.kind in ('contact', 'decision', 'risk_change', 'classification', 'informing')
                 or e.kind = 'correction' and e.changes::text ~ '"people[.][0-9]+[.](role|connection)"')),
        '[]'::json), 'flagged', {FLAGGED_JSON})::text
from unfinished u
join public.incidents i on i.organisation_id = (select sec.current_organisation()) and i.id = u.id
where (i.recorded_at, i.id) > ($8, $9) and (i.risk = any ($2) or i.issue_types && $3 or i.risk_areas && $4
    or exists (
        select from public.incident_people p
        where p.organisation_id = i.organisation_id and p.incident_id = i.id and p.role = 'alleged'
            and p.connection = 'staff' and p.removed_at is null)
    or i.imported_at is null and (cardinality($6::text[]) > 0 or cardinality($7::text[]) > 0) and exists (
        select from public.incident_people p
        where p.organisation_id = i.organisation_id and p.incident_id = i.id and p.removed_at is null
            and p.role in ('affected', 'alleged', 'other') and (p.connection = any ($6::text[]) or p.person_id in (
                select f.id from flagged f)))
    or exists (
        select from public.entries e
        where e.organisation_id = i.organisation_id and e.incident_id = i.id and e.kind = 'decision'
            and e.referral = 'made' and e.contact = any ($5)))
order by i.recorded_at, i.id limit {AT_A_TIME}
"""  # noqa: S608  our own constant


@dataclass(frozen=True, slots=True)
class Owed:
    """One body outside that has still to hear of one incident."""

    incident_id: UUID
    reference: str
    risk: str
    assigned_to: UUID | None
    began: datetime
    deadline: Deadline

    @property
    def href(self) -> str:
        """Where it is said that they were told, or why not."""
        return f"/incidents/{self.incident_id}/{self.deadline.page}"


async def list_owed(
    work: Work, clocks: Clocks, *, ids: Sequence[UUID] | None = None, starts: Sequence[str] = EVERY
) -> tuple[Owed, ...]:
    """What is owed in this organisation, or in these incidents, as far as the reader may know of them."""
    asked = _asked(clocks.clocks, starts)
    stories = await _candidates(work, asked, ids)
    return tuple(each for story in stories for each in _owed(story, asked, clocks, work.now()))


async def most_pressing(work: Work, place: Here, ids: Sequence[UUID]) -> Mapping[UUID, Deadline]:
    """Of each of these incidents what is owed first, for a list of them; nothing for whoever does not read them all.

    One statement; the organisation's own limits are read only where it brings something.
    """
    asked = _asked(place.profile.clocks)
    stories = await _candidates(work, asked, ids) if ids and work.may(Permission.INCIDENT_READ) else ()
    if not stories:
        return {}
    there = place.organisation
    clocks = (await read_clocks(work, place.profile, there.nation, there.time_zone)).clocks
    found = [each for story in stories for each in _owed(story, asked, clocks, work.now())]
    # The last one stays of each incident: the limit that ends first.
    return {each.incident_id: each.deadline for each in sorted(found, key=_ends, reverse=True)}


async def owed_of(work: Work, place: Here, incident_id: UUID) -> tuple[Owed, ...]:
    """What is owed of one incident; the organisation's own limits are read only where a clock could run."""
    if not _asked(place.profile.clocks):
        return ()
    there = place.organisation
    clocks = (await read_clocks(work, place.profile, there.nation, there.time_zone)).clocks
    return await list_owed(work, clocks, ids=[incident_id])


async def leaves_out(work: Work) -> bool:
    """Whether so much is not closed that limits of what lies between the newest and the oldest are not counted."""
    return bool(await work.driver.fetchval(BETWEEN))


def _asked(clocks: Mapping[str, Clock], starts: Sequence[str] = EVERY) -> list[Clock]:
    return [each for each in clocks.values() if each.outside and each.starts in starts]


def _ends(owed: Owed) -> datetime:
    return owed.deadline.when.at if owed.deadline.when else datetime.max.replace(tzinfo=UTC)


async def _candidates(work: Work, asked: Sequence[Clock], ids: Sequence[UUID] | None) -> tuple[Story, ...]:
    if not asked:
        return ()
    which, found, last = (None if ids is None else list(ids), *_wanted(asked)), list[Story](), FIRST
    while len(found) % AT_A_TIME == 0:
        rows = await work.driver.fetch(CANDIDATES, *which, *last)
        if not rows:
            break
        found += (decode_story(row[0]) for row in rows)
        last = found[-1].facts.recorded_at, found[-1].facts.id
    return tuple(found)


def _owed(story: Story, asked: Iterable[Clock], clocks: Clocks, now: datetime) -> Iterable[Owed]:
    facts = story.facts
    for began, deadline in told_outside(story, asked, clocks, now):
        yield Owed(facts.id, facts.reference, facts.risk, facts.assigned_to, began, deadline)


def _wanted(asked: Iterable[Clock]) -> tuple[list[Any], ...]:
    """What the statement looks for: risks, issue types, risk areas, contacts; who is looked after, by how they belong
    here and by flags."""
    asked = list(asked)
    begins = [each.begins for each in asked]
    children = [each.begins for each in asked if each.knowers]
    return (
        sorted({code for each in begins for code in each.risks}),
        sorted({code for each in begins for code in each.issues}),
        sorted({code for each in begins for code in each.risk_areas}),
        sorted({code for each in asked for code in each.contacts}),
        sorted({code for each in children for code in each.connections}),
        sorted({code for each in children for code in each.flags}),
    )
