"""Pages with a form that makes the next version of an incident: its risk, its kind, who handles it, who knows, its end.

All read the incident, show a form, do one verb and go back to the incident, so they are one kind of thing. A form that
somebody overtook comes back with what was typed; the page of any other conflict says what happened.
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
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.incidents.answerable import PARTS, asks_parents, looked_after, untold
from safeguard.incidents.assigning import assign, list_handlers
from safeguard.incidents.changing import CLOSED, Stale
from safeguard.incidents.choices import read_form_choices
from safeguard.incidents.closing import Closing, close, reopen
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.follow_up_forms import (
    ClassesForm,
    ClosingForm,
    HandlerForm,
    KnowerRow,
    KnowersForm,
    ReasonForm,
    RiskForm,
    version_of,
)
from safeguard.incidents.here import here
from safeguard.incidents.hiding.glass import require_handling
from safeguard.incidents.inbox import BY_NAME
from safeguard.incidents.informing import note_knowledge
from safeguard.incidents.overtaken import for_now
from safeguard.incidents.queries import read_incident
from safeguard.incidents.standing import standing
from safeguard.incidents.story import Risk, Story
from safeguard.incidents.triaging import Classes, assess, classify
from safeguard.incidents.unfinished import read_outside, reason_missing
from safeguard.incidents.untied import untied_in
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
    also: Callable[[Work, Story], Awaitable[dict[str, Any]]] | None = None
    """What its page shows beside the incident."""

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
            try:
                await self.do(work, incident_id, form)
            except Invalid as refusal:
                wrong = form.refused(refusal)
                return await self.shown(request, work, await read_incident(work, incident_id), wrong, status=422)
            except Stale:
                story = await in_state(work, incident_id, closed=self.when_closed)
                return await self.shown(request, work, story, for_now(form), status=409)
            return after(_back(form["came"], self.path) or f"/incidents/{incident_id}?changed={self.path}")

        return [show, take]

    async def shown(
        self,
        request: Request[Any, Any, Any],
        work: Work,
        story: Story,
        form: Form[Any],
        *,
        status: int = 200,
    ) -> Template:
        """The page with its form."""
        place = here()
        contact, platforms = await read_form_choices(work, place.profile)
        return page(
            request,
            self.template,
            status=status,
            form=form,
            errors=form.errors,
            shown=place.presenter.shown(story),
            profile=place.profile,
            contact=contact,
            platforms=platforms,
            standing=standing(story),
            **(await self.also(work, story) if self.also else {}),
            version=form["version"] or story.facts.version,
            overtaken=status == 409,
            came=came if (came := form["came"] or request.query_params.get("came", "")) in BY_NAME else "",
        )


def _back(came: str, did: str) -> str | None:
    """The part of the inbox from which they came; None for those who came from the incident itself."""
    return f"/incidents/inbox?show={came}&did={did}&done=1" if came in BY_NAME else None


async def in_state(work: Work, incident_id: UUID, *, closed: bool) -> Story:
    """The incident, if it is closed or open as wanted; raises `Conflict`, and `OnlyRead` through the glass."""
    story = await read_incident(work, incident_id)
    await require_handling(work, incident_id)
    if (story.facts.state == "closed") != closed:
        raise Conflict("This incident is open already. You can add to it." if closed else CLOSED)
    return story


async def _assess(work: Work, incident_id: UUID, form: Form[RiskForm]) -> None:
    await assess(work, incident_id, version_of(form), cast("Risk", form.value.risk), form.value.reason)


async def _classify(work: Work, incident_id: UUID, form: Form[ClassesForm]) -> None:
    said = form.value
    classes = Classes(four_c=said.four_c, risk_areas=said.risk_areas, issue_types=said.issue_types,
                      platforms=said.platforms)  # fmt: skip
    await classify(work, incident_id, version_of(form), classes, here().profile)


async def _note_knowledge(work: Work, incident_id: UUID, form: Form[KnowersForm]) -> None:
    said, zone = form.value, here().organisation.time_zone
    try:
        entries = tuple(_of_row(number, row, said.person_id, zone) for number, row in enumerate(said.knowers))
        await note_knowledge(work, incident_id, version_of(form), entries)
    except Invalid as refusal:
        raise _named_as_typed(refusal, form) from None


def _of_row(number: int, row: KnowerRow, person_id: UUID | None, zone: str) -> NewEntry:
    try:
        return row.entry(person_id, zone)
    except Invalid as refusal:
        raise Invalid(*(FieldError(f"{number}.{each.field}", each.message) for each in refusal.errors)) from None


def _named_as_typed(refusal: Invalid, form: Form[KnowersForm]) -> Invalid:
    """The same errors under the names that the fields have in the page: `0.reason` may be `knowers-2-reason`."""
    told = ("informed", "on", "at", "contact_name", "reason")
    rows = [row for row in form.rows("knowers", least=0) if any(row[name].strip() for name in told)]
    named = ((error, *error.field.partition(".")) for error in refusal.errors)
    return Invalid(
        *(FieldError(rows[int(row)].name(field) if field else row, error.message) for error, row, _, field in named)
    )


async def _who_answers(work: Work, story: Story) -> dict[str, Any]:
    """For whom others answer than their parents alone, and what is still to be said of each of them."""
    clocks = [each for each in here().profile.clocks.values() if each.knowers]
    left = [each for clock in clocks for each in untold(story, standing(story), clock)]
    answered_for = looked_after(story, clocks)
    others = [one for one in story.present if one.role in PARTS and one not in answered_for]
    return {
        "answered_for": answered_for,
        "with_parents": asks_parents(story, clocks),
        # Of an adult nobody asks who has parental responsibility; where nobody is named yet, it may be a child.
        "perhaps_looked_after": not others or any(one.kind != "adult" for one in others),
        "left": {each.person.id: [one.knower for one in left if one.person == each.person] for each in left},
    }


def _knowers_typed(story: Story) -> Form[KnowersForm]:
    """Begun with the one child whom it is asked of, if it is one."""
    clocks = [each for each in here().profile.clocks.values() if each.knowers]
    asked = {each.person.id for clock in clocks for each in untold(story, standing(story), clock)}
    return blank(KnowersForm, person_id=str(min(asked)) if len(asked) == 1 else "")


async def _assign(work: Work, incident_id: UUID, form: Form[HandlerForm]) -> None:
    await assign(work, incident_id, version_of(form), form.value.handler, form.value.words)


async def _handlers(work: Work, story: Story) -> dict[str, Any]:
    return {"handlers": await list_handlers(work, story.facts.id)}


async def _close(work: Work, incident_id: UUID, form: Form[ClosingForm]) -> None:
    said = {field.name: getattr(form.value, field.name) for field in fields(ClosingForm) if field.name != "version"}
    also = await reason_missing(work, here(), incident_id, said["left_open"])
    await close(work, incident_id, version_of(form), Closing(**said), also)


async def _still_owed(work: Work, story: Story) -> dict[str, Any]:
    outside = await read_outside(work, here(), story.facts.id)
    return {"untied": await untied_in(work, story), "owed": outside.owed, "referred": outside.referred}


async def _reopen(work: Work, incident_id: UUID, form: Form[ReasonForm]) -> None:
    await reopen(work, incident_id, version_of(form), form.value.reason)


def _classes_typed(story: Story) -> Form[ClassesForm]:
    names = ("four_c", "risk_areas", "issue_types", "platforms")
    from_facts = [(name, code) for name in names for code in getattr(story.facts, name)]
    return Form(ClassesForm, Fields.of(from_facts), None, ())


ACTS = (
    Act("risk", "incidents/risk.html", Permission.INCIDENT_TRIAGE, RiskForm, lambda story: blank(RiskForm), _assess),
    Act("classes", "incidents/classes.html", Permission.INCIDENT_TRIAGE, ClassesForm, _classes_typed, _classify),
    Act(
        "parents", "incidents/parents.html", Permission.INCIDENT_FOLLOW_UP, KnowersForm,
        _knowers_typed, _note_knowledge, also=_who_answers,
    ),
    Act(
        "assign", "incidents/assign.html", Permission.INCIDENT_TRIAGE, HandlerForm,
        lambda story: blank(HandlerForm, handler=str(story.facts.assigned_to or "")), _assign, also=_handlers,
    ),
    Act(
        "close", "incidents/close.html", Permission.INCIDENT_CLOSE, ClosingForm, lambda story: blank(ClosingForm),
        _close, also=_still_owed,
    ),
    Act(
        "reopen", "incidents/reopen.html", Permission.INCIDENT_CLOSE, ReasonForm, lambda story: blank(ReasonForm),
        _reopen, when_closed=True,
    ),
)  # fmt: skip


ROUTES = [route for act in ACTS for route in act.routes()]
