"""Reports that were asked for: reading and asking, by constant SQL."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.insights.reporting.paper import Paper
from safeguard.web.languages import language
from safeguard.work import Work

Kind = Literal["governors", "review"]
SELECT: Final = """
select r.id, r.kind, r.period, r.review_id, r.asked_at, r.asked_by, r.asked_by_name, r.ready_at, r.body, r.size,
    r.sha256, r.wrapped_key, j.state, r.language
from public.reports r
left join jobs.job j on j.organisation_id = r.organisation_id and j.kind = 'report.make' and j.key = r.id::text
where r.organisation_id = (select sec.current_organisation())
"""
READ: Final = f"{SELECT} and r.id = $1"
LIST: Final = f"{SELECT} order by r.asked_at desc, r.id desc limit $1"
ASK: Final = """
insert into public.reports (organisation_id, id, kind, period, review_id, asked_at, asked_by, asked_by_name, language)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8)
"""
MOST: Final = 50
_paper = msgspec.json.Decoder(Paper).decode


class Report(msgspec.Struct, frozen=True):
    """One report, and how far its making is."""

    id: UUID
    kind: Kind
    period: str
    review_id: UUID | None
    asked_at: datetime
    asked_by: UUID | None
    asked_by_name: str
    ready_at: datetime | None
    body: str | None
    size: int | None
    sha256: bytes | None
    wrapped_key: bytes | None
    job: str | None
    language: str

    @property
    def state(self) -> Literal["ready", "stopped", "making"]:
        """Ready, stopped after several tries, or being made."""
        if self.ready_at:
            return "ready"
        return "stopped" if self.job == "parked" else "making"

    @property
    def paper(self) -> Paper | None:
        """What it says, once it is made."""
        return _paper(self.body) if self.body else None


async def list_reports(work: Work) -> tuple[Report, ...]:
    """The latest reports, the newest first."""
    work.require(Permission.INSIGHTS_READ)
    return tuple(Report(*row) for row in await work.driver.fetch(LIST, MOST))


async def get_report(work: Work, report_id: UUID) -> Report:
    """One report; raises `NotFound`."""
    work.require(Permission.INSIGHTS_READ)
    row = await work.driver.fetchrow(READ, report_id)
    if row is None:
        raise NotFound
    return Report(*row)


async def ask_for_report(work: Work, kind: Kind, period: str, review_id: UUID | None = None) -> UUID:
    """Ask for a report: a job makes it, in the language of the page that asks."""
    work.require(Permission.STANDARDS_REVIEW)
    report_id = clock.new_id()
    actor = work.actor
    values = (report_id, kind, period, review_id, work.now(), actor.user_id, actor.name, language())
    await work.driver.execute(ASK, *values)
    work.record("report.asked", report_id)
    work.ask("report.make", report_id, key=str(report_id))
    return report_id
