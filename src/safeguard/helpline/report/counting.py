"""Counting a period from the cases themselves, in a handful of statements whose cost is that of reading them once.

A period holds the cases that came in it. What was said in those cases, and what became of the addresses that they name,
counts with them, whenever it happened: one case, several contacts, and at least the one by which it came. A case may
have several issues, so shares of issues do not add up. Codes of issues are counted under the helpline's label for them.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.helpline.report.counted import Counted, Hours, PlatformFigures
from safeguard.helpline.report.opening import Openings, openings_of
from safeguard.helpline.report.spans import Span
from safeguard.tenancy.calendars.bank_holidays import Helpline
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

_OWN: Final = """
with own as materialized (
    select c.id, c.channel, c.caller, c.sector, c.gender, c.state, c.wave_id, c.received_at, c.answered_at, c.ended_at,
        c.ending, c.issues, c.platforms, c.themes
    from public.helpline_cases c
    where c.organisation_id = (select sec.current_organisation()) and c.state <> 'draft'
        and c.received_at >= $1 and c.received_at < $2 and ($3::uuid is null or $3 = any (c.themes))
)
"""
FAMILIES: Final = f"""
{_OWN}, asked as (
    select o.id from own o where o.state in ('escalated', 'platform_responded') or exists (
            select from public.helpline_entries e where e.organisation_id = (select sec.current_organisation())
                and e.case_id = o.id and e.kind = 'state' and e.state = 'escalated')
        or exists (
            select from public.helpline_case_urls l
            join public.helpline_urls u on u.organisation_id = l.organisation_id and u.id = l.url_id
            where l.organisation_id = (select sec.current_organisation()) and l.case_id = o.id
                and coalesce(u.reported_at, u.seen_again_at) is not null)
)
select 'total' as family, '' as code, count(*) as number from own
union all select 'channel', channel, count(*) from own group by 2
union all select 'caller', caller, count(*) from own group by 2
union all select 'sector', sector, count(*) from own group by 2
union all select 'gender', gender, count(*) from own group by 2
union all select 'state', state, count(*) from own group by 2
union all select 'ending', ending, count(*) from own where state = 'closed' group by 2
union all select 'wave', case when wave_id is null then 'alone' else 'wave' end, count(*) from own group by 2
union all select 'month', to_char(received_at at time zone $4, 'YYYY-MM'), count(*) from own group by 2
union all select 'escalated', case when o.id in (select id from asked) then 'yes' else 'no' end, count(*)
    from own o group by 2
union all select 'arrived', case when b.number > 0 and o.received_at < ($5::timestamptz[])[b.number] + $6::interval
        then 'open' else 'closed' end, count(*)
    from own o, lateral (select width_bucket(o.received_at, $5::timestamptz[]) as number) b group by 2
union all select 'platform', p.code, count(distinct o.id) from own o, unnest(o.platforms) p (code) group by 2
union all select 'theme', t.id::text, count(distinct o.id) from own o, unnest(o.themes) t (id) group by 2
union all select 'issue', l.label, count(distinct o.id)
    from own o join unnest($7::text[], $8::text[]) l (code, label) on l.code = any (o.issues) group by 2
union all select 'family', f.label, count(distinct o.id)
    from own o join unnest($9::text[], $10::text[]) f (code, label) on f.code = any (o.platforms) group by 2
union all select 'guidance', g.code, count(distinct o.id)
    from own o join public.helpline_entries e on e.organisation_id = (select sec.current_organisation())
        and e.case_id = o.id, unnest(e.guidance) g (code) group by 2
"""  # noqa: S608  our own constants
_UP_TO: Final = """(case when {place}.number = 0 then 0 else ({place}.number - 1) * $5::float
    + least(extract(epoch from {moment} - ($4::timestamptz[])[{place}.number])::float, $5::float) end)"""
"""Seconds for which the helpline was open up to a moment, since the first opening that is known."""
SUMS: Final = f"""
{_OWN}, clocked as (
    select o.id,
        {_UP_TO.format(place="a", moment="o.answered_at")}
            - {_UP_TO.format(place="r", moment="o.received_at")} as answer,
        {_UP_TO.format(place="e", moment="o.ended_at")}
            - {_UP_TO.format(place="r", moment="o.received_at")} as ended
    from own o,
        lateral (select width_bucket(o.received_at, $4::timestamptz[]) as number) r,
        lateral (select width_bucket(o.answered_at, $4::timestamptz[]) as number) a,
        lateral (select width_bucket(o.ended_at, $4::timestamptz[]) as number) e
)
select
    (select count(*) - count(distinct e.case_id) from public.helpline_entries e
        where e.organisation_id = (select sec.current_organisation())
            and e.kind = 'contact' and e.case_id in (select id from own)) + (select count(*) from own) as contacts,
    (select count(f.helpful) from public.helpline_feedback f
        where f.organisation_id = (select sec.current_organisation()) and f.case_id in (select id from own)) as rated,
    (select avg(f.helpful)::float from public.helpline_feedback f
        where f.organisation_id = (select sec.current_organisation()) and f.case_id in (select id from own)) as helpful,
    count(answer) as answers, percentile_cont(array[0.5, 0.9]) within group (order by answer / 3600) as answer,
    count(ended) as endings, percentile_cont(array[0.5, 0.9]) within group (order by ended / 3600) as ended
from clocked
"""  # noqa: S608  our own constants
ADDRESSES: Final = f"""
{_OWN}, named as materialized (
    select distinct u.id, u.platform, u.state, u.reported_at, u.answered_at, u.ended_at, u.hours_known,
        coalesce(u.seen_again_at, u.reported_at) as removable_at
    from own o
    join public.helpline_case_urls l on l.organisation_id = (select sec.current_organisation()) and l.case_id = o.id
    join public.helpline_urls u on u.organisation_id = (select sec.current_organisation()) and u.id = l.url_id
)
select platform, state, count(*)::int as number,
    array_agg(extract(epoch from answered_at - reported_at)::float / 3600)
        filter (where hours_known and answered_at >= reported_at) as answered,
    array_agg(extract(epoch from ended_at - removable_at)::float / 3600)
        filter (where hours_known and state = 'removed' and ended_at >= removable_at) as removed
from named group by platform, state order by platform, state
"""  # noqa: S608  our own constants
DECIDED: Final = frozenset({"removed", "restricted", "refused", "no_response"})
TOLD_AS: Final = {
    "listed": "not_reported", "self_reported": "not_reported", "reported": "waiting", "re_reported": "waiting",
    "passed_iwf": "no_rate", "passed_police": "no_rate", "gone": "no_rate", "not_actionable": "no_rate",
}  # fmt: skip
"""How states are told in figures. `no_rate` are the ends that say nothing of what a platform does when it is asked."""


async def count_span(
    work: Work, profile: Profile, helpline: Helpline, span: Span, theme: UUID | None = None
) -> Counted:
    """Everything of a period, exact; of the cases of one theme alone where one is given."""
    work.require(Permission.HELPLINE_WORK)
    since, until = span.moments(helpline.zone)
    openings = openings_of(helpline, span.first, max(span.last, work.now().date()) + timedelta(days=1))
    own = (since, until, theme)
    by = await _families(work, profile, helpline, openings, own)
    sums = await work.driver.fetchrow(SUMS, *own, list(openings.begins), openings.length.total_seconds())
    if sums is None:
        raise RuntimeError("sums have one row")
    states, platforms = _addresses(await work.driver.fetch(ADDRESSES, *own))
    return Counted(
        cases=by.pop("total", {}).get("", 0), contacts=sums["contacts"], addresses=sum(states.values()),
        by={**by, "address_state": states, "address_platform": {each.platform: each.addresses for each in platforms}},
        first_answer=_hours(sums["answers"], sums["answer"]), closing=_hours(sums["endings"], sums["ended"]),
        open_hours=openings.until(span.last, helpline).hours, rated=sums["rated"], helpful=sums["helpful"],
        platforms=platforms,
    )  # fmt: skip


async def _families(
    work: Work, profile: Profile, helpline: Helpline, openings: Openings, own: tuple[datetime, datetime, UUID | None]
) -> dict[str, dict[str, int]]:
    labels = [(code, each.helpline) for code, each in profile.issues.items()]
    families = [(code, each.family) for code, each in profile.platforms.items()]
    rows = await work.driver.fetch(
        FAMILIES, *own, str(helpline.zone), list(openings.begins), openings.length,
        [code for code, _ in labels], [label for _, label in labels],
        [code for code, _ in families], [family for _, family in families],
    )  # fmt: skip
    by: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        by[row["family"]][row["code"]] = row["number"]
    return dict(by)


def _hours(number: int, pair: Sequence[float | None] | None) -> Hours | None:
    if not number or not pair or pair[0] is None or pair[1] is None:
        return None
    return Hours(number, float(pair[0]), float(pair[1]))


def _addresses(rows: Sequence[Any]) -> tuple[dict[str, int], tuple[PlatformFigures, ...]]:
    """How many stand where, and what each platform made of its own."""
    states: dict[str, int] = defaultdict(int)
    of: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        state = str(row["state"])
        states[TOLD_AS.get(state, state)] += row["number"]
        of[row["platform"]].append(row)
    return dict(states), tuple(_platform(platform, found) for platform, found in of.items())


def _platform(platform: str, rows: Sequence[Any]) -> PlatformFigures:
    number = {row["state"]: row["number"] for row in rows}
    return PlatformFigures(
        platform=platform, addresses=sum(number.values()),
        decided=sum(each for state, each in number.items() if state in DECIDED), removed=number.get("removed", 0),
        answer=_within([hour for row in rows for hour in row["answered"] or ()]),
        removal=_within([hour for row in rows for hour in row["removed"] or ()]),
    )  # fmt: skip


def _within(hours: list[float]) -> Hours | None:
    """The median and the 90th percentile, interpolated as PostgreSQL's `percentile_cont` does."""
    if not hours:
        return None
    hours.sort()
    return Hours(len(hours), _percentile(hours, 0.5), _percentile(hours, 0.9))


def _percentile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
