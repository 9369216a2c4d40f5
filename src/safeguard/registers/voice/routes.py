"""`/standards/registers/voice` and `/impact`: what children say, and whether what was changed has helped."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.registers.fields import Number, Version
from safeguard.registers.here import own_profile
from safeguard.registers.striking.striking import list_struck
from safeguard.registers.voice.listening import (
    KINDS,
    SPANS,
    TITLE_LIMIT,
    VERDICTS,
    WAYS,
    WORDS_LIMIT,
    Impact,
    NewImpact,
    NewSession,
    Session,
    begin_impact,
    effect_of,
    get_impact,
    judge_impact,
    list_impacts,
    list_sessions,
    measures,
    record_session,
)
from safeguard.standards.frameworks import BUILT_IN
from safeguard.standards.here import own_control, own_framework
from safeguard.web.forms import Choice, Day, Form, Text, begun, blank, read, today_here
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, leaf
from safeguard.work import Work

BASE: Final = "/standards/registers/voice"
IMPACT: Final = "/standards/registers/impact"
MANY: Final = 10
"""On a page, each with all that was said."""


@dataclass(frozen=True, slots=True)
class VoiceForm:
    """Children were asked."""

    way: Annotated[str, Choice(WAYS)]
    title: Annotated[str, Text(longest=TITLE_LIMIT)]
    held_on: Annotated[date | None, Day()]
    asked: Annotated[str, Text(longest=TITLE_LIMIT)]
    voices: Annotated[int | None, Number()]
    said: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    done: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]

    def session(self) -> NewSession:
        """What it means."""
        return NewSession(
            way=self.way, title=self.title, held_on=self.held_on, asked=self.asked, voices=self.voices,
            said=self.said, done=self.done,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImpactForm:
    """Something was changed."""

    kind: Annotated[str, Choice(KINDS)]
    title: Annotated[str, Text(longest=TITLE_LIMIT)]
    changed_on: Annotated[date | None, Day()]
    control: Annotated[str, Text(longest=100, required="Choose the control that it should improve.")]
    measure: Annotated[str, Text(longest=100)]
    months: Annotated[int | None, Number(1, 12)]
    expected: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]

    def impact(self) -> NewImpact:
        """What it means."""
        return NewImpact(
            kind=self.kind, title=self.title, changed_on=self.changed_on, measure=self.measure, months=self.months,
            expected=self.expected,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class VerdictForm:
    """Whether it helped."""

    verdict: Annotated[str, Choice(VERDICTS)]
    words: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    seen: Annotated[int, Version()]


@get(BASE, permission=Permission.REGISTER_READ)
async def show_voices(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What children said, and what was done about it."""
    sessions = await list_sessions(work)
    return page(
        request, "registers/voice/list.html", sessions=leaf(sessions, request.query_params.get("after"), MANY, _id),
        latest=sessions[0].held_on if sessions else None, unanswered=sum(not one.done for one in sessions),
        struck=await list_struck(work, "voice"),
    )  # fmt: skip


def _id(row: Session | Impact) -> UUID:
    return row.id


@get(BASE + "/new", permission=Permission.REGISTER_KEEP)
async def show_new_voice(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form."""
    work.require(Permission.REGISTER_KEEP)
    form = blank(VoiceForm, held_on=today_here().isoformat(), way="session")
    return page(request, "registers/voice/new.html", form=form, errors=())


@post(BASE + "/new", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_new_voice(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Record what they said."""
    form = await read(request, VoiceForm)
    try:
        await record_session(work, own_profile(), form.value.session())
    except Invalid as refusal:
        wrong = form.refused(refusal)
        return page(request, "registers/voice/new.html", status=422, form=wrong, errors=wrong.errors)
    return after(BASE)


@get(IMPACT, permission=Permission.REGISTER_READ)
async def show_impacts(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What was changed, and what people think of its effect."""
    shown = leaf(await list_impacts(work), request.query_params.get("after"), DEFAULT_LIMIT, _id)
    framework = own_framework(BUILT_IN)
    names = {control.code: control.name for control in framework.controls}
    struck = await list_struck(work, "impact")
    return page(request, "registers/voice/impacts.html", impacts=shown, names=names, struck=struck)


@get(IMPACT + "/new", permission=Permission.REGISTER_KEEP)
async def show_new_impact(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form."""
    work.require(Permission.REGISTER_KEEP)
    starts = {"changed_on": today_here().isoformat(), "kind": "practice", "months": "6", "measure": "total"}
    form = begun(ImpactForm, starts)
    return _new_impact(request, form)


@post(IMPACT + "/new", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_new_impact(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Say what was changed and what is expected of it."""
    form, framework = await read(request, ImpactForm), own_framework(BUILT_IN)
    try:
        said = form.value
        control = framework.control(said.control)
        if control is None:
            raise Invalid(FieldError("control", "Choose the control that it should improve."))
        impact = await begin_impact(work, own_profile(), framework, control, said.impact())
    except Invalid as refusal:
        return _new_impact(request, form.refused(refusal), status=422)
    return after(f"{IMPACT}/{impact.id}")


@get(IMPACT + "/{impact_id:uuid}", permission=Permission.REGISTER_READ)
async def show_impact(
    request: Request[Any, Any, Any], work: NamedDependency[Work], impact_id: FromPath[UUID]
) -> Template:
    """One change: before, after, what people think."""
    impact = await get_impact(work, impact_id)
    form = blank(VerdictForm, verdict=impact.verdict, words=impact.words, seen=str(impact.version))
    return await _impact(request, work, impact, form)


@post(IMPACT + "/{impact_id:uuid}", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_verdict(
    request: Request[Any, Any, Any], work: NamedDependency[Work], impact_id: FromPath[UUID]
) -> Template | Redirect:
    """Say whether it helped."""
    form, impact = await read(request, VerdictForm), await get_impact(work, impact_id)
    try:
        said = form.value
        await judge_impact(work, impact_id, said.verdict, said.words, said.seen)
    except Invalid as refusal:
        return await _impact(request, work, impact, form.refused(refusal), status=422)
    except Conflict as refusal:
        return await _impact(request, work, impact, form, status=409, theirs=refusal.detail)
    return after(f"{IMPACT}/{impact_id}")


def _new_impact(request: Request[Any, Any, Any], form: Form[ImpactForm], status: int = 200) -> Template:
    framework = own_framework(BUILT_IN)
    return page(
        request, "registers/voice/impact_new.html", status=status, form=form, errors=form.errors, framework=framework,
        measures=measures(own_profile(), framework), spans=SPANS,
    )  # fmt: skip


async def _impact(
    request: Request[Any, Any, Any], work: Work, impact: Impact, form: Form[VerdictForm], status: int = 200,
    theirs: str | None = None,
) -> Template:  # fmt: skip
    framework = own_framework(impact.framework)
    counted = dict(measures(own_profile(), framework)).get(impact.measure, impact.measure)
    return page(
        request, "registers/voice/impact.html", status=status, impact=impact, form=form, errors=form.errors,
        theirs=theirs, framework=framework, control=own_control(framework, impact.control), counted=counted,
        effect=await effect_of(work, impact, today_here()), exact=work.may(Permission.INSIGHTS_EXACT),
    )  # fmt: skip


ROUTES = [
    show_voices, show_new_voice, take_new_voice, show_impacts, show_new_impact, take_new_impact, show_impact,
    take_verdict,
]  # fmt: skip
