"""Pages: connecting a directory, what its groups stand for, and what it did."""

from typing import Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import DomainError, FieldError, Invalid, NotFound
from safeguard.identity import granting, showing
from safeguard.identity.forms import told
from safeguard.provisioning import connecting
from safeguard.provisioning.directory.addresses import BASE
from safeguard.provisioning.directory.noting import list_notes
from safeguard.provisioning.forms import LIFETIMES, Directory, Lifetime, StandsFor
from safeguard.provisioning.wordings import wordings
from safeguard.web import surroundings
from safeguard.web.drafting import id_of
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

AT: Final = "/settings/directory"
MAY: Final = Permission.USERS_MANAGE
DONE: Final = {
    "made": "The directory is connected. Give it the address and the token below.",
    "rotated": "There is a new token. The one before works for another day.",
    "ended": "The directory is disconnected. Whom it brought stays, and is looked after by hand.",
    "stands": "It holds from now on, for everybody who is in the group and whoever joins it.",
    "asked": "Roles that open records are asked for, one by one: you find them under Approvals.",
}


@get(AT, permission=MAY)
async def show_directories(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The directories that are connected, and the form that connects one."""
    return await _list(request, work, blank(Directory, days=str(connecting.DAYS)))


@post(AT, permission=MAY, status_code=303, fresh=True)
async def take_directory(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Connect one; its token is shown on the next page."""
    form = await read(request, Directory)
    try:
        wanted = form.value
        made = await connecting.connect(work, wanted.label, _provider(wanted.sign_on), int(wanted.days))
    except DomainError as refusal:
        return await _list(request, work, told(form, refusal, "label"), refusal.status)
    return after(f"{AT}/{made.id}?done=made&made={showing.seal(made.text)}")


@get(f"{AT}/{{directory_id:uuid}}", permission=MAY)
async def show_directory(
    request: Request[Any, Any, Any], work: NamedDependency[Work], directory_id: FromPath[UUID]
) -> Template:
    """One directory: how it comes in, what its groups stand for, what it did."""
    return await _one(request, work, directory_id)


@post(f"{AT}/{{directory_id:uuid}}/token", permission=MAY, status_code=303, fresh=True)
async def take_rotation(
    request: Request[Any, Any, Any], work: NamedDependency[Work], directory_id: FromPath[UUID]
) -> Template | Redirect:
    """Another token."""
    form = await read(request, Lifetime)
    try:
        made = await connecting.rotate(work, directory_id, int(form.value.days))
    except Invalid as refusal:
        return await _one(request, work, directory_id, told(form, refusal, "days"), 422)
    return after(f"{AT}/{made.id}?done=rotated&made={showing.seal(made.text)}")


@post(f"{AT}/{{directory_id:uuid}}/end", permission=MAY, status_code=303, fresh=True)
async def take_end(work: NamedDependency[Work], directory_id: FromPath[UUID]) -> Redirect:
    """Disconnect it."""
    await connecting.disconnect(work, directory_id)
    return after(f"{AT}?done=ended")


@post(f"{AT}/{{directory_id:uuid}}/groups/{{group_id:uuid}}", permission=MAY, status_code=303, fresh=True)
async def take_role(
    request: Request[Any, Any, Any], work: NamedDependency[Work], directory_id: FromPath[UUID], group_id: FromPath[UUID]
) -> Template | Redirect:
    """Say what a group stands for."""
    form = await read(request, StandsFor)
    try:
        role = Role(form.value.role) if form.value.role else None
        if role and role not in wordings():
            raise Invalid(FieldError("role", "Choose from the roles on the page."))
        people = await connecting.stand_for(work, directory_id, group_id, role)
    except NotFound:
        raise
    except DomainError as refusal:
        return await _one(request, work, directory_id, told(form, refusal, "role"), refusal.status)
    return after(f"{AT}/{directory_id}?done={'asked' if people and role in granting.OPENS_CASES else 'stands'}")


def _provider(text: str) -> UUID | None:
    if not text:
        return None
    found = id_of(text)
    if found is None:
        raise Invalid(FieldError("sign_on", "Choose from the connections on the page."))
    return found


async def _list(request: Request[Any, Any, Any], work: Work, form: Form[Directory], status: int = 200) -> Template:
    return page(
        request, "provisioning/directories.html", directories=await connecting.list_connections(work),
        providers=await connecting.list_providers(work), lifetimes=LIFETIMES, form=form,
        done=DONE.get(request.query_params.get("done") or ""), status=status,
    )  # fmt: skip


async def _one(
    request: Request[Any, Any, Any], work: Work, directory_id: UUID, form: Form[Any] | None = None, status: int = 200
) -> Template:
    return page(
        request,
        "provisioning/directory.html",
        held=await connecting.get_connection(work, directory_id),
        groups=await connecting.list_groups(work, directory_id),
        notes=await list_notes(work, directory_id),
        wordings=wordings(),
        opens=granting.OPENS_CASES,
        lifetimes=LIFETIMES,
        form=form or blank(Lifetime, days=str(connecting.DAYS)),
        token=showing.unseal(request.query_params.get("made")),
        address=surroundings.current().public_url.rstrip("/") + BASE,
        done=DONE.get(request.query_params.get("done") or ""),
        status=status,
    )


ROUTES: Final = [show_directories, take_directory, show_directory, take_rotation, take_end, take_role]
