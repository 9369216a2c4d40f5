"""Pages for whoever looks after accounts: describing a provider, trying it, opening it, requiring it."""

from typing import Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, DomainError, FieldError, Invalid, NotFound
from safeguard.identity import queries
from safeguard.identity.forms import told
from safeguard.sign_on import connecting, going
from safeguard.sign_on.connecting import Connection
from safeguard.sign_on.forms import Ask, ConnectionForm, Exempt
from safeguard.sign_on.routes import DOORS, return_address, send
from safeguard.web import exchange, surroundings
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

SETTINGS: Final = "/settings/sign-on"
MAY: Final = Permission.USERS_MANAGE
DONE: Final = {
    "drafted": "The connection is kept. Try it next: nobody comes in by it before two people agree.",
    "changed": "The connection is changed. Try it again.",
    "off": "Nobody signs in by it any more. Whoever is in stays until their session ends.",
    "required": "It is required from now on. Whoever has not linked an account yet has two weeks.",
    "offered": "It is one way in among others again.",
    "exempted": "They keep their password for when the provider is down.",
    "ended": "They no longer keep a password beside the provider.",
}


@get(SETTINGS, permission=MAY)
async def show_connections(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The organisation's providers, and who keeps a password beside them."""
    return await _list(request, work, blank(Exempt))


@get(f"{SETTINGS}/new", permission=MAY)
async def show_new(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """A provider to describe."""
    work.require(MAY)
    return _edit(request, blank(ConnectionForm, subject_claim="sub"))


@post(f"{SETTINGS}/new", permission=MAY, status_code=303)
async def take_new(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Keep the draft."""
    form = await read(request, ConnectionForm)
    try:
        connection_id = await connecting.add(work, form.value.wish())
    except DomainError as refusal:
        return _edit(request, told(form, refusal, "issuer"), status=refusal.status)
    return after(f"{SETTINGS}/{connection_id}?done=drafted")


@get(f"{SETTINGS}/{{connection_id:uuid}}", permission=MAY)
async def show_connection(
    request: Request[Any, Any, Any], work: NamedDependency[Work], connection_id: FromPath[UUID]
) -> Template:
    """One provider: where it stands, and what comes next."""
    return _one(request, await connecting.get_connection(work, connection_id), blank(Ask))


@get(f"{SETTINGS}/{{connection_id:uuid}}/change", permission=MAY)
async def show_change(
    request: Request[Any, Any, Any], work: NamedDependency[Work], connection_id: FromPath[UUID]
) -> Template:
    """A provider to change."""
    held = await connecting.get_connection(work, connection_id)
    form = blank(
        ConnectionForm, label=held.label, issuer=held.issuer, client_id=held.client_id,
        subject_claim=held.subject_claim, two_claim=held.two_claim, two_value=held.two_value, seen=str(held.version),
    )  # fmt: skip
    return _edit(request, form, held)


@post(f"{SETTINGS}/{{connection_id:uuid}}/change", permission=MAY, status_code=303)
async def take_change(
    request: Request[Any, Any, Any], work: NamedDependency[Work], connection_id: FromPath[UUID]
) -> Template | Redirect:
    """Keep what was changed."""
    form, held = await read(request, ConnectionForm), await connecting.get_connection(work, connection_id)
    try:
        seen = form.value.seen
        await connecting.change(work, connection_id, form.value.wish(), int(seen) if seen.isdecimal() else 0)
    except DomainError as refusal:
        return _edit(request, told(form, refusal, "label"), held, refusal.status)
    return after(f"{SETTINGS}/{connection_id}?done=changed")


@post(f"{SETTINGS}/{{connection_id:uuid}}/try", permission=MAY, status_code=200)
async def take_try(
    request: Request[Any, Any, Any], work: NamedDependency[Work], connection_id: FromPath[UUID]
) -> Template:
    """Go there with one's own account, and come back to a diagnosis."""
    held = await connecting.get_connection(work, connection_id)
    door = next((door for door in await going.list_own_doors(work, drafts=True) if door.id == connection_id), None)
    if door is None:
        raise NotFound("This connection is off. Change it first, then try it.")
    try:
        return send(request, door, await going.leave_from_within(work, door, "try", return_address()))
    except DomainError as refusal:
        return _one(request, held, blank(Ask), trouble=refusal.detail, status=422)


@post(f"{SETTINGS}/{{connection_id:uuid}}/ask", permission=MAY, status_code=303, fresh=True)
async def take_ask(
    request: Request[Any, Any, Any], work: NamedDependency[Work], connection_id: FromPath[UUID]
) -> Template | Redirect:
    """Ask that it be opened."""
    form = await read(request, Ask)
    try:
        proposal = await connecting.ask_to_open(work, connection_id, form.value.reason)
    except DomainError as refusal:
        held = await connecting.get_connection(work, connection_id)
        return _one(request, held, told(form, refusal, "reason"), status=refusal.status)
    return after(f"/approvals/{proposal.id}")


@post(f"{SETTINGS}/{{connection_id:uuid}}/off", permission=MAY, status_code=303, fresh=True)
async def take_off(work: NamedDependency[Work], connection_id: FromPath[UUID]) -> Redirect:
    """Turn it off."""
    await connecting.turn_off(work, connection_id)
    return after(f"{SETTINGS}/{connection_id}?done=off")


@post(f"{SETTINGS}/{{connection_id:uuid}}/require", permission=MAY, status_code=303, fresh=True)
async def take_require(
    request: Request[Any, Any, Any], work: NamedDependency[Work], connection_id: FromPath[UUID]
) -> Template | Redirect:
    """Make it the only way in, or one among others."""
    required = exchange.current().fields.get("do") == "require"
    try:
        await connecting.require(work, connection_id, required=required)
    except DomainError as refusal:
        held = await connecting.get_connection(work, connection_id)
        return _one(request, held, blank(Ask), trouble=refusal.detail, status=refusal.status)
    return after(f"{SETTINGS}/{connection_id}?done={'required' if required else 'offered'}")


@post(f"{SETTINGS}/exemptions", permission=MAY, status_code=303, fresh=True)
async def take_exemption(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Let somebody keep their password."""
    form = await read(request, Exempt)
    try:
        await connecting.exempt(work, _id(form.value.user_id), form.value.reason)
    except DomainError as refusal:
        return await _list(request, work, told(form, refusal, "user_id"), refusal.status)
    return after(f"{SETTINGS}?done=exempted")


@post(f"{SETTINGS}/exemptions/{{user_id:uuid}}/end", permission=MAY, status_code=303, fresh=True)
async def end_exemption(
    request: Request[Any, Any, Any], work: NamedDependency[Work], user_id: FromPath[UUID]
) -> Template | Redirect:
    """They sign in like everybody else."""
    try:
        await connecting.end_exemption(work, user_id)
    except Conflict as refusal:
        return await _list(request, work, told(blank(Exempt), refusal, "user_id"), refusal.status)
    return after(f"{SETTINGS}?done=ended")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as fault:
        raise Invalid(FieldError("user_id", "Choose somebody from the list.")) from fault


async def _list(request: Request[Any, Any, Any], work: Work, form: Form[Exempt], status: int = 200) -> Template:
    return page(
        request,
        "sign_on/list.html",
        connections=await connecting.list_connections(work),
        exemptions=await connecting.list_exemptions(work),
        members=await queries.list_members(work),
        form=form,
        done=DONE.get(request.query_params.get("done") or ""),
        status=status,
    )


def _one(
    request: Request[Any, Any, Any], held: Connection, form: Form[Ask], *, trouble: str = "", status: int = 200
) -> Template:
    viewer = exchange.current().viewer
    public_url = surroundings.current().public_url.rstrip("/")
    address = f"{public_url}{DOORS}?organisation={viewer.organisation.slug}" if viewer else ""
    done = DONE.get(request.query_params.get("done") or "")
    return page(
        request, "sign_on/connection.html", held=held, form=form, trouble=trouble, done=done, door=address,
        return_address=return_address(), status=status,
    )  # fmt: skip


def _edit(
    request: Request[Any, Any, Any], form: Form[ConnectionForm], held: Connection | None = None, status: int = 200
) -> Template:
    return page(request, "sign_on/edit.html", form=form, held=held, return_address=return_address(), status=status)


ROUTES = [
    show_connections, show_new, take_new, show_connection, show_change, take_change, take_try, take_ask, take_off,
    take_require, take_exemption, end_exemption,
]  # fmt: skip
