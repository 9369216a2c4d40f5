"""`/insights/reports`: reports that were made, asking for one, reading it, the PDF."""

from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.insights.periods import chosen_period
from safeguard.insights.reporting.making import download_report
from safeguard.insights.reporting.paper import drawn
from safeguard.insights.reporting.queries import ask_for_report, get_report, list_reports
from safeguard.standards.here import own_profile
from safeguard.standards.owning import known_frameworks
from safeguard.standards.queries import get_review, latest_reviews
from safeguard.strongbox import objects
from safeguard.web.forms import Form, Text, blank, read, today_here
from safeguard.web.pages import after, page
from safeguard.work import Work

PERIODS: Final = ("year", "last-year")


@dataclass(frozen=True, slots=True)
class AskForm:
    """What the report is about: a school year, or the id of a review."""

    about: Annotated[str, Text(longest=40, required="Choose what the report is about.")]


@get("/insights/reports", permission=Permission.INSIGHTS_READ)
async def show_reports(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Reports that were made, and the form that asks for one."""
    return await _list(request, work, blank(AskForm, about=chosen_period("", today_here(), exact=False).code))


@post("/insights/reports", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_asking(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Ask for a report, and go to where it is being made."""
    form = await read(request, AskForm)
    try:
        report_id = await _ask(work, form.value.about)
    except Invalid as refusal:
        return await _list(request, work, form.refused(refusal), status=422)
    return after(f"/insights/reports/{report_id}")


@get("/insights/reports/{paper_id:uuid}", permission=Permission.INSIGHTS_READ)
async def show_report(
    request: Request[Any, Any, Any], work: NamedDependency[Work], paper_id: FromPath[UUID]
) -> Template:
    """What it says; while it is being made, how far that is."""
    report = await get_report(work, paper_id)
    paper = report.paper
    bars = [drawn(section) for section in paper.sections] if paper else []
    return page(
        request, "insights/report.html", fragment="insights/_report.html", report=report, paper=paper, bars=bars
    )


@get("/insights/reports/{paper_id:uuid}/report.pdf", permission=Permission.INSIGHTS_READ)
async def send_report(work: NamedDependency[Work], paper_id: FromPath[UUID]) -> Stream:
    """The PDF; that it was downloaded is in the log."""
    report, pieces = await download_report(work, paper_id, objects.current())
    name = f"{report.kind}-report-{str(report.id)[-6:]}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(report.size)}
    return Stream(pieces, media_type="application/pdf", headers=headers)


async def _ask(work: Work, about: str) -> UUID:
    if about in PERIODS:
        return await ask_for_report(work, "governors", about)
    try:
        review_id = UUID(about)
    except ValueError:
        raise Invalid(FieldError("about", "Choose what the report is about.")) from None
    return await ask_for_report(work, "review", "", (await get_review(work, review_id)).id)


async def _list(request: Request[Any, Any, Any], work: Work, form: Form[AskForm], status: int = 200) -> Template:
    names = {framework.code: framework.name for framework in await known_frameworks(work, own_profile())}
    return page(
        request, "insights/reports.html", status=status, form=form, errors=form.errors,
        reports=await list_reports(work), reviews=await latest_reviews(work), names=names,
        periods=[chosen_period(code, today_here(), exact=False) for code in PERIODS],
    )  # fmt: skip


ROUTES = [show_reports, take_asking, show_report, send_report]
