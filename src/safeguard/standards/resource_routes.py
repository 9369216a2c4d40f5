"""`/resources`: what helps, to read and to search, questions that are often asked, and resources of one's own."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Invalid
from safeguard.standards.contributed import OwnResource, get_own, list_withdrawn, read_library
from safeguard.standards.contributing import Belonging, add_resource, change_resource, withdraw_resource
from safeguard.standards.framework import Framework
from safeguard.standards.frameworks import BUILT_IN, framework_of
from safeguard.standards.here import own_profile
from safeguard.standards.owning import list_added, with_added
from safeguard.standards.resource_forms import ResourceForm, WithdrawResourceForm
from safeguard.standards.resource_searching import search
from safeguard.standards.resources import QUESTION
from safeguard.web.fields import Fields
from safeguard.web.forms import Form, begun, read
from safeguard.web.kinds import clean
from safeguard.web.pages import after, page
from safeguard.work import Work

LISTS = ("controls", "risk_areas", "issues")


@get("/resources", permission=Permission.RESOURCES_READ)
async def show_resources(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Guidance, services and questions; `?q=` narrows them."""
    library, asked = await read_library(work, own_profile()), clean(request.query_params.get("q", ""))[:100]
    withdrawn = () if asked else await list_withdrawn(work)
    found = search(library, own_profile(), asked)
    return page(
        request, "standards/resources.html", found=found.resources, answered=found.questions,
        platforms=found.platforms, questions=library.questions, asked=asked, withdrawn=withdrawn,
    )  # fmt: skip


@get("/resources/new", permission=Permission.RESOURCES_KEEP)
async def show_new_resource(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form for a resource of one's own; `?kind=question` for a question and its answer."""
    work.require(Permission.RESOURCES_KEEP)
    kind = QUESTION if request.query_params.get("kind") == QUESTION else "guidance"
    return await _form(request, work, begun(ResourceForm, {"kind": kind}))


@post("/resources/new", permission=Permission.RESOURCES_KEEP, status_code=303)
async def take_new_resource(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Put it into the library."""
    form = await read(request, ResourceForm)
    try:
        new_id = await add_resource(work, form.value.resource(), await _known(work))
    except Invalid as refusal:
        return await _form(request, work, form.refused(refusal), status=422)
    return after(f"/resources#own-{new_id}")


@get("/resources/{resource_id:uuid}", permission=Permission.RESOURCES_KEEP)
async def show_resource(
    request: Request[Any, Any, Any], work: NamedDependency[Work], resource_id: FromPath[UUID]
) -> Template:
    """One of one's own, to change or to withdraw."""
    own = await get_own(work, resource_id)
    return await _form(request, work, _as_is(own), own)


@post("/resources/{resource_id:uuid}", permission=Permission.RESOURCES_KEEP, status_code=303)
async def take_resource(
    request: Request[Any, Any, Any], work: NamedDependency[Work], resource_id: FromPath[UUID]
) -> Template | Redirect:
    """Change it; whoever comes second is shown what the first wrote, with their own words kept."""
    form, own = await read(request, ResourceForm), await get_own(work, resource_id)
    try:
        await change_resource(work, resource_id, form.value.resource(), await _known(work), form.value.seen)
    except Invalid as refusal:
        return await _form(request, work, form.refused(refusal), own, status=422)
    except Conflict:
        return await _form(request, work, form, await get_own(work, resource_id), status=409, changed=True)
    return after(f"/resources#own-{resource_id}")


@post("/resources/{resource_id:uuid}/withdraw", permission=Permission.RESOURCES_KEEP, status_code=303)
async def take_resource_withdrawal(
    request: Request[Any, Any, Any], work: NamedDependency[Work], resource_id: FromPath[UUID]
) -> Template | Redirect:
    """Show it no more."""
    form, own = await read(request, WithdrawResourceForm), await get_own(work, resource_id)
    try:
        await withdraw_resource(work, resource_id, form.value.reason, form.value.seen)
    except Invalid as refusal:
        return await _form(request, work, _as_is(own), own, status=422, withdrawing=form.refused(refusal))
    return after("/resources")


async def _framework(work: Work) -> Framework | None:
    """The built-in framework with controls of one's own; None where it is not offered, or not theirs to read."""
    framework = framework_of(BUILT_IN, own_profile()) if work.may(Permission.STANDARDS_READ) else None
    return with_added(framework, await list_added(work)) if framework else None


async def _known(work: Work) -> Belonging:
    profile, framework = own_profile(), await _framework(work)
    controls = frozenset(control.code for control in framework.controls) if framework else frozenset[str]()
    return Belonging(controls, frozenset(profile.risk_areas), frozenset(profile.issues))


def _as_is(own: OwnResource) -> Form[ResourceForm]:
    starts = [(name, getattr(own, name)) for name in ("kind", "title", "summary")]
    starts += [("links", "\n".join(own.links)), ("seen", str(own.version))]
    starts += [(name, code) for name in LISTS for code in getattr(own, name)]
    return Form(ResourceForm, Fields.of(starts), None, ())


async def _form(
    request: Request[Any, Any, Any],
    work: Work,
    form: Form[ResourceForm],
    own: OwnResource | None = None,
    status: int = 200,
    *,
    changed: bool = False,
    withdrawing: Form[WithdrawResourceForm] | None = None,
) -> Template:
    return page(
        request, "standards/own_resource.html", status=status, form=form, own=own, changed=changed,
        errors=withdrawing.errors if withdrawing else form.errors, reason=withdrawing["reason"] if withdrawing else "",
        framework=await _framework(work), profile=own_profile(),
    )  # fmt: skip


ROUTES = [
    show_resources, show_new_resource, take_new_resource, show_resource, take_resource, take_resource_withdrawal,
]  # fmt: skip
