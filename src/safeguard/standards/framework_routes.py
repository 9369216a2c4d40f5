"""`/standards/frameworks`: what we measure ourselves by, one of our own, a control of our own, the next edition."""

import re
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from msgspec import structs

from safeguard.access.policy import Permission
from safeguard.errors import Invalid
from safeguard.standards.adding import add_control, end_control
from safeguard.standards.comparing import compare, compare_whole, move_back, move_on
from safeguard.standards.ending import end_framework, resume_framework
from safeguard.standards.file_reading import RECEPTION, read_text
from safeguard.standards.framework import Framework
from safeguard.standards.framework_forms import ImportForm, MoveForm, OwnControlForm
from safeguard.standards.here import own_profile
from safeguard.standards.importing import CannotImport, Mistake, columns_not_read, import_framework, mark_of
from safeguard.standards.made_with import framework_of_review, is_behind
from safeguard.standards.owning import (
    built_in,
    ended_frameworks,
    known_framework,
    known_frameworks,
    list_added,
    list_editions,
)
from safeguard.standards.queries import get_review, latest_reviews
from safeguard.standards.table_reading import is_table, named
from safeguard.web import exchange
from safeguard.web.forms import Form, blank, read, today_here
from safeguard.web.pages import after, page
from safeguard.work import Work

NAMES = ("code", "name", "edition")


@get("/standards/frameworks", permission=Permission.STANDARDS_READ)
async def show_frameworks(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Every framework, and the editions of those of one's own."""
    ended = await ended_frameworks(work)
    frameworks = [each for each in await known_frameworks(work, own_profile()) if each.code not in ended]
    return page(
        request, "standards/frameworks.html", frameworks=frameworks, editions=await list_editions(work), ended=ended
    )


@get("/standards/frameworks/import", permission=Permission.STANDARDS_REVIEW)
async def show_import(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form that takes a framework of one's own."""
    work.require(Permission.STANDARDS_REVIEW)
    return _import(request, blank(ImportForm))


@post("/standards/frameworks/import", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_import(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Import it, or say every mistake with its line."""
    form = await read(request, ImportForm)
    profile = own_profile()
    try:
        said = form.value
        known = await known_frameworks(work, profile)
        framework = await import_framework(work, said.text, said.said(), profile.kind, known)
    except Invalid as refusal:
        return _import(request, form.refused(refusal), status=422)
    except CannotImport as refusal:
        return _import(request, form.refused(Invalid(*refusal.beside)), refusal.mistakes, status=422)
    return after(f"/standards/frameworks/{framework.code}")


@post("/standards/frameworks/import/file", permission=Permission.STANDARDS_REVIEW, status_code=200, receives=RECEPTION)
async def take_file(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Read a file into the form: nothing is imported before somebody has looked at it."""
    work.require(Permission.STANDARDS_REVIEW)
    upload = exchange.current().upload
    try:
        text = await read_text(upload)
    except Invalid as refusal:
        return _import(request, blank(ImportForm).refused(refusal), status=422)
    stem = upload.name.rpartition(".")[0][:200] if upload and is_table(text) else ""
    code = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-0123456789")[:40]
    form = blank(ImportForm, text=text, name=stem, code=code, edition=str(today_here().year) if stem else "")
    return _import(request, form, read_from=upload.name if upload else "")


@get("/standards/frameworks/{code:str}", permission=Permission.STANDARDS_READ)
async def show_framework(request: Request[Any, Any, Any], work: NamedDependency[Work], code: FromPath[str]) -> Template:
    """A framework to read: every control with its levels; `?edition=` for an earlier one of one's own."""
    edition = request.query_params.get("edition") or None
    framework = await known_framework(work, code, own_profile(), edition)
    added = {each.code: each for each in await list_added(work) if each.framework == code}
    fresh = not edition and all(review.framework != code for review in await latest_reviews(work))
    return page(
        request, "standards/framework.html", framework=framework, added=added, own=not built_in(code), fresh=fresh,
        ended=code in await ended_frameworks(work),
    )  # fmt: skip


@post("/standards/frameworks/{code:str}/end", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_framework_ending(work: NamedDependency[Work], code: FromPath[str]) -> Redirect:
    """Offer a standard of one's own no more."""
    await end_framework(work, code)
    return after(f"/standards/frameworks/{code}")


@post("/standards/frameworks/{code:str}/resume", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_resuming(work: NamedDependency[Work], code: FromPath[str]) -> Redirect:
    """Offer it again."""
    await resume_framework(work, code)
    return after(f"/standards/frameworks/{code}")


@get("/standards/frameworks/{code:str}/controls/new", permission=Permission.STANDARDS_REVIEW)
async def show_adding(request: Request[Any, Any, Any], work: NamedDependency[Work], code: FromPath[str]) -> Template:
    """The form for a control of one's own."""
    work.require(Permission.STANDARDS_REVIEW)
    return _adding(request, await known_framework(work, code, own_profile()), blank(OwnControlForm))


@post("/standards/frameworks/{code:str}/controls/new", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_adding(
    request: Request[Any, Any, Any], work: NamedDependency[Work], code: FromPath[str]
) -> Template | Redirect:
    """Add the control."""
    framework = await known_framework(work, code, own_profile())
    form = await read(request, OwnControlForm)
    sentences = [form[f"level_{level.number}"].strip()[:1000] for level in framework.levels]
    try:
        added = await add_control(work, framework, form.value.objective, form.value.name, sentences)
    except Invalid as refusal:
        return _adding(request, framework, form.refused(refusal), status=422)
    return after(f"/standards/frameworks/{code}#{added}")


@post(
    "/standards/frameworks/{code:str}/controls/{control_id:uuid}/end", permission=Permission.STANDARDS_REVIEW,
    status_code=303,
)  # fmt: skip
async def take_ending(work: NamedDependency[Work], code: FromPath[str], control_id: FromPath[UUID]) -> Redirect:
    """Ask a control of one's own no more."""
    await known_framework(work, code, own_profile())
    await end_control(work, control_id)
    return after(f"/standards/frameworks/{code}")


@get("/standards/reviews/{review_id:uuid}/edition", permission=Permission.STANDARDS_REVIEW)
async def show_next_edition(
    request: Request[Any, Any, Any], work: NamedDependency[Work], review_id: FromPath[UUID]
) -> Template:
    """What changed since the edition that a review was begun with."""
    review = await get_review(work, review_id)
    before = await framework_of_review(work, review, own_profile())
    latest = await known_framework(work, review.framework, own_profile())
    return page(
        request, "standards/edition.html", review=review, before=before, after=latest,
        differences=compare(before, latest, review), whole=compare_whole(before, latest),
        moves=is_behind(review, latest),
        rescaled=len(before.levels) != len(latest.levels),
    )  # fmt: skip


@post("/standards/reviews/{review_id:uuid}/edition", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_next_edition(
    request: Request[Any, Any, Any], work: NamedDependency[Work], review_id: FromPath[UUID]
) -> Redirect:
    """Go on with the latest edition."""
    form = await read(request, MoveForm)
    review = await get_review(work, review_id)
    latest = await known_framework(work, review.framework, own_profile())
    if review.scale is None:  # begun before that was written down: its text says it
        before = await framework_of_review(work, review, own_profile())
        review = structs.replace(review, scale=len(before.levels))
    await move_on(work, review, latest, form.value.seen)
    return after(f"/standards/reviews/{review_id}")


@post("/standards/reviews/{review_id:uuid}/edition/back", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_way_back(
    request: Request[Any, Any, Any], work: NamedDependency[Work], review_id: FromPath[UUID]
) -> Redirect:
    """Go back to the edition before, while the review is open."""
    form = await read(request, MoveForm)
    await move_back(work, await get_review(work, review_id), form.value.seen)
    return after(f"/standards/reviews/{review_id}")


def _import(
    request: Request[Any, Any, Any], form: Form[ImportForm], mistakes: tuple[Mistake, ...] = (), status: int = 200,
    read_from: str = "",
) -> Template:  # fmt: skip
    columns = columns_not_read(form["text"])
    return page(
        request, "standards/import.html", status=status, form=form, errors=form.errors, mistakes=mistakes,
        read_from=read_from, left_out=named(columns), told=mark_of(columns),
    )  # fmt: skip


def _adding(
    request: Request[Any, Any, Any], framework: Framework, form: Form[OwnControlForm], status: int = 200
) -> Template:
    return page(
        request, "standards/own_control.html", status=status, framework=framework, form=form, errors=form.errors
    )


ROUTES = [
    show_frameworks, show_import, take_import, take_file, show_framework, take_framework_ending, take_resuming,
    show_adding, take_adding, take_ending, show_next_edition, take_next_edition, take_way_back,
]  # fmt: skip
