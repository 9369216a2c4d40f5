"""Pages of referrals: the guided form, the page that shows exactly what will leave, and the conversation."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.channel.correspondents import is_removed, list_helplines, removed_among
from safeguard.channel.enclosures import load_rules
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.incidents.here import here
from safeguard.incidents.hiding.glass import require_handling
from safeguard.incidents.queries import get_heading, read_incident
from safeguard.incidents.story import Story
from safeguard.referrals import wording
from safeguard.referrals.addresses import read_addresses, say_bad
from safeguard.referrals.awaited import awaited_since
from safeguard.referrals.composing import asked_by, begin_with, compose, digest_of, may_be_named, no_addresses, texts_of
from safeguard.referrals.conversing import Nobody, close, reopen, withdraw, write
from safeguard.referrals.enclosing import ATTESTED, offered
from safeguard.referrals.forms import AgainForm, CloseForm, MessageForm, ReferForm, ReopenForm, WithdrawForm, file_rows
from safeguard.referrals.looking import look_inside
from safeguard.referrals.naming import Found, Named, name_people
from safeguard.referrals.queries import list_incidents_of, list_referrals, read_conversation
from safeguard.referrals.record import Referral
from safeguard.referrals.referring import refer
from safeguard.referrals.resending import NOT_AGAIN, send_again
from safeguard.referrals.shown import shown
from safeguard.referrals.spotting import look_through, sure
from safeguard.referrals.telephone import telephone
from safeguard.referrals.watching import mark_referral
from safeguard.tenancy.blocking import blocks
from safeguard.web.bodies import READ_ON
from safeguard.web.forms import Form, begun, blank, read
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, Key, cut, read_cursor, scope_of
from safeguard.web.polling import seen, unchanged
from safeguard.work import Work

READ = Permission.REFERRAL_READ
MAKE = Permission.REFERRAL_MAKE
NAMES = "These words may tell who somebody is. Change them, or say that you looked and mean them."
LOOK = Invalid(FieldError("looked", NAMES))


@get("/referrals", permission=READ)
async def show_referrals(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Every referral, those with the latest news first."""
    scope = scope_of("referrals", {})
    start = read_cursor(request.query_params.get("after"), scope)
    rows = await list_referrals(work, after=(start.at, start.id) if start else None, limit=DEFAULT_LIMIT + 1)
    shown = cut(rows, DEFAULT_LIMIT, _key, scope)
    gone = await removed_among(work, (each.helpline_id for each in shown.items))
    return page(
        request,
        "referrals/list.html",
        rows=shown,
        first=start is None,
        gone=gone,
        about=await list_incidents_of(work, shown.items),
        telephone=telephone(clock.now()),
        **_words(),
    )


@get("/incidents/{incident_id:uuid}/referrals", permission=READ)
async def show_of_incident(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template:
    """What was referred of one incident."""
    incident = await get_heading(work, incident_id)
    rows = await list_referrals(work, incident_id=incident_id, limit=100)
    gone = await removed_among(work, (each.helpline_id for each in rows))
    return page(
        request,
        "referrals/of_incident.html",
        incident=incident,
        rows=rows,
        gone=gone,
        telephone=telephone(clock.now()),
        **_words(),
    )


@get("/incidents/{incident_id:uuid}/refer", permission=MAKE)
async def show_form(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template:
    """The guided form, begun with the report from which names were taken."""
    story, people = await _about(work, incident_id)
    await require_handling(work, incident_id)
    form = begun(ReferForm, begin_with(story, people, work.actor.name))
    return await _form(request, work, story, people, form)


@post("/incidents/{incident_id:uuid}/refer", permission=MAKE, status_code=303, request_max_body_size=READ_ON)
async def take_form(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """Show what will leave; send it once somebody has looked at exactly that."""
    form, place = await read(request, ReferForm), here()
    story, people = await _about(work, incident_id)
    if form["step"] == "change":
        return await _form(request, work, story, people, form)
    try:
        asked = asked_by(form.value, place.profile)
        composed = compose(asked, story, people, place.organisation, place.profile)
        inside = await look_inside(work, asked.files, composed.enclosed)
        found = await look_through(work, texts_of(composed, inside), people, story.facts.accounts)
    except Invalid as refusal:
        wrong = replace(form, errors=(*form.errors, *no_addresses(form["urls"]))) if form.errors else form
        return await _form(request, work, story, people, wrong.refused(refusal), 422)
    digest = digest_of(composed)
    looked = form.value.looked or not sure(found)
    if form["step"] == "send" and form["digest"] == digest and looked:
        files = [file.id for file in asked.files]
        referral = await refer(work, incident_id, composed, asked.helpline, people, files)
        return after(f"/referrals/{referral.id}?sent=yes")
    errors = (FieldError("looked", NAMES),) if form["step"] == "send" and not looked else ()
    return page(
        request, "referrals/preview.html", status=422 if errors else 200, incident=story.facts, shown=shown(composed),
        form=form, digest=digest, found=found, errors=errors, telephone=telephone(clock.now()), **_words(),
    )  # fmt: skip


@get("/referrals/{referral_id:uuid}", permission=READ)
async def show_referral(
    request: Request[Any, Any, Any], work: NamedDependency[Work], referral_id: FromPath[UUID]
) -> Template | Response[bytes]:
    """A referral: where it stands, and everything that was said; an open page is told only of what changed."""
    stands = await mark_referral(work, referral_id)  # before all that it stands for: what comes between is seen later
    if seen(request) == stands:
        return unchanged()
    return await _show(request, work, referral_id, blank(MessageForm), stands=stands)


@post("/referrals/{referral_id:uuid}/messages", permission=MAKE, status_code=303)
async def take_message(
    request: Request[Any, Any, Any], work: NamedDependency[Work], referral_id: FromPath[UUID]
) -> Template | Redirect:
    """Say something to the helpline, once names in it were looked at."""
    form = await read(request, MessageForm)
    if form.errors:
        return await _show(request, work, referral_id, form, status=422)
    pasted = read_addresses(form.value.urls)
    if pasted.bad:
        wrong = form.refused(Invalid(FieldError("urls", say_bad(pasted.bad))))
        return await _show(request, work, referral_id, wrong, status=422)
    found, wrong = await _names_in(work, referral_id, form, words=form.value.words)
    if wrong:
        return await _show(request, work, referral_id, wrong, found, 422)
    try:
        await write(work, referral_id, form.value.words, pasted.good)
    except Invalid as many:
        return await _show(request, work, referral_id, form.refused(many), status=422)
    except Nobody as refusal:
        wrong = form.refused(Invalid(FieldError("words", refusal.detail)))
        return await _show(request, work, referral_id, wrong, status=409)
    return after(f"/referrals/{referral_id}")


@post("/referrals/{referral_id:uuid}/files", permission=MAKE, status_code=303)
async def send_file_again(
    request: Request[Any, Any, Any], work: NamedDependency[Work], referral_id: FromPath[UUID]
) -> Redirect:
    """A file that was kept back while the referral had ended goes after all."""
    form = await read(request, AgainForm)
    if form.errors or form.value.file is None:
        raise Conflict(NOT_AGAIN)
    await send_again(work, referral_id, form.value.file)
    return after(f"/referrals/{referral_id}")


@get("/referrals/{referral_id:uuid}/withdraw", permission=MAKE)
async def show_withdrawing(
    request: Request[Any, Any, Any], work: NamedDependency[Work], referral_id: FromPath[UUID]
) -> Template:
    """Take a referral back."""
    return await _ask(request, work, referral_id, "withdraw", blank(WithdrawForm))


@post("/referrals/{referral_id:uuid}/withdraw", permission=MAKE, status_code=303)
async def take_withdrawal(
    request: Request[Any, Any, Any], work: NamedDependency[Work], referral_id: FromPath[UUID]
) -> Template | Redirect:
    """It is taken back."""
    form = await read(request, WithdrawForm)
    if form.errors:
        return await _ask(request, work, referral_id, "withdraw", form, 422)
    found, wrong = await _names_in(work, referral_id, form, reason=form.value.reason)
    if wrong:
        return await _ask(request, work, referral_id, "withdraw", wrong, 422, found)
    await withdraw(work, referral_id, form.value.reason)
    return after(f"/referrals/{referral_id}")


@get("/referrals/{referral_id:uuid}/reopen", permission=MAKE)
async def show_reopening(
    request: Request[Any, Any, Any], work: NamedDependency[Work], referral_id: FromPath[UUID]
) -> Template:
    """Go on with a referral that had ended."""
    return await _ask(request, work, referral_id, "reopen", blank(ReopenForm))


@post("/referrals/{referral_id:uuid}/reopen", permission=MAKE, status_code=303)
async def take_reopening(
    request: Request[Any, Any, Any], work: NamedDependency[Work], referral_id: FromPath[UUID]
) -> Template | Redirect:
    """It goes on."""
    form = await read(request, ReopenForm)
    if form.errors:
        return await _ask(request, work, referral_id, "reopen", form, 422)
    found, wrong = await _names_in(work, referral_id, form, reason=form.value.reason)
    if wrong:
        return await _ask(request, work, referral_id, "reopen", wrong, 422, found)
    try:
        await reopen(work, referral_id, form.value.reason)
    except Nobody as refusal:
        wrong = form.refused(Invalid(FieldError("reason", refusal.detail)))
        return await _ask(request, work, referral_id, "reopen", wrong, 409)
    return after(f"/referrals/{referral_id}")


@get("/referrals/{referral_id:uuid}/close", permission=MAKE)
async def show_closing(
    request: Request[Any, Any, Any], work: NamedDependency[Work], referral_id: FromPath[UUID]
) -> Template:
    """How it ended, and what the helpline was worth."""
    return await _ask(request, work, referral_id, "close", blank(CloseForm))


@post("/referrals/{referral_id:uuid}/close", permission=MAKE, status_code=303)
async def take_closing(
    request: Request[Any, Any, Any], work: NamedDependency[Work], referral_id: FromPath[UUID]
) -> Template | Redirect:
    """It is closed."""
    form = await read(request, CloseForm)
    if form.errors:
        return await _ask(request, work, referral_id, "close", form, 422)
    said = form.value
    found, wrong = await _names_in(work, referral_id, form, words=said.words, feedback=said.feedback)
    if wrong:
        return await _ask(request, work, referral_id, "close", wrong, 422, found)
    helpful = int(said.helpful) if said.helpful else None
    await close(work, referral_id, said.outcome, said.words, helpful, said.feedback)
    return after(f"/referrals/{referral_id}")


async def _about(work: Work, incident_id: UUID) -> tuple[Story, tuple[Named, ...]]:
    story = await read_incident(work, incident_id)
    return story, await name_people(work, story.present, here().today)


async def _form(
    request: Request[Any, Any, Any], work: Work, story: Story, people: tuple[Named, ...], form: Form[ReferForm],
    status: int = 200,
) -> Template:  # fmt: skip
    helplines = await list_helplines(work)
    return page(
        request, "referrals/refer.html", status=status, incident=story.facts, form=form, errors=form.errors,
        people=people, rows=form.rows("people", least=0), may_be_named=may_be_named, helplines=helplines,
        telephone=telephone(clock.now()), profile=here().profile,
        issues=form.all("issues") if form.errors or form["step"] else story.facts.issue_types,
        platforms=form.all("platforms") if form.errors or form["step"] else story.facts.platforms,
        offers=offered(story), files=file_rows(form, offered(story)), rules=load_rules(), attested=ATTESTED,
        blocked=blocks(story.facts.issue_types),
        **_words(),
    )  # fmt: skip


async def _show(
    request: Request[Any, Any, Any], work: Work, referral_id: UUID, form: Form[MessageForm],
    found: tuple[Found, ...] = (), status: int = 200, stands: str = "",
) -> Template:  # fmt: skip
    stands = stands or await mark_referral(work, referral_id)
    told = await read_conversation(work, referral_id)
    removed = await is_removed(work, told.referral.helpline_id)
    return page(
        request, "referrals/show.html", fragment="referrals/_live.html", status=status, told=told, mark=stands,
        live=seen(request) is not None,
        awaited_since=await awaited_since(work, referral_id),
        removed=removed, others=bool(await list_helplines(work)) if removed else False,
        referral=told.referral, form=form, errors=form.errors, found=found, telephone=telephone(clock.now()),
        shown=shown(told.opened), sent=request.query_params.get("sent") == "yes", **_words(),
    )  # fmt: skip


async def _ask(
    request: Request[Any, Any, Any], work: Work, referral_id: UUID, act: str, form: Form[Any], status: int = 200,
    found: tuple[Found, ...] = (),
) -> Template:  # fmt: skip
    told = await read_conversation(work, referral_id)
    if act != "close" and told.referral.ended != (act == "reopen"):
        raise Conflict
    return page(
        request, f"referrals/{act}.html", status=status, referral=told.referral, form=form, errors=form.errors,
        found=found, removed=await is_removed(work, told.referral.helpline_id), telephone=telephone(clock.now()),
        **_words(),
    )  # fmt: skip


async def _names_in(
    work: Work, referral_id: UUID, form: Form[Any], **texts: str
) -> tuple[tuple[Found, ...], Form[Any] | None]:
    """What in these texts may tell who somebody is, and the form again where that has to be looked at first."""
    told = await read_conversation(work, referral_id)
    story, people = await _about(work, told.referral.incident_id)
    try:
        found = await look_through(work, texts, people, story.facts.accounts)
    except Invalid as many:
        return (), form.refused(many)
    return found, form.refused(LOOK) if sure(found) and not form.value.looked else None


def _words() -> dict[str, Any]:
    """What the choices are called."""
    names = (
        "ASKED", "URGENCY", "BASES", "CONDITIONS", "AGES", "ROLES", "STATES", "URL_STATES", "OUTCOMES",
        "HELPLINE_OUTCOMES", "FOUND_KINDS", "FIELD_NAMES", "FILE_STATES", "FILE_FAULTS",
    )  # fmt: skip
    return {name.lower(): getattr(wording, name) for name in names}


def _key(row: Referral) -> Key:
    return Key(row.last_activity_at, row.id)


ROUTES = [
    show_referrals,
    show_of_incident,
    show_form,
    take_form,
    show_referral,
    take_message,
    send_file_again,
    show_withdrawing,
    take_withdrawal,
    show_reopening,
    take_reopening,
    show_closing,
    take_closing,
]
