"""Pages: who belongs here and may do what; tokens for programs."""

from collections.abc import Container, Iterable
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import Conflict, DomainError, FieldError, Forbidden, Invalid
from safeguard.identity import (
    assigning,
    granting,
    inviting,
    issuing,
    managing,
    periods,
    queries,
    removing,
    resetting,
    scoping,
    showing,
    wording,
)
from safeguard.identity.assigning import Scope
from safeguard.identity.forms import LIFETIMES, Invite, NewToken, PastoralScope, Roles, told
from safeguard.post.posting import post_mail_to
from safeguard.web import surroundings
from safeguard.web.fields import Fields
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

PEOPLE = "/settings/people"
LONGEST_WORDS = 100
TOKENS = "/settings/tokens"
DONE = {
    "roles": "The roles are changed. They hold from the next page that the person opens.",
    "assigned": "It is assigned. They see these incidents from the next page that they open.",
    "removed": "The person is removed, and signed out here. What they recorded stays.",
    "withdrawn": "The invitation is withdrawn. Its link does nothing now.",
    "revoked": "The token is revoked. It does nothing now.",
}


@get(PEOPLE, permission=Permission.USERS_MANAGE)
async def show_people(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Everybody who belongs here, and who is invited."""
    return await people_page(request, work, blank(Invite))


@post(f"{PEOPLE}/invitations", permission=Permission.USERS_MANAGE, status_code=303, fresh=True)
async def take_invitation(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Make a link, and show it on the next page."""
    form = await read(request, Invite)
    try:
        roles = _offered(form.value.roles)
        invited = await inviting.invite(
            work,
            form.value.email,
            roles,
            reason=form.value.reason,
            called=wording.called(granting.TAKES_TWO & set(roles)),
        )
    except DomainError as refusal:
        field = "roles" if isinstance(refusal, Forbidden) else "email"
        return await people_page(request, work, told(form, refusal, field), refusal.status)
    if surroundings.current().mails:
        await post_mail_to(work, invited.email, "invitation", link=invited.path)
    waits = f"&waits={invited.waits_for.id}" if invited.waits_for else ""
    return after(f"{PEOPLE}?made={showing.seal(invited.path)}{waits}")


@post(PEOPLE + "/invitations/{invitation_id:uuid}/withdraw", permission=Permission.USERS_MANAGE, status_code=303)
async def withdraw_invitation(work: NamedDependency[Work], invitation_id: FromPath[UUID]) -> Redirect:
    """Make a link stop working."""
    await inviting.withdraw(work, invitation_id)
    return after(f"{PEOPLE}?done=withdrawn")


@get(PEOPLE + "/{user_id:uuid}", permission=Permission.USERS_MANAGE)
async def show_person(
    request: Request[Any, Any, Any], work: NamedDependency[Work], user_id: FromPath[UUID]
) -> Template:
    """One member, and what they may do."""
    return await _person(request, work, user_id)


@post(PEOPLE + "/{user_id:uuid}/roles", permission=Permission.USERS_MANAGE, status_code=303, fresh=True)
async def take_roles(
    request: Request[Any, Any, Any], work: NamedDependency[Work], user_id: FromPath[UUID]
) -> Template | Redirect:
    """Give a member other roles."""
    form = await read(request, Roles)
    try:
        roles, period = _offered(form.value.roles), periods.read(form.value)
        proposal = await managing.change_roles(
            work,
            user_id,
            roles,
            reason=form.value.reason,
            period=period,
            called=wording.called(granting.TAKES_TWO & set(roles)),
            lasting=periods.said(period),
        )
    except DomainError as refusal:
        return await _person(request, work, user_id, told(form, refusal, "roles"), refusal.status)
    return after(f"/approvals/{proposal.id}?done=asked" if proposal else f"{PEOPLE}?done=roles")


@post(PEOPLE + "/{user_id:uuid}/scope", permission=Permission.INCIDENT_TRIAGE, status_code=303, fresh=True)
async def take_scope(
    request: Request[Any, Any, Any], work: NamedDependency[Work], user_id: FromPath[UUID]
) -> Template | Redirect:
    """Assign incidents to a pastoral member."""
    form, profile = await read(request, PastoralScope), wording.profile()
    try:
        chosen = form.value
        issues = _of_page(chosen.issue_types, profile.issues, "issue_types")
        areas = _of_page(chosen.risk_areas, profile.risk_areas, "risk_areas")
        await assigning.assign(work, user_id, Scope(assigning.read_groups(chosen.groups), issues, areas))
    except DomainError as refusal:
        return await _person(request, work, user_id, told(blank(Roles), refusal, "groups"), refusal.status, form)
    return after(f"{PEOPLE}/{user_id}?done=assigned")


@post(PEOPLE + "/{user_id:uuid}/reset", permission=Permission.USERS_MANAGE, status_code=303, fresh=True)
async def make_reset(
    request: Request[Any, Any, Any], work: NamedDependency[Work], user_id: FromPath[UUID]
) -> Template | Redirect:
    """Make a link for somebody's lost password, and show it on the next page."""
    try:
        path = await resetting.make_link(work, user_id)
    except Forbidden as refusal:
        return await _person(request, work, user_id, told(blank(Roles), refusal, "reset"), refusal.status)
    return after(f"{PEOPLE}/{user_id}?made={showing.seal(path)}")


@get(TOKENS, permission=Permission.TOKENS_MANAGE)
async def show_tokens(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The tokens that programs use."""
    return await _tokens(request, work, blank(NewToken, days=str(issuing.DAYS)))


@post(TOKENS, permission=Permission.TOKENS_MANAGE, status_code=303, fresh=True)
async def take_token(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Make a token, and show it on the next page."""
    form = await read(request, NewToken)
    try:
        [role] = _offered([form.value.role])
        chosen, scopes = form.value, scoping.read(form.value.scopes)
        issued = await issuing.issue(work, chosen.name, role, scopes, days=int(chosen.days), reason=chosen.reason)
    except DomainError as refusal:
        return await _tokens(request, work, told(form, refusal, "role"), refusal.status)
    waits = f"&waits={issued.waits_for.id}" if issued.waits_for else ""
    return after(f"{TOKENS}?made={showing.seal(issued.text)}{waits}")


@post(TOKENS + "/{token_id:uuid}/revoke", permission=Permission.TOKENS_MANAGE, status_code=303)
async def revoke_token(work: NamedDependency[Work], token_id: FromPath[UUID]) -> Redirect:
    """Make a token useless."""
    await issuing.revoke(work, token_id)
    return after(f"{TOKENS}?done=revoked")


@post(TOKENS + "/{token_id:uuid}/rotate", permission=Permission.TOKENS_MANAGE, status_code=303, fresh=True)
async def rotate_token(
    request: Request[Any, Any, Any], work: NamedDependency[Work], token_id: FromPath[UUID]
) -> Template | Redirect:
    """Another token in its place, shown on the next page."""
    try:
        issued = await issuing.rotate(work, token_id)
    except (Forbidden, Conflict) as refusal:
        form = told(blank(NewToken, days=str(issuing.DAYS)), refusal, "name")
        return await _tokens(request, work, form, refusal.status)
    return after(f"{TOKENS}?made={showing.seal(issued.text)}")


async def people_page(request: Request[Any, Any, Any], work: Work, form: Form[Invite], status: int = 200) -> Template:
    """Who belongs here, who is invited, who left; with the form that invites somebody."""
    made = showing.unseal(request.query_params.get("made"))
    words = request.query_params.get("q", "")[:LONGEST_WORDS]
    after = _identifier(request.query_params.get("after"))
    members, following = await queries.find_members(work, words, after)
    invitations, are_more = await queries.list_invitations(work, words)
    former, are_more_former = await queries.list_former(work, words)
    return page(
        request,
        "identity/people.html",
        members=members,
        following=following,
        q=words,
        is_begun=after is not None,
        invitations=invitations,
        are_more=are_more,
        former=former,
        are_more_former=are_more_former,
        reasons=removing.REASONS,
        wordings=wording.wordings(),
        form=form,
        link=made and surroundings.current().public_url + made,
        mails=surroundings.current().mails,
        waits=_waits(request),
        done=DONE.get(request.query_params.get("done") or ""),
        status=status,
    )


def _identifier(text: str | None) -> UUID | None:
    """After whom the page begins; from the beginning where that is nobody."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


async def _person(
    request: Request[Any, Any, Any],
    work: Work,
    user_id: UUID,
    form: Form[Roles] | None = None,
    status: int = 200,
    scope: Form[PastoralScope] | None = None,
) -> Template:
    member = await queries.get_member(work, user_id)
    made = showing.unseal(request.query_params.get("made"))
    return page(
        request,
        "identity/person.html",
        member=member,
        wordings=wording.wordings(),
        ticked=(form.all("roles") if form else None) or list(member.roles),
        errors=form.errors if form else (),
        form=form or blank(Roles, **periods.typed(member.deputy_from, member.deputy_until)),
        is_self=user_id == work.actor.user_id,
        link=made and surroundings.current().public_url + made,
        scope=scope or await _scope(work, user_id),
        reads_records=not granting.OPENS_CASES.isdisjoint(member.roles),
        done=DONE.get(request.query_params.get("done") or ""),
        status=status,
    )


async def _scope(work: Work, user_id: UUID) -> Form[PastoralScope]:
    """What is assigned, as the form shows it."""
    assigned = await assigning.read_scope(work, user_id)
    ticked = [("issue_types", code) for code in assigned.issue_types]
    ticked += [("risk_areas", code) for code in assigned.risk_areas]
    fields = Fields.of([("groups", ", ".join(assigned.groups)), *ticked])
    return Form(PastoralScope, fields, None, ())


async def _tokens(request: Request[Any, Any, Any], work: Work, form: Form[NewToken], status: int = 200) -> Template:
    return page(
        request,
        "identity/tokens.html",
        tokens=await queries.list_tokens(work),
        wordings=wording.wordings(),
        lifetimes=LIFETIMES,
        offered=scoping.offered(),
        in_words=scoping.in_words,
        form=form,
        token=showing.unseal(request.query_params.get("made")),
        waits=_waits(request),
        done=DONE.get(request.query_params.get("done") or ""),
        status=status,
    )


def _of_page(ticked: tuple[str, ...], offered: Container[str], field: str) -> tuple[str, ...]:
    if any(code not in offered for code in ticked):
        raise Invalid(FieldError(field, "Choose from the answers on the page."))
    return ticked


def _waits(request: Request[Any, Any, Any]) -> UUID | None:
    """The proposal that what was just made waits for."""
    try:
        return UUID(request.query_params.get("waits") or "")
    except ValueError:
        return None


def _offered(codes: Iterable[str]) -> list[Role]:
    """The roles chosen; raises `Invalid` for one that this kind of organisation does not have."""
    offered = wording.wordings()
    if any(code not in offered for code in codes):
        raise Invalid(FieldError("roles", "Choose from the roles on the page."))
    return [Role(code) for code in codes]


ROUTES = [
    show_people, take_invitation, withdraw_invitation, show_person, take_roles, take_scope, make_reset,
    show_tokens, take_token, rotate_token, revoke_token,
]  # fmt: skip
