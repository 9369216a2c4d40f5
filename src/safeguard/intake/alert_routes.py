"""Pages of alerts: the list, one of them and what becomes of it, a table of them, the products that send them."""

from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Invalid
from safeguard.identity import showing
from safeguard.incidents.here import here
from safeguard.incidents.restricting import reads_on
from safeguard.intake.alert import Alert, State
from safeguard.intake.alert_forms import ClosingForm, SourceForm, TableForm, TurningForm, picked, turning
from safeguard.intake.alert_sheet import Problem, read_alerts
from safeguard.intake.alerts import RANKS, Rank, get_alert, list_alerts, list_waiting, rank_of
from safeguard.intake.moments import DayOrder
from safeguard.intake.receiving import receive_all
from safeguard.intake.settling import SETTLED, close_alerts, turn_into_incident
from safeguard.intake.sources import end_source, list_sources, make_source
from safeguard.intake.taking import RECEPTION, taken_sheet
from safeguard.web import exchange
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, MOST, Key, cursor, read_cursor, scope_of
from safeguard.work import Work

STATES = ("new", "turned", "closed")
SHOWN_PROBLEMS = 50


@get("/alerts", permission=Permission.INCIDENT_TRIAGE)
async def show_alerts(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The alerts that wait, or those that were settled."""
    return await _list(request, work, blank(ClosingForm))


@post("/alerts", permission=Permission.INCIDENT_CLOSE, status_code=303)
async def take_closing(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Close the ticked ones as false alerts."""
    form = await read(request, ClosingForm)
    try:
        closed = await close_alerts(work, picked(form.all("picked")), form.value.reason)
    except Invalid as refusal:
        return await _list(request, work, form.refused(refusal), status=422)
    return after(f"/alerts?closed={closed.done}&left={closed.left}")


@get("/alerts/{alert_id:uuid}", permission=Permission.INCIDENT_TRIAGE)
async def show_alert(
    request: Request[Any, Any, Any], work: NamedDependency[Work], alert_id: FromPath[UUID]
) -> Template:
    """One alert; while it waits, with the report that it may become."""
    alert = await get_alert(work, alert_id)
    work.record("alert.viewed", alert_id, version=alert.version, log=alert.log)
    return _alert(request, alert, turning(alert))


@post("/alerts/{alert_id:uuid}/incident", permission=Permission.INCIDENT_TRIAGE, status_code=303)
async def take_turning(
    request: Request[Any, Any, Any], work: NamedDependency[Work], alert_id: FromPath[UUID]
) -> Template | Redirect:
    """Make an incident of it."""
    alert = await get_alert(work, alert_id)
    if alert.state == "turned":
        raise Conflict(SETTLED)
    form = await read(request, TurningForm)
    try:
        story = await turn_into_incident(work, alert_id, form.value.report(alert), here().profile)
    except Invalid as refusal:
        return _alert(request, alert, form.refused(refusal), status=422)
    return after(f"/incidents/{story.facts.id}" if await reads_on(work, story) else "/incidents/received")


@get("/alerts/table", permission=Permission.INCIDENT_TRIAGE)
async def show_table_form(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form that takes a table."""
    return await _table(request, work, blank(TableForm))


@post("/alerts/table", permission=Permission.INCIDENT_TRIAGE, status_code=303, receives=RECEPTION)
async def take_table(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Keep every alert of a table, or none and say which rows need another look."""
    form = await read(request, TableForm)
    try:
        said = form.value
        sheet = await taken_sheet(exchange.current().upload)
        found = read_alerts(sheet, here().zone, cast("DayOrder | None", said.order or None), work.now())
    except Invalid as refusal:
        return await _table(request, work, form.refused(refusal), status=422)
    if found.problems:
        return await _table(request, work, form, found.problems, status=422)
    kept = await receive_all(work, said.source, found.alerts)
    return after(f"/alerts?received={kept.new}&known={kept.known}&other={kept.other}")


@get("/alerts/sources", permission=Permission.INCIDENT_TRIAGE)
async def show_sources(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The products that send alerts."""
    return await _sources(request, work, blank(SourceForm))


@post("/alerts/sources", permission=Permission.INCIDENT_TRIAGE, status_code=303, fresh=True)
async def take_source(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Make a source, and show its secret on the next page."""
    form = await read(request, SourceForm)
    try:
        made = await make_source(work, form.value.name)
    except Invalid as refusal:
        return await _sources(request, work, form.refused(refusal), status=422)
    return after(f"/alerts/sources?made={showing.seal(f'{made.id} {made.secret}')}")


@post("/alerts/sources/{source_id:uuid}/end", permission=Permission.INCIDENT_TRIAGE, status_code=303)
async def take_end(work: NamedDependency[Work], source_id: FromPath[UUID]) -> Redirect:
    """Refuse what a source signs from now on."""
    await end_source(work, source_id)
    return after("/alerts/sources?ended=yes")


async def _list(request: Request[Any, Any, Any], work: Work, form: Form[ClosingForm], status: int = 200) -> Template:
    query = request.query_params
    state = cast("State", query.get("show") if query.get("show") in STATES else "new")
    rank = cast("Rank", query.get("from") if query.get("from") in RANKS else "urgent")
    scope = scope_of("alerts", {"show": state, "from": rank if state == "new" else None})
    start = read_cursor(query.get("after"), scope)
    place = (start.at, start.id) if start else None
    waits = state == "new"
    limit = MOST if waits else DEFAULT_LIMIT
    rows = await (list_waiting(work, rank, place, limit + 1) if waits else list_alerts(work, state, place, limit + 1))
    shown, older = rows[:limit], None
    if len(rows) > limit:
        ends = rank_of(shown[-1]) if waits else None
        end = cursor(Key(shown[-1].received_at, shown[-1].id), scope_of("alerts", {"show": state, "from": ends}))
        older = f"/alerts?show={state}{f'&from={ends}' if ends else ''}&after={end}"
    calm = [row for row in shown if waits and rank_of(row) == "rest"]
    ticks = {"after": query.get("after"), "from": query.get("from")}
    return page(
        request, "intake/alerts.html", status=status, rows=shown, state=state, states=STATES,
        form=form, errors=form.errors, older=older, first=start is None, calm=len(calm),
        ticked=form.all("picked") or [str(row.id) for row in calm if query.get("tick") == "all"],
        ticking=urlencode({name: value for name, value in ticks.items() if value} | {"show": state}),
        pressing=older is not None and waits and rank_of(rows[limit]) != "rest",
        said={name: _count(query.get(name)) for name in ("closed", "left", "received", "known", "other")},
    )  # fmt: skip


def _alert(request: Request[Any, Any, Any], alert: Alert, form: Form[TurningForm], status: int = 200) -> Template:
    return page(request, "intake/alert.html", status=status, alert=alert, form=form, errors=form.errors)


async def _table(
    request: Request[Any, Any, Any], work: Work, form: Form[TableForm], problems: list[Problem] | None = None,
    status: int = 200,
) -> Template:  # fmt: skip
    found = problems or []
    return page(
        request, "intake/alert_table.html", status=status, form=form, errors=form.errors,
        problems=found[:SHOWN_PROBLEMS], more=max(0, len(found) - SHOWN_PROBLEMS), sources=await list_sources(work),
    )  # fmt: skip


async def _sources(request: Request[Any, Any, Any], work: Work, form: Form[SourceForm], status: int = 200) -> Template:
    made = (showing.unseal(request.query_params.get("made")) or "").split(" ")
    return page(
        request, "intake/sources.html", status=status, form=form, errors=form.errors,
        sources=await list_sources(work), made=made if len(made) == 2 else None,
        ended=request.query_params.get("ended") == "yes",
    )  # fmt: skip


def _count(said: str | None) -> int | None:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 6 else None


ROUTES = [
    show_alerts,
    take_closing,
    show_table_form,
    take_table,
    show_sources,
    take_source,
    take_end,
    show_alert,
    take_turning,
]
