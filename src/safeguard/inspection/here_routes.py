"""`/inspections/here`: inspection mode. The inspector sits beside the lead, has no account, and names records."""

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Invalid, NotFound
from safeguard.evidence.bodies import Body, bodies_for, only_one, to_choose
from safeguard.inspection import queries, showing_here
from safeguard.inspection.forms import ShowHere
from safeguard.inspection.live import MOST
from safeguard.inspection.showing_here import Shown
from safeguard.web import exchange
from safeguard.web.fields import Fields
from safeguard.web.forms import Form, fill, today_here
from safeguard.web.pages import after, page
from safeguard.work import Work

PLACE = "/inspections/here"
MANAGE = Permission.INSPECTION_MANAGE


@get(PLACE, permission=MANAGE)
async def show_here(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """The body's headings and what answers each, packs, and any record within the scope by its reference."""
    form, body = _form(request), _body(request)
    if form.errors:
        inspections = await queries.list_inspections(work)
        return page(
            request, "inspection/list.html", status=422, inspections=inspections, form=form, errors=form.errors,
            bodies=to_choose(_kind()),
        )  # fmt: skip
    shown, reference = _shown(form, body), _reference(request)
    found = await showing_here.find(work, shown, clock.as_reference(reference))
    if found:
        return after(f"{PLACE}/{found}?{shown.query}")
    return page(
        request, "inspection/here.html", bodies=bodies_for(_kind()), body=body, reference=reference, shown=shown,
        packs=[each for each in await queries.list_offered(work) if each.is_ready] if body else (),
    )  # fmt: skip


@get(f"{PLACE}/cases", permission=MANAGE)
async def show_here_cases(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """What the inspector may name, without names, and where they name the next one."""
    shown, said = _asked(request), request.query_params.get("skip") or ""
    reference = _reference(request)
    if found := await showing_here.find(work, shown, clock.as_reference(reference)):
        return after(f"{PLACE}/{found}?{shown.query}")
    skip = int(said) if said.isdecimal() and len(said) < 7 else 0
    rows = await showing_here.list_cases(work, shown, skip)
    return page(
        request, "inspection/here_cases.html", rows=rows[:MOST], shown=shown, body=_body(request), reference=reference,
        older=skip + MOST if len(rows) > MOST else None, newer=max(0, skip - MOST) if skip else None,
    )  # fmt: skip


@get(PLACE + "/{incident_id:uuid}", permission=MANAGE)
async def show_here_case(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template:
    """One of them to read: names withheld, who shows it on every sheet, and no way to anything else but back."""
    shown = _asked(request)
    case = await showing_here.show(work, shown, incident_id)
    return page(request, "inspection/here_case.html", case=case, shown=shown, body=_body(request))


def _form(request: Request[Any, Any, Any]) -> Form[ShowHere]:
    query = request.query_params
    starts = {name: query.get(name) or "" for name in ("scope", "first", "last", "issue", "body")}
    form = fill(ShowHere, Fields.of({**starts, "scope": starts["scope"] or "all"}.items()), today=today_here())
    try:
        form.value.days()
    except Invalid as refusal:
        return form.refused(refusal)
    return form


def _reference(request: Request[Any, Any, Any]) -> str:
    """What the inspector named, if anything."""
    return (request.query_params.get("reference") or "").strip()[:20]


def _asked(request: Request[Any, Any, Any]) -> Shown:
    """The scope of this address; raises `NotFound` where there is none: no page of ours leads there."""
    form = _form(request)
    if form.errors:
        raise NotFound
    return _shown(form, _body(request))


def _shown(form: Form[ShowHere], body: Body | None) -> Shown:
    first, last = form.value.days()
    return Shown(first, last, form.value.issue, body.code if body else "")


def _body(request: Request[Any, Any, Any]) -> Body | None:
    bodies = bodies_for(_kind())
    return next((each for each in bodies if each.code == request.query_params.get("body")), only_one(bodies))


def _kind() -> str:
    viewer = exchange.current().viewer
    return viewer.organisation.kind if viewer else ""


ROUTES = [show_here, show_here_cases, show_here_case]
