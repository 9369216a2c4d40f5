"""When a standard is to be reviewed again: so many months after a review of it was signed, as the standard says.

A year is what the published self-reviews and the department's filtering and monitoring standards ask (KCSIE, DfE); a
standard with another rhythm says so in its file (`months`). An organisation may ask for it more often under its
settings, and never less often than a standard does.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, Literal
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.standards.framework import Framework
from safeguard.standards.frameworks import framework_of
from safeguard.standards.owning import current_frameworks, ended_frameworks, known_framework
from safeguard.standards.review import Review
from safeguard.tenancy.effective import effective_values, own_profile
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.registry import REVIEWED_WITHIN
from safeguard.tenancy.whereabouts import zone_here
from safeguard.work import Work

NEAR: Final = timedelta(days=30)
"""So long before its day the next review is said to be near: time to find a morning with several people."""
LAST: Final = """
select r.id, r.framework, (r.signed_at at time zone g.time_zone)::date as signed_on,
       exists (select from public.reviews o where o.organisation_id = r.organisation_id and o.framework = r.framework
               and o.state = 'open') as begun
from public.reviews r join public.organisations g on g.id = r.organisation_id
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.state = 'signed'
    and not exists (
        select from public.reviews l where l.organisation_id = r.organisation_id and l.framework = r.framework
            and l.state = 'signed' and l.signed_at > r.signed_at)
"""
SIGNED: Final = """
select l.id, l.framework, (l.signed_at at time zone g.time_zone)::date as signed_on from (
    select distinct on (r.framework) r.organisation_id, r.id, r.framework, r.signed_at from public.reviews r
    where r.organisation_id = (select sec.current_organisation())
    order by r.framework, r.started_at desc, r.id desc) l
join public.organisations g on g.id = l.organisation_id
where l.signed_at is not null
"""


@dataclass(frozen=True, slots=True)
class Next:
    """The next review of a standard."""

    review_id: UUID
    """The one that was signed last."""
    framework: Framework
    on: date
    state: Literal["later", "near", "late"]


def months_on(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_at(day: date) -> datetime:
    """The morning of a day, for looks that need no greater care: which hour it is in summer does not matter to them."""
    return datetime.combine(day, time(7), UTC)


async def rhythm(work: Work, profile: Profile) -> int:
    """Within how many months the organisation wants every standard reviewed; 0 leaves that to the standards."""
    chosen = (await effective_values(work, (REVIEWED_WITHIN,), profile)).get(REVIEWED_WITHIN)
    return chosen if isinstance(chosen, int) else 0


def _months(framework: Framework, within: int) -> int:
    return min(within, framework.months) if within else framework.months


def next_of(framework: Framework, reviews: Iterable[Review], today: date, zone: tzinfo, within: int) -> Next | None:
    """When the next is due, from the reviews of one standard, the newest first; None while one is under way.

    The day of signing is the organisation's own: shortly after midnight in summer UTC still has the day before.
    """
    latest = next(iter(reviews), None)
    if latest is None or latest.signed_at is None:
        return None
    return _next(latest.id, framework, latest.signed_at.astimezone(zone).date(), today, within)


def _next(review_id: UUID, framework: Framework, signed_on: date, today: date, within: int) -> Next:
    on = months_on(signed_on, _months(framework, within))
    return Next(review_id, framework, on, "late" if on < today else "near" if on - NEAR <= today else "later")


async def list_next(work: Work, profile: Profile, today: date) -> tuple[Next, ...]:
    """The next review of every standard whose last one was signed off, the earliest first; nothing for other readers.

    Cheap enough for the first page of the day: a standard of one's own alone is read from the database.
    """
    if not work.may(Permission.STANDARDS_READ):
        return ()
    rows, found = await work.driver.fetch(SIGNED), list[Next]()
    own = any(framework_of(row["framework"], profile) is None for row in rows)
    ended = await ended_frameworks(work) if own else frozenset[str]()
    within = await rhythm(work, profile) if rows else 0
    for row in rows:
        framework = framework_of(row["framework"], profile)
        if framework is None and row["framework"] not in ended:
            with suppress(NotFound):
                framework = await known_framework(work, row["framework"], profile)
        if framework:
            found.append(_next(row["id"], framework, row["signed_on"], today, within))
    return tuple(sorted(found, key=lambda one: (one.on, one.framework.name)))


def next_of_all(
    frameworks: Iterable[Framework], reviews: Sequence[Review], today: date, zone: tzinfo, within: int = 0
) -> tuple[Next, ...]:
    """As `next_of`, of each; `within` as `rhythm` says it."""
    found = [
        next_of(each, (one for one in reviews if one.framework == each.code), today, zone, within)
        for each in frameworks
    ]
    return tuple(sorted((one for one in found if one), key=lambda one: (one.on, one.framework.name)))


async def ask_to_look(work: Work, review: Review, framework: Framework) -> None:
    """Have somebody told when the next review is near, and once when its day is over."""
    if work.dated or review.signed_at is None:
        return
    zone = await zone_here(work)
    within = await rhythm(work, await own_profile(work))
    _look_on(work, review.id, months_on(review.signed_at.astimezone(zone).date(), _months(framework, within)))


async def ask_to_look_again(work: Work, profile: Profile, today: date) -> None:
    """The same of every review that was signed last, once the rhythm is another; looks that stand are left alone."""
    for each in await list_next(work, profile, today):
        _look_on(work, each.review_id, each.on)


def _look_on(work: Work, review_id: UUID, on: date) -> None:
    """Before the day, and once after it."""
    for day in (on - NEAR, on + timedelta(days=1)):
        run_at = max(work.now() + timedelta(minutes=1), due_at(day))
        work.ask("notice.review_due", review_id, key=f"{review_id} {day.isoformat()}", run_at=run_at)


async def whether_due(work: Work, profile: Profile, review_id: UUID, today: date) -> Literal["near", "late"] | None:
    """What there is to tell of a review that was signed: nothing once another was, nor of a standard that is ended."""
    row = await work.driver.fetchrow(LAST, review_id)
    known = {each.code: each for each in await current_frameworks(work, profile)} if row else {}
    if row is None or row["framework"] not in known:
        return None
    on = months_on(row["signed_on"], _months(known[row["framework"]], await rhythm(work, profile)))
    if on < today:
        return "late"
    return "near" if on - NEAR <= today and not row["begun"] else None
