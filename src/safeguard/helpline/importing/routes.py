"""`/helpline/imports`: send a file, say which column is what, see what would happen, run it, see what happened."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, cast
from uuid import UUID

import anyio.to_thread
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid
from safeguard.helpline.importing.columns import FIELDS
from safeguard.helpline.importing.earlier import read_rows, trial_of
from safeguard.helpline.importing.imports import (
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
from safeguard.helpline.importing.running import reading_of
from safeguard.intake.earlier import Trial
from safeguard.intake.imports import Import
from safeguard.intake.moments import ORDERS, DayOrder
from safeguard.intake.sheets import Sheet
from safeguard.intake.sources import LONGEST_NAME
from safeguard.intake.taking import RECEPTION, stored_sheet, taken_sheet
from safeguard.strongbox import objects
from safeguard.web import exchange
from safeguard.web.forms import Choice, Form, Text, blank, read
from safeguard.web.pages import after, page
from safeguard.web.tables import Form as TableForm
from safeguard.web.tables import download, table
from safeguard.web.uploading import Upload
from safeguard.work import Work

SHOWN_PROBLEMS: Final = 50
ALL: Final = "/helpline/imports"
AT: Final = "/helpline/imports/{case_import_id:uuid}"


@dataclass(frozen=True, slots=True)
class FileForm:
    """A file of earlier cases."""

    source: Annotated[str, Text(longest=LONGEST_NAME, required="Say which system the cases come from.")]


@dataclass(frozen=True, slots=True)
class OrderForm:
    """How dates are written; the columns are read by their fields' names."""

    order: Annotated[str, Choice(ORDERS)]


@get(ALL, permission=Permission.HELPLINE_SUPERVISE)
async def show_imports(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The imports so far, and the form that sends a file."""
    return await _list(request, work, blank(FileForm))


@post(ALL, permission=Permission.HELPLINE_SUPERVISE, status_code=303, receives=RECEPTION)
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
    return after(f"{ALL}/{import_id}")


@get(AT, permission=Permission.HELPLINE_SUPERVISE)
async def show_import(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_import_id: FromPath[UUID]
) -> Template:
    """Which column is what; once that was said, what would happen; later, what happened."""
    found = await get_import(work, case_import_id)
    if found.state != "open":
        problems = _some(await list_problems(work, case_import_id))
        return page(request, "helpline/import_run.html", it=found, problems=problems)
    return await _columns(request, work, found, blank(OrderForm, order=found.day_order or ""))


@post(AT, permission=Permission.HELPLINE_SUPERVISE, status_code=303)
async def take_columns(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_import_id: FromPath[UUID]
) -> Template | Redirect:
    """Keep which column is what, and try it."""
    form = await read(request, OrderForm)
    chosen = {field.code: form[field.code] for field in FIELDS if form[field.code]}
    try:
        order = cast("DayOrder | None", form.value.order or None)
        await choose_columns(work, case_import_id, chosen, order)
    except Invalid as refusal:
        found = await get_import(work, case_import_id)
        wrong = form if form.errors else form.refused(refusal)
        return await _columns(request, work, found, wrong, chosen=chosen, status=422)
    return after(f"{ALL}/{case_import_id}?try=yes")


@post(f"{AT}/start", permission=Permission.HELPLINE_SUPERVISE, status_code=303)
async def take_start(work: NamedDependency[Work], case_import_id: FromPath[UUID]) -> Redirect:
    """Run it."""
    await start_import(work, case_import_id)
    return after(f"{ALL}/{case_import_id}")


@post(f"{AT}/drop", permission=Permission.HELPLINE_SUPERVISE, status_code=303)
async def take_drop(work: NamedDependency[Work], case_import_id: FromPath[UUID]) -> Redirect:
    """Throw the file away."""
    await objects.erase(objects.current(), await drop_import(work, case_import_id))
    return after(f"{ALL}?dropped=yes")


@get(f"{AT}/problems.csv", permission=Permission.HELPLINE_SUPERVISE)
async def send_problems(work: NamedDependency[Work], case_import_id: FromPath[UUID]) -> Response[bytes]:
    """Every row that needs another look, or was not imported: its number, its column and what to do."""
    found = await get_import(work, case_import_id)
    if found.state == "open":
        trial, _ = await _trial(work, found)
        problems = [(one.number, one.field, one.words) for one in trial.problems]
    else:
        problems = await list_problems(work, case_import_id)
    whole = table(TableForm.CSV, ("Row", "Column", "What to do"))
    whole.add([(str(number), field, words) for number, field, words in problems])
    return download(TableForm.CSV, "case-import-problems", whole)


async def _list(request: Request[Any, Any, Any], work: Work, form: Form[FileForm], status: int = 200) -> Template:
    return page(
        request, "helpline/imports.html", status=status, form=form, errors=form.errors, rows=await list_imports(work),
        dropped=request.query_params.get("dropped") == "yes",
    )  # fmt: skip


async def _columns(
    request: Request[Any, Any, Any], work: Work, found: Import, form: Form[OrderForm],
    chosen: dict[str, str] | None = None, status: int = 200,
) -> Template:  # fmt: skip
    stored = await file_of(work, found.id)
    sheet = await stored_sheet(stored.name, stored.key)
    tried = request.query_params.get("try") == "yes" and status == 200
    trial, known = await _trial(work, found, sheet) if tried else (None, 0)
    return page(
        request, "helpline/import_columns.html", status=status, form=form, errors=form.errors, it=found, fields=FIELDS,
        columns=found.chosen if chosen is None else chosen, headings=sheet.headings, samples=_samples(sheet),
        guessed=sheet.guessed_encoding, order=form["order"], trial=trial, known=known,
        problems=_some([tuple(one) for one in trial.problems]) if trial else ([], 0),
    )  # fmt: skip


async def _trial(work: Work, found: Import, sheet: Sheet | None = None) -> tuple[Trial, int]:
    """What would happen, and how many cases are here already."""
    if sheet is None:
        stored = await file_of(work, found.id)
        sheet = await stored_sheet(stored.name, stored.key)
    reading, whole = await reading_of(work, found), sheet
    trial = await anyio.to_thread.run_sync(lambda: trial_of(read_rows(whole, reading)))
    return trial, len(await known_ids(work, found.source, trial.good))


def _samples(sheet: Sheet) -> dict[str, str]:
    """The first words of each column, so that it can be told what it holds."""
    return {
        heading: next((row[at] for row in sheet.rows if row[at]), "")[:60] for at, heading in enumerate(sheet.headings)
    }


def _some(problems: list[Any]) -> tuple[list[dict[str, Any]], int]:
    shown = [{"number": number, "field": field, "words": words} for number, field, words in problems[:SHOWN_PROBLEMS]]
    return shown, max(0, len(problems) - SHOWN_PROBLEMS)


ROUTES = [show_imports, take_file, show_import, take_columns, take_start, take_drop, send_problems]
