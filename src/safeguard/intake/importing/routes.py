"""Pages of imports: send a file, say which column is what, see what would happen, run it, see what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import anyio.to_thread
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from safeguard.errors import Invalid
from safeguard.intake.importing.files import (
    begin_import,
    choose_columns,
    drop_import,
    file_of,
    get_import,
    list_imports,
    list_problems,
    start_import,
)
from safeguard.intake.importing.reading import Trial, trial_of
from safeguard.intake.importing.running import reading_of
from safeguard.intake.importing.use import Import, Reading, Use
from safeguard.intake.moments import ORDERS, DayOrder, order_of
from safeguard.intake.sheets import Sheet
from safeguard.intake.taking import RECEPTION, stored_sheet, taken_sheet
from safeguard.strongbox import objects
from safeguard.web import exchange, times
from safeguard.web.forms import Choice, Form, blank, read
from safeguard.web.languages import gettext
from safeguard.web.pages import after, page
from safeguard.web.tables import Form as TableForm
from safeguard.web.tables import download, table
from safeguard.web.uploading import Upload
from safeguard.work import Work

SHOWN_PROBLEMS: Final = 50
Problems = Sequence[tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class OrderForm:
    """How dates are written; the columns are read by their fields' names."""

    order: Annotated[str, Choice(ORDERS)]


def routes_of(use: Use[Any]) -> list[Any]:
    """The pages of one use."""
    return [*_file_routes(use), *_column_routes(use), *_run_routes(use)]


def _file_routes(use: Use[Any]) -> list[Any]:
    named: dict[str, Any] = {"permission": use.permission}

    @get(use.at, **named, name=f"show {use.noun}s")
    async def show_imports(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
        """The imports so far, and the form that sends a file."""
        return await _list(request, work, use, blank(use.form))

    @post(use.at, **named, status_code=303, receives=RECEPTION, name=f"take {use.noun}")
    async def take_file(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
        """Keep the file, sealed, and go on to its columns."""
        form = await read(request, use.form)
        upload = exchange.current().upload
        try:
            source = form.value.source
            sheet = await taken_sheet(upload)
            import_id = await begin_import(work, use, source, upload or Upload(), sheet)
        except Invalid as refusal:
            return await _list(request, work, use, form.refused(refusal), status=422)
        return after(f"{use.at}/{import_id}")

    return [show_imports, take_file]


def _column_routes(use: Use[Any]) -> list[Any]:
    one = f"{use.at}/{{import_id:uuid}}"
    named: dict[str, Any] = {"permission": use.permission}

    @get(one, **named, name=f"show {use.noun}")
    async def show_import(
        request: Request[Any, Any, Any], work: NamedDependency[Work], import_id: FromPath[UUID]
    ) -> Template:
        """Which column is what; once that was said, what would happen; later, what happened."""
        found = await get_import(work, use, import_id)
        if found.state == "open":
            return await _columns(request, work, use, found, blank(OrderForm, order=found.day_order or ""))
        problems = _some(use, await list_problems(work, use, import_id))
        return page(request, f"{use.templates}/import_run.html", it=found, at=use.at, problems=problems)

    @post(one, **named, status_code=303, name=f"take columns of {use.noun}")
    async def take_columns(
        request: Request[Any, Any, Any], work: NamedDependency[Work], import_id: FromPath[UUID]
    ) -> Template | Redirect:
        """Keep which column is what, and try it."""
        form = await read(request, OrderForm)
        chosen = {field.code: form[field.code] for field in use.fields if form[field.code]}
        try:
            order = cast("DayOrder | None", form.value.order or await _proved(work, use, import_id, chosen))
            await choose_columns(work, use, import_id, chosen, order)
        except Invalid as refusal:
            found = await get_import(work, use, import_id)
            return await _columns(request, work, use, found, form.refused(refusal), chosen=chosen, status=422)
        return after(f"{use.at}/{import_id}?try=yes")

    return [show_import, take_columns]


def _run_routes(use: Use[Any]) -> list[Any]:
    one = f"{use.at}/{{import_id:uuid}}"
    named: dict[str, Any] = {"permission": use.permission}

    @post(f"{one}/start", **named, status_code=303, name=f"start {use.noun}")
    async def take_start(work: NamedDependency[Work], import_id: FromPath[UUID]) -> Redirect:
        """Run it."""
        await start_import(work, use, import_id)
        return after(f"{use.at}/{import_id}")

    @post(f"{one}/drop", **named, status_code=303, name=f"drop {use.noun}")
    async def take_drop(work: NamedDependency[Work], import_id: FromPath[UUID]) -> Redirect:
        """Throw the file away."""
        await objects.erase(objects.current(), await drop_import(work, use, import_id))
        return after(f"{use.at}?dropped=yes")

    @get(f"{one}/problems.csv", **named, name=f"send problems of {use.noun}")
    async def send_problems(work: NamedDependency[Work], import_id: FromPath[UUID]) -> Response[bytes]:
        """Every row that needs another look, or was not imported: its number, its column and what to do."""
        whole = table(TableForm.CSV, ("Row", "Column", "What to do"))
        problems = await _problems(work, use, import_id)
        whole.add([(str(number), field, words) for number, field, words in problems])
        return download(TableForm.CSV, f"{use.noun.replace('_', '-')}-problems", whole)

    return [take_start, take_drop, send_problems]


async def _list(
    request: Request[Any, Any, Any], work: Work, use: Use[Any], form: Form[Any], status: int = 200
) -> Template:
    return page(
        request, f"{use.templates}/imports.html", status=status, form=form, errors=form.errors, at=use.at,
        rows=await list_imports(work, use), dropped=request.query_params.get("dropped") == "yes",
    )  # fmt: skip


async def _columns(
    request: Request[Any, Any, Any], work: Work, use: Use[Any], found: Import, form: Form[OrderForm],
    chosen: dict[str, str] | None = None, status: int = 200,
) -> Template:  # fmt: skip
    stored = await file_of(work, use, found.id)
    sheet = await stored_sheet(stored.name, stored.key)
    columns = found.chosen if chosen is None else chosen
    tried = request.query_params.get("try") == "yes" and status == 200
    reading = await reading_of(work, found)
    trial, known = await _trial(work, use, found, sheet, reading) if tried else (None, 0)
    seen = "" if form.fields.pairs else _shown_order(use, sheet, columns) or ""
    return page(
        request, f"{use.templates}/import_columns.html", status=status, form=form, errors=form.errors, it=found,
        at=use.at, fields=use.fields, needed=use.needed, columns=columns, headings=sheet.headings,
        samples=_samples(sheet), guessed=sheet.guessed_encoding, order=form["order"] or seen, trial=trial, known=known,
        new=len(trial.good) - known if trial else 0, first=_first(use, trial, reading.zone),
        problems=_some(use, _told(trial)) if trial else ([], 0),
    )  # fmt: skip


async def _trial(work: Work, use: Use[Any], found: Import, sheet: Sheet, reading: Reading) -> tuple[Trial, int]:
    """What would happen, and how many records are here already, or stand in the file before."""
    trial = await anyio.to_thread.run_sync(lambda: trial_of(use.rows(sheet, reading)))
    known = await use.known(work, found.source, trial.good)
    return trial, len(trial.good) - len(set(trial.good) - known)


def _first(use: Use[Any], trial: Trial | None, zone: ZoneInfo) -> tuple[int, list[tuple[str, str]]] | None:
    """The row of the first that can be imported, and what it would hold under each field's name."""
    if trial is None or trial.first is None:
        return None
    told = use.told(trial.first, zone)
    return trial.first.number, [
        (gettext(field.name), _in_words(value, zone)) for field in use.fields if (value := told.get(field.code))
    ]


def _in_words(value: str | date | datetime, zone: ZoneInfo) -> str:
    if isinstance(value, str):
        return value
    return times.exact(value, zone) if isinstance(value, datetime) else times.written_day(value)


async def _problems(work: Work, use: Use[Any], import_id: UUID) -> Problems:
    found = await get_import(work, use, import_id)
    if found.state != "open":
        return await list_problems(work, use, import_id)
    stored = await file_of(work, use, import_id)
    trial, _ = await _trial(
        work, use, found, await stored_sheet(stored.name, stored.key), await reading_of(work, found)
    )
    return _told(trial)


def _told(trial: Trial) -> Problems:
    return [(one.number, one.field, one.words) for one in trial.problems]


async def _proved(work: Work, use: Use[Any], import_id: UUID, columns: dict[str, str]) -> DayOrder | None:
    """What the file says of its dates where nobody chose: 13/04 in it means that 03/04 has its day first too."""
    if (await get_import(work, use, import_id)).state != "open":
        return None
    stored = await file_of(work, use, import_id)
    return _shown_order(use, await stored_sheet(stored.name, stored.key), columns)


def _shown_order(use: Use[Any], sheet: Sheet, columns: dict[str, str]) -> DayOrder | None:
    """The order that the dates show by themselves, whichever column of dates shows one first."""
    for heading in (columns.get(field) for field in use.dates):
        at = sheet.headings.index(heading) if heading in sheet.headings else None
        if at is not None and (order := order_of(row[at] for row in sheet.rows)):
            return order
    return None


def _samples(sheet: Sheet) -> dict[str, str]:
    """The first words of each column, so that it can be told what it holds."""
    return {
        heading: next((row[at] for row in sheet.rows if row[at]), "")[:60] for at, heading in enumerate(sheet.headings)
    }


def _some(use: Use[Any], problems: Problems) -> tuple[list[dict[str, Any]], int]:
    """The first of them, with the column as the form calls it."""
    names = {field.code: field.name for field in use.fields}
    shown = [
        {"number": number, "field": gettext(names[field]) if field in names else field, "words": words}
        for number, field, words in problems[:SHOWN_PROBLEMS]
    ]
    return shown, max(0, len(problems) - SHOWN_PROBLEMS)
