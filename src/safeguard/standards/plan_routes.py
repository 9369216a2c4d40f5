"""`/standards/plan`: the one action plan, and each improvement in it."""

from typing import Any, cast
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.standards.effects import effect_of
from safeguard.standards.forms import SEPARATOR, PlanForm
from safeguard.standards.framework import Control, Framework
from safeguard.standards.here import own_profile
from safeguard.standards.improving import Plan, change_improvement, plan_improvement
from safeguard.standards.origins import find_origin, name_origins
from safeguard.standards.owning import current_frameworks, ended_frameworks, known_frameworks, names_of_gone
from safeguard.standards.queries import get_improvement, list_improvements, list_reviews, members
from safeguard.standards.review import Improvement, Progress, Source
from safeguard.web.asked import unknown
from safeguard.web.forms import Form, blank, read, today_here
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, leaf
from safeguard.work import Work

SHOWS = ("open", "finished")
DONE = "done"
ELSE = "other"
"""The choice that stands for somebody without an account."""


@get("/standards/plan", permission=Permission.STANDARDS_READ)
async def show_plan(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What is being done, the nearest deadline first; with `?show=finished`, what was."""
    finished = request.query_params.get("show") == "finished"
    rows = await list_improvements(work, finished=finished)
    shown = leaf(rows, request.query_params.get("after"), DEFAULT_LIMIT, _id)
    frameworks = await known_frameworks(work, own_profile())
    named = {(framework.code, control.code): control.name for framework in frameworks for control in framework.controls}
    gone = {pair for row in shown.items if (pair := (row.framework, row.control)) not in named}
    return page(
        request, "standards/plan.html", rows=shown, finished=finished, named=named, today=today_here(),
        gone=await names_of_gone(work, gone),
        origins=await name_origins(work, shown.items),
        overdue=sum(row.due_on < today_here() for row in rows if row.open),
        unknown=unknown(request.query_params, "show", SHOWS),
    )  # fmt: skip


@get("/standards/plan/new", permission=Permission.STANDARDS_REVIEW)
async def show_new(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form for an improvement; `?control=pies/M1` says of what, and its next step is put in.

    `?source=incident&from=` and an id says what it came from: an id and nothing else, because addresses are written
    down in places that no record should reach.
    """
    said = request.query_params
    form = blank(
        PlanForm, control=said.get("control", "")[:100], words=said.get("words", "")[:500], state="planned", seen="0",
        source=said.get("source", "review" if said.get("control") else ""), origin=said.get("from", "")[:36],
    )  # fmt: skip
    return await _form(request, work, form)


@post("/standards/plan/new", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_new(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Put an improvement into the plan."""
    form = await read(request, PlanForm)
    try:
        framework, control = await _chosen(work, form.value.control)
        source = cast("Source", form.value.source or "other")
        await plan_improvement(work, framework, control, _plan(form.value), source, _origin(form))
    except Invalid as refusal:
        return await _form(request, work, form.refused(refusal), status=422)
    return after("/standards/plan")


@get("/standards/plan/{improvement_id:uuid}", permission=Permission.STANDARDS_READ)
async def show_improvement(
    request: Request[Any, Any, Any], work: NamedDependency[Work], improvement_id: FromPath[UUID]
) -> Template:
    """One improvement: what it is, how far it is, what it changed."""
    return await _form(request, work, _as_is(await get_improvement(work, improvement_id)), improvement_id)


@post("/standards/plan/{improvement_id:uuid}", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_improvement(
    request: Request[Any, Any, Any], work: NamedDependency[Work], improvement_id: FromPath[UUID]
) -> Template | Redirect:
    """Say how far it is."""
    form = await read(request, PlanForm)
    try:
        said = form.value
        state = cast("Progress", said.state or "planned")
        await change_improvement(work, improvement_id, _plan(said), state, said.progress, said.effect, said.seen)
    except Invalid as refusal:
        return await _form(request, work, form.refused(refusal), improvement_id, status=422)
    except Conflict as refusal:
        return await _form(request, work, form, improvement_id, status=409, theirs=refusal.detail)
    return after(f"/standards/plan/{improvement_id}?is={DONE}" if state == DONE else "/standards/plan")


def _id(row: Improvement) -> UUID:
    return row.id


def _plan(said: PlanForm) -> Plan:
    return Plan(words=said.words, owner=said.owner_name if said.owner in {"", ELSE} else said.owner, due_on=said.due_on)


def _origin(form: Form[PlanForm]) -> UUID | None:
    """The id that came with the form; what is none is left out."""
    try:
        return UUID(form["origin"])
    except ValueError:
        return None


async def _chosen(work: Work, said: str) -> tuple[Framework, Control]:
    code, _, wanted = said.partition(SEPARATOR)
    for framework in await current_frameworks(work, own_profile()):
        control = framework.control(wanted) if framework.code == code else None
        if control:
            return framework, control
    raise Invalid(FieldError("control", "Choose the control that it improves."))


def _as_is(improvement: Improvement) -> Form[PlanForm]:
    return blank(
        PlanForm, control=f"{improvement.framework}{SEPARATOR}{improvement.control}", words=improvement.words,
        source=improvement.source, origin=str(improvement.origin_id or ""),
        owner=str(improvement.owner_id) if improvement.owner_id else ELSE,
        owner_name="" if improvement.owner_id else improvement.owner_name, due_on=improvement.due_on.isoformat(),
        state=improvement.state, progress=improvement.progress, effect=improvement.effect,
        seen=str(improvement.version),
    )  # fmt: skip


async def _form(
    request: Request[Any, Any, Any],
    work: Work,
    form: Form[PlanForm],
    improvement_id: UUID | None = None,
    status: int = 200,
    theirs: str | None = None,
) -> Template:
    current = await get_improvement(work, improvement_id) if improvement_id else None
    frameworks, ended = await known_frameworks(work, own_profile()), await ended_frameworks(work)
    framework = next((each for each in frameworks if current and each.code == current.framework), None)
    control = framework.control(current.control) if framework and current else None
    gone = await names_of_gone(work, [(current.framework, current.control)]) if current and not control else {}
    origin = await find_origin(work, form["source"], current.origin_id if current else _origin(form))
    effect = await effect_of(work, framework, current) if framework and current else None
    reviews = await list_reviews(work, framework.code, 1) if framework and control else ()
    return page(
        request, "standards/improvement.html", status=status, form=form, errors=form.errors, current=current,
        origin=origin, effect=effect, theirs=theirs, framework=framework, control=control,
        gone=next(iter(gone.values()), current.control if current and not control else ""),
        frameworks=[each for each in frameworks if each.code not in ended],
        members=await members(work), review=reviews[0] if reviews else None,
        finished=request.query_params.get("is") == DONE,
    )  # fmt: skip


ROUTES = [show_plan, show_new, take_new, show_improvement, take_improvement]
