"""`/standards/registers/policies/ID/links/ID`: an address at which people sign, and what was signed there."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.registers.policies.agreement_routes import HERE
from safeguard.registers.policies.forms import TakeBackForm
from safeguard.registers.policies.queries import get_link, get_policy
from safeguard.registers.policies.routes import BASE
from safeguard.registers.policies.taking_back import NONE, count_given, end_given, end_link
from safeguard.web.asked import number
from safeguard.web.forms import Form, blank, read, today_here
from safeguard.web.pages import after, page
from safeguard.work import Work

CHOOSE = Invalid(FieldError("which", "Choose what is to be ended."))


@get(HERE + "/links/{link_id:uuid}", permission=Permission.REGISTER_READ)
async def show_address(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID], link_id: FromPath[UUID]
) -> Template:
    """An address: since when, until when, how many signed there; and taking it back."""
    link = await get_link(work, policy_id, link_id)
    form = blank(TakeBackForm, which="" if link.is_over(work.now()) else NONE)
    return await _address(request, work, policy_id, link_id, form)


@post(HERE + "/links/{link_id:uuid}/end", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_link_back(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID], link_id: FromPath[UUID]
) -> Template | Redirect:
    """Take an address back, and end what was signed there where that was chosen; one that is over can be ended so."""
    form = await read(request, TakeBackForm)
    policy, link = await get_policy(work, policy_id), await get_link(work, policy_id, link_id)
    if not link.many:
        await end_link(work, policy_id, link_id)
        return after(f"{BASE}/{policy_id}/signatures")
    try:
        if link.is_over(work.now()) and not form["which"]:
            raise CHOOSE
        said = form.value
        count = await end_given(work, policy, link, said.which, said.reason, today_here())
    except Invalid as refusal:
        return await _address(request, work, policy_id, link_id, form.refused(refusal), status=422)
    await end_link(work, policy_id, link_id)
    return after(f"{BASE}/{policy_id}/links/{link_id}?ended={count}")


async def _address(
    request: Request[Any, Any, Any], work: Work, policy_id: UUID, link_id: UUID, form: Form[TakeBackForm],
    status: int = 200,
) -> Template:  # fmt: skip
    policy, link = await get_policy(work, policy_id), await get_link(work, policy_id, link_id)
    return page(
        request, "registers/policies/address.html", status=status, policy=policy, link=link, form=form,
        errors=form.errors, given=await count_given(work, policy, link, today_here()),
        is_over=link.is_over(work.now()), ended=number(request.query_params.get("ended")),
    )  # fmt: skip


ROUTES = [show_address, take_link_back]
