"""`/standards/evidence`: what shows where we stand, how fresh it is, and which controls it supports."""

from typing import Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.attachments.queries import File
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.standards.cycle import NEAR
from safeguard.standards.files.queries import list_files
from safeguard.standards.forms import SEPARATOR, ItemForm, WithdrawForm
from safeguard.standards.framework import Framework
from safeguard.standards.here import own_profile
from safeguard.standards.mapping import also_answers
from safeguard.standards.owning import current_frameworks, names_of_gone
from safeguard.standards.proving import add_item, change_item, withdraw_item
from safeguard.standards.queries import LATEST_ITEM, get_item, list_items, list_to_renew
from safeguard.standards.review import Item
from safeguard.web.asked import unknown
from safeguard.web.fields import Fields
from safeguard.web.forms import Form, read, today_here
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, Key, cut, leaf, read_cursor, scope_of
from safeguard.work import Work

SCOPE: Final = scope_of("proofs", {})
SHOWS: Final = ("all", "renew")


@get("/standards/evidence", permission=Permission.STANDARDS_READ)
async def show_items(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Items of evidence, the latest first; with `?show=renew`, what is out of date or will be within a month."""
    if request.query_params.get("show") == "renew":
        rows = await list_to_renew(work, today_here() + NEAR)
        whole = leaf(rows, request.query_params.get("after"), DEFAULT_LIMIT, _id)
        return page(
            request,
            "standards/evidence.html",
            items=whole,
            first=whole.first,
            today=today_here(),
            show="renew",
            unknown="",
        )
    start = read_cursor(request.query_params.get("after"), SCOPE)
    rows = await list_items(work, (start.at, start.id) if start else LATEST_ITEM, DEFAULT_LIMIT + 1)
    shown = cut(rows, DEFAULT_LIMIT, _key, SCOPE)
    return page(
        request, "standards/evidence.html", items=shown, first=start is None, today=today_here(), show="all",
        unknown=unknown(request.query_params, "show", SHOWS),
    )  # fmt: skip


@get("/standards/evidence/new", permission=Permission.STANDARDS_REVIEW)
async def show_new(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form for an item; `?control=pies/M1` ticks the control that it is for."""
    work.require(Permission.STANDARDS_REVIEW)
    said = request.query_params.get("control", "")[:100]
    starts = [("dated_on", today_here().isoformat()), ("seen", "0")]
    frameworks = await current_frameworks(work, own_profile())
    starts += [("supports", each) for each in _with_mapped(said, frameworks)]
    return await _form(request, work, Form(ItemForm, Fields.of(starts), None, ()), frameworks)


@post("/standards/evidence/new", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_new(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Keep an item."""
    form = await read(request, ItemForm)
    frameworks = await current_frameworks(work, own_profile())
    try:
        item = await add_item(work, _known(form.value, frameworks).item())
    except Invalid as refusal:
        return await _form(request, work, form.refused(refusal), frameworks, status=422)
    return after(f"/standards/evidence/{item.id}?added=yes")


@get("/standards/evidence/{item_id:uuid}", permission=Permission.STANDARDS_READ)
async def show_item(request: Request[Any, Any, Any], work: NamedDependency[Work], item_id: FromPath[UUID]) -> Template:
    """One item, to read, to renew or to withdraw."""
    item = await get_item(work, item_id)
    files = await list_files(work, item_id)
    return await _form(request, work, _as_is(item), await current_frameworks(work, own_profile()), item, files)


@post("/standards/evidence/{item_id:uuid}", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_item(
    request: Request[Any, Any, Any], work: NamedDependency[Work], item_id: FromPath[UUID]
) -> Template | Redirect:
    """Correct or renew an item."""
    form = await read(request, ItemForm)
    item, frameworks = await get_item(work, item_id), await current_frameworks(work, own_profile())
    try:
        said = _known(form.value, frameworks, item)
        await change_item(work, item_id, said.item(), said.seen)
    except Invalid as refusal:
        return await _form(
            request, work, form.refused(refusal), frameworks, item, await list_files(work, item_id), status=422
        )
    except Conflict as refusal:
        item, files = await get_item(work, item_id), await list_files(work, item_id)
        return await _form(request, work, form, frameworks, item, files, status=409, theirs=refusal.detail)
    return after("/standards/evidence")


@post("/standards/evidence/{item_id:uuid}/withdraw", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_withdrawal(
    request: Request[Any, Any, Any], work: NamedDependency[Work], item_id: FromPath[UUID]
) -> Template | Redirect:
    """Say that an item shows nothing any more."""
    form = await read(request, WithdrawForm)
    try:
        await withdraw_item(work, item_id, form.value.reason, form.value.seen)
    except Invalid as refusal:
        item = await get_item(work, item_id)
        errors = form.errors or refusal.errors
        return page(
            request, "standards/item.html", status=422, form=_as_is(item), errors=errors, item=item,
            files=await list_files(work, item_id), theirs=None, reason=form["reason"], added=False,
            **await _choices(work, await current_frameworks(work, own_profile()), item),
        )  # fmt: skip
    return after(f"/standards/evidence/{item_id}")


def _known(said: ItemForm, frameworks: tuple[Framework, ...], item: Item | None = None) -> ItemForm:
    """Controls of the page, and those that the item supported before they were taken out of their framework."""
    known = {(framework.code, control.code) for framework in frameworks for control in framework.controls}
    if not set(said.supports) <= known | set(item.supports if item else ()):
        raise Invalid(FieldError("supports", "Choose from the controls on the page."))
    return said


def _with_mapped(said: str, frameworks: tuple[Framework, ...]) -> list[str]:
    """A control, and those of other frameworks that the same evidence supports."""
    code, _, wanted = said.partition(SEPARATOR)
    if not wanted:
        return []
    return [said, *(SEPARATOR.join(one.pair) for one in also_answers(frameworks, code, wanted))]


async def _choices(work: Work, frameworks: tuple[Framework, ...], item: Item | None) -> dict[str, Any]:
    """The controls to tick, and those that an item supports though they are in no framework any more."""
    known = {(framework.code, control.code) for framework in frameworks for control in framework.controls}
    gone = [pair for pair in item.supports if pair not in known] if item else []
    names = await names_of_gone(work, gone)
    return {
        "frameworks": frameworks,
        "gone": [(SEPARATOR.join(pair), names.get(pair, SEPARATOR.join(pair))) for pair in gone],
    }


def _as_is(item: Item) -> Form[ItemForm]:
    starts = [(name, str(getattr(item, name) or "")) for name in ("kind", "title", "description", "kept_at")]
    starts += [("dated_on", item.dated_on.isoformat()), ("seen", str(item.version))]
    starts += [("renew_on", item.renew_on.isoformat())] if item.renew_on else []
    starts += [("supports", SEPARATOR.join(pair)) for pair in item.supports]
    return Form(ItemForm, Fields.of(starts), None, ())


async def _form(
    request: Request[Any, Any, Any],
    work: Work,
    form: Form[ItemForm],
    frameworks: tuple[Framework, ...],
    item: Item | None = None,
    files: tuple[File, ...] = (),
    status: int = 200,
    theirs: str | None = None,
) -> Template:
    return page(
        request, "standards/item.html", status=status, form=form, errors=form.errors, item=item, theirs=theirs,
        files=files, reason="", added=request.query_params.get("added") == "yes",
        **await _choices(work, frameworks, item),
    )  # fmt: skip


def _id(item: Item) -> UUID:
    return item.id


def _key(item: Item) -> Key:
    return Key(item.added_at, item.id)


ROUTES = [show_items, show_new, take_new, show_item, take_item, take_withdrawal]
