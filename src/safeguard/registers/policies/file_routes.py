"""The file of a policy: sent by whoever keeps the registers, opened by whoever is to read it."""

from typing import Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.registers.policies.filing import RECEPTION, add_file, open_file
from safeguard.registers.policies.queries import get_policy
from safeguard.web import exchange
from safeguard.web.pages import after, page
from safeguard.work import Work

BASE: Final = "/standards/registers/policies/{policy_id:uuid}/file"


@get(BASE, permission=Permission.REGISTER_KEEP)
async def show_filing(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID]
) -> Template:
    """The form that sends the file of the present edition."""
    return await _filing(request, work, policy_id)


@post(BASE, permission=Permission.REGISTER_KEEP, status_code=303, receives=RECEPTION)
async def take_file(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID]
) -> Template | Redirect:
    """Keep it, sealed."""
    try:
        await add_file(work, policy_id, exchange.current().upload)
    except Invalid as refusal:
        return await _filing(request, work, policy_id, refusal.errors, status=422)
    except Conflict as refusal:
        return await _filing(request, work, policy_id, (FieldError("file", refusal.detail),), status=409)
    return after(f"/standards/registers/policies/{policy_id}")


@get("/policies/{policy_id:uuid}/policy.pdf", permission=Permission.POLICY_READ)
async def send_file(work: NamedDependency[Work], policy_id: FromPath[UUID]) -> Stream:
    """The file of the present edition; that it was opened is in the log."""
    found, pieces = await open_file(work, policy_id)
    name = f"policy-{str(policy_id)[-6:]}-edition-{found.edition}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(found.size)}
    return Stream(pieces, media_type="application/pdf", headers=headers)


async def _filing(
    request: Request[Any, Any, Any], work: Work, policy_id: UUID, errors: tuple[FieldError, ...] = (), status: int = 200
) -> Template:
    work.require(Permission.REGISTER_KEEP)
    policy = await get_policy(work, policy_id)
    return page(request, "registers/policies/file.html", status=status, policy=policy, errors=errors)


ROUTES = [show_filing, take_file, send_file]
