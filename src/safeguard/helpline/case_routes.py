"""`/helpline/cases/...`: one case - what was said, where it stands, who goes on with it."""

from typing import Any, cast
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.attachments import scanner
from safeguard.errors import Conflict, DomainError, FieldError, Invalid
from safeguard.helpline.case import Case, Entry
from safeguard.helpline.desk import load_desk
from safeguard.helpline.files.queries import list_files
from safeguard.helpline.forms import (
    EntryForm,
    FactsForm,
    GiveForm,
    JoinForm,
    MoveForm,
    NotedForm,
    PasteForm,
    ToldOnForm,
)
from safeguard.helpline.here import Here, here, own_profile
from safeguard.helpline.mail.posting import mail_of, post_feedback
from safeguard.helpline.mail.queries import list_mails
from safeguard.helpline.moving import give_case, move_case
from safeguard.helpline.pointing import helping
from safeguard.helpline.prompts import prompt_of
from safeguard.helpline.queries import (
    FIRST,
    find_same_caller,
    get_case,
    list_entries,
    list_queue,
    list_team,
    list_urls_of,
    list_waves,
)
from safeguard.helpline.report.theming import list_themes
from safeguard.helpline.states import FOLLOWS, State
from safeguard.helpline.takedown import list_addresses
from safeguard.helpline.taking import change_facts
from safeguard.helpline.telling_on import tell_on
from safeguard.helpline.waving import join_wave
from safeguard.helpline.web_form.rating import find_feedback, rate_at_desk
from safeguard.helpline.writing import add_to_case
from safeguard.web.fields import Fields
from safeguard.web.forms import Form, begun, read, today_here
from safeguard.web.pages import after, page
from safeguard.work import Work

BESIDE = 12
"""Cases of the queue that stand beside an open one."""
MOST_SIGNPOSTS = 5
"""Of what helps with a case's issues; the search finds the rest."""
BY_MAIL = frozenset({"email", "web"})


@get("/helpline/cases/{case_id:uuid}", permission=Permission.HELPLINE_WORK)
async def show_case(request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]) -> Template:
    """One case, with everything that was said in it and the addresses that it names."""
    case = await get_case(work, case_id)
    work.record("case.viewed", case.id, version=case.version)
    return await _case(request, work, case)


@post("/helpline/cases/{case_id:uuid}/entries", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_entry(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]
) -> Template | Redirect:
    """Write to a case."""
    case, form = await get_case(work, case_id), await read(request, EntryForm)
    try:
        said = form.value
        await add_to_case(
            work, case, said.kind, said.channel, said.words, said.guidance, distressing=said.distressing,
            mails=said.mails,
        )  # fmt: skip
    except Invalid as refusal:
        return await _case(request, work, case, entry_form=form, refusal=refusal)
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
        return await _case(request, work, case, told=form, refusal=refusal)
    return after(f"/helpline/cases/{case_id}#conversation")


@post("/helpline/cases/{case_id:uuid}/state", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_move(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]
) -> Template | Redirect:
    """Take a case to its next state."""
    case, form = await get_case(work, case_id), await read(request, MoveForm)
    try:
        await move_case(work, case, State(form.value.state), form.value.reason, form.value.seen)
    except (Invalid, Conflict) as refusal:
        return await _case(request, work, case, move=form, refusal=refusal)
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
        return await _case(request, work, case, give=form, refusal=refusal)
    return after(f"/helpline/cases/{case_id}")


@post("/helpline/cases/{case_id:uuid}/addresses", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_addresses(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]
) -> Template | Redirect:
    """Put addresses on the list of a case; says what was left out."""
    case, form = await get_case(work, case_id), await read(request, PasteForm)
    try:
        listed = await list_addresses(work, case, form.value.addresses, _platform(form.value.platform))
    except Invalid as refusal:
        return await _case(request, work, case, paste=form, refusal=refusal)
    if listed.refused:
        return await _case(request, work, case, listed=listed, status=200)
    return after(f"/helpline/cases/{case_id}#addresses")


@post("/helpline/cases/{case_id:uuid}/wave", permission=Permission.HELPLINE_WORK, status_code=303)
async def take_joining(
    request: Request[Any, Any, Any], work: NamedDependency[Work], case_id: FromPath[UUID]
) -> Template | Redirect:
    """Put a case into a wave, or take it out."""
    case, form = await get_case(work, case_id), await read(request, JoinForm)
    try:
        await join_wave(work, case, _member(form.value.wave, "wave"), form.value.seen)
    except (Invalid, Conflict) as refusal:
        return await _case(request, work, case, refusal=refusal)
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
        return await _case(request, work, case, rating=form, refusal=refusal)
    return after(f"/helpline/cases/{case_id}#feedback")


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
        return await _facts(request, work, case, form if form.errors else form.refused(refusal), status=422)
    except Conflict as refusal:
        return await _facts(request, work, case, form, status=409, theirs=refusal.detail)
    return after(f"/helpline/cases/{case_id}")


def _member(said: str, field: str) -> UUID | None:
    try:
        return UUID(said) if said else None
    except ValueError:
        raise Invalid(FieldError(field, "Choose one of the answers on the page.")) from None


def _platform(said: str) -> str:
    if said and said not in own_profile().platforms:
        raise Invalid(FieldError("platform", "Choose from the platforms on the page."))
    return said


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


async def _case(
    request: Request[Any, Any, Any],
    work: Work,
    case: Case,
    *,
    refusal: DomainError | None = None,
    status: int | None = None,
    listed: object = None,
    **forms: Form[Any],
) -> Template:
    """The page of a case; with what was typed, where something was refused."""
    where, urls = await here(work), await list_urls_of(work, case.id)
    errors = refusal.errors if isinstance(refusal, Invalid) else ()
    wrong = next((form.errors for form in forms.values() if form.errors), ()) or errors
    seen = str(case.version)
    mails, address = await list_mails(work, case.id), mail_of(case)
    entries = await list_entries(work, case.id)
    starts: dict[str, Any] = {
        "entry_form": begun(EntryForm, _beginning(request, where, case, address)), "rating": begun(NotedForm, {}),
        "move": begun(MoveForm, {"seen": seen}),
        "give": begun(GiveForm, {"seen": seen, "to": str(case.assigned_to or "")}), "paste": begun(PasteForm, {}),
        "told": begun(ToldOnForm, {"told_on": today_here().isoformat()}),
    }  # fmt: skip
    return page(
        request, "helpline/case.html", status=status or (refusal.status if refusal else 200), case=case, here=where,
        entries=entries, urls=urls, mails=mails, address=address, feedback=await find_feedback(work, case.id),
        handed=_handed(work, case, entries), take=work.actor.user_id, themes=await list_themes(work),
        beside=await list_queue(work, FIRST, BESIDE), team=await list_team(work),
        errors=wrong, files=await list_files(work, case.id), has_scanner=scanner.is_set(),
        prompts={url.id: prompt_of(url, case, where.now, where.limits) for url in urls},
        follows=[state for state in State if state in FOLLOWS[case.state]], waves=await list_waves(work),
        found=helping(where.pointers, case.issues)[:MOST_SIGNPOSTS], asked="",
        earlier=await find_same_caller(work, case), conflict=refusal.detail if isinstance(refusal, Conflict) else None,
        listed=listed, **cast("dict[str, Any]", starts | forms),
    )  # fmt: skip


def _beginning(request: Request[Any, Any, Any], where: Here, case: Case, address: str) -> dict[str, str]:
    """What the form begins with: what the caller says, or an answer that was begun with one of the desk's, or with
    what they are pointed to."""
    answer = load_desk().answers.get(request.query_params.get("begin", ""))
    point = where.signposts.get(request.query_params.get("point", ""))
    starts = {"kind": "contact", "channel": case.channel, "mails": "yes" if address and case.channel in BY_MAIL else ""}
    words = {"kind": "answer", "words": answer.text.replace("{reference}", case.reference)} if answer else {}
    return starts | words | ({"kind": "answer", "words": point.paragraph, "guidance": point.code} if point else {})


def _handed(work: Work, case: Case, entries: tuple[Entry, ...]) -> Entry | None:
    """What whoever has the case was told when it was given to them, until they have written to it themselves."""
    if case.assigned_to is None or case.assigned_to != work.actor.user_id:
        return None
    own = [at for at, entry in enumerate(entries) if entry.written_by_name == work.actor.name]
    later = entries[own[-1] + 1 :] if own else entries
    return next((entry for entry in reversed(later) if entry.kind == "handover"), None)


ROUTES = [
    show_case, take_entry, take_telling_on, take_move, take_giving, take_addresses, take_joining, take_feedback,
    show_facts, take_facts,
]  # fmt: skip
