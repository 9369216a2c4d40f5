"""What can be laid beside a report: others of the same days, and what is left of all cases without its theme.

Whatever was published at any time counts, also what was withdrawn: somebody may have kept it. A report of the same days
and the same theme leaves out what the earlier one left out, or each would say what the other does not.

Whoever has the figures of all cases and those of a theme has those of the rest. So what a theme's report shows, and
what a report of all cases shows once a theme's is published, is held against that rest. Two themes of the same days
must have no case in common: what both share, and what only one has, would be seen as well.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import msgspec

from safeguard.helpline.report.annual import Annual, list_ever_published
from safeguard.helpline.report.counted import LABELS, OF_ADDRESSES, OF_CLOSED, WHOLE, Counted
from safeguard.helpline.report.counting import count_span
from safeguard.helpline.report.paper import Paper
from safeguard.helpline.report.releasing import Beside
from safeguard.helpline.report.spans import Span
from safeguard.tenancy.calendars.bank_holidays import Helpline
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

SHARED: Final = """
select count(*) from public.helpline_cases c
where c.organisation_id = (select sec.current_organisation()) and c.state <> 'draft'
    and c.received_at >= $1 and c.received_at < $2 and $3 = any (c.themes) and c.themes && $4::uuid[]
"""


async def list_beside(
    work: Work, profile: Profile, helpline: Helpline, span: Span, theme: UUID | None
) -> tuple[Beside, ...]:
    """Everything that somebody could lay beside figures of these days, of one theme or of all cases."""
    told = await list_ever_published(work)
    found = [
        msgspec.structs.replace(shown, same=each.theme_id == theme)
        for each in told if each.paper for shown in shown_in(each.paper, span)
    ]  # fmt: skip
    if theme is None:
        return tuple(found)
    themes = {each.theme_id for each in told if each.theme_id and each.span == span}
    everybody = await count_span(work, profile, helpline, span)
    others = [await count_span(work, profile, helpline, span, other) for other in sorted(themes)]
    return (*found, _without(everybody, ()), _without(everybody, others))


async def shares_cases(work: Work, helpline: Helpline, annual: Annual) -> Annual | None:
    """A report of another theme and the same days ever published, with a case in common with this one."""
    for other in await list_ever_published(work):
        if not other.theme_id or other.theme_id == annual.theme_id:
            continue
        span = other.span.moments(helpline.zone)
        if other.span == annual.span and await work.driver.fetchval(SHARED, *span, annual.theme_id, [other.theme_id]):
            return other
    return None


def shown_in(paper: Paper, span: Span) -> list[Beside]:
    """What a published report says of these days: as its own period, or as one that it compares with."""
    found: list[Beside] = []
    if Span(paper.first, paper.last) == span:
        top = {each.code: each.value for each in paper.top}
        by = {part.code: None if part.silent else {row.code: row.value for row in part.rows} for part in paper.parts}
        found += _told(top, by)
    for place, pair in enumerate(paper.earlier):
        if Span(*pair) == span:
            top = {each.code: each.before[place] for each in paper.top if len(each.before) > place}
            by = {
                part.code: None if part.silent else
                {row.code: row.before[place] for row in part.rows if len(row.before) > place}
                for part in paper.parts
            }  # fmt: skip
            found += _told(top, by)
    return found


def _told(top: dict[str, str], by: Mapping[str, Mapping[str, int | None] | None]) -> list[Beside]:
    cases, addresses = _number(top.get("cases", "")), _number(top.get("addresses", ""))
    return [] if cases is None else [Beside(cases=cases, addresses=addresses, by=by)]


def _number(said: str) -> int | None:
    return int(said.replace(",", "")) if said else None


def _without(everybody: Counted, others: Sequence[Counted]) -> Beside:
    by: dict[str, dict[str, int | None] | None] = {}
    for family in (*WHOLE, *OF_CLOSED, *LABELS, *OF_ADDRESSES):
        cells = Counter(everybody.of(family))
        for other in others:
            cells.subtract(other.of(family))
        by[family] = dict(cells)
    return Beside(
        cases=everybody.cases - sum(other.cases for other in others),
        addresses=everybody.addresses - sum(other.addresses for other in others), by=by,
    )  # fmt: skip
