"""Pages: settings with their sources, one setting, and the organisation's own details."""

from dataclasses import asdict
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid
from safeguard.tenancy.choosing import change_setting, find_setting, reset_setting
from safeguard.tenancy.effective import Shown, get_setting, list_settings
from safeguard.tenancy.forms import ChoiceForm, DetailsForm
from safeguard.tenancy.organising import change_details
from safeguard.tenancy.queries import Own, find_removal, get_own
from safeguard.tenancy.report_forms import routes as form_routes
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work


@get("/settings", permission=Permission.SETTINGS_READ)
async def show_settings(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Every setting with its value and where that comes from."""
    own, sections = await get_own(work), await list_settings(work)
    changed = request.query_params.get("changed", "")
    removed_from = await find_removal(work)
    return page(request, "settings/list.html", own=own, sections=sections, changed=changed, removed_from=removed_from)


@get("/settings/organisation", permission=Permission.SETTINGS_MANAGE)
async def show_details(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The organisation's own details, to change."""
    own = await get_own(work)
    return _details(request, own, blank(DetailsForm, seen=str(own.version), **asdict(own.details)))


@post("/settings/organisation", permission=Permission.SETTINGS_MANAGE, status_code=303, fresh=True)
async def take_details(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Change the organisation's own details."""
    form = await read(request, DetailsForm)
    try:
        await change_details(work, form.value.details(), int(form.value.seen or 0))
    except Invalid as refusal:
        return _details(request, await get_own(work), form.refused(refusal), status=422)
    return after("/settings?changed=organisation")


@get("/settings/{name:str}", permission=Permission.SETTINGS_MANAGE)
async def show_setting(request: Request[Any, Any, Any], work: NamedDependency[Work], name: FromPath[str]) -> Template:
    """One setting, to change or to take back."""
    shown = await get_setting(work, await find_setting(work, name))
    return _setting(request, shown, blank(ChoiceForm, value=shown.typed, seen=str(shown.version)))


@post("/settings/{name:str}", permission=Permission.SETTINGS_MANAGE, status_code=303)
async def take_setting(
    request: Request[Any, Any, Any], work: NamedDependency[Work], name: FromPath[str]
) -> Template | Redirect:
    """Choose a value, or take the choice back."""
    form = await read(request, ChoiceForm)
    try:
        seen = int(form.value.seen or 0)
        if form.value.do == "reset":
            await reset_setting(work, name, seen)
        else:
            await change_setting(work, name, form.value.value, seen)
    except Invalid as refusal:
        shown = await get_setting(work, await find_setting(work, name))
        return _setting(request, shown, form.refused(refusal), status=422)
    return after(f"/settings?changed={name}")


def _setting(request: Request[Any, Any, Any], shown: Shown, form: Form[ChoiceForm], status: int = 200) -> Template:
    return page(request, "settings/setting.html", shown=shown, form=form, errors=form.errors, status=status)


def _details(request: Request[Any, Any, Any], own: Own, form: Form[DetailsForm], status: int = 200) -> Template:
    return page(request, "settings/organisation.html", own=own, form=form, errors=form.errors, status=status)


ROUTES = [show_settings, show_details, take_details, show_setting, take_setting, *form_routes.ROUTES]
