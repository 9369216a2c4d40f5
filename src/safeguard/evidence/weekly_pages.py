"""`/audit/weeks` and `/audit/check`: the weekly reports with their checkpoints, and comparing one that was kept."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Template

from safeguard.access.policy import Permission
from safeguard.evidence.comparing import LONGEST, Compared, compare_own
from safeguard.evidence.signed_by import SignedBy, judge
from safeguard.evidence.weekly import get_report, list_reports, list_shares
from safeguard.web.forms import Form, Text, blank, read
from safeguard.web.pages import page
from safeguard.work import Work

READ = Permission.AUDIT_READ


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint as somebody kept it."""

    note: Annotated[str, Text(longest=LONGEST, lines=True, required="Paste the checkpoint that you kept.")]


@get("/audit/weeks", permission=READ)
async def show_weeks(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Every weekly report, the latest first."""
    return page(request, "audit/weeks.html", reports=await list_reports(work))


@get("/audit/weeks/{week_id:uuid}", permission=READ)
async def show_week(request: Request[Any, Any, Any], work: NamedDependency[Work], week_id: FromPath[UUID]) -> Template:
    """Who read and changed how much since the report before, and the checkpoint to keep."""
    report = await get_report(work, week_id)
    work.record("access_report.read", week_id)
    return page(request, "audit/week.html", report=report, shares=await list_shares(work, report))


@get("/audit/weeks/{week_id:uuid}/checkpoint", permission=READ)
async def send_checkpoint(work: NamedDependency[Work], week_id: FromPath[UUID]) -> Response[bytes]:
    """The checkpoint as a file: a signed note of a few lines, without names or content."""
    report = await get_report(work, week_id)
    headers = {"Content-Disposition": f'attachment; filename="checkpoint-{report.log_size}.note"'}
    return Response(report.checkpoint.encode(), media_type="text/plain; charset=utf-8", headers=headers)


@get("/audit/check", permission=READ)
async def show_check(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Comparing a checkpoint that was kept outside with the log as it stands."""
    work.require(READ)
    return _check(request, blank(Kept))


@post("/audit/check", permission=READ, status_code=200)
async def take_check(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What came of it."""
    form = await read(request, Kept)
    if form.errors:
        return _check(request, form, status=422)
    compared = await compare_own(work, form.value.note)
    signed = None if compared.outcome in {"unreadable", "another"} else await judge(work, form.value.note)
    return _check(request, form, compared, signed)


def _check(
    request: Request[Any, Any, Any],
    form: Form[Kept],
    compared: Compared | None = None,
    signed: SignedBy | None = None,
    status: int = 200,
) -> Template:
    return page(
        request, "audit/check.html", status=status, form=form, errors=form.errors, compared=compared, signed=signed
    )


ROUTES = [show_weeks, show_week, send_checkpoint, show_check, take_check]
