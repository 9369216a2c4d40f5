"""Annual reports while they are written: begun for a period, with words of a supervisor, until they are published.

Two published reports never have a day in common, also not by the years that they compare with, unless both mean exactly
the same days: whoever subtracts one from the other would have the figures that each of them leaves out. What was
withdrawn binds as long: somebody has read it, and may have kept it.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.helpline.report.paper import Paper
from safeguard.helpline.report.spans import Span, last_year
from safeguard.helpline.report.theming import list_themes
from safeguard.work import Work

State = Literal["draft", "making", "published", "withdrawn"]
CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
COLUMNS: Final = """r.id, r.code, r.title, r.first_day, r.last_day, r.theme_id, r.foreword, r.trends, r.state,
    r.version, r.begun_at, r.begun_by_name, r.published_at, r.published_by_name, r.withdrawn_reason, r.body"""
LIST: Final = f"""
select {COLUMNS} from public.helpline_reports r
where r.organisation_id = (select sec.current_organisation()) order by r.last_day desc, r.code limit 100
"""  # noqa: S608  our own constants
EVER: Final = f"""
select {COLUMNS} from public.helpline_reports r
where r.organisation_id = (select sec.current_organisation()) and r.published_at is not null
order by r.published_at, r.id
"""  # noqa: S608  our own constants
READ: Final = f"""
select {COLUMNS} from public.helpline_reports r
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""  # noqa: S608  our own constants
BEGIN: Final = """
insert into public.helpline_reports (organisation_id, id, code, title, first_day, last_day, begun_at, begun_by,
    begun_by_name, theme_id)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (organisation_id, code) do nothing
"""
WRITE: Final = """
update public.helpline_reports r set title = $3, foreword = $4, trends = $5, version = r.version + 1
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.version = $2 and r.state = 'draft'
"""
CHANGED: Final = "Somebody else changed this report while you had it open. Look at theirs first."
_paper = msgspec.json.Decoder(Paper).decode


class Annual(msgspec.Struct, frozen=True, kw_only=True):
    """One report."""

    id: UUID
    code: str
    title: str
    first_day: date
    last_day: date
    theme_id: UUID | None = None
    foreword: str = ""
    trends: str = ""
    state: State = "draft"
    version: int = 1
    begun_at: datetime
    begun_by_name: str
    published_at: datetime | None = None
    published_by_name: str = ""
    withdrawn_reason: str = ""
    body: str | None = None

    @property
    def span(self) -> Span:
        """The days that it is about."""
        return Span(self.first_day, self.last_day)

    @property
    def paper(self) -> Paper | None:
        """What was published."""
        return _paper(self.body) if self.body else None


async def list_annuals(work: Work) -> tuple[Annual, ...]:
    """Every report, the latest period first. For supervisors."""
    work.require(Permission.HELPLINE_SUPERVISE)
    return tuple(Annual(**dict(row)) for row in await work.driver.fetch(LIST))


async def list_ever_published(work: Work) -> tuple[Annual, ...]:
    """Every report that was public at any time, also what was withdrawn since, the first first. For supervisors."""
    work.require(Permission.HELPLINE_SUPERVISE)
    return tuple(Annual(**dict(row)) for row in await work.driver.fetch(EVER))


async def get_annual(work: Work, annual_id: UUID) -> Annual:
    """One report; raises `NotFound`. For supervisors."""
    work.require(Permission.HELPLINE_SUPERVISE)
    row = await work.driver.fetchrow(READ, annual_id)
    if row is None:
        raise NotFound
    return Annual(**dict(row))


def proposed(annuals: Iterable[Annual], today: date) -> tuple[str, Span]:
    """An address that is free and the days of the next report of all cases: last year's, and after it this year's.

    A report that was withdrawn is written anew for the same days; its address stays its own.
    """
    every = tuple(annuals)
    written = {each.span for each in every if each.theme_id is None and each.state != "withdrawn"}
    year = last_year(today)
    if year in written:
        year = Span(date(today.year, 1, 1), date(today.year, 12, 31))
    taken, code, number = {each.code for each in every}, str(year.first.year), 1
    while code in taken:
        number += 1
        code = f"{year.first.year}-{number}"
    return code, year


async def begin_annual(work: Work, code: str, title: str, span: Span, theme: UUID | None = None) -> Annual:
    """Begin a report of a period; raises `Invalid` for an address that is taken, or that is none.

    With a theme it is of the cases that are coded by it; raises `Invalid` for one that is not known.
    """
    work.require(Permission.HELPLINE_SUPERVISE)
    if not CODE.fullmatch(code):
        raise Invalid(FieldError("code", "Use small letters, digits and hyphens, such as 2025 or 2025-26."))
    if theme and theme not in {each.id for each in await list_themes(work)}:
        raise Invalid(FieldError("theme", "Choose from the themes on the page."))
    annual = Annual(
        id=clock.new_id(), code=code, title=title, first_day=span.first, last_day=span.last, theme_id=theme,
        begun_at=work.now(), begun_by_name=work.actor.name,
    )  # fmt: skip
    values = (
        annual.id, code, title, span.first, span.last, annual.begun_at, work.actor.user_id, work.actor.name, theme,
    )  # fmt: skip
    if await work.driver.execute(BEGIN, *values) != "INSERT 0 1":
        raise Invalid(FieldError("code", "There is a report at this address already. Choose another."))
    work.record("annual.begun", annual.id, document=annual_document(annual))
    return annual


async def write_annual(work: Work, before: Annual, title: str, foreword: str, trends: str, seen: int) -> Annual:
    """Its title and its words; raises `Conflict` once it is published, and for whoever comes second."""
    work.require(Permission.HELPLINE_SUPERVISE)
    after = msgspec.structs.replace(before, title=title, foreword=foreword, trends=trends, version=seen + 1)
    if before.state != "draft":
        raise Conflict("This report is published. What was published stays as it is.")
    if await work.driver.execute(WRITE, before.id, seen, title, foreword, trends) != "UPDATE 1":
        raise Conflict(CHANGED)
    work.record("annual.changed", after.id, document=annual_document(after))
    return after


def periods_of(paper: Paper) -> tuple[Span, ...]:
    """Every period of which a report shows figures."""
    return (Span(paper.first, paper.last), *(Span(*pair) for pair in paper.earlier))


def clash(wanted: Iterable[Span], published: Iterable[Annual]) -> Annual | None:
    """A report that was ever published from which figures could be subtracted, if these periods were published too."""
    spans = tuple(wanted)
    for annual in published:
        paper = annual.paper
        if paper is None:
            continue
        if any(one.overlaps(other) and one != other for one in spans for other in periods_of(paper)):
            return annual
    return None


def annual_document(annual: Annual) -> Document:
    """What of this version is bound into the log."""
    return Document("annual", annual.id, annual.version, {
        "code": annual.code, "title": annual.title, "first_day": annual.first_day.isoformat(),
        "last_day": annual.last_day.isoformat(), "foreword": annual.foreword, "trends": annual.trends,
        "state": annual.state, **({"theme_id": str(annual.theme_id)} if annual.theme_id else {}),
    })  # fmt: skip
