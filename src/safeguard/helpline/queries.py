"""Reading the desk: each page in one statement, through the driver into structs."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.helpline.case import Case, Debrief, Entry, Referrer, Url, Wave, referrer_of
from safeguard.helpline.states import State
from safeguard.work import Work

_HERE: Final = "organisation_id = (select sec.current_organisation())"
_CASE: Final = """json_build_object('id', c.id, 'reference', c.reference, 'channel', c.channel, 'state', c.state,
    'priority', c.priority, 'at_risk', c.at_risk, 'caller', c.caller, 'sector', c.sector,
    'caller_name', c.caller_name, 'caller_organisation', c.caller_organisation, 'caller_contact', c.caller_contact,
    'gender', c.gender, 'summary', c.summary, 'issues', c.issues, 'platforms', c.platforms, 'wave_id', c.wave_id,
    'origin', c.origin, 'assigned_to', c.assigned_to, 'assigned_name', c.assigned_name,
    'received_at', c.received_at, 'received_by_name', c.received_by_name, 'answered_at', c.answered_at,
    'ended_at', c.ended_at, 'outcome', c.outcome, 'ending', c.ending,
    'referrer_ending', c.referrer_ending, 'heard_at', c.heard_at, 'unsent_at', c.unsent_at,
    'themes', c.themes,
    'awaited_since', case when c.state = 'awaiting_referrer' and c.heard_at is null then (
        select max(e.written_at) from public.helpline_entries e
        where e.organisation_id = c.organisation_id and e.case_id = c.id and e.kind = 'state'
            and e.state = 'awaiting_referrer') end,
    'version', c.version)"""
_ENTRY: Final = """json_build_object('id', e.id, 'kind', e.kind, 'channel', e.channel, 'words', e.words,
    'guidance', e.guidance, 'state', e.state, 'distressing', e.distressing, 'told_to', e.told_to,
    'told_why', e.told_why, 'told_at', e.told_at, 'written_at', e.written_at, 'written_by_name', e.written_by_name)"""
_STEPS: Final = """coalesce((select json_agg(json_build_object('id', s.id, 'state', s.state,
    'happened_at', s.happened_at, 'day_only', s.day_only, 'undated', s.undated,
    'answered', s.answered, 'platform_reference', s.platform_reference,
    'answer', s.answer, 'written_at', s.written_at, 'written_by_name', s.written_by_name,
    'undoes', s.undoes) order by s.written_at, s.id)
    from public.helpline_url_steps s where s.organisation_id = u.organisation_id and s.url_id = u.id), '[]'::json)"""
_URL: Final = f"""json_build_object('id', u.id, 'address', u.address, 'host', u.host, 'platform', u.platform,
    'flags', u.flags, 'state', u.state, 'platform_reference', u.platform_reference, 'version', u.version,
    'listed_at', u.listed_at, 'self_reported_at', u.self_reported_at, 'reported_at', u.reported_at,
    'chased_at', u.chased_at, 'answered_at', u.answered_at, 'ended_at', u.ended_at,
    'hours_known', u.hours_known, 'seen_again_at', u.seen_again_at,
    'cases', (select count(*) from public.helpline_case_urls o
        where o.organisation_id = u.organisation_id and o.url_id = u.id),
    'steps', {_STEPS})"""  # noqa: S608  our own constants
_WAVE: Final = """json_build_object('id', w.id, 'name', w.name, 'cause', w.cause, 'answer', w.answer,
    'state', w.state, 'version', w.version, 'opened_at', w.opened_at, 'opened_by_name', w.opened_by_name,
    'closed_at', w.closed_at,
    'cases', (select count(*) from public.helpline_cases c
        where c.organisation_id = w.organisation_id and c.wave_id = w.id),
    'open_cases', (select count(*) from public.helpline_cases c
        where c.organisation_id = w.organisation_id and c.wave_id = w.id and c.ended_at is null))"""

QUEUE: Final = f"""
select {_CASE}::text from public.helpline_cases c
where c.{_HERE} and c.ended_at is null and (c.queued_at, c.id) > ($1, $2)
    and ($3::uuid is null or c.assigned_to = $3) and (not $4 or c.assigned_to is null)
    and ($5::text is null or c.state = $5) and ($6::uuid is null or c.wave_id = $6)
    and (not $8 or c.at_risk) and ($9::timestamptz is null or c.answered_at is null and c.received_at <= $9)
order by c.queued_at, c.id limit $7
"""  # noqa: S608  our own constants
ENDED: Final = f"""
select {_CASE}::text from public.helpline_cases c
where c.{_HERE} and c.ended_at is not null and (c.ended_at, c.id) < ($1, $2)
order by c.ended_at desc, c.id desc limit $3
"""  # noqa: S608  our own constants
COUNTS: Final = f"""
select count(*) filter (where c.ended_at is null) as open,
    count(*) filter (where c.ended_at is null and c.assigned_to is null) as unassigned,
    count(*) filter (where c.ended_at is null and c.assigned_to = $1) as mine,
    count(*) filter (where c.ended_at is null and (c.at_risk or c.priority = 'urgent')) as urgent,
    count(*) filter (where c.at_risk) as at_risk,
    count(*) filter (where c.at_risk and c.assigned_to is null) as at_risk_with_nobody,
    count(*) filter (where c.answered_at is null and c.received_at <= $2) as overdue,
    count(*) filter (where c.heard_at is not null and c.assigned_to = $1) as heard
from public.helpline_cases c where c.{_HERE} and c.ended_at is null
"""  # noqa: S608  our own constants
HELD_BY: Final = f"""
select {_CASE}::text from public.helpline_cases c
where c.{_HERE} and c.assigned_to = $1 and c.ended_at is null order by c.queued_at, c.id for update of c
"""  # noqa: S608  our own constants
"""Open cases that somebody has, in the order of the queue, held until the end of the work that gives them on."""
CASE: Final = f"select {_CASE}::text from public.helpline_cases c where c.{_HERE} and c.id = $1"  # noqa: S608  our own
BY_ORIGIN: Final = f"select {_CASE}::text from public.helpline_cases c where c.{_HERE} and c.origin = $1"  # noqa: S608  our own constants
ENTRIES: Final = f"""
select {_ENTRY}::text from public.helpline_entries e where e.{_HERE} and e.case_id = $1
order by e.written_at, (e.kind = 'state'), array_position($2, e.state), e.id
"""  # noqa: S608  our own constants
"""What one act wrote stands in the order of the states that it passed."""
EARLIER: Final = f"""
select {_CASE}::text from public.search_cases($1, $3, $2, 10) f
join public.helpline_cases c on c.{_HERE} and c.id = f.id
order by c.received_at desc, c.id desc
"""  # noqa: S608  our own constants
KNOWN_BEFORE: Final = f"""
with known as materialized (
    select c.organisation_id, c.id, c.received_at from public.helpline_cases c
    where c.{_HERE} and c.id is distinct from $3
        and (c.caller_contact <> '' and c.caller_contact = $1
            or c.caller_organisation <> '' and c.caller_organisation = $2)),
latest as (select k.organisation_id, k.id from known k order by k.received_at desc, k.id desc limit 10)
select {_CASE}::text from latest k
join public.helpline_cases c on c.organisation_id = k.organisation_id and c.id = k.id
order by c.received_at desc, c.id desc
"""  # noqa: S608  our own constants
"""By equality, which row security lets an index answer: asked with every case that is opened.

Materialised: with a limit in sight the planner would read case after case from the latest on until it has met ten.
"""
URLS_OF: Final = f"""
select {_URL}::text from public.helpline_case_urls l
join public.helpline_urls u on u.organisation_id = l.organisation_id and u.id = l.url_id
where l.{_HERE} and l.case_id = $1 order by l.added_at, l.id
"""  # noqa: S608  our own constants
URL: Final = f"select {_URL}::text from public.helpline_urls u where u.{_HERE} and u.id = $1"  # noqa: S608  our own
CASES_OF: Final = f"""
select {_CASE}::text from public.helpline_case_urls l
join public.helpline_cases c on c.organisation_id = l.organisation_id and c.id = l.case_id
where l.{_HERE} and l.url_id = $1 order by c.received_at desc, c.id limit 50
"""  # noqa: S608  our own constants
NAMED: Final = f"""
select c.id, c.channel, c.origin from public.helpline_case_urls l
join public.helpline_cases c on c.organisation_id = l.organisation_id and c.id = l.case_id
where l.{_HERE} and l.url_id = $1 order by c.id
"""  # noqa: S608  our own constants
WAVES: Final = f"""
select {_WAVE}::text from public.helpline_waves w where w.{_HERE} order by w.opened_at desc, w.id desc limit 100
"""  # noqa: S608  our own constants
WAVE: Final = f"select {_WAVE}::text from public.helpline_waves w where w.{_HERE} and w.id = $1"  # noqa: S608  our own
MEMBERS: Final = f"""
select m.user_id, m.name from public.memberships m
where m.{_HERE} and m.state = 'active' and m.roles && array['practitioner', 'supervisor']
order by m.name, m.user_id limit 500
"""  # noqa: S608  our own constants
DEBRIEFS: Final = f"""
select json_build_object('id', d.id, 'practitioner_id', d.practitioner_id, 'practitioner_name', d.practitioner_name,
    'words', d.words, 'held_at', d.held_at, 'held_by_name', d.held_by_name)::text
from public.helpline_debriefs d where d.{_HERE} order by d.held_at desc, d.id desc limit 50
"""  # noqa: S608  our own constants

_PASSED: Final = [str(state) for state in State]
FIRST: Final = (datetime(1, 1, 2, tzinfo=UTC), UUID(int=0))
"""Sorts before everything in a queue that begins with the oldest."""
LAST: Final = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))
"""Sorts before everything in a list that begins with the latest."""


class Counts(msgspec.Struct, frozen=True):
    """How much waits."""

    open: int
    unassigned: int
    mine: int
    urgent: int
    at_risk: int
    at_risk_with_nobody: int
    overdue: int
    """Not answered within the limit for a first answer."""
    heard: int
    """One's own in which they wrote again, or an answer did not reach them."""


_case = msgspec.json.Decoder(Case).decode
_entry = msgspec.json.Decoder(Entry).decode
_url = msgspec.json.Decoder(Url).decode
_wave = msgspec.json.Decoder(Wave).decode
_debrief = msgspec.json.Decoder(Debrief).decode


async def list_queue(
    work: Work,
    after: tuple[datetime, UUID],
    limit: int,
    *,
    assigned_to: UUID | None = None,
    unassigned: bool = False,
    state: str | None = None,
    wave: UUID | None = None,
    at_risk: bool = False,
    overdue: datetime | None = None,
) -> tuple[Case, ...]:
    """Open cases: a child at risk whose case nobody has, then what is urgent, then what has waited longest.

    `overdue` is the moment of `prompts.late_since`: those that came until then and were not answered.
    """
    work.require(Permission.HELPLINE_WORK)
    rows = await work.driver.fetch(QUEUE, *after, assigned_to, unassigned, state, wave, limit, at_risk, overdue)
    return tuple(_case(row[0]) for row in rows)


async def list_ended(work: Work, after: tuple[datetime, UUID], limit: int) -> tuple[Case, ...]:
    """Cases that nobody works on any more, the latest first."""
    work.require(Permission.HELPLINE_WORK)
    return tuple(_case(row[0]) for row in await work.driver.fetch(ENDED, *after, limit))


async def count_queue(work: Work, overdue: datetime) -> Counts:
    """How much is open, whose, how urgent, and how much is late; `overdue` as in `list_queue`."""
    work.require(Permission.HELPLINE_WORK)
    row = await work.driver.fetchrow(COUNTS, work.actor.user_id, overdue)
    return Counts(*row) if row else Counts(0, 0, 0, 0, 0, 0, 0, 0)


async def get_case(work: Work, case_id: UUID) -> Case:
    """One case; raises `NotFound`."""
    work.require(Permission.HELPLINE_WORK)
    text = await work.driver.fetchval(CASE, case_id)
    if text is None:
        raise NotFound
    return _case(text)


async def find_by_origin(work: Work, origin: str) -> Case | None:
    """The case that arrived from elsewhere under this name."""
    work.require(Permission.HELPLINE_WORK)
    text = await work.driver.fetchval(BY_ORIGIN, origin)
    return _case(text) if text else None


async def list_entries(work: Work, case_id: UUID) -> tuple[Entry, ...]:
    """Everything said and done in a case, in its order."""
    work.require(Permission.HELPLINE_WORK)
    return tuple(_entry(row[0]) for row in await work.driver.fetch(ENTRIES, case_id, _PASSED))


async def find_earlier(work: Work, text: str, but: UUID | None = None) -> tuple[Case, ...]:
    """Up to ten cases whose caller, organisation or contact holds `text`, or of that reference, the latest first.

    The reference may be the desk's own or what whoever referred the case calls it.
    """
    work.require(Permission.HELPLINE_WORK)
    if len(text) < 3:
        return ()
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = await work.driver.fetch(EARLIER, f"%{escaped}%", but, clock.as_reference(text))
    return tuple(_case(row[0]) for row in rows)


async def find_same_caller(work: Work, case: Case) -> tuple[Case, ...]:
    """Up to ten other cases of the same contact or the same organisation, the latest first."""
    work.require(Permission.HELPLINE_WORK)
    said = (case.caller_contact, case.caller_organisation, case.id)
    return tuple(_case(row[0]) for row in await work.driver.fetch(KNOWN_BEFORE, *said))


async def list_urls_of(work: Work, case_id: UUID) -> tuple[Url, ...]:
    """The addresses that a case names, in the order in which it named them, with their steps."""
    work.require(Permission.HELPLINE_WORK)
    return tuple(_url(row[0]) for row in await work.driver.fetch(URLS_OF, case_id))


async def get_url(work: Work, url_id: UUID) -> Url:
    """One address; raises `NotFound`."""
    work.require(Permission.HELPLINE_WORK)
    text = await work.driver.fetchval(URL, url_id)
    if text is None:
        raise NotFound
    return _url(text)


async def list_cases_of(work: Work, url_id: UUID) -> tuple[Case, ...]:
    """The fifty latest cases that name an address, for its page."""
    work.require(Permission.HELPLINE_WORK)
    return tuple(_case(row[0]) for row in await work.driver.fetch(CASES_OF, url_id))


async def list_all_of(work: Work, url_id: UUID) -> dict[UUID, Referrer | None]:
    """Every case that names an address, however many, and who referred it."""
    work.require(Permission.HELPLINE_WORK)
    rows = await work.driver.fetch(NAMED, url_id)
    return {row["id"]: referrer_of(row["channel"], row["origin"]) for row in rows}


async def list_waves(work: Work) -> tuple[Wave, ...]:
    """Waves, the latest first."""
    work.require(Permission.HELPLINE_WORK)
    return tuple(_wave(row[0]) for row in await work.driver.fetch(WAVES))


async def get_wave(work: Work, wave_id: UUID) -> Wave:
    """One wave; raises `NotFound`."""
    work.require(Permission.HELPLINE_WORK)
    text = await work.driver.fetchval(WAVE, wave_id)
    if text is None:
        raise NotFound
    return _wave(text)


async def list_team(work: Work) -> tuple[tuple[UUID, str], ...]:
    """Who works at the desk: (id, name)."""
    work.require(Permission.HELPLINE_WORK)
    return tuple((row[0], row[1]) for row in await work.driver.fetch(MEMBERS))


async def list_debriefs(work: Work) -> tuple[Debrief, ...]:
    """The latest debriefs, of everybody; for supervisors."""
    work.require(Permission.HELPLINE_SUPERVISE)
    return tuple(_debrief(row[0]) for row in await work.driver.fetch(DEBRIEFS))
