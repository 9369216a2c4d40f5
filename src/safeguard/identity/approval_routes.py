"""Pages: what takes two people, and the page of the outside second person."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import PUBLIC, Permission
from safeguard.errors import DomainError
from safeguard.identity import acts, approving, outside, proposals, showing
from safeguard.identity.forms import Decision, told
from safeguard.identity.outside import Asked
from safeguard.post.posting import post_mail_to
from safeguard.tenancy.profiles import profile_of
from safeguard.web import exchange, surroundings
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

APPROVALS = "/approvals"
DONE = {
    "asked": "It is asked for. It happens when somebody else agrees.",
    "approved": "Approved. It holds from now on.",
    "mailed": "The link is on its way to them by mail. It works once, for three days.",
    "declined": "Declined. Nothing was changed.",
    "withdrawn": "Taken back. Nothing was changed.",
}
GONE = 410


@get(APPROVALS, permission=Permission.APPROVALS_READ)
async def show_approvals(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What waits for me, what I asked for, what was decided."""
    found = await proposals.list_approvals(work)
    return page(request, "identity/approvals.html", approvals=found, done=_done(request))


@get(APPROVALS + "/{proposal_id:uuid}", permission=Permission.APPROVALS_READ)
async def show_approval(
    request: Request[Any, Any, Any], work: NamedDependency[Work], proposal_id: FromPath[UUID]
) -> Template:
    """One thing that takes two people: who asks, why, and who can decide."""
    return await _approval(request, work, proposal_id, blank(Decision))


@post(APPROVALS + "/{proposal_id:uuid}", permission=Permission.APPROVALS_READ, status_code=303, fresh=True)
async def decide(
    request: Request[Any, Any, Any], work: NamedDependency[Work], proposal_id: FromPath[UUID]
) -> Template | Redirect:
    """Approve or decline."""
    form = await read(request, Decision)
    try:
        if form.value.do == "approve":
            await approving.approve(work, proposal_id, form.value.reason)
            return after(f"{APPROVALS}?done=approved")
        await approving.decline(work, proposal_id, form.value.reason)
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        return await _approval(request, work, proposal_id, told(form, refusal, "reason"), refusal.status)
    return after(f"{APPROVALS}?done=declined")


@post(APPROVALS + "/{proposal_id:uuid}/withdraw", permission=Permission.APPROVALS_READ, status_code=303)
async def withdraw_proposal(work: NamedDependency[Work], proposal_id: FromPath[UUID]) -> Redirect:
    """Take back what one asked for."""
    await approving.withdraw(work, proposal_id)
    return after(f"{APPROVALS}?done=withdrawn")


@post(APPROVALS + "/{proposal_id:uuid}/link", permission=Permission.APPROVALS_READ, status_code=303, fresh=True)
async def make_approval_link(work: NamedDependency[Work], proposal_id: FromPath[UUID]) -> Redirect:
    """A fresh one-time link for the outside second person, where nobody here can decide.

    It goes to them by mail and is shown to nobody; a service that sends none shows it once on the next page.
    """
    await proposals.get_detail(work, proposal_id)  # who may not know of it finds nothing
    link = await approving.make_link(work, proposal_id)
    if surroundings.current().mails:
        await post_mail_to(work, link.email, "approval_asked", link=link.path, about_id=proposal_id)
        return after(f"{APPROVALS}/{proposal_id}?done=mailed")
    return after(f"{APPROVALS}/{proposal_id}?made={showing.seal(link.path)}")


@get("/approve/{token:str}", permission=PUBLIC)
async def show_asked(request: Request[Any, Any, Any], token: FromPath[str]) -> Template:
    """What the outside second person is asked."""
    return _asked(request, await outside.find_asked(token), blank(Decision))


@post("/approve/{token:str}", permission=PUBLIC, status_code=200)
async def take_decision(request: Request[Any, Any, Any], token: FromPath[str]) -> Template:
    """Their decision, once."""
    form, asked = await read(request, Decision), await outside.find_asked(token)
    if asked.state != "open":
        return _asked(request, asked, form)
    request_id = exchange.current().request_id
    try:
        if form.value.do == "approve":
            await outside.approve(asked, token, request_id)
        else:
            await outside.decline(asked, token, form.value.reason, request_id)
    except DomainError as refusal:
        return _asked(request, asked, told(form, refusal, "reason"), refusal.status)
    return page(request, "identity/asked_done.html", asked=asked, approved=form.value.do == "approve")


async def _approval(
    request: Request[Any, Any, Any], work: Work, proposal_id: UUID, form: Form[Decision], status: int = 200
) -> Template:
    made = showing.unseal(request.query_params.get("made"))
    return page(
        request,
        "identity/approval.html",
        detail=await proposals.get_detail(work, proposal_id),
        form=form,
        link=made and surroundings.current().public_url + made,
        mails=surroundings.current().mails,
        done=_done(request),
        status=status,
    )


def _asked(request: Request[Any, Any, Any], asked: Asked, form: Form[Decision], status: int = 200) -> Template:
    if asked.state != "open":
        return page(request, "identity/asked_over.html", asked=asked, status=GONE)
    act, profile = acts.find(asked.act), profile_of(asked.organisation_kind, asked.organisation_nation)
    return page(
        request, "identity/asked.html", asked=asked, act=act.name if act else "", profile=profile, form=form,
        status=status,
    )  # fmt: skip


def _done(request: Request[Any, Any, Any]) -> str | None:
    return DONE.get(request.query_params.get("done") or "")


ROUTES = [
    show_approvals, show_approval, decide, withdraw_proposal, make_approval_link, show_asked, take_decision,
]  # fmt: skip
