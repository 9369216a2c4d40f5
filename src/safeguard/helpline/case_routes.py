"""`/helpline/cases/...`: one case - what was said, where it stands, who goes on with it."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.helpline.case_page import BESIDE, case_page
from safeguard.helpline.forms import (
    EntryForm,
    GiveForm,
    JoinForm,
    MoveForm,
    NotedForm,
    PasteForm,
    ToldOnForm,
)
from safeguard.helpline.here import here, own_profile
from safeguard.helpline.mail.posting import post_feedback
from safeguard.helpline.moving import give_case, move_case
from safeguard.helpline.queries import FIRST, get_case, list_entries, list_queue
from safeguard.helpline.states import State
from safeguard.helpline.takedown import list_addresses
from safeguard.helpline.telling_on import tell_on
from safeguard.helpline.watching import mark_case
from safeguard.helpline.waving import join_wave
from safeguard.helpline.web_form.rating import rate_at_desk
from safeguard.helpline.writing import add_to_case, refuse_crossing
from safeguard.web.forms import begun, read
from safeguard.web.pages import after
from safeguard.web.polling import seen, unchanged
from safeguard.work import Work


@get("/helpline/cases/{case_id:uuid}", permission=Permission.HELPLINE_WORK)
async def show_case(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]
) -> Template | Response[bytes]:
    """One case, with everything that was said in it and the addresses that it names.

    An open page asks for it anew every few seconds, and is told only of what changed.
    """
    beside = await list_queue(work, FIRST, BESIDE)
    stands = await mark_case(work, case_id, beside)  # before all that it stands for: what comes between is seen later
    if seen(request) == str(stands):
        return unchanged()
    case = await get_case(work, case_id)
    work.record("case.viewed", case.id, version=case.version)
    return await case_page(request, work, case, stands=stands, beside=beside)


@post("/helpline/cases/{case_id:uuid}/entries", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_entry(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]
) -> Template | Redirect:
    """Write to a case."""
    case, form = await get_case(work, case_id), await read(request, EntryForm)
    try:
        said = form.value
        if said.kind == "answer":
            refuse_crossing(await list_entries(work, case_id), said.after, work.actor.name)
        await add_to_case(
            work, case, said.kind, said.channel, said.words, said.guidance, distressing=said.distressing,
            mails=said.mails,
        )  # fmt: skip
    except (Invalid, Conflict) as refusal:
        return await case_page(request, work, case, entry_form=form, refusal=refusal)
    return after(f"/helpline/cases/{case_id}#conversation")


@post("/helpline/cases/{case_id:uuid}/told-on", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_telling_on(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]
) -> Template | Redirect:
    """Note that something was told on because somebody is at risk, whether or not the case has ended."""
    case, form = await get_case(work, case_id), await read(request, ToldOnForm)
    try:
        said, where = form.value, await here(work)
        await tell_on(work, case, said.told(where.now, where.zone), said.told_words)
    except (Invalid, Conflict) as refusal:
        return await case_page(request, work, case, told=form, refusal=refusal)
    return after(f"/helpline/cases/{case_id}#conversation")


@post("/helpline/cases/{case_id:uuid}/state", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_move(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]
) -> Template | Redirect:
    """Take a case to its next state."""
    case, form = await get_case(work, case_id), await read(request, MoveForm)
    try:
        said = form.value
        await move_case(work, case, State(said.state), said.reason, said.seen, ending=said.ending)
    except (Invalid, Conflict) as refusal:
        return await case_page(request, work, case, move=form, refusal=refusal)
    return after(f"/helpline/cases/{case_id}")


@post("/helpline/cases/{case_id:uuid}/give", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_giving(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]
) -> Template | Redirect:
    """Give a case to somebody."""
    case, form = await get_case(work, case_id), await read(request, GiveForm)
    try:
        said = form.value
        await give_case(work, case, _member(said.to, "to"), said.handover, said.seen)
    except (Invalid, Conflict) as refusal:
        return await case_page(request, work, case, give=form, refusal=refusal)
    return after(f"/helpline/cases/{case_id}")


@post("/helpline/cases/{case_id:uuid}/addresses", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_addresses(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]
) -> Template | Redirect:
    """Put addresses on the list of a case; says what was left out."""
    case, form = await get_case(work, case_id), await read(request, PasteForm)
    try:
        listed = await list_addresses(work, case, form.value.text, _platform(form.value.platform))
    except Invalid as refusal:
        return await case_page(request, work, case, paste=form, refusal=refusal)
    if listed.refused:
        left = begun(PasteForm, {"addresses": "\n".join(listed.refused), "platform": form["platform"]})
        return await case_page(request, work, case, listed=listed, paste=left, status=200)
    return after(f"/helpline/cases/{case_id}#ledger")


@post("/helpline/cases/{case_id:uuid}/wave", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_joining(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]
) -> Template | Redirect:
    """Put a case into a wave, or take it out."""
    case, form = await get_case(work, case_id), await read(request, JoinForm)
    try:
        await join_wave(work, case, _member(form.value.wave, "wave"), form.value.seen)
    except (Invalid, Conflict) as refusal:
        return await case_page(request, work, case, refusal=refusal)
    return after(f"/helpline/cases/{case_id}")


@post("/helpline/cases/{case_id:uuid}/feedback", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_feedback(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]
) -> Template | Redirect:
    """Note whether it helped, or ask the caller by mail."""
    case, form = await get_case(work, case_id), await read(request, NotedForm)
    try:
        said = form.value
        if form["ask"]:
            await post_feedback(work, case)
        else:
            await rate_at_desk(work, case, int(said.helpful) if said.helpful else None, said.said)
    except Invalid as refusal:
        return await case_page(request, work, case, rating=form, refusal=refusal)
    return after(f"/helpline/cases/{case_id}#feedback")


def _member(said: str, field: str) -> UUID | None:
    try:
        return UUID(said) if said else None
    except ValueError:
        raise Invalid(FieldError(field, "Choose one of the answers on the page.")) from None


def _platform(said: str) -> str:
    if said and said not in own_profile().platforms:
        raise Invalid(FieldError("platform", "Choose from the platforms on the page."))
    return said


ROUTES = [
    show_case, take_entry, take_telling_on, take_move, take_giving, take_addresses, take_joining, take_feedback,
]  # fmt: skip
