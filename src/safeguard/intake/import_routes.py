"""Pages of imports: send a file, say which column is what, see what would happen, run it, see what happened."""

from dataclasses import dataclass
from typing import Annotated, Any, cast
from uuid import UUID

import anyio.to_thread
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid
from safeguard.incidents.here import here
from safeguard.intake.columns import DATES, FIELDS
from safeguard.intake.earlier import Reading, Trial, read_rows, trial_of
from safeguard.intake.imports import (
    Import,
    begin_import,
    choose_columns,
    drop_import,
    file_of,
    get_import,
    known_ids,
    list_imports,
    list_problems,
    start_import,
)
from safeguard.intake.moments import ORDERS, DayOrder, order_of
from safeguard.intake.sheets import Sheet
from safeguard.intake.sources import LONGEST_NAME
from safeguard.intake.taking import RECEPTION, stored_sheet, taken_sheet
from safeguard.strongbox import objects
from safeguard.web import exchange
from safeguard.web.forms import Choice, Form, Text, blank, read
from safeguard.web.languages import gettext
from safeguard.web.pages import after, page
from safeguard.web.tables import Form as TableForm
from safeguard.web.tables import download, table
from safeguard.web.uploading import Upload
from safeguard.work import Work

SHOWN_PROBLEMS = 50
NAMES = {field.code: field.name for field in FIELDS}
AT = "/imports/{import_id:uuid}"


@dataclass(frozen=True, slots=True)
class FileForm:
    """A file of earlier records."""

    source: Annotated[str, Text(longest=LONGEST_NAME, required="Say which product the records come from.")]


@dataclass(frozen=True, slots=True)
class OrderForm:
    """How dates are written; the columns are read by their fields' names."""

    order: Annotated[str, Choice(ORDERS)]


@get("/imports", permission=Permission.INCIDENT_TRIAGE)
async def show_imports(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The imports so far, and the form that sends a file."""
    return await _list(request, work, blank(FileForm))


@post("/imports", permission=Permission.INCIDENT_TRIAGE, status_code=303, receives=RECEPTION)
async def take_file(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Keep the file, sealed, and go on to its columns."""
    form = await read(request, FileForm)
    upload = exchange.current().upload
    try:
        source = form.value.source
        sheet = await taken_sheet(upload)
        import_id = await begin_import(work, source, upload or Upload(), sheet)
    except Invalid as refusal:
        return await _list(request, work, form if form.errors else form.refused(refusal), status=422)
    return after(f"/imports/{import_id}")


@get(AT, permission=Permission.INCIDENT_TRIAGE)
async def show_import(
    request: Request[Any, Any, Any], work: NamedDependency[Work], import_id: FromPath[UUID]
) -> Template:
    """Which column is what; once that was said, what would happen; later, what happened."""
    found = await get_import(work, import_id)
    if found.state != "open":
        return page(request, "intake/import_run.html", it=found, problems=_some(await list_problems(work, import_id)))
    return await _columns(request, work, found, blank(OrderForm, order=found.day_order or ""))


@post(AT, permission=Permission.INCIDENT_TRIAGE, status_code=303)
async def take_columns(
    request: Request[Any, Any, Any], work: NamedDependency[Work], import_id: FromPath[UUID]
) -> Template | Redirect:
    """Keep which column is what, and try it."""
    form = await read(request, OrderForm)
    chosen = {field.code: form[field.code] for field in FIELDS if form[field.code]}
    try:
        order = cast("DayOrder | None", form.value.order or None)
        await choose_columns(work, import_id, chosen, order)
    except Invalid as refusal:
        found = await get_import(work, import_id)
        wrong = form if form.errors else form.refused(refusal)
        return await _columns(request, work, found, wrong, chosen=chosen, status=422)
    return after(f"/imports/{import_id}?try=yes")


@post(f"{AT}/start", permission=Permission.INCIDENT_TRIAGE, status_code=303)
async def take_start(work: NamedDependency[Work], import_id: FromPath[UUID]) -> Redirect:
    """Run it."""
    await start_import(work, import_id)
    return after(f"/imports/{import_id}")


@post(f"{AT}/drop", permission=Permission.INCIDENT_TRIAGE, status_code=303)
async def take_drop(work: NamedDependency[Work], import_id: FromPath[UUID]) -> Redirect:
    """Throw the file away."""
    await objects.erase(objects.current(), await drop_import(work, import_id))
    return after("/imports?dropped=yes")


@get(f"{AT}/problems.csv", permission=Permission.INCIDENT_TRIAGE)
async def send_problems(work: NamedDependency[Work], import_id: FromPath[UUID]) -> Response[bytes]:
    """Every row that needs another look, or was not imported: its number, its column and what to do."""
    found = await get_import(work, import_id)
    if found.state == "open":
        trial, _ = await _trial(work, found)
        problems = [(one.number, one.field, one.words) for one in trial.problems]
    else:
        problems = await list_problems(work, import_id)
    whole = table(TableForm.CSV, ("Row", "Column", "What to do"))
    whole.add([(str(number), field, words) for number, field, words in problems])
    return download(TableForm.CSV, "import-problems", whole)


async def _list(request: Request[Any, Any, Any], work: Work, form: Form[FileForm], status: int = 200) -> Template:
    return page(
        request, "intake/imports.html", status=status, form=form, errors=form.errors, rows=await list_imports(work),
        dropped=request.query_params.get("dropped") == "yes",
    )  # fmt: skip


async def _columns(
    request: Request[Any, Any, Any], work: Work, found: Import, form: Form[OrderForm],
    chosen: dict[str, str] | None = None, status: int = 200,
) -> Template:  # fmt: skip
    stored = await file_of(work, found.id)
    sheet = await stored_sheet(stored.name, stored.key)
    columns = found.chosen if chosen is None else chosen
    tried = request.query_params.get("try") == "yes" and status == 200
    trial, known = await _trial(work, found, sheet) if tried else (None, 0)
    return page(
        request, "intake/import_columns.html", status=status, form=form, errors=form.errors, it=found, fields=FIELDS,
        columns=columns, headings=sheet.headings, samples=_samples(sheet), guessed=sheet.guessed_encoding,
        order=form["order"] or (_shown_order(sheet, columns) or "" if not form.fields.pairs else form["order"]),
        trial=trial, known=known, problems=_some([tuple(one) for one in trial.problems]) if trial else ([], 0),
    )  # fmt: skip


async def _trial(work: Work, found: Import, sheet: Sheet | None = None) -> tuple[Trial, int]:
    """What would happen, and how many records are here already."""
    if sheet is None:
        stored = await file_of(work, found.id)
        sheet = await stored_sheet(stored.name, stored.key)
    place = here()
    reading = Reading(found.source, found.chosen, found.day_order, place.zone, place.profile, work.now())
    whole = sheet
    trial = await anyio.to_thread.run_sync(lambda: trial_of(read_rows(whole, reading)))
    known = await known_ids(work, found.source, trial.good)
    return trial, sum(one in known for one in trial.good)


def _shown_order(sheet: Sheet, columns: dict[str, str]) -> DayOrder | None:
    """The order that the dates show by themselves, whichever column of dates shows one first."""
    for heading in (columns.get(field) for field in DATES):
        at = sheet.headings.index(heading) if heading in sheet.headings else None
        if at is not None and (order := order_of(row[at] for row in sheet.rows)):
            return order
    return None


def _samples(sheet: Sheet) -> dict[str, str]:
    """The first words of each column, so that it can be told what it holds."""
    return {
        heading: next((row[at] for row in sheet.rows if row[at]), "")[:60] for at, heading in enumerate(sheet.headings)
    }


def _some(problems: list[Any]) -> tuple[list[dict[str, Any]], int]:
    shown = [
        {"number": number, "field": gettext(NAMES[field]) if field in NAMES else field, "words": words}
        for number, field, words in problems[:SHOWN_PROBLEMS]
    ]
    return shown, max(0, len(problems) - SHOWN_PROBLEMS)


ROUTES = [show_imports, take_file, show_import, take_columns, take_start, take_drop, send_problems]
