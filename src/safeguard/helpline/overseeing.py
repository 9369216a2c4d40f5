"""What a supervisor sees of the desk at a glance: what nobody has, who wrote again, what callers were pointed to."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from safeguard.access.policy import Permission
from safeguard.work import Work

LOOKED_BACK: Final = timedelta(days=30)
NOW: Final = """
select count(*) filter (where c.assigned_to is null) as unassigned,
    count(*) filter (where c.heard_at is distinct from c.unsent_at) as heard, count(c.unsent_at) as unsent,
    min(c.received_at) filter (where c.assigned_to is null) as oldest
from public.helpline_cases c
where c.organisation_id = (select sec.current_organisation()) and c.ended_at is null
"""
RATED: Final = """
select count(f.helpful) as rated, round(avg(f.helpful), 1)::text as mean from public.helpline_feedback f
where f.organisation_id = (select sec.current_organisation()) and f.given_at >= $1
"""
TOLD_ON: Final = """
select count(*) from public.helpline_entries e
where e.organisation_id = (select sec.current_organisation()) and e.written_at >= $1 and e.kind = 'told_on'
"""
POINTED: Final = """
select g.code, count(*) as times from public.helpline_entries e, unnest(e.guidance) g(code)
where e.organisation_id = (select sec.current_organisation()) and e.written_at >= $1
group by g.code order by times desc, g.code limit 20
"""


class DeskNow(msgspec.Struct, frozen=True, kw_only=True):
    """The desk at this moment, and what callers said of it lately."""

    unassigned: int = 0
    heard: int = 0
    unsent: int = 0
    """Cases with an answer that did not reach whoever asked."""
    oldest: datetime | None = None
    rated: int = 0
    mean: str = ""
    told_on: int = 0
    """How often something was told on, in the last thirty days, because somebody was at risk."""


class Signpost(msgspec.Struct, frozen=True):
    """Something that callers were pointed to, and how often."""

    code: str
    times: int


async def read_desk(work: Work) -> DeskNow:
    """What waits, and what callers said in the last thirty days."""
    work.require(Permission.HELPLINE_SUPERVISE)
    now = await work.driver.fetchrow(NOW)
    rated = await work.driver.fetchrow(RATED, work.now() - LOOKED_BACK)
    told_on = int(await work.driver.fetchval(TOLD_ON, work.now() - LOOKED_BACK) or 0)
    if now is None or rated is None:
        return DeskNow()
    return DeskNow(
        unassigned=now["unassigned"], heard=now["heard"], unsent=now["unsent"], oldest=now["oldest"],
        rated=rated["rated"], mean=rated["mean"] or "", told_on=told_on,
    )  # fmt: skip


async def count_signposts(work: Work) -> tuple[Signpost, ...]:
    """What callers were pointed to in the last thirty days, the most frequent first."""
    work.require(Permission.HELPLINE_SUPERVISE)
    return tuple(Signpost(*row) for row in await work.driver.fetch(POINTED, work.now() - LOOKED_BACK))
