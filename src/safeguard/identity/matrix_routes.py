"""Page: who can see what here. Everybody who belongs here may know how it is ordered."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Template

from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.identity import matrix
from safeguard.identity.second_step_routes import viewer_here
from safeguard.tenancy.profiles import profile_of
from safeguard.web.pages import page
from safeguard.work import Work


@get("/who-sees-what", permission=Permission.HOME_READ)
async def show_matrix(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Roles beside what they open, from the table that every request is checked against."""
    there = viewer_here().organisation
    wordings = profile_of(there.kind, there.nation).roles
    roles = [wording for wording in wordings.values() if wording.code is not Role.OPERATOR]
    return page(
        request, "identity/matrix.html", parts=matrix.parts(frozenset(one.code for one in roles)), roles=roles,
        own={role.value for role in work.actor.roles},
    )  # fmt: skip


ROUTES = [show_matrix]
