"""`/helpline/waves` and `/helpline/team`: what supervisors see to."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.helpline.debriefing import hold_debrief, read_team
from safeguard.helpline.forms import AnswerWaveForm, DebriefForm, SeenForm, WaveForm
from safeguard.helpline.here import here
from safeguard.helpline.overseeing import count_signposts, read_desk
from safeguard.helpline.queries import FIRST, get_wave, list_debriefs, list_queue, list_waves
from safeguard.helpline.states import State
from safeguard.helpline.waving import answer_wave, close_wave, open_wave
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

SHOWN = 50


@get("/helpline/waves", permission=Permission.HELPLINE_WORK)
async def show_waves(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Every wave, the latest first."""
    return await _waves(request, work, blank(WaveForm))


@post("/helpline/waves", permission=Permission.HELPLINE_SUPERVISE, status_code=303)
async def take_wave(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Open a wave."""
    form = await read(request, WaveForm)
    if form.errors:
        return await _waves(request, work, form, status=422)
    wave = await open_wave(work, form.value.name, form.value.cause)
    return after(f"/helpline/waves/{wave.id}")


@get("/helpline/waves/{wave_id:uuid}", permission=Permission.HELPLINE_WORK)
async def show_wave(request: Request[Any, Any, Any], work: NamedDependency[Work], wave_id: FromPath[UUID]) -> Template:
    """One wave: its cases, and the answer that all of them get."""
    wave = await get_wave(work, wave_id)
    told, left = (_number(request.query_params.get(name, "")) for name in ("told", "left"))
    form = blank(AnswerWaveForm, state="advice_given", seen=str(wave.version), answer=wave.answer if left else "")
    return await _wave(request, work, wave_id, form, told=told, left=left)


@post("/helpline/waves/{wave_id:uuid}/answer", permission=Permission.HELPLINE_SUPERVISE, status_code=303)
async def take_answer(
    request: Request[Any, Any, Any], work: NamedDependency[Work], wave_id: FromPath[UUID]
) -> Template | Redirect:
    """Answer every open case of a wave."""
    form = await read(request, AnswerWaveForm)
    try:
        said = form.value
        state = State(said.state or State.ADVICE_GIVEN)
        told = await answer_wave(work, wave_id, said.answer, said.guidance, state, said.seen)
    except Invalid as refusal:
        return await _wave(request, work, wave_id, form.refused(refusal), status=422)
    return after(f"/helpline/waves/{wave_id}?told={told.told}&left={told.left}")


@post("/helpline/waves/{wave_id:uuid}/close", permission=Permission.HELPLINE_SUPERVISE, status_code=303)
async def take_closing(
    request: Request[Any, Any, Any], work: NamedDependency[Work], wave_id: FromPath[UUID]
) -> Redirect:
    """Close a wave."""
    form = await read(request, SeenForm)
    await close_wave(work, wave_id, form.value.seen)
    return after(f"/helpline/waves/{wave_id}")


@get("/helpline/team", permission=Permission.HELPLINE_SUPERVISE)
async def show_team(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Who has how much, who has heard what weighs on them, and who talked about it."""
    return await _team(request, work, blank(DebriefForm))


@post("/helpline/team/debriefs", permission=Permission.HELPLINE_SUPERVISE, status_code=303)
async def take_debrief(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Note that somebody was debriefed."""
    form = await read(request, DebriefForm)
    try:
        await hold_debrief(work, _id(form.value.practitioner), form.value.words)
    except Invalid as refusal:
        return await _team(request, work, form.refused(refusal), status=422)
    return after("/helpline/team")


def _number(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 8 else None


def _id(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        raise Invalid(FieldError("practitioner", "Choose one of the answers on the page.")) from None


async def _waves(request: Request[Any, Any, Any], work: Work, form: Form[WaveForm], status: int = 200) -> Template:
    waves = await list_waves(work)
    return page(request, "helpline/waves.html", status=status, waves=waves, form=form, errors=form.errors)


async def _wave(
    request: Request[Any, Any, Any], work: Work, wave_id: UUID, form: Form[AnswerWaveForm], status: int = 200,
    told: int | None = None, left: int | None = None,
) -> Template:  # fmt: skip
    return page(
        request, "helpline/wave.html", status=status, told=told, left=left, wave=await get_wave(work, wave_id),
        form=form, errors=form.errors, here=await here(work), cases=await list_queue(work, FIRST, SHOWN, wave=wave_id),
    )  # fmt: skip


async def _team(request: Request[Any, Any, Any], work: Work, form: Form[DebriefForm], status: int = 200) -> Template:
    return page(
        request, "helpline/team.html", status=status, team=await read_team(work), form=form, errors=form.errors,
        debriefs=await list_debriefs(work), desk_now=await read_desk(work), signposts=await count_signposts(work),
        here=await here(work), own=work.actor.user_id,
    )  # fmt: skip


ROUTES = [show_waves, take_wave, show_wave, take_answer, take_closing, show_team, take_debrief]
