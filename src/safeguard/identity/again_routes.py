"""Pages: other links for people who were invited and have not come, some at once."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.response import Template

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.identity import inviting
from safeguard.identity.forms import AnyOf, Invite
from safeguard.identity.invited import show_links
from safeguard.identity.people_routes import PEOPLE, people_page
from safeguard.web.drafting import id_of
from safeguard.web.forms import Choice, blank, read
from safeguard.work import Work

NOBODY = "Tick whoever is to get another link."
NONE_RAN_OUT = "No link has run out."


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who gets another link: those who are ticked, or everybody whose link has run out."""

    which: Annotated[str, Choice(("ticked", "run_out"))]
    chosen: Annotated[tuple[str, ...], AnyOf()]


@post(f"{PEOPLE}/invitations/again", permission=Permission.USERS_MANAGE, status_code=200, fresh=True)
async def take_again(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Another link for each, shown this once."""
    form = await read(request, Chosen)
    all_run_out = form["which"] == "run_out"
    ids = await inviting.list_run_out(work) if all_run_out else [_id(one) for one in form.all("chosen")]
    if not ids:
        refusal = Invalid(FieldError("chosen", NONE_RAN_OUT if all_run_out else NOBODY))
        return await people_page(request, work, blank(Invite).refused(refusal), 422)
    again = await inviting.invite_again(work, ids)
    return await show_links(request, work, again.invited, left_out=again.left_out)


def _id(text: str) -> UUID:
    """What was ticked; what can be no invitation is nobody's, and said to be gone."""
    return id_of(text) or UUID(int=0)


ROUTES = [take_again]
