"""What platforms make of what they are asked: volume, hours to the first answer and to removal, share removed.

Hours run by the clock, from the helpline's first report: a platform is open at night. What was removed and came back is
counted anew: its removal from when it was seen again, its answer from when it was reported again. An address that the
Internet Watch Foundation or the police have, that was gone before anybody reported it, or that no platform could act
on, counts in the volume and nowhere else. One that still waits for an answer is in no rate yet. One whose report,
answer or end is known by its day alone is in the rates and in no hours.
"""

from typing import Final

import msgspec

from safeguard.access.policy import Permission
from safeguard.work import Work

RATES: Final = """
select u.platform,
    count(*)::int as addresses,
    count(*) filter (where u.state in ('removed', 'restricted', 'refused', 'no_response'))::int as decided,
    count(*) filter (where u.state = 'removed')::int as removed,
    count(*) filter (where u.state in ('passed_iwf', 'passed_police', 'gone', 'not_actionable'))::int as left_out,
    percentile_cont(array[0.5, 0.9]) within group (order by extract(epoch from u.answered_at - u.reported_at) / 3600)
        filter (where u.hours_known and u.answered_at >= u.reported_at) as answer,
    percentile_cont(array[0.5, 0.9])
        within group (order by extract(epoch from u.ended_at - coalesce(u.seen_again_at, u.reported_at)) / 3600)
        filter (where u.hours_known and u.state = 'removed'
            and u.ended_at >= coalesce(u.seen_again_at, u.reported_at)) as removal
from public.helpline_urls u
where u.organisation_id = (select sec.current_organisation())
group by u.platform order by count(*) desc, u.platform
"""


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """One platform. Hours are (median, 90th percentile), by the clock; None where there is nothing to count."""

    platform: str
    addresses: int
    decided: int
    removed: int
    left_out: int
    answer: tuple[float, float] | None = None
    removal: tuple[float, float] | None = None

    @property
    def share(self) -> float | None:
        """Percent removed of those that were decided; None where none was."""
        return 100 * self.removed / self.decided if self.decided else None


async def read_rates(work: Work) -> tuple[Rate, ...]:
    """A row for each platform that an address was listed of, the most first."""
    work.require(Permission.HELPLINE_WORK)
    rows = await work.driver.fetch(RATES)
    return tuple(
        Rate(
            platform=row["platform"], addresses=row["addresses"], decided=row["decided"], removed=row["removed"],
            left_out=row["left_out"], answer=_pair(row["answer"]), removal=_pair(row["removal"]),
        )
        for row in rows
    )  # fmt: skip


def _pair(found: list[float | None] | None) -> tuple[float, float] | None:
    """Both percentiles, or None: PostgreSQL answers with nothing, or with nothing twice, where there is no row."""
    if not found or found[0] is None or found[1] is None:
        return None
    return float(found[0]), float(found[1])
