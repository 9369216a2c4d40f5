"""`/helpline/cases/.../facts`: what is known of a case, to correct."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Invalid
from safeguard.helpline.case import Case
from safeguard.helpline.forms import FactsForm
from safeguard.helpline.here import here, own_profile
from safeguard.helpline.queries import get_case
from safeguard.helpline.taking import change_facts
from safeguard.web.fields import Fields
from safeguard.web.forms import Form, read
from safeguard.web.pages import after, page
from safeguard.work import Work


@get("/helpline/cases/{case_id:uuid}/facts", permission=Permission.HELPLINE_WORK)
async def show_facts(request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]) -> Template:
    """What is known of a case, to correct."""
    case = await get_case(work, case_id)
    return await _facts(request, work, case, _as_is(case))


@post("/helpline/cases/{case_id:uuid}/facts", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_facts(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]
) -> Template | Redirect:
    """Correct what is known of a case."""
    case, form = await get_case(work, case_id), await read(request, FactsForm)
    try:
        await change_facts(work, own_profile(), case, form.value.facts(), form.value.seen)
    except Invalid as refusal:
        return await _facts(request, work, case, form.refused(refusal), status=422)
    except Conflict as refusal:
        return await _facts(request, work, case, form, status=409, theirs=refusal.detail)
    return after(f"/helpline/cases/{case_id}")


def _as_is(case: Case) -> Form[FactsForm]:
    names = (
        "summary",
        "priority",
        "caller",
        "sector",
        "caller_name",
        "caller_organisation",
        "caller_contact",
        "gender",
    )
    starts = [(name, str(getattr(case, name))) for name in names] + [("seen", str(case.version))]
    starts += [("at_risk", "yes")] if case.at_risk else []
    starts += [("issues", code) for code in case.issues] + [("platforms", code) for code in case.platforms]
    return Form(FactsForm, Fields.of(starts), None, ())


async def _facts(
    request: Request[Any, Any, Any],
    work: Work,
    case: Case,
    form: Form[FactsForm],
    status: int = 200,
    theirs: str | None = None,
) -> Template:
    return page(
        request, "helpline/facts.html", status=status, case=case, form=form, errors=form.errors,
        here=await here(work), theirs=theirs,
    )  # fmt: skip


ROUTES = [show_facts, take_facts]
