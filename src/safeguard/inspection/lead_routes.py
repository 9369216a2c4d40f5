"""`/inspections`: the lead lets an inspector in, gives them packs, answers them, and ends it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import DomainError, FieldError, Invalid
from safeguard.evidence.bodies import bodies_for, to_choose
from safeguard.identity import showing
from safeguard.identity.forms import told
from safeguard.inspection import inviting, noting, queries
from safeguard.inspection.forms import Answering, GivePack, InviteInspector, ShowHere
from safeguard.post.posting import post_mail_to
from safeguard.web import exchange, surroundings
from safeguard.web.forms import Form, blank, read, today_here
from safeguard.web.pages import after, page
from safeguard.work import Work

PLACE = "/inspections"
MANAGE = Permission.INSPECTION_MANAGE


@get(PLACE, permission=MANAGE)
async def show_list(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Who was let in, the latest first."""
    first = today_here() - timedelta(days=365)
    scope = blank(ShowHere, scope="all", first=first.isoformat(), last=today_here().isoformat())
    return page(
        request, "inspection/list.html", inspections=await queries.list_inspections(work), form=scope, errors=(),
        bodies=to_choose(_kind()),
    )  # fmt: skip


@get(f"{PLACE}/new", permission=MANAGE)
async def show_form(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Letting an inspector in."""
    work.require(MANAGE)
    today = today_here()
    first = today - timedelta(days=365)
    starts = {"days": "5", "live_from": first.isoformat(), "live_until": today.isoformat()}
    return _form(request, blank(InviteInspector, **starts))


@post(PLACE, permission=MANAGE, status_code=303, fresh=True)
async def take_form(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Let them in; the link is shown on the next page."""
    form = await read(request, InviteInspector)
    try:
        chosen = form.value
        new = inviting.NewInspection(
            chosen.inspector, chosen.email, chosen.body, chosen.purpose, int(chosen.days), chosen.scope()
        )
        begun = await inviting.begin_inspection(work, new)
    except DomainError as refusal:
        return _form(request, told(form, refusal, "email"), refusal.status)
    if begun.path and surroundings.current().mails:
        await post_mail_to(work, new.email.lower(), "invitation", link=begun.path)
    made = f"?made={showing.seal(begun.path)}" if begun.path else ""
    return after(f"{PLACE}/{begun.id}{made}")


@get(PLACE + "/{inspection_id:uuid}", permission=MANAGE)
async def show_inspection(
    request: Request[Any, Any, Any], work: NamedDependency[Work], inspection_id: FromPath[UUID]
) -> Template:
    """One inspection: what was given, asked and answered; once it is over, what was opened."""
    return await _inspection(request, work, inspection_id)


@post(PLACE + "/{inspection_id:uuid}/packs", permission=MANAGE, status_code=303, fresh=True)
async def take_pack(
    request: Request[Any, Any, Any], work: NamedDependency[Work], inspection_id: FromPath[UUID]
) -> Template | Redirect:
    """Give the inspector a pack."""
    form = await read(request, GivePack)
    try:
        await inviting.give_pack(work, inspection_id, _identifier(form.value.pack), form.value.heading)
    except Invalid as refusal:
        return await _inspection(request, work, inspection_id, giving=form.refused(refusal), status=422)
    return after(f"{PLACE}/{inspection_id}")


@post(PLACE + "/{inspection_id:uuid}/packs/{pack_id:uuid}/back", permission=MANAGE, status_code=303)
async def take_pack_back(
    work: NamedDependency[Work], inspection_id: FromPath[UUID], pack_id: FromPath[UUID]
) -> Redirect:
    """Take a pack back that was given by mistake."""
    await inviting.take_back(work, inspection_id, pack_id)
    return after(f"{PLACE}/{inspection_id}")


@post(
    PLACE + "/{inspection_id:uuid}/questions/{question_id:uuid}/answer", permission=MANAGE, status_code=303, fresh=True
)
async def take_answer(
    request: Request[Any, Any, Any], work: NamedDependency[Work], inspection_id: FromPath[UUID],
    question_id: FromPath[UUID],
) -> Template | Redirect:  # fmt: skip
    """Answer a question, with further evidence or without."""
    form = await read(request, Answering)
    try:
        pack_id = _identifier(form.value.pack) if form.value.pack else None
        await noting.answer(work, inspection_id, question_id, form.value.words, pack_id)
    except Invalid as refusal:
        wrong = form.refused(refusal)
        return await _inspection(request, work, inspection_id, answering=wrong, to=question_id, status=422)
    return after(f"{PLACE}/{inspection_id}#questions")


@post(PLACE + "/{inspection_id:uuid}/end", permission=MANAGE, status_code=303)
async def take_end(work: NamedDependency[Work], inspection_id: FromPath[UUID]) -> Redirect:
    """End it now."""
    await inviting.end_inspection(work, inspection_id)
    return after(f"{PLACE}/{inspection_id}")


def _form(request: Request[Any, Any, Any], form: Form[InviteInspector], status: int = 200) -> Template:
    return page(
        request, "inspection/new.html", status=status, form=form, errors=form.errors, bodies=bodies_for(_kind())
    )


async def _inspection(
    request: Request[Any, Any, Any],
    work: Work,
    inspection_id: UUID,
    *,
    giving: Form[GivePack] | None = None,
    answering: Form[Answering] | None = None,
    to: UUID | None = None,
    status: int = 200,
) -> Template:
    inspection = await queries.get_inspection(work, inspection_id)
    given = await queries.list_given(work, inspection_id)
    held, ready = {each.pack_id for each in given}, await queries.list_offered(work)
    path = showing.unseal(request.query_params.get("made"))
    giving = giving or blank(GivePack)
    return page(
        request, "inspection/show.html", status=status, inspection=inspection, given=given,
        offered=[each for each in ready if each.id not in held], ready=[each for each in ready if each.is_ready],
        notes=await queries.list_notes(work, inspection_id), openings=await queries.list_openings(work, inspection_id),
        whose={each.id: each.whose for each in ready}, giving=giving, answering=answering, to=to,
        mails=surroundings.current().mails,
        errors=(*giving.errors, *(answering.errors if answering else ())),
        link=surroundings.current().public_url + path if path else None,
    )  # fmt: skip


def _kind() -> str:
    viewer = exchange.current().viewer
    return viewer.organisation.kind if viewer else ""


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as fault:
        raise Invalid(FieldError("pack", "Choose a pack.")) from fault


ROUTES = [show_list, show_form, take_form, show_inspection, take_pack, take_pack_back, take_answer, take_end]
