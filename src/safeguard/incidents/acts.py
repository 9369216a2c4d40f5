"""Pages with a form that makes the next version of an incident: risk, kind, parents, correction, closing, reopening.

All six read the incident, show a form, do one verb and go back to the incident, so they are one kind of thing. A
conflict is not caught here: its page says what happened and gives back what was typed.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from typing import Any, cast
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Invalid
from safeguard.incidents.changing import CLOSED
from safeguard.incidents.choices import read_form_choices
from safeguard.incidents.closing import Closing, close, reopen
from safeguard.incidents.correcting import correct
from safeguard.incidents.follow_up_forms import (
    ClassesForm,
    ClosingForm,
    ParentsForm,
    ReasonForm,
    RiskForm,
    version_of,
)
from safeguard.incidents.forms import ReportForm, as_typed, named_as_typed
from safeguard.incidents.here import here
from safeguard.incidents.informing import note_parents
from safeguard.incidents.queries import read_incident
from safeguard.incidents.story import ParentsInformed, Risk, Story
from safeguard.incidents.triaging import Classes, assess, classify
from safeguard.web.fields import Fields
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work


@dataclass(frozen=True, slots=True)
class Act:
    """A page with a form that makes the next version of an incident."""

    path: str
    template: str
    permission: Permission
    kind: type[Any]
    start: Callable[[Story], Form[Any]]
    """The form as it begins."""
    do: Callable[[Work, UUID, Form[Any]], Awaitable[Any]]
    when_closed: bool = False
    """Whether it is for closed incidents, and not for open ones."""

    def routes(self) -> list[Any]:
        """The page, and what takes its form."""

        @get(f"/incidents/{{incident_id:uuid}}/{self.path}", permission=self.permission, name=f"show {self.path}")
        async def show(
            request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
        ) -> Template:
            story = await in_state(work, incident_id, closed=self.when_closed)
            return await self.shown(request, work, story, self.start(story))

        @post(
            f"/incidents/{{incident_id:uuid}}/{self.path}",
            permission=self.permission,
            status_code=303,
            name=f"take {self.path}",
        )
        async def take(
            request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
        ) -> Template | Redirect:
            form = await read(request, self.kind)
            if form["add"]:
                return await self.shown(request, work, await read_incident(work, incident_id), form, more=1)
            try:
                await self.do(work, incident_id, form)
            except Invalid as refusal:
                wrong = form if form.errors else form.refused(refusal)
                return await self.shown(request, work, await read_incident(work, incident_id), wrong, status=422)
            return after(f"/incidents/{incident_id}?changed={self.path}")

        return [show, take]

    async def shown(
        self,
        request: Request[Any, Any, Any],
        work: Work,
        story: Story,
        form: Form[Any],
        *,
        more: int = 0,
        status: int = 200,
    ) -> Template:
        """The page with its form."""
        place = here()
        rows = form.rows("people", least=0) if self.kind is ReportForm else []
        contact, platforms = await read_form_choices(work, place.profile)
        if more:
            rows = form.rows("people", least=len(rows) + more)
        return page(
            request,
            self.template,
            status=status,
            form=form,
            errors=form.errors,
            rows=rows,
            shown=place.presenter.shown(story),
            profile=place.profile,
            contact=contact,
            platforms=platforms,
            version=form["version"] or story.facts.version,
        )


async def in_state(work: Work, incident_id: UUID, *, closed: bool) -> Story:
    """The incident, if it is closed or open as wanted; raises `Conflict`."""
    story = await read_incident(work, incident_id)
    if (story.facts.state == "closed") != closed:
        raise Conflict("This incident is open already. You can add to it." if closed else CLOSED)
    return story


async def _assess(work: Work, incident_id: UUID, form: Form[RiskForm]) -> None:
    await assess(work, incident_id, version_of(form), cast("Risk", form.value.risk), form.value.reason)


async def _classify(work: Work, incident_id: UUID, form: Form[ClassesForm]) -> None:
    said = form.value
    classes = Classes(four_c=said.four_c, risk_areas=said.risk_areas, issue_types=said.issue_types)
    await classify(work, incident_id, version_of(form), classes, here().profile)


async def _note_parents(work: Work, incident_id: UUID, form: Form[ParentsForm]) -> None:
    informed = cast("ParentsInformed", form.value.informed)
    await note_parents(work, incident_id, version_of(form), informed, form.value.reason)


async def _close(work: Work, incident_id: UUID, form: Form[ClosingForm]) -> None:
    said = {field.name: getattr(form.value, field.name) for field in fields(ClosingForm) if field.name != "version"}
    await close(work, incident_id, version_of(form), Closing(**said))


async def _reopen(work: Work, incident_id: UUID, form: Form[ReasonForm]) -> None:
    await reopen(work, incident_id, version_of(form), form.value.reason)


async def _correct(work: Work, incident_id: UUID, form: Form[ReportForm]) -> None:
    place = here()
    try:
        new = form.value.report(place.profile, place.organisation.time_zone)
        await correct(work, incident_id, version_of(form), new, place.profile, form.value.reason)
    except Invalid as refusal:
        raise refusal if form.errors else named_as_typed(refusal, form) from None


def _classes_typed(story: Story) -> Form[ClassesForm]:
    from_facts = [
        (name, code) for name in ("four_c", "risk_areas", "issue_types") for code in getattr(story.facts, name)
    ]
    return Form(ClassesForm, Fields.of(from_facts), None, ())


ACTS = (
    Act("risk", "incidents/risk.html", Permission.INCIDENT_TRIAGE, RiskForm, lambda story: blank(RiskForm), _assess),
    Act("classes", "incidents/classes.html", Permission.INCIDENT_TRIAGE, ClassesForm, _classes_typed, _classify),
    Act(
        "parents", "incidents/parents.html", Permission.INCIDENT_FOLLOW_UP, ParentsForm,
        lambda story: blank(ParentsForm, informed=story.facts.parents_informed, reason=story.facts.parents_reason),
        _note_parents,
    ),
    Act(
        "correct", "incidents/correct.html", Permission.INCIDENT_FOLLOW_UP, ReportForm,
        lambda story: as_typed(story, here().zone), _correct,
    ),
    Act(
        "close", "incidents/close.html", Permission.INCIDENT_CLOSE, ClosingForm, lambda story: blank(ClosingForm),
        _close,
    ),
    Act(
        "reopen", "incidents/reopen.html", Permission.INCIDENT_CLOSE, ReasonForm, lambda story: blank(ReasonForm),
        _reopen, when_closed=True,
    ),
)  # fmt: skip


ROUTES = [route for act in ACTS for route in act.routes()]
