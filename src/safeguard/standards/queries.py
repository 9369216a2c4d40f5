"""Reading where an organisation stands: each page in one statement, through the driver into structs."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.standards.review import Improvement, Item, Review, Source
from safeguard.work import Work

_HERE: Final = "organisation_id = (select sec.current_organisation())"

_RATINGS: Final = """coalesce((select json_agg(json_build_object(
    'id', t.id, 'control', t.control, 'level', t.level, 'commentary', t.commentary, 'version', t.version,
    'framework_version', t.framework_version, 'framework_digest', t.framework_digest, 'scale', t.scale,
    'judged_at', t.judged_at, 'judged_by_name', t.judged_by_name))
    from public.ratings t where t.organisation_id = r.organisation_id and t.review_id = r.id), '[]'::json)"""
_SCALE: Final = """(select json_array_length(f.body::json -> 'levels') from public.own_frameworks f
    where f.organisation_id = r.organisation_id and f.code = r.framework and f.edition = r.framework_version)"""
_REVIEW: Final = f"""json_build_object('id', r.id, 'framework', r.framework, 'framework_version', r.framework_version,
    'framework_digest', r.framework_digest, 'scale', coalesce(r.scale, {_SCALE}), 'editions_left', r.editions_left,
    'scope', r.scope, 'state', r.state, 'statement', r.statement, 'version', r.version, 'started_at', r.started_at,
    'started_by_name', r.started_by_name, 'signed_at', r.signed_at, 'signed_by_name', r.signed_by_name,
    'ratings', {_RATINGS})"""
_SUPPORTS: Final = """coalesce((
    select json_agg(json_build_array(c.framework, c.control) order by c.framework, c.control)
    from public.evidence_controls c where c.organisation_id = e.organisation_id and c.item_id = e.id), '[]'::json)"""
_ITEM: Final = f"""json_build_object('id', e.id, 'kind', e.kind, 'title', e.title, 'description', e.description,
    'kept_at', e.kept_at, 'dated_on', e.dated_on, 'renew_on', e.renew_on, 'version', e.version,
    'added_at', e.added_at, 'added_by_name', e.added_by_name, 'withdrawn_at', e.withdrawn_at,
    'withdrawn_reason', e.withdrawn_reason, 'supports', {_SUPPORTS})"""
_IMPROVEMENT: Final = """json_build_object('id', m.id, 'framework', m.framework, 'control', m.control,
    'source', m.source, 'origin_id', m.origin_id, 'level_then', m.level_then, 'words', m.words, 'owner_id', m.owner_id,
    'owner_name', m.owner_name, 'due_on', m.due_on,
    'state', m.state, 'progress', m.progress, 'effect', m.effect, 'version', m.version, 'planned_at', m.planned_at,
    'planned_by_name', m.planned_by_name, 'finished_at', m.finished_at)"""

LATEST: Final = f"""
select coalesce(json_agg(found.review order by found.started_at desc, found.id desc), '[]'::json)::text from (
    select {_REVIEW} as review, r.started_at, r.id,
        row_number() over (partition by r.framework order by r.started_at desc, r.id desc) as place
    from public.reviews r where r.{_HERE}) found
where found.place <= 2
"""  # noqa: S608  our own constants
OF_FRAMEWORK: Final = f"""
select coalesce(json_agg(found.review order by found.started_at desc, found.id desc), '[]'::json)::text from (
    select {_REVIEW} as review, r.started_at, r.id from public.reviews r
    where r.{_HERE} and r.framework = $1 order by r.started_at desc, r.id desc limit $2) found
"""  # noqa: S608  our own constants
REVIEW: Final = f"select {_REVIEW}::text from public.reviews r where r.{_HERE} and r.id = $1"  # noqa: S608  our own
BEFORE: Final = f"""
select {_REVIEW}::text from public.reviews r
where r.{_HERE} and r.framework = $1 and r.state = 'signed' and (r.started_at, r.id) < ($2, $3)
order by r.started_at desc, r.id desc limit 1
"""  # noqa: S608  our own constants
ITEMS: Final = f"""
select {_ITEM}::text from public.evidence_items e
where e.{_HERE} and (e.added_at, e.id) < ($1, $2) order by e.added_at desc, e.id desc limit $3
"""  # noqa: S608  our own constants
TO_RENEW: Final = f"""
select {_ITEM}::text from public.evidence_items e
where e.{_HERE} and e.withdrawn_at is null and e.renew_on < $1 order by e.renew_on, e.id limit $2
"""  # noqa: S608  our own constants
ITEM: Final = f"select {_ITEM}::text from public.evidence_items e where e.{_HERE} and e.id = $1"  # noqa: S608  our own
OF_CONTROL: Final = f"""
select json_build_object(
    'items', coalesce((select json_agg({_ITEM} order by e.dated_on desc, e.id desc)
        from public.evidence_items e
        where e.{_HERE} and e.withdrawn_at is null and e.id in (
            select s.item_id from public.evidence_controls s
            where s.{_HERE} and s.framework = $1 and s.control = any ($2))), '[]'::json),
    'improvements', coalesce((select json_agg({_IMPROVEMENT} order by m.planned_at desc, m.id desc)
        from public.improvements m
        where m.{_HERE} and m.framework = $1 and m.control = any ($2)
            and (not $3 or m.origin_id is null or sec.log_of_incident(m.origin_id) = 'general')), '[]'::json))::text
"""  # noqa: S608  our own constants
ELSEWHERE: Final = f"""
select {_IMPROVEMENT}::text from public.improvements m
where m.{_HERE} and not (m.framework = $1 and m.control = any ($2))
    and (m.origin_id is null or sec.log_of_incident(m.origin_id) = 'general')
order by m.planned_at desc, m.id desc limit $3
"""  # noqa: S608  our own constants
OPEN: Final = f"""
select {_IMPROVEMENT}::text from public.improvements m
where m.{_HERE} and m.state in ('planned', 'doing') order by m.due_on, m.id limit $1
"""  # noqa: S608  our own constants
FINISHED: Final = f"""
select {_IMPROVEMENT}::text from public.improvements m
where m.{_HERE} and m.state in ('done', 'dropped') order by m.planned_at desc, m.id desc limit $1
"""  # noqa: S608  our own constants
IMPROVEMENT: Final = f"select {_IMPROVEMENT}::text from public.improvements m where m.{_HERE} and m.id = $1"  # noqa: S608  our own constants
FROM: Final = f"""
select {_IMPROVEMENT}::text from public.improvements m
where m.{_HERE} and m.source = $1 and m.origin_id = $2 order by m.planned_at desc, m.id desc limit 20
"""  # noqa: S608  our own constants
MEMBERS: Final = f"""
select m.user_id, m.name from public.memberships m
where m.{_HERE} and m.state = 'active' and m.kind = 'person' and m.roles <> '{{inspector}}'
order by m.name, m.user_id limit 500
"""  # noqa: S608  our own constants

LATEST_ITEM: Final = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))
"""Sorts before every item in a list that begins with the latest."""
FURTHEST: Final = 2_000
"""The most improvements, or items to renew, that are listed; a page shows some of them."""


class Beside(msgspec.Struct, frozen=True):
    """What stands beside controls: their evidence, and what is done to improve them."""

    items: tuple[Item, ...] = ()
    improvements: tuple[Improvement, ...] = ()


_reviews = msgspec.json.Decoder(tuple[Review, ...]).decode
_review = msgspec.json.Decoder(Review).decode
_item = msgspec.json.Decoder(Item).decode
_improvement = msgspec.json.Decoder(Improvement).decode
_beside = msgspec.json.Decoder(Beside).decode


async def latest_reviews(work: Work) -> tuple[Review, ...]:
    """The last two reviews of each framework, the latest first."""
    work.require(Permission.STANDARDS_READ)
    return _reviews(await work.driver.fetchval(LATEST) or "[]")


async def list_reviews(work: Work, framework: str, most: int) -> tuple[Review, ...]:
    """The latest reviews of one framework, the newest first."""
    work.require(Permission.STANDARDS_READ)
    return _reviews(await work.driver.fetchval(OF_FRAMEWORK, framework, most) or "[]")


async def get_review(work: Work, review_id: UUID) -> Review:
    """One review; raises `NotFound`."""
    work.require(Permission.STANDARDS_READ)
    text = await work.driver.fetchval(REVIEW, review_id)
    if text is None:
        raise NotFound
    return _review(text)


async def signed_before(work: Work, review: Review) -> Review | None:
    """The last review of the same framework that was signed before this one began."""
    text = await work.driver.fetchval(BEFORE, review.framework, review.started_at, review.id)
    return _review(text) if text else None


async def list_items(work: Work, after: tuple[datetime, UUID], limit: int) -> tuple[Item, ...]:
    """Items of evidence, the latest first."""
    work.require(Permission.STANDARDS_READ)
    return tuple(_item(row[0]) for row in await work.driver.fetch(ITEMS, *after, limit))


async def list_to_renew(work: Work, before: date) -> tuple[Item, ...]:
    """Items that are to be renewed before a day, those that have waited longest first."""
    work.require(Permission.STANDARDS_READ)
    return tuple(_item(row[0]) for row in await work.driver.fetch(TO_RENEW, before, FURTHEST))


async def get_item(work: Work, item_id: UUID) -> Item:
    """One item of evidence; raises `NotFound`."""
    work.require(Permission.STANDARDS_READ)
    text = await work.driver.fetchval(ITEM, item_id)
    if text is None:
        raise NotFound
    return _item(text)


async def beside(work: Work, framework: str, controls: list[str], *, counted: bool = False) -> Beside:
    """The evidence for some controls, each item once, and what is done to improve them.

    What is `counted` leaves out what was planned because of an incident that is kept from somebody, whoever counts: as
    no such incident is in any figure, and figures go to others.
    """
    work.require(Permission.STANDARDS_READ)
    return _beside(await work.driver.fetchval(OF_CONTROL, framework, controls, counted) or "{}")


async def improvements_elsewhere(work: Work, framework: str, controls: list[str]) -> tuple[Improvement, ...]:
    """What is planned for anything but these controls, for figures: as `beside` counts it."""
    work.require(Permission.STANDARDS_READ)
    rows = await work.driver.fetch(ELSEWHERE, framework, controls, FURTHEST)
    return tuple(_improvement(row[0]) for row in rows)


async def list_improvements(work: Work, *, finished: bool = False) -> tuple[Improvement, ...]:
    """The action plan: what is open, the nearest deadline first; or what is finished, the latest first."""
    work.require(Permission.STANDARDS_READ)
    return tuple(_improvement(row[0]) for row in await work.driver.fetch(FINISHED if finished else OPEN, FURTHEST))


async def improvements_from(work: Work, source: Source, origin_id: UUID) -> tuple[Improvement, ...]:
    """What was planned because of one incident, or of one inspection; nothing for those who do not read the plan."""
    if not work.may(Permission.STANDARDS_READ):
        return ()
    return tuple(_improvement(row[0]) for row in await work.driver.fetch(FROM, source, origin_id))


async def get_improvement(work: Work, improvement_id: UUID) -> Improvement:
    """One improvement; raises `NotFound`."""
    work.require(Permission.STANDARDS_READ)
    found = await find_improvement(work, improvement_id)
    if found is None:
        raise NotFound
    return found


async def find_improvement(work: Work, improvement_id: UUID) -> Improvement | None:
    """The same for a verb that judges by itself who may know of it."""
    text = await work.driver.fetchval(IMPROVEMENT, improvement_id)
    return _improvement(text) if text else None


async def members(work: Work) -> tuple[tuple[UUID, str], ...]:
    """Who may own an improvement: (id, name) of everybody who belongs here; who only inspects does not."""
    work.require(Permission.STANDARDS_READ)
    return tuple((row[0], row[1]) for row in await work.driver.fetch(MEMBERS))
