"""Pages: taking somebody out. What they have in hand is said first, and why they go is asked."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import DomainError, NotFound
from safeguard.identity import parting, queries, removing
from safeguard.identity.forms import Removal, told
from safeguard.identity.managing import Held, Period
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

PEOPLE = "/settings/people"
REMOVE = PEOPLE + "/{user_id:uuid}/remove"
MANAGE = Permission.USERS_MANAGE


@get(REMOVE, permission=MANAGE)
async def show_removal(
    request: Request[Any, Any, Any], work: NamedDependency[Work], user_id: FromPath[UUID]
) -> Template:
    """What it means, and what they have in hand."""
    return await _page(request, work, user_id, blank(Removal))


@post(REMOVE, permission=MANAGE, status_code=303, fresh=True)
async def remove_person(
    request: Request[Any, Any, Any], work: NamedDependency[Work], user_id: FromPath[UUID]
) -> Template | Redirect:
    """End a membership, or ask somebody else to agree to it."""
    form = await read(request, Removal)
    try:
        proposal = await removing.remove(work, user_id, form.value.why, form.value.words)
    except NotFound:
        raise
    except DomainError as refusal:
        return await _page(request, work, user_id, told(form, refusal, "why"), refusal.status)
    return after(f"/approvals/{proposal.id}?done=asked" if proposal else f"{PEOPLE}?done=removed")


async def _page(
    request: Request[Any, Any, Any], work: Work, user_id: UUID, form: Form[Removal], status: int = 200
) -> Template:
    member = await queries.get_member(work, user_id)
    held = Held(member.name, frozenset(member.roles), Period(member.deputy_from, member.deputy_until))
    return page(
        request,
        "identity/remove.html",
        member=member,
        in_hand=await parting.say_what_is_in_hand(work, user_id),
        takes_two=removing.takes_two(work, held),
        reasons=removing.REASONS,
        is_self=user_id == work.actor.user_id,
        form=form,
        errors=form.errors,
        status=status,
    )


ROUTES = [show_removal, remove_person]
