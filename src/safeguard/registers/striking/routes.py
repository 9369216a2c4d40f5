"""`/standards/registers/struck`: striking out what was recorded by mistake, in two steps and with a reason."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Invalid
from safeguard.registers.striking.strikable import BASE, get_kind
from safeguard.registers.striking.striking import REASON_LIMIT, get_row, strike_out
from safeguard.web.forms import Form, Text, blank, read, today_here
from safeguard.web.pages import after, page
from safeguard.work import Work


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """What is wrong with it."""

    reason: Annotated[str, Text(longest=REASON_LIMIT, lines=True)]


@get(BASE + "/struck/{register:str}/{struck_id:uuid}", permission=Permission.REGISTER_KEEP)
async def show_striking(
    request: Request[Any, Any, Any], work: NamedDependency[Work], register: FromPath[str], struck_id: FromPath[UUID]
) -> Template:
    """What would be struck out, and the form; or that it was."""
    return await _striking(request, work, register, struck_id, blank(ReasonForm))


@post(BASE + "/struck/{register:str}/{struck_id:uuid}", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_striking(
    request: Request[Any, Any, Any], work: NamedDependency[Work], register: FromPath[str], struck_id: FromPath[UUID]
) -> Template | Redirect:
    """Strike it out; what somebody else struck out before stays as they said."""
    form = await read(request, ReasonForm)
    try:
        await strike_out(work, register, struck_id, form.value.reason, today_here())
    except Invalid as refusal:
        return await _striking(request, work, register, struck_id, form.refused(refusal), status=422)
    except Conflict:
        return await _striking(request, work, register, struck_id, form, status=409)
    return after(f"{BASE}{get_kind(register).page.partition('#')[0]}#struck")


async def _striking(
    request: Request[Any, Any, Any], work: Work, register: str, struck_id: UUID, form: Form[ReasonForm],
    status: int = 200,
) -> Template:  # fmt: skip
    return page(
        request, "registers/striking/strike.html", status=status, row=await get_row(work, register, struck_id),
        register=register, back_to=BASE + get_kind(register).page, form=form, errors=form.errors,
    )  # fmt: skip


ROUTES = [show_striking, take_striking]
