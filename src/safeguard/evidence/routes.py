"""`/evidence`: packs that were asked for, asking for one, watching it being made, downloading it; and `/audit`."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from safeguard.access.policy import Permission
from safeguard.errors import BadRequest, FieldError, Invalid
from safeguard.evidence import log_pages, verifier_pages, weekly_pages
from safeguard.evidence.asking import ask, identifier
from safeguard.evidence.attesting.seals import list_seals
from safeguard.evidence.bodies import bodies_for
from safeguard.evidence.downloading import download
from safeguard.evidence.forms import SIZES, PackForm
from safeguard.evidence.packs import chapters
from safeguard.evidence.packs.kinds import KINDS
from safeguard.evidence.queries import AskedPack, get_pack, is_refused, list_packs
from safeguard.strongbox import objects
from safeguard.web import exchange
from safeguard.web.forms import Form, begun, read, today_here
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, Key, cut, read_cursor, scope_of
from safeguard.work import Work

SCOPE: Final = scope_of("packs", {})
TYPED: Final = {"from": "first", "to": "last"}
"""What the page calls the days of a period."""


@get("/evidence", permission=Permission.EVIDENCE_READ)
async def show_list(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Packs, the latest first; with `?incident=` or `?person=`, the form for a pack of that record."""
    if request.query_params.get("incident") or request.query_params.get("person"):
        return await _new(request, work)
    start = read_cursor(request.query_params.get("after"), SCOPE)
    rows = await list_packs(work, (start.at, start.id) if start else None, DEFAULT_LIMIT + 1)
    shown = cut(rows, DEFAULT_LIMIT, _key, SCOPE)
    return page(request, "evidence/list.html", fragment="evidence/_rows.html", packs=shown, first=start is None)


@get("/evidence/new", permission=Permission.EVIDENCE_EXPORT)
async def show_form(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form for a pack of a period; of another kind with `?kind=`, or with the id of what it is about."""
    return await _new(request, work)


@post("/evidence", permission=Permission.EVIDENCE_EXPORT, fresh=True, status_code=303)
async def take_form(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Ask for the pack, and go to where it is being made."""
    form = await read(request, PackForm)
    if form["kind"].strip():
        _check_kind(form["kind"].strip())
    try:
        pack_id = await ask(work, form.value)
    except Invalid as refusal:
        wrong = form if form.errors else form.refused(_as_typed(refusal))
        return await _form(request, work, wrong, status=422)
    return after(f"/evidence/{pack_id}")


@get("/evidence/{pack_id:uuid}", permission=Permission.EVIDENCE_READ)
async def show_pack(request: Request[Any, Any, Any], work: NamedDependency[Work], pack_id: FromPath[UUID]) -> Template:
    """One pack: how far it is; once ready, the download and how to check it."""
    pack = await get_pack(work, pack_id)
    seals = await list_seals(work, pack_id) if pack.ready_at else ()
    refused = pack.state in {"waiting", "making", "stopped"} and await is_refused(work, pack.log)
    return page(request, "evidence/show.html", fragment="evidence/_state.html", pack=pack, seals=seals, refused=refused)


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
    query, today = request.query_params, today_here()
    named = {name: query.get(name) or "" for name in ("incident", "person", "review")}
    kind = query.get("kind") or next((name for name, given in named.items() if given), "period")
    _check_kind(kind)
    start = today - timedelta(days=365 if kind == "inspection" else 90)
    starts = {
        **named, "kind": kind, "first": start.isoformat(), "last": today.isoformat(),
        "disclosure": KINDS[kind].usual.value, "files": "yes" if kind == "incident" else "",
        "redacted": "yes" if kind == "inspection" else "", "drawn": "random", "many": "5",
        "body": _body(query.get("body")),
    }  # fmt: skip
    form = begun(PackForm, {name: value for name, value in starts.items() if value})
    return await _form(request, work, form)


def _check_kind(kind: str) -> None:
    """No page of ours names another: raises `BadRequest`."""
    if kind not in KINDS:
        raise BadRequest("There is no such kind of pack. Choose one from the list.")


async def _form(request: Request[Any, Any, Any], work: Work, form: Form[PackForm], status: int = 200) -> Template:
    incident = form["incident"]
    kind = form["kind"] if form["kind"] in KINDS else "incident" if incident else "period"
    title = await chapters.bound().title(work, identifier(incident)) if incident else None
    return page(
        request, "evidence/new.html", status=status, form=form, errors=form.errors, incident=incident, title=title,
        kind=kind, bodies=bodies_for(_organisation_kind()), sizes=SIZES, reviews=await _reviews(work, kind),
    )  # fmt: skip


async def _reviews(work: Work, kind: str) -> Sequence[chapters.Offered]:
    """Those that a pack for an inspection may hold, the newest first."""
    part = chapters.bound_parts().get("review")
    if kind != "inspection" or not isinstance(part, chapters.Offering):
        return ()
    return await part.offered(work)


def _body(asked: str | None) -> str:
    """The body that was asked for where it inspects this kind of organisation, else the first that does."""
    offered = [body.code for body in bodies_for(_organisation_kind())]
    return asked if asked in offered else next(iter(offered), "")


def _organisation_kind() -> str:
    viewer = exchange.current().viewer
    return viewer.organisation.kind if viewer else ""


def _as_typed(refusal: Invalid) -> Invalid:
    return Invalid(*(FieldError(TYPED.get(error.field, error.field), error.message) for error in refusal.errors))


def _key(pack: AskedPack) -> Key:
    return Key(pack.requested_at, pack.id)


ROUTES = [
    show_list,
    show_form,
    take_form,
    show_pack,
    send_pack,
    *log_pages.ROUTES,
    *weekly_pages.ROUTES,
    *verifier_pages.ROUTES,
]
