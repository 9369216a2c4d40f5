"""Whether anything of the desk changed since a page of it was made: asked every few seconds by every open page.

One statement on indices for a case; for the queue what the page itself reads, without making the page.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.helpline.case import Case
from safeguard.helpline.queries import Counts
from safeguard.web.polling import mark
from safeguard.work import Work

CASE_STANDS: Final = """
select concat_ws(' ', c.version, c.heard_at, c.unsent_at, f.given_at,
        (select concat_ws('/', count(*), sum(u.version)) from public.helpline_case_urls l
         join public.helpline_urls u on u.organisation_id = l.organisation_id and u.id = l.url_id
         where l.organisation_id = c.organisation_id and l.case_id = c.id),
        (select string_agg(i.state || i.version, ',' order by i.id) from public.helpline_files i
         where i.organisation_id = c.organisation_id and i.case_id = c.id),
        (select string_agg(o.state, ',' order by o.id) from public.helpline_mail_out o
         where o.organisation_id = c.organisation_id and o.case_id = c.id)) as stands,
    (select concat_ws('/', count(*), max(e.written_at)) from public.helpline_entries e
     where e.organisation_id = c.organisation_id and e.case_id = c.id) as said
from public.helpline_cases c
left join public.helpline_feedback f on f.organisation_id = c.organisation_id and f.case_id = c.id
where c.organisation_id = (select sec.current_organisation()) and c.id = $1
"""


class Mark(msgspec.Struct, frozen=True):
    """What a page shows, in two parts: whether somebody is told of a change depends on which it is."""

    told: str
    """Of what is worth saying aloud: what was said in a case, which cases are in the queue."""
    rest: str

    def __str__(self) -> str:
        return f"{self.told}.{self.rest}"


def mark_from(text: str) -> Mark:
    """The mark that an address names; any other text is the mark of nothing."""
    told, _dot, rest = text.partition(".")
    return Mark(told, rest)


async def mark_case(work: Work, case_id: UUID, beside: tuple[Case, ...]) -> Mark:
    """The mark of a case's page, with the queue beside it; raises `NotFound`."""
    work.require(Permission.HELPLINE_WORK)
    row = await work.driver.fetchrow(CASE_STANDS, case_id)
    if row is None:
        raise NotFound
    return Mark(mark(row["said"]), mark(row["stands"], *map(_line, beside)))


def mark_queue(cases: Sequence[Case], counts: Counts, moment: datetime, *, is_open: bool) -> Mark:
    """The mark of a page of the queue.

    How long each has waited stands in the rows: while the helpline is open they are another page every five minutes.
    """
    clock = moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0) if is_open else "closed"
    return Mark(mark(*(case.id for case in cases)), mark(counts, clock, *map(_line, cases)))


def _line(case: Case) -> tuple[object, ...]:
    return case.id, case.version, case.heard_at, case.unsent_at, case.answered_at, case.awaited_since
