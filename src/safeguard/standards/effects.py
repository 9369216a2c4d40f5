"""What an improvement has changed so far: the level of its control, and the incidents that named it.

The figures stand beside what somebody says of them; nothing here says what caused what.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from safeguard.standards.framework import Framework, Level
from safeguard.standards.frameworks import BUILT_IN
from safeguard.standards.review import Improvement
from safeguard.tenancy.whereabouts import day_of
from safeguard.work import Work

LONGEST: Final = timedelta(days=365)
SHORTEST: Final = timedelta(days=28)
"""Less says nothing: incidents do not come evenly."""
LAST: Final = f"""
select t.level, {day_of("t.judged_at")} as judged_on from public.ratings t
join public.reviews r on r.organisation_id = t.organisation_id and r.id = t.review_id
where t.organisation_id = (select sec.current_organisation()) and r.framework = $1 and t.control = $2
    and t.level is not null and ($3::timestamptz is null or t.judged_at > $3)
    and coalesce(t.scale, r.scale, $4) = $4 and t.level <= $4
order by t.judged_at desc, t.id desc limit 1
"""  # noqa: S608  our own constants

Counting = Callable[[Work, str, datetime, datetime], Awaitable[int | None]]
"""How many incidents' lessons named a control in a span; None for whoever may not know."""


async def _unknown(work: Work, control: str, since: datetime, until: datetime) -> int | None:
    return None


_bound: list[Counting] = [_unknown]


def bind(counting: Counting) -> None:
    """Let this room ask the one that knows."""
    _bound[:] = [counting]


@dataclass(frozen=True, slots=True)
class Effect:
    """What can be computed of it."""

    before: Level | None
    """Where the control stood when the improvement was planned."""
    after: Level | None
    """As it was last judged since; None while nobody has judged it again."""
    judged_on: date | None
    touched_before: int | None
    """Incidents whose lessons named it in as many days before as are counted since; None where nobody may say."""
    touched_since: int | None
    days: int
    early: bool
    """Whether fewer days have passed than are counted before: too early to compare."""


async def effect_of(work: Work, framework: Framework, improvement: Improvement) -> Effect:
    """What has changed since it was planned; incidents are counted from when it was done, where it is."""
    found = await work.driver.fetchrow(
        LAST, framework.code, improvement.control, improvement.planned_at, len(framework.levels)
    )
    began = improvement.finished_at or improvement.planned_at
    passed = work.now() - began
    span = min(max(passed, SHORTEST), LONGEST)
    before = since = None
    if framework.code == BUILT_IN:
        before = await _bound[0](work, improvement.control, improvement.planned_at - span, improvement.planned_at)
        since = await _bound[0](work, improvement.control, began, began + span)
    return Effect(
        framework.find_level(improvement.level_then), framework.find_level(found["level"] if found else None),
        found["judged_on"] if found else None, before, since, span.days, passed < span,
    )  # fmt: skip


async def level_of(work: Work, framework: Framework, control: str) -> int | None:
    """Where a control stands as it was last judged on this scale; a judgement that is changed is not there any more."""
    return await work.driver.fetchval(LAST, framework.code, control, None, len(framework.levels))
