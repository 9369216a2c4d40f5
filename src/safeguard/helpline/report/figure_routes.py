"""`/helpline/figures` and `/helpline/themes`: exact figures of any period for the desk, and what cases are coded by."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.helpline.here import here
from safeguard.helpline.queries import get_case
from safeguard.helpline.report.composing import write_figures
from safeguard.helpline.report.forms import CodeForm, ThemeForm
from safeguard.helpline.report.setting import spoken
from safeguard.helpline.report.spans import Span, last_year, this_year
from safeguard.helpline.report.theming import code_case, known_theme, list_themes, open_theme, retire_theme
from safeguard.web.dates import read_written_day
from safeguard.web.forms import Form, blank, read, today_here
from safeguard.web.pages import after, page
from safeguard.work import Work


@get("/helpline/figures", permission=Permission.HELPLINE_WORK)
async def show_figures(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Any period: `?from=2025-01-01&until=2025-12-31`, of one theme with `&theme=`."""
    where, today, query = await here(work), today_here(), request.query_params
    themes = await list_themes(work)
    theme = next((each for each in themes if str(each.id) == query.get("theme")), None)
    errors: tuple[FieldError, ...] = ()
    span = this_year(today)
    try:
        span = _span(query, span)
    except Invalid as refusal:
        errors = refusal.errors
    paper = await write_figures(work, where.profile, where.clocks.calendar.helpline, span, theme and theme.id)
    return page(
        request, "helpline/report/figures.html", status=422 if errors else 200, paper=paper, span=span, theme=theme,
        themes=themes, errors=errors, spoken=spoken, presets=(this_year(today), last_year(today)),
        typed={name: query.get(name, "") for name in ("from", "until")},
    )  # fmt: skip


@get("/helpline/themes", permission=Permission.HELPLINE_WORK)
async def show_themes(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What cases are coded by."""
    return await _themes(request, work, blank(ThemeForm))


@post("/helpline/themes", permission=Permission.HELPLINE_SUPERVISE, status_code=303)
async def take_theme(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Open a theme."""
    form = await read(request, ThemeForm)
    try:
        await open_theme(work, form.value.name, form.value.describes)
    except Invalid as refusal:
        return await _themes(request, work, form.refused(refusal), status=422)
    return after("/helpline/themes")


@post("/helpline/themes/{theme_id:uuid}/retire", permission=Permission.HELPLINE_SUPERVISE, status_code=303)
async def take_retiring(work: NamedDependency[Work], theme_id: FromPath[UUID]) -> Redirect:
    """Code no further case by a theme."""
    await retire_theme(work, theme_id)
    return after("/helpline/themes")


@post("/helpline/cases/{case_id:uuid}/themes", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_coding(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]
) -> Redirect:
    """Say by which themes a case is coded."""
    case, form = await get_case(work, case_id), await read(request, CodeForm)
    await code_case(work, case, tuple(known_theme(each) for each in form.value.themes), form.value.seen)
    return after(f"/helpline/cases/{case_id}#themes")


def _span(query: Mapping[str, str], otherwise: Span) -> Span:
    """The days that were asked for; raises `Invalid` for what is no day."""
    days: list[date] = []
    for name, usual in (("from", otherwise.first), ("until", otherwise.last)):
        said = query.get(name, "")
        try:
            days.append(read_written_day(said) if said else usual)
        except ValueError:
            raise Invalid(FieldError(name, "Write the day as 2025-01-31, or choose it.")) from None
    return Span(*days)


async def _themes(request: Request[Any, Any, Any], work: Work, form: Form[ThemeForm], status: int = 200) -> Template:
    themes = await list_themes(work)
    return page(
        request, "helpline/report/themes.html", status=status, themes=themes, form=form, errors=form.errors
    )  # fmt: skip


ROUTES = [show_figures, show_themes, take_theme, take_retiring, take_coding]
