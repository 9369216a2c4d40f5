"""`/evidence`: packs that were asked for, asking for one, watching it being made, downloading it; and `/audit`."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.evidence import log_pages, verifier_pages
from safeguard.evidence.downloading import download
from safeguard.evidence.forms import PackForm
from safeguard.evidence.packs import chapters
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.queries import AskedPack, get_pack, list_packs
from safeguard.evidence.requesting import request_incident_pack, request_period_pack
from safeguard.strongbox import objects
from safeguard.web.forms import Form, blank, read, today_here
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, Key, cut, read_cursor, scope_of
from safeguard.work import Work

SCOPE: Final = scope_of("packs", {})
TYPED: Final = {"from": "first", "to": "last"}
"""What the page calls the days of a period."""


@get("/evidence", permission=Permission.EVIDENCE_READ)
async def show_list(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Packs, the latest first; with `?incident=`, the form for a pack of that incident."""
    if request.query_params.get("incident"):
        return await _new(request, work)
    start = read_cursor(request.query_params.get("after"), SCOPE)
    rows = await list_packs(work, (start.at, start.id) if start else None, DEFAULT_LIMIT + 1)
    shown = cut(rows, DEFAULT_LIMIT, _key, SCOPE)
    return page(request, "evidence/list.html", fragment="evidence/_rows.html", packs=shown, first=start is None)


@get("/evidence/new", permission=Permission.EVIDENCE_EXPORT)
async def show_form(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form for a pack of a period, or with `?incident=` of one incident."""
    return await _new(request, work)


@post("/evidence", permission=Permission.EVIDENCE_EXPORT, fresh=True, status_code=303)
async def take_form(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Ask for the pack, and go to where it is being made."""
    form = await read(request, PackForm)
    try:
        pack_id = await _ask(work, form.value)
    except Invalid as refusal:
        wrong = form if form.errors else form.refused(_as_typed(refusal))
        return await _form(request, work, wrong, form["incident"], status=422)
    return after(f"/evidence/{pack_id}")


@get("/evidence/{pack_id:uuid}", permission=Permission.EVIDENCE_READ)
async def show_pack(request: Request[Any, Any, Any], work: NamedDependency[Work], pack_id: FromPath[UUID]) -> Template:
    """One pack: how far it is; once ready, the download and how to check it."""
    return page(request, "evidence/show.html", fragment="evidence/_state.html", pack=await get_pack(work, pack_id))


@get("/evidence/{pack_id:uuid}/download", permission=Permission.EVIDENCE_EXPORT, fresh=True)
async def send_pack(work: NamedDependency[Work], pack_id: FromPath[UUID]) -> Stream:
    """The zip."""
    pack, pieces = await download(work, objects.current(), pack_id)
    return Stream(pieces, media_type="application/zip", headers=headers_of(pack))


def headers_of(pack: AskedPack) -> Mapping[str, str]:
    """A file to keep, under a name of ours."""
    return {
        "Content-Disposition": f'attachment; filename="{pack.file_name}"',
        "Content-Length": str(pack.size),
    }


async def _new(request: Request[Any, Any, Any], work: Work) -> Template:
    work.require(Permission.EVIDENCE_EXPORT)
    incident, today = request.query_params.get("incident") or "", today_here()
    start = today - timedelta(days=90)
    usual = Disclosure.MINIMAL if incident else Disclosure.COMPLETE
    form = blank(
        PackForm,
        first=start.isoformat(),
        last=today.isoformat(),
        disclosure=usual.value,
        files="yes" if incident else "",
    )
    return await _form(request, work, form, incident)


async def _form(
    request: Request[Any, Any, Any], work: Work, form: Form[PackForm], incident: str, status: int = 200
) -> Template:
    title = await chapters.bound().title(work, _identifier(incident)) if incident else None
    return page(
        request, "evidence/new.html", status=status, form=form, errors=form.errors, incident=incident, title=title
    )


async def _ask(work: Work, asked: PackForm) -> UUID:
    disclosure = Disclosure(asked.disclosure)
    if asked.incident:
        return await request_incident_pack(
            work, chapters.bound(), _identifier(asked.incident), disclosure, files=asked.files
        )
    return await request_period_pack(work, asked.first, asked.last, disclosure, files=asked.files)


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as fault:
        raise NotFound from fault


def _as_typed(refusal: Invalid) -> Invalid:
    return Invalid(*(FieldError(TYPED.get(error.field, error.field), error.message) for error in refusal.errors))


def _key(pack: AskedPack) -> Key:
    return Key(pack.requested_at, pack.id)


ROUTES = [show_list, show_form, take_form, show_pack, send_pack, *log_pages.ROUTES, *verifier_pages.ROUTES]
