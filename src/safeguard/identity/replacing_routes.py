"""Pages: asking for another lead, by somebody who is none."""

from dataclasses import replace
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import DomainError, FieldError, Invalid, NotFound
from safeguard.identity import replacing, wording
from safeguard.identity.choosing import find_staff
from safeguard.identity.forms import NewLead, told
from safeguard.web.drafting import id_of
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

LEAD = "/settings/lead"
REPLACE = Permission.LEAD_REPLACE
NOT_HERE = "This person does not belong here any more. Choose again."


@get(LEAD, permission=REPLACE)
async def show_new_lead(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Who leads, and who could."""
    return await _page(request, work, blank(NewLead))


@post(LEAD, permission=REPLACE, status_code=303, fresh=True)
async def take_new_lead(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Ask for it: the head agrees, or the person outside."""
    form = await read(request, NewLead)
    leads, leaving = await replacing.list_leads(work), id_of(form["leaving"])
    if leads and leaving not in {one.user_id for one in leads}:  # said with what else is missing, in the page's order
        form = replace(form, errors=(FieldError("leaving", replacing.WHOM), *form.errors))
    try:
        value = form.value
        taking = id_of(value.taking)
        if taking is None:
            raise Invalid(FieldError("taking", "Choose who becomes the lead."))
        proposal = await replacing.ask(
            work, leaving, taking, value.lead_reason, stays=value.then == "stays", called=wording.called
        )
    except NotFound:
        gone = form.refused(Invalid(FieldError("taking", NOT_HERE)))
        return await _page(request, work, gone, 422)
    except DomainError as refusal:
        return await _page(request, work, told(form, refusal, "taking"), refusal.status)
    return after(f"/approvals/{proposal.id}?done=asked")


async def _page(request: Request[Any, Any, Any], work: Work, form: Form[NewLead], status: int = 200) -> Template:
    leads = await replacing.list_leads(work)
    chosen = id_of(form["taking"]) if form["taking"] else None
    left_out = [one.user_id for one in leads] + await replacing.list_visitors(work)
    left_out += [work.actor.user_id] if work.actor.user_id else []
    staff = await find_staff(work, request.query_params.get("like", ""), but=left_out, chosen=chosen)
    return page(
        request, "identity/new_lead.html", leads=leads, staff=staff, form=form, errors=form.errors, status=status
    )


ROUTES = [show_new_lead, take_new_lead]
