"""Pages that follow an incident up: each shows a small form and takes it.

A conflict is not caught here: its page says what happened and gives back what was typed.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any, cast
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import BadRequest, Conflict, Invalid, NotFound
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry, complete_action, find_entry
from safeguard.incidents.changing import CLOSED
from safeguard.incidents.closing import Closing, close, reopen
from safeguard.incidents.correcting import correct
from safeguard.incidents.entering import CONTACTS, AddedKind, NewEntry
from safeguard.incidents.forms import Code, Codes, Known, ReportForm, as_typed, named_as_typed
from safeguard.incidents.here import here
from safeguard.incidents.informing import note_parents
from safeguard.incidents.presenting import PARENTS
from safeguard.incidents.queries import read_incident
from safeguard.incidents.reports import NAME_LIMIT, WORDS_LIMIT
from safeguard.incidents.story import Entry, ParentsInformed, Risk, Story
from safeguard.incidents.triaging import Classes, assess, classify
from safeguard.web.fields import Fields
from safeguard.web.forms import Choice, Day, Form, Text, Tick, begun, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

Words = Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
Name = Annotated[str, Text(longest=NAME_LIMIT)]
KINDS = ("note", "decision", "action", "contact")


@dataclass(frozen=True, slots=True)
class EntryForm:
    """Something to add."""

    kind: Annotated[str, Choice(KINDS)]
    words: Words
    reason: Words
    owner: Name
    due_on: Annotated[date | None, Day(past=False)]
    contact: Annotated[str, Choice(tuple(CONTACTS))]
    contact_name: Name
    contact_reference: Name
    shared: Annotated[bool, Tick()]
    supersedes_id: Annotated[UUID | None, Known()]

    def entry(self, work: Work) -> NewEntry:
        """What it means; somebody who writes their own name takes the action on themselves."""
        mine = self.owner and self.owner.casefold() == work.actor.name.casefold()
        return NewEntry(
            kind=cast("AddedKind", self.kind or "note"), words=self.words, reason=self.reason,
            owner_id=work.actor.user_id if mine else None, owner_name=self.owner, due_on=self.due_on,
            contact=self.contact or None, contact_name=self.contact_name, contact_reference=self.contact_reference,
            shared=self.shared, supersedes_id=self.supersedes_id,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RiskForm:
    """How great the risk is, and why."""

    version: Annotated[str, Code()]
    risk: Annotated[str, Choice(("low", "medium", "high", "emergency"), required="Choose how great the risk is.")]
    reason: Words


@dataclass(frozen=True, slots=True)
class ClassesForm:
    """What kind of incident it is."""

    version: Annotated[str, Code()]
    four_c: Annotated[tuple[str, ...], Codes()]
    risk_areas: Annotated[tuple[str, ...], Codes()]
    issue_types: Annotated[tuple[str, ...], Codes()]


@dataclass(frozen=True, slots=True)
class ParentsForm:
    """Whether parents or carers know."""

    version: Annotated[str, Code()]
    informed: Annotated[str, Choice(tuple(PARENTS), required="Choose one.")]
    reason: Words


@dataclass(frozen=True, slots=True)
class ClosingForm:
    """The four things that a closed record needs."""

    version: Annotated[str, Code()]
    summary: Words
    follow_up: Words
    decision: Words
    outcome: Words


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """A reason, and nothing else."""

    version: Annotated[str, Code()]
    reason: Words


@dataclass(frozen=True, slots=True)
class WordsForm:
    """Some words, and nothing else."""

    words: Words


def blank_entry(kind: str = "note") -> Form[EntryForm]:
    """The form of a new entry."""
    return blank(EntryForm, kind=kind)


@post("/incidents/{incident_id:uuid}/acknowledge", permission=Permission.INCIDENT_TRIAGE, status_code=303)
async def take_acknowledgement(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Redirect:
    """Say that a report was received."""
    form = await read(request, ReasonForm)
    await acknowledge(work, incident_id, version_of(form))
    return after(f"/incidents/{incident_id}")


@get("/incidents/{incident_id:uuid}/entries/new", permission=Permission.INCIDENT_FOLLOW_UP)
async def show_entry_form(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template:
    """The form of one kind of entry; HTMX swaps it into the incident's page."""
    kind = request.query_params.get("kind", "note")
    story = await _open(work, incident_id)
    return _entry_form(request, story, blank_entry(kind if kind in KINDS else "note"))


@get("/incidents/{incident_id:uuid}/entries/{entry_id:uuid}/correct", permission=Permission.INCIDENT_FOLLOW_UP)
async def show_entry_correction(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    incident_id: FromPath[UUID],
    entry_id: FromPath[UUID],
) -> Template:
    """The form of an entry that corrects an earlier one, with its words to begin with."""
    story = await _open(work, incident_id)
    earlier = await find_entry(work, incident_id, entry_id)
    if earlier is None or earlier.kind not in KINDS:
        raise NotFound
    return _entry_form(request, story, _begun(earlier))


@post("/incidents/{incident_id:uuid}/entries", permission=Permission.INCIDENT_FOLLOW_UP, status_code=303)
async def take_entry(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """Add to the record."""
    form = await read(request, EntryForm)
    try:
        entry = await add_entry(work, incident_id, form.value.entry(work))
    except Invalid as refusal:
        wrong = form if form.errors else form.refused(refusal)
        return _entry_form(request, await read_incident(work, incident_id), wrong, 422)
    return after(f"/incidents/{incident_id}?added={entry.id}#entry-{entry.id}")


@get("/incidents/{incident_id:uuid}/entries/{entry_id:uuid}/done", permission=Permission.INCIDENT_FOLLOW_UP)
async def show_completion(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    incident_id: FromPath[UUID],
    entry_id: FromPath[UUID],
) -> Template:
    """The form that says an action is done."""
    return await _completion(request, work, incident_id, entry_id, blank(WordsForm))


@post(
    "/incidents/{incident_id:uuid}/entries/{entry_id:uuid}/done",
    permission=Permission.INCIDENT_FOLLOW_UP,
    status_code=303,
)
async def take_completion(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    incident_id: FromPath[UUID],
    entry_id: FromPath[UUID],
) -> Template | Redirect:
    """Say that an action is done."""
    form = await read(request, WordsForm)
    try:
        entry = await complete_action(work, incident_id, entry_id, form.value.words)
    except Invalid as refusal:
        wrong = form if form.errors else form.refused(refusal)
        return await _completion(request, work, incident_id, entry_id, wrong, 422)
    return after(f"/incidents/{incident_id}?added={entry.id}#entry-{entry.id}")


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
            story = await _in_state(work, incident_id, closed=self.when_closed)
            return self.shown(request, story, self.start(story))

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
                return self.shown(request, await read_incident(work, incident_id), form, more=1)
            try:
                await self.do(work, incident_id, form)
            except Invalid as refusal:
                wrong = form if form.errors else form.refused(refusal)
                return self.shown(request, await read_incident(work, incident_id), wrong, status=422)
            return after(f"/incidents/{incident_id}?changed={self.path}")

        return [show, take]

    def shown(
        self, request: Request[Any, Any, Any], story: Story, form: Form[Any], *, more: int = 0, status: int = 200
    ) -> Template:
        """The page with its form."""
        place = here()
        rows = form.rows("people", least=0) if self.kind is ReportForm else []
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
            version=form["version"] or story.facts.version,
        )


def version_of(form: Form[Any]) -> int:
    """The version that somebody had before them; raises `BadRequest` for a form that does not say."""
    said = form["version"]
    if not (said.isascii() and said.isdigit() and 0 < len(said) < 9):
        raise BadRequest("This form does not say which version of the incident it was made from. Open it again.")
    return int(said)


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
        raise named_as_typed(refusal, form) if not form.errors else refusal from None


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
    Act("close", "incidents/close.html", Permission.INCIDENT_CLOSE, ClosingForm, lambda story: blank(ClosingForm), _close),
    Act(
        "reopen", "incidents/reopen.html", Permission.INCIDENT_CLOSE, ReasonForm, lambda story: blank(ReasonForm),
        _reopen, when_closed=True,
    ),
)  # fmt: skip


async def _open(work: Work, incident_id: UUID) -> Story:
    return await _in_state(work, incident_id, closed=False)


async def _in_state(work: Work, incident_id: UUID, *, closed: bool) -> Story:
    story = await read_incident(work, incident_id)
    if (story.facts.state == "closed") != closed:
        raise Conflict("This incident is open already. You can add to it." if closed else CLOSED)
    return story


def _begun(earlier: Entry) -> Form[EntryForm]:
    typed = {"kind": earlier.kind, "supersedes_id": str(earlier.id), "owner": earlier.owner_name}
    typed |= {name: getattr(earlier, name) or "" for name in ("words", "reason", "contact", "contact_name")}
    typed |= {"contact_reference": earlier.contact_reference, "shared": "yes" if earlier.shared else ""}
    return begun(EntryForm, typed | {"due_on": earlier.due_on.isoformat() if earlier.due_on else ""})


def _entry_form(request: Request[Any, Any, Any], story: Story, form: Form[EntryForm], status: int = 200) -> Template:
    place = here()
    return page(
        request,
        "incidents/entry.html",
        fragment="incidents/_add.html",
        status=status,
        entry=form,
        errors=form.errors,
        shown=place.presenter.shown(story),
        profile=place.profile,
    )


async def _completion(
    request: Request[Any, Any, Any],
    work: Work,
    incident_id: UUID,
    entry_id: UUID,
    form: Form[WordsForm],
    status: int = 200,
) -> Template:
    story = await read_incident(work, incident_id)
    place = here()
    items = [item for item in place.presenter.items(story) if item.id == entry_id and item.kind == "action"]
    if not items:
        raise NotFound
    return page(
        request, "incidents/done.html", status=status, form=form, errors=form.errors, action=items[0],
        shown=place.presenter.shown(story), profile=place.profile,
    )  # fmt: skip


ROUTES = [
    take_acknowledgement,
    show_entry_form,
    show_entry_correction,
    take_entry,
    show_completion,
    take_completion,
    *(route for act in ACTS for route in act.routes()),
]
