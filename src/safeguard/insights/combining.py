"""Counting incidents that have several things in common, when somebody asks.

The road not taken is to keep the figures of every combination as incidents change: there are millions of them, and an
organisation asks for a handful. So this reads the incidents of the period, in one statement and in one pass, along the
index of when they were recorded; and since that costs as much more as there are more of them, it reads no more than the
latest months that hold ten thousand together with the same months a year before, and says so. A large school does not
record as many in two years. It runs with the reader's own rights, and restricted incidents count nowhere, as everywhere
else.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from safeguard.access.policy import Permission
from safeguard.incidents.parts import hours_of
from safeguard.insights.counting import Counts, Month, gathered
from safeguard.insights.narrowing import Narrowed
from safeguard.insights.periods import moved
from safeguard.insights.timeliness import WAITED
from safeguard.work import Work

COMBINED: Final = f"""
with months as materialized (
    select o.time_zone as zone, array_agg(to_char(m, 'YYYY-MM') order by m) as names,
        array_agg(m at time zone o.time_zone order by m) as starts,
        max(m + interval '1 month') at time zone o.time_zone as until
    from public.organisations o,
        generate_series(($1 || '-01')::timestamp, ($2 || '-01')::timestamp, interval '1 month') m
    where o.id = (select sec.current_organisation()) group by o.time_zone
), found as materialized (
    select width_bucket(i.recorded_at, (select starts from months)) as place_of_month, i.risk, i.state, i.four_c,
        i.risk_areas, i.issue_types, i.platforms, i.place,
        case when i.happened_precision = 'minute'
            then to_char(i.happened_from at time zone (select zone from months), 'HH24') end as hour,
        case when i.imported_at is null then {WAITED.format("i.acknowledged_at", "i.recorded_at")} end as acknowledged,
        case when i.imported_at is null then {WAITED.format("i.closed_at", "i.recorded_at")} end as closed
    from public.incidents i
    where i.organisation_id = (select sec.current_organisation()) and i.restricted_at is null
        and i.recorded_at >= (select starts[1] from months) and i.recorded_at < (select until from months)
        and ($3::text is null or i.risk = $3)
        and ($4::text is null or $4 = any (i.four_c))
        and ($5::text is null or $5 = any (i.risk_areas))
        and ($6::text is null or $6 = any (i.issue_types))
        and ($7::text is null or $7 = any (i.platforms))
        and ($8::text is null or i.place = $8)
        and ($9::text[] is null or i.happened_precision = 'minute'
            and to_char(i.happened_from at time zone (select zone from months), 'HH24') = any ($9))
        and ($10::text is null or exists (
            select from public.incident_people n
            where n.organisation_id = i.organisation_id and n.incident_id = i.id and n.kind = 'child'
                and n.removed_at is null and n.group_name ~* (select public.year_pattern($10))))
), counted as (
    select place_of_month, 'total' as dimension, '' as code, count(*) as incidents from found group by 1
    union all select place_of_month, 'risk', risk, count(*) from found group by 1, 3
    union all select place_of_month, 'state', state, count(*) from found group by 1, 3
    union all select place_of_month, 'place', place, count(*) from found where place is not null group by 1, 3
    union all select place_of_month, 'hour', hour, count(*) from found where hour is not null group by 1, 3
    union all select place_of_month, 'acknowledged', acknowledged::text, count(*) from found
        where acknowledged is not null group by 1, 3
    union all select place_of_month, 'closed', closed::text, count(*) from found where closed is not null group by 1, 3
    union all select place_of_month, 'four_c', code, count(*) from found, unnest(four_c) code group by 1, 3
    union all select place_of_month, 'risk_area', code, count(*) from found, unnest(risk_areas) code group by 1, 3
    union all select place_of_month, 'issue', code, count(*) from found, unnest(issue_types) code group by 1, 3
    union all select place_of_month, 'platform', code, count(*) from found, unnest(platforms) code group by 1, 3
)
select (select names from months)[c.place_of_month], c.dimension, c.code, c.incidents from counted c
"""  # noqa: S608  our own constants
"""The beginnings of the months are found once, where the organisation is, and not for each incident."""
MOST: Final = 10_000
"""So many incidents are looked through, of a period and the year before it together."""
ORDER: Final = ("risk", "four_c", "risk_area", "issue", "platform", "place", "hour", "year")


def within_reach(months: Sequence[Month], *totals: Mapping[Month, int]) -> tuple[Month, ...]:
    """The latest of these months that hold no more than `MOST` in all of the totals together; at least the last one.

    `totals` are of the same months of several years: the first as named, each further one a year earlier.
    """
    held = [0] * len(totals)
    for place, month in enumerate(reversed(months)):
        held = [
            so_far + total.get(moved(month, -12 * back), 0)
            for back, (so_far, total) in enumerate(zip(held, totals, strict=True))
        ]
        if place and sum(held) > MOST:
            return tuple(months[len(months) - place :])
    return tuple(months)


async def read_combined(work: Work, narrowed: Sequence[Narrowed], first: Month, last: Month) -> Counts:
    """The counts of the incidents that have all of these in common, in these months, the last one included.

    For those who see every figure: from small figures beside each other somebody could be recognised.
    """
    work.require(Permission.INSIGHTS_EXACT)
    asked: dict[str, str | list[str]] = {one.dimension: one.code for one in narrowed}
    if isinstance(part := asked.get("hour"), str):
        asked["hour"] = list(hours_of(part))
    return gathered(await work.driver.fetch(COMBINED, first, last, *(asked.get(dimension) for dimension in ORDER)))
