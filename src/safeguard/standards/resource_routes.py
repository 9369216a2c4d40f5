"""`/resources`: what helps, to read and to search, and questions that are often asked."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Template

from safeguard.access.policy import Permission
from safeguard.standards.here import own_profile
from safeguard.standards.resources import library_of
from safeguard.web.kinds import clean
from safeguard.web.pages import page
from safeguard.work import Work


@get("/resources", permission=Permission.RESOURCES_READ)
async def show_resources(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Guidance, services and questions; `?q=` narrows them."""
    work.require(Permission.RESOURCES_READ)
    library, asked = library_of(own_profile()), clean(request.query_params.get("q", ""))[:100]
    return page(request, "standards/resources.html", found=library.found(asked), faq=library.faq, asked=asked)


ROUTES = [show_resources]
