"""Counts of incidents, read at a cost that does not grow with the record, and compared with a recount.

The database keeps them as incidents change (migrations/sql/71_insights.sql). What is not folded in yet is added in the
same statement, so the figures are exact at every moment. Restricted incidents count nowhere.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final, TypeAlias

import msgspec

from safeguard.access.policy import Permission
from safeguard.insights.timeliness import WAITED
from safeguard.work import Work

Month: TypeAlias = str
"""`2026-11`, where the organisation is."""

READ: Final = "select month, dimension, code, incidents from public.read_incident_counts($1, $2)"
NARROWED: Final = "select month, dimension, code, incidents from public.read_counts_among($1, $2, $3)"
FOLD: Final = "select public.fold_incident_counts() + public.fold_involvement()"
RECOUNT: Final = f"""
with own as (
    select i.*, to_char(i.recorded_at at time zone o.time_zone, 'YYYY-MM') as month, o.time_zone as zone
    from public.incidents i join public.organisations o on o.id = i.organisation_id
    where i.organisation_id = (select sec.current_organisation()) and i.restricted_at is null
        and ($1 = '' or $1 = any (
            array['risk|' || i.risk, 'place|' || coalesce(i.place, '')]
            || array(select 'four_c|' || c from unnest(i.four_c) c)
            || array(select 'issue|' || c from unnest(i.issue_types) c)
            || array(select 'risk_area|' || c from unnest(i.risk_areas) c)
            || array(select 'platform|' || c from unnest(i.platforms) c)
            || case when i.happened_precision = 'minute'
                then 'hour|' || to_char(i.happened_from at time zone o.time_zone, 'HH24') end
            || array(select 'year|' || lpad(substring(lower(n.group_name) from '^(?:year )?([0-9]+)'), 2, '0')
                from public.incident_people n
                where n.organisation_id = i.organisation_id and n.incident_id = i.id and n.kind = 'child'
                    and n.removed_at is null and n.group_name ~* '^(year )?[0-9]')))
), judged as (
    select month, recorded_at, imported_at, (
        select min(e.written_at) from public.entries e
        where e.organisation_id = own.organisation_id and e.incident_id = own.id and e.kind = 'risk_change'
            and e.written_at > own.recorded_at) as judged_at
    from own
), found as (
    select month, 'total' as dimension, '' as code from own
    union all select month, 'risk', risk from own
    union all select month, 'state', state from own
    union all select month, 'four_c', unnest(four_c) from own
    union all select month, 'risk_area', unnest(risk_areas) from own
    union all select month, 'issue', unnest(issue_types) from own
    union all select month, 'platform', unnest(platforms) from own
    union all select month, 'place', place from own where place is not null
    union all select month, 'hour', to_char(happened_from at time zone zone, 'HH24') from own
        where happened_precision = 'minute' and happened_from is not null
    union all select month, 'acknowledged', {WAITED.format("acknowledged_at", "recorded_at")}::text from own
        where acknowledged_at is not null and imported_at is null
    union all select month, 'closed', {WAITED.format("closed_at", "recorded_at")}::text from own
        where closed_at is not null and imported_at is null
    union all select month, 'triaged', {WAITED.format("judged_at", "recorded_at")}::text from judged
        where judged_at is not null and imported_at is null
    union all select own.month, 'year', lpad(substring(lower(n.group_name) from '^(?:year )?([0-9]+)'), 2, '0')
        from own join public.incident_people n on n.organisation_id = own.organisation_id and n.incident_id = own.id
        where n.kind = 'child' and n.removed_at is null and n.group_name ~* '^(year )?[0-9]'
    union all select to_char(e.written_at at time zone own.zone, 'YYYY-MM'), 'control', unnest(e.controls)
        from own join public.entries e on e.organisation_id = own.organisation_id and e.incident_id = own.id
        where e.kind = 'lesson' and not exists (
            select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
    union all select to_char(e.written_at at time zone own.zone, 'YYYY-MM'), 'touched', code
        from own join public.entries e on e.organisation_id = own.organisation_id and e.incident_id = own.id,
            lateral (select distinct unnest(e.controls) as code) c
        where e.kind = 'lesson' and not exists (
            select from public.entries b
            where b.organisation_id = e.organisation_id and b.incident_id = e.incident_id and b.kind = 'lesson'
                and code = any (b.controls) and (b.written_at, b.id) < (e.written_at, e.id))
        and exists (
            select from public.entries s
            where s.organisation_id = e.organisation_id and s.incident_id = e.incident_id and s.kind = 'lesson'
                and code = any (s.controls) and not exists (
                    select from public.entries n
                    where n.organisation_id = s.organisation_id and n.supersedes_id = s.id))
)
select month, dimension, code, count(*) from found
where $1 = '' or dimension not in ('control', 'touched', 'year', 'triaged') group by 1, 2, 3
"""  # noqa: S608  our own constants

MOST_FOLDS: Final = 50
"""Each takes up to 20,000 changes."""
FIRST: Final[Month] = "0000-00"
LAST: Final[Month] = "9999-99"


class Counts(msgspec.Struct, frozen=True):
    """Counts by dimension, code and month."""

    by: Mapping[str, Mapping[str, Mapping[Month, int]]]

    def total(self, dimension: str, code: str = "") -> int:
        """All months of one code."""
        return sum(self.by.get(dimension, {}).get(code, {}).values())

    def totals(self, dimension: str, among: Sequence[Month] | None = None) -> dict[str, int]:
        """Every code of a dimension over all months, or over those `among` them, the greatest first."""
        codes = self.by.get(dimension, {})
        if among is None:
            found = {code: sum(months.values()) for code, months in codes.items()}
        else:
            found = {code: sum(months.get(month, 0) for month in among) for code, months in codes.items()}
        return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))

    def months(self, dimension: str, code: str = "") -> Mapping[Month, int]:
        """One code by month."""
        return self.by.get(dimension, {}).get(code, {})

    def within(self, months: Collection[Month]) -> "Counts":
        """The counts of these months alone."""
        return self.relabelled({month: month for month in months})

    def relabelled(self, names: Mapping[Month, Month]) -> "Counts":
        """The counts of the months in `names`, added up under the name that each has there."""
        by: dict[str, dict[str, dict[Month, int]]] = {}
        for dimension, codes in self.by.items():
            for code, months in codes.items():
                found: Counter[Month] = Counter()
                for month, number in months.items():
                    if month in names:
                        found[names[month]] += number
                if found:
                    by.setdefault(dimension, {})[code] = dict(found)
        return Counts(by)


async def read_counts(work: Work, first: Month = FIRST, last: Month = LAST) -> Counts:
    """The counts of these months, the last one included."""
    work.require(Permission.INSIGHTS_READ)
    return gathered(await work.driver.fetch(READ, first, last))


async def read_narrowed(
    work: Work, narrowed_to: str | Collection[str], first: Month = FIRST, last: Month = LAST
) -> Counts:
    """The same of incidents with one thing in common, `platform|tiktok`, less what is counted beside incidents.

    Several only where no incident can have two of them: the hours of a part of the day.

    For those who see every figure: from small figures beside each other somebody could be recognised.
    """
    work.require(Permission.INSIGHTS_EXACT)
    keys = [narrowed_to] if isinstance(narrowed_to, str) else list(narrowed_to)
    return gathered(await work.driver.fetch(NARROWED, keys, first, last))


async def recount(work: Work, narrowed_to: str = "") -> Counts:
    """The same from the incidents themselves: to compare with, at whatever cost.

    Year groups are read as "Year 9" and "9B" alone.
    """
    return gathered(await work.driver.fetch(RECOUNT, narrowed_to))


async def fold(work: Work) -> int:
    """Fold what changed into the counts of incidents and of people, in every organisation; how many changes."""
    return int(await work.driver.fetchval(FOLD) or 0)


async def fold_all(work: Work) -> None:
    """Fold until nothing is left, or as often as is done at once: the schedule comes back."""
    for _ in range(MOST_FOLDS):
        if not await fold(work):
            return


def gathered(rows: list[tuple[str, str, str, int]]) -> Counts:
    """Rows of month, dimension, code and number as counts."""
    by: dict[str, dict[str, dict[Month, int]]] = defaultdict(lambda: defaultdict(dict))
    for month, dimension, code, number in rows:
        by[dimension][code][month] = number
    return Counts({dimension: dict(codes) for dimension, codes in by.items()})
