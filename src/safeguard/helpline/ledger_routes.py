"""`/helpline/addresses`: one address with every step, and the report to its platform, prepared."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Invalid
from safeguard.helpline.as_sent import names_agreed
from safeguard.helpline.case import Url
from safeguard.helpline.forms import PlatformForm, StepForm, TakeBackForm
from safeguard.helpline.here import here
from safeguard.helpline.ledger import FOLLOWS, UrlState
from safeguard.helpline.platforms.preparing import prepared_report
from safeguard.helpline.queries import get_url, list_all_of, list_cases_of
from safeguard.helpline.reaching import SHOWN, how_named, list_reached, mark_of
from safeguard.helpline.takedown import place_on, step_on
from safeguard.helpline.undoing import take_back
from safeguard.web.forms import Form, begun, read, today_here
from safeguard.web.pages import after, page
from safeguard.work import Work

F = TypeVar("F")
OTHERS: Final = "Others referred this address, or took that back, while you had it open. See whom your words reach now."


@get("/helpline/addresses/{url_id:uuid}", permission=Permission.HELPLINE_WORK)
async def show_address(
    request: Request[Any, Any, Any], work: NamedDependency[Work], url_id: FromPath[UUID]
) -> Template:
    """One address: its steps, the cases that name it, what may come next."""
    url = await get_url(work, url_id)
    return await _address(request, work, url, _fresh(url))


@post("/helpline/addresses/{url_id:uuid}", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_step(
    request: Request[Any, Any, Any], work: NamedDependency[Work], url_id: FromPath[UUID]
) -> Template | Redirect:
    """Note what happened to an address."""
    url, form = await get_url(work, url_id), await read(request, StepForm)
    try:
        said, where = form.value, await here(work)
        at, day_only = said.when(where.now, where.zone)
        reached = await list_reached(work, url_id)
        if said.reaches not in {"", mark_of(reached)}:
            raise Conflict(OTHERS)
        await step_on(
            work, url, UrlState(said.state), at, said.reference, said.answer, said.seen, day_only=day_only,
            answered=True if said.answer else None,
            without=[each.case_id for each in reached if str(each.case_id) in said.without],
        )  # fmt: skip
    except Invalid as refusal:
        return await _address(request, work, url, form.refused(refusal), status=422)
    except Conflict as refusal:
        return await _address(request, work, url, form, status=409, theirs=refusal.detail)
    return after(f"/helpline/addresses/{url_id}")


@post("/helpline/addresses/{url_id:uuid}/take-back", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_taking_back(
    request: Request[Any, Any, Any], work: NamedDependency[Work], url_id: FromPath[UUID]
) -> Template | Redirect:
    """Say that the last step was noted by mistake."""
    url, form = await get_url(work, url_id), await read(request, TakeBackForm)
    return await _beside(request, work, url, form, "undoing", lambda said: take_back(work, url, said.why, said.seen))


@post("/helpline/addresses/{url_id:uuid}/platform", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_platform(
    request: Request[Any, Any, Any], work: NamedDependency[Work], url_id: FromPath[UUID]
) -> Template | Redirect:
    """Say of which platform an address is, where its host does not tell, or tells wrong."""
    url, form = await get_url(work, url_id), await read(request, PlatformForm)
    return await _beside(
        request, work, url, form, "placing", lambda said: place_on(work, url, said.platform, said.seen)
    )


async def _beside(
    request: Request[Any, Any, Any],
    work: Work,
    url: Url,
    form: Form[F],
    name: str,
    act: Callable[[F], Awaitable[object]],
) -> Template | Redirect:
    """Do what one of the forms beside the steps says; the page calls it `name`, and keeps what was typed in it."""
    try:
        await act(form.value)
    except Invalid as refusal:
        return await _address(request, work, url, _fresh(url), 422, beside={name: form.refused(refusal)})
    except Conflict as refusal:
        return await _address(request, work, url, _fresh(url), 409, refusal.detail, {name: form})
    return after(f"/helpline/addresses/{url.id}")


def _fresh(url: Url) -> Form[StepForm]:
    return begun(StepForm, {"seen": str(url.version), "on": today_here().isoformat()})


async def _address(
    request: Request[Any, Any, Any],
    work: Work,
    url: Url,
    form: Form[StepForm],
    status: int = 200,
    theirs: str | None = None,
    beside: Mapping[str, Form[Any]] = MappingProxyType({}),
) -> Template:
    where, cases = await here(work), await list_cases_of(work, url.id)
    reached = await list_reached(work, url.id)
    undoing = beside.get("undoing")
    placing = beside.get("placing") or begun(PlatformForm, {"platform": url.platform, "seen": str(url.version)})
    named = await names_agreed(work, list(await list_all_of(work, url.id)))
    return page(
        request, "helpline/address.html", status=status, url=url, form=form, placing=placing,
        undoing=undoing, errors=form.errors or placing.errors or (undoing.errors if undoing else ()), theirs=theirs,
        cases=cases, reached=reached, reaches=mark_of(reached), shown=SHOWN, named=await how_named(work, url.id),
        follows=[state for state in UrlState if state in FOLLOWS[url.state]], here=where,
        prepared=prepared_report(where.profile, url, cases, where.zone, named),
    )  # fmt: skip


ROUTES = [show_address, take_step, take_taking_back, take_platform]
