"""`/people/{id}/transfer/none`: no file goes, with the reason; and taking that back."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid
from safeguard.people.queries import get_person
from safeguard.transfers.forms import StaysForm
from safeguard.transfers.staying import find_left, find_stays, say_it_stays, take_it_back
from safeguard.transfers.wording import STAYS
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

NONE = "/people/{person_id:uuid}/transfer/none"
MANAGE = Permission.RECORDS_MANAGE


@get(NONE, permission=MANAGE)
async def show_staying(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template:
    """Why no file goes, or what was said of that."""
    return await _page(request, work, person_id, blank(StaysForm))


@post(NONE, permission=MANAGE, status_code=303)
async def take_staying(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template | Redirect:
    """Keep it: the limit ends."""
    form = await read(request, StaysForm)
    try:
        await say_it_stays(work, person_id, form.value.stays, form.value.because)
    except Invalid as refusal:
        return await _page(request, work, person_id, form.refused(refusal), 422)
    return after(f"/people/{person_id}?done=stays")


@post(f"{NONE}/undo", permission=MANAGE, status_code=303)
async def take_going(work: NamedDependency[Work], person_id: FromPath[UUID]) -> Redirect:
    """It goes after all: the limit runs again, from the day they left."""
    await take_it_back(work, person_id)
    return after(f"/people/{person_id}?done=goes")


async def _page(
    request: Request[Any, Any, Any], work: Work, person_id: UUID, form: Form[StaysForm], status: int = 200
) -> Template:
    return page(
        request, "transfers/staying.html", status=status, person=await get_person(work, person_id), form=form,
        errors=form.errors, choices=STAYS, stays=await find_stays(work, person_id),
        left_on=await find_left(work, person_id),
    )  # fmt: skip


ROUTES = [show_staying, take_staying, take_going]
