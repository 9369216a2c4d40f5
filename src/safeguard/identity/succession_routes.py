"""Pages: handing over to a successor, and letting somebody set up a lost second step anew. Both take two people."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, DomainError, FieldError, Invalid, NotFound
from safeguard.identity import handing_over, queries, wording
from safeguard.identity.factors import losing
from safeguard.identity.forms import Handover, LostStep, told
from safeguard.web.drafting import id_of
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

PERSON = "/settings/people/{user_id:uuid}"
MANAGE = Permission.USERS_MANAGE


@get(PERSON + "/second-step-lost", permission=MANAGE)
async def show_loss(request: Request[Any, Any, Any], work: NamedDependency[Work], user_id: FromPath[UUID]) -> Template:
    """What it means, and why it is asked for."""
    return await _loss(request, work, user_id, blank(LostStep))


@post(PERSON + "/second-step-lost", permission=MANAGE, status_code=303, fresh=True)
async def take_loss(
    request: Request[Any, Any, Any], work: NamedDependency[Work], user_id: FromPath[UUID]
) -> Template | Redirect:
    """Ask for it: somebody else agrees."""
    form = await read(request, LostStep)
    try:
        proposal = await losing.ask(work, user_id, form.value.lost_reason)
    except DomainError as refusal:
        if isinstance(refusal, NotFound):
            raise
        return await _loss(request, work, user_id, told(form, refusal, "lost_reason"), refusal.status)
    return after(f"/approvals/{proposal.id}?done=asked")


@get(PERSON + "/handover", permission=MANAGE)
async def show_handover(
    request: Request[Any, Any, Any], work: NamedDependency[Work], user_id: FromPath[UUID]
) -> Template:
    """Who takes over, and why."""
    return await _handover(request, work, user_id, blank(Handover))


@post(PERSON + "/handover", permission=MANAGE, status_code=303, fresh=True)
async def take_handover(
    request: Request[Any, Any, Any], work: NamedDependency[Work], user_id: FromPath[UUID]
) -> Template | Redirect:
    """Ask for it: somebody else agrees, and both halves happen then."""
    form = await read(request, Handover)
    try:
        successor = id_of(form.value.successor)
        if successor is None:
            raise Invalid(FieldError("successor", "Choose who takes over."))
        proposal = await handing_over.ask(work, user_id, successor, form.value.handover_reason, wording.called)
    except NotFound:
        await queries.get_member(work, user_id)  # whoever leaves is here, so it is the other one who is not
        gone = form.refused(Invalid(FieldError("successor", "This person does not belong here. Choose somebody else.")))
        return await _handover(request, work, user_id, gone, 422)
    except DomainError as refusal:
        return await _handover(request, work, user_id, told(form, refusal, "successor"), refusal.status)
    return after(f"/approvals/{proposal.id}?done=asked")


async def _loss(
    request: Request[Any, Any, Any], work: Work, user_id: UUID, form: Form[LostStep], status: int = 200
) -> Template:
    member = await queries.get_member(work, user_id)
    return page(request, "identity/lost_step.html", member=member, form=form, errors=form.errors, status=status)


async def _handover(
    request: Request[Any, Any, Any], work: Work, user_id: UUID, form: Form[Handover], status: int = 200
) -> Template:
    member = await queries.get_member(work, user_id)
    if not handing_over.may_take_part(member.roles):
        raise Conflict(handing_over.VISITS)
    others = [
        one
        for one in await queries.list_members(work)
        if one.user_id != user_id and handing_over.may_take_part(one.roles)
    ]
    return page(
        request, "identity/handover.html", member=member, others=others, form=form, errors=form.errors,
        is_self=user_id == work.actor.user_id, passes=handing_over.PASSES, stays=handing_over.STAYS_BEHIND,
        status=status,
    )  # fmt: skip


ROUTES = [show_loss, take_loss, show_handover, take_handover]
