"""`/helpline/signposts`: what a caller can be pointed to, to search, beside a case or while a call goes on."""

from typing import Any, Final
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Template

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.helpline.case import Case
from safeguard.helpline.here import here
from safeguard.helpline.pointing import find_pointers
from safeguard.helpline.queries import get_case
from safeguard.web.kinds import clean
from safeguard.web.pages import page
from safeguard.work import Work

LONGEST_SEARCH: Final = 100


@get("/helpline/signposts", permission=Permission.HELPLINE_WORK)
async def show_signposts(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Everything, or what `?q=` finds; with `?case=` each can be noted on that case by one click."""
    work.require(Permission.HELPLINE_WORK)
    where, asked = await here(work), clean(request.query_params.get("q", ""))[:LONGEST_SEARCH]
    return page(
        request, "helpline/signposts.html", fragment="helpline/_found_signposts.html", asked=asked, here=where,
        case=await _case(work, request.query_params.get("case", "")), found=find_pointers(where.pointers, asked),
    )  # fmt: skip


async def _case(work: Work, said: str) -> Case | None:
    try:
        return await get_case(work, UUID(said)) if said else None
    except ValueError:
        raise NotFound from None


ROUTES = [show_signposts]
