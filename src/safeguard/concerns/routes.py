"""Pages of the vault, and the one page of it that is everybody's: raising a concern, and what became of one's own.

Nobody is told that a page is closed to them: at the address of a concern that somebody must not know of there is what
there is at the address of none.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.concerns import (
    admitting,
    giving_tasks_routes,
    handling,
    identifying_routes,
    incident_routes,
    looking_back_routes,
    naming,
    reading,
    setting_aside,
)
from safeguard.concerns.figuring import count_behind_filters
from safeguard.concerns.forms import (
    AsideForm,
    CloseForm,
    DecideForm,
    EntryForm,
    NameForm,
    RaiseForm,
    ReasonForm,
    TellForm,
    version_of,
)
from safeguard.concerns.raising import raise_concern
from safeguard.concerns.record import Level, Outcome, Record
from safeguard.concerns.timing import pressing, unheard
from safeguard.errors import Invalid, NotFound
from safeguard.incidents.changing import Stale
from safeguard.incidents.deadlines import Deadline
from safeguard.incidents.here import Here, here
from safeguard.incidents.hiding.glass import only_reads_vault, require_keeping
from safeguard.incidents.hiding.reading import read_for_vault, read_second_person
from safeguard.incidents.overtaken import for_now
from safeguard.incidents.queries import LATEST
from safeguard.web.asked import unknown
from safeguard.web.bodies import READ_ON
from safeguard.web.forms import Form, begun, blank, read
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, Key, cut, read_cursor, scope_of
from safeguard.work import Work

OPEN = Permission.CONCERN_RAISE
STATES = ("new", "open", "heard", "flood", "closed", "all")


@get("/concerns", permission=OPEN)
async def show_concerns(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The vault for whom it is open to; for everybody else what they raised themselves."""
    raised = await reading.list_raised(work)
    second = await read_second_person(work)
    if not await reading.is_open(work):
        return page(request, "concerns/raised.html", raised=raised, second=second, thanked=_thanked(request),
            is_kept=await reading.is_kept(work))  # fmt: skip
    asked = request.query_params.get("state", "open")
    state = asked if asked in STATES else "open"
    if state == "flood":
        return await _flood(request, work, blank(AsideForm))
    scope = scope_of("concerns", {"state": state})
    start = read_cursor(request.query_params.get("after"), scope)
    rows = await reading.list_concerns(
        work, state, after=(start.at, start.id) if start else LATEST, limit=DEFAULT_LIMIT + 1
    )
    return page(
        request,
        "concerns/list.html",
        rows=cut(rows, DEFAULT_LIMIT, _key, scope),
        state=state,
        unknown=unknown(request.query_params, "state", STATES),
        only_read=await only_reads_vault(work),
        first=start is None,
        figures=await count_behind_filters(work),
        waiting=await reading.list_waiting(work) if state == "open" and start is None else (),
        alone=not await naming.list_named(work) and len(await naming.list_heads(work)) < 2,
        second=second,
        levels=handling.LEVELS,
        thanked=_thanked(request),
    )


@post("/concerns/flood", permission=OPEN, status_code=303)
async def take_aside(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Those that were ticked are set aside, with one reason."""
    form = await read(request, AsideForm)
    try:
        done = await setting_aside.set_aside(work, form.all("concern"), form.value.reason)
    except Invalid as refusal:
        return await _flood(request, work, form.refused(refusal), 422)
    return after(f"/concerns?state=flood&aside={done}")


@get("/concerns/new", permission=OPEN)
async def show_form(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Raise a concern about somebody who works here."""
    incident = await _incident(work, request.query_params.get("incident"))
    starts = {"incident": str(incident.facts.id), "narrative": incident.facts.narrative} if incident else {}
    return await _form(request, work, blank(RaiseForm, **starts))


@post("/concerns/new", permission=OPEN, status_code=303, request_max_body_size=READ_ON)
async def take_form(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Keep it."""
    form = await read(request, RaiseForm)
    try:
        new = form.value.concern()
        if new.incident_id and await _incident(work, str(new.incident_id)) is None:
            raise NotFound
        facts = await raise_concern(work, new)
    except Invalid as refusal:
        return await _form(request, work, form.refused(refusal), 422)
    return after(f"/concerns?thanks={facts.reference}")


@get("/concerns/{concern_id:uuid}", permission=OPEN)
async def show_concern(
    request: Request[Any, Any, Any], work: NamedDependency[Work], concern_id: FromPath[UUID]
) -> Template:
    """One concern."""
    return await _shown(request, work, await reading.read_concern(work, concern_id), begun(EntryForm, {"kind": "note"}))


@post("/concerns/{concern_id:uuid}/entries", permission=OPEN, status_code=303, request_max_body_size=READ_ON)
async def take_entry(
    request: Request[Any, Any, Any], work: NamedDependency[Work], concern_id: FromPath[UUID]
) -> Template | Redirect:
    """Add to it."""
    form = await read(request, EntryForm)
    try:
        entry = await handling.add(work, concern_id, form.value.said(here().zone, clock.now()))
    except Invalid as refusal:
        record = await reading.read_concern(work, concern_id)
        return await _shown(request, work, record, form.refused(refusal), 422)
    return after(f"/concerns/{concern_id}#entry-{entry.id}")


@post("/concerns/{concern_id:uuid}/receive", permission=OPEN, status_code=303)
async def take_receipt(
    request: Request[Any, Any, Any], work: NamedDependency[Work], concern_id: FromPath[UUID]
) -> Redirect:
    """Say that it was received."""
    form = await read(request, ReasonForm)
    await handling.receive(work, concern_id, version_of(form))
    return after(f"/concerns/{concern_id}")


@get("/concerns/people", permission=OPEN)
async def show_people(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Who reads the vault."""
    return await _people(request, work, blank(NameForm))


@post("/concerns/people", permission=Permission.CONCERN_NAME, status_code=303, fresh=True)
async def take_person(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Let somebody in."""
    form = await read(request, NameForm)
    try:
        await naming.name(work, form.value.person, form.value.reason)
    except Invalid as refusal:
        return await _people(request, work, form.refused(refusal), 422)
    return after("/concerns/people?done=named")


@post("/concerns/people/{named_id:uuid}/end", permission=Permission.CONCERN_NAME, status_code=303)
async def end_person(work: NamedDependency[Work], named_id: FromPath[UUID]) -> Redirect:
    """Take somebody from the list."""
    await naming.end(work, named_id)
    return after("/concerns/people?done=ended")


@dataclass(frozen=True, slots=True)
class Act:
    """A page with a form that makes the next version of a concern."""

    path: str
    kind: type[Any]
    do: Callable[[Work, UUID, Form[Any]], Awaitable[Any]]
    when_closed: bool = False

    def routes(self) -> list[Any]:
        """The page, and what takes its form."""

        @get(f"/concerns/{{concern_id:uuid}}/{self.path}", permission=OPEN, name=f"show concern {self.path}")
        async def show(
            request: Request[Any, Any, Any], work: NamedDependency[Work], concern_id: FromPath[UUID]
        ) -> Template:
            record = await reading.read_concern(work, concern_id)
            await require_keeping(work)
            return self.shown(request, record, blank(self.kind, version=str(record.facts.version)))

        @post(
            f"/concerns/{{concern_id:uuid}}/{self.path}",
            permission=OPEN, status_code=303, name=f"take concern {self.path}", request_max_body_size=READ_ON,
        )  # fmt: skip
        async def take(
            request: Request[Any, Any, Any], work: NamedDependency[Work], concern_id: FromPath[UUID]
        ) -> Template | Redirect:
            form = await read(request, self.kind)
            try:
                form.value  # noqa: B018  raises what was typed wrongly, before anything is looked at
                await self.do(work, concern_id, form)
            except Invalid as refusal:
                return self.shown(request, await reading.read_concern(work, concern_id), form.refused(refusal), 422)
            except Stale:
                return self.overtaken(request, await reading.read_concern(work, concern_id), form)
            return after(f"/concerns/{concern_id}")

        return [show, take]

    def overtaken(self, request: Request[Any, Any, Any], record: Record, form: Form[Any]) -> Template:
        """The page with what was typed, for the version that is there now; raises `Conflict` where it fits no more."""
        if (record.facts.state == "closed") != self.when_closed:
            raise Stale(handling.CLOSED if record.facts.state == "closed" else handling.OPEN)
        return self.shown(request, record, for_now(form), 409)

    def shown(self, request: Request[Any, Any, Any], record: Record, form: Form[Any], status: int = 200) -> Template:
        """The page of the form."""
        if (record.facts.state == "closed") != self.when_closed and status == 200:
            raise NotFound
        return page(
            request, f"concerns/{self.path}.html", status=status, concern=record.facts, form=form,
            errors=form.errors, version=form["version"] or record.facts.version, overtaken=status == 409,
            latest=record.entries[-1] if record.entries else None, levels=handling.LEVELS, outcomes=handling.OUTCOMES,
            left=[handling.contacts_of(here().profile)[whom] for whom in unheard(record, here().profile)],
        )  # fmt: skip


async def _decide(work: Work, concern_id: UUID, form: Form[DecideForm]) -> None:
    level = cast("Level", form.value.level)
    await handling.decide(work, concern_id, version_of(form), level, form.value.reason)


async def _tell(work: Work, concern_id: UUID, form: Form[TellForm]) -> None:
    await handling.tell(work, concern_id, version_of(form), form.value.words, "")


async def _close(work: Work, concern_id: UUID, form: Form[CloseForm]) -> None:
    outcome = cast("Outcome", form.value.outcome)
    said = form.value
    await handling.close(work, concern_id, version_of(form), outcome, said.reason, said.words, said.untold)


async def _reopen(work: Work, concern_id: UUID, form: Form[ReasonForm]) -> None:
    await handling.reopen(work, concern_id, version_of(form), form.value.reason)


ACTS = (
    Act("decide", DecideForm, _decide),
    Act("tell", TellForm, _tell),
    Act("close", CloseForm, _close),
    Act("reopen", ReasonForm, _reopen, when_closed=True),
)


@get("/concerns/{concern_id:uuid}/admit/{user_id:uuid}", permission=OPEN)
async def show_admission(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    concern_id: FromPath[UUID],
    user_id: FromPath[UUID],
) -> Template:
    """End an exclusion by mistake."""
    await require_keeping(work)
    return await _admission(request, work, concern_id, user_id, blank(ReasonForm))


@post("/concerns/{concern_id:uuid}/admit/{user_id:uuid}", permission=OPEN, fresh=True, status_code=303)
async def take_admission(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    concern_id: FromPath[UUID],
    user_id: FromPath[UUID],
) -> Template | Redirect:
    """Ask that they may know: somebody else of that name is meant. Another who reads the vault agrees."""
    form = await read(request, ReasonForm)
    try:
        proposal = await admitting.ask(work, concern_id, user_id, form.value.reason)
    except Invalid as refusal:
        return await _admission(request, work, concern_id, user_id, form.refused(refusal), 422)
    follows = work.may(Permission.APPROVALS_READ)
    return after(f"/approvals/{proposal.id}?done=asked" if follows else f"/concerns/{concern_id}")


async def _admission(
    request: Request[Any, Any, Any], work: Work, concern_id: UUID, user_id: UUID, form: Form[ReasonForm],
    status: int = 200,
) -> Template:  # fmt: skip
    record = await reading.read_concern(work, concern_id)
    out = {each.user_id: each for each in await admitting.list_shut_out(work, concern_id)}
    if user_id not in out or out[user_id].asked:
        raise NotFound
    return page(
        request, "concerns/admit.html", status=status, concern=record.facts, form=form, errors=form.errors,
        person=out[user_id],
    )  # fmt: skip


async def _shown(
    request: Request[Any, Any, Any], work: Work, record: Record, form: Form[EntryForm], status: int = 200
) -> Template:
    place = here()
    named = handling.contacts_of(place.profile)
    return page(
        request,
        "concerns/show.html",
        status=status,
        record=record,
        concern=record.facts,
        form=form,
        errors=form.errors,
        handlers=await reading.list_handlers(work, record.facts.id),
        shut_out=await admitting.list_shut_out(work, record.facts.id),
        second=await read_second_person(work),
        pressing=await _pressing(work, record, place),
        contacts=named,
        left=[named[whom] for whom in unheard(record, place.profile)],
        levels=handling.LEVELS,
        outcomes=handling.ENDINGS,
        is_club="club" in place.profile.kind,
        beside=await reading.find_incident(work, record.facts.id) if record.facts.incident_id else None,
        reads_incidents=work.may(Permission.INCIDENT_READ),
        only_read=await only_reads_vault(work),
    )


async def _flood(request: Request[Any, Any, Any], work: Work, form: Form[AsideForm], status: int = 200) -> Template:
    done = request.query_params.get("aside", "")
    return page(
        request, "concerns/flood.html", status=status, form=form, errors=form.errors, state="flood",
        rows=await setting_aside.list_flooded(work), most=setting_aside.MOST, figures=await count_behind_filters(work),
        only_read=await only_reads_vault(work), done=int(done) if done.isascii() and done.isdigit() else 0,
    )  # fmt: skip


async def _pressing(work: Work, record: Record, place: Here) -> tuple[Deadline, ...]:
    organisation = place.organisation
    return await pressing(work, record, place.profile, organisation.nation, organisation.time_zone)


async def _form(request: Request[Any, Any, Any], work: Work, form: Form[RaiseForm], status: int = 200) -> Template:
    return page(
        request, "concerns/new.html", status=status, form=form, errors=form.errors,
        second=await read_second_person(work), is_kept=await reading.is_kept(work),
    )  # fmt: skip


async def _people(request: Request[Any, Any, Any], work: Work, form: Form[NameForm], status: int = 200) -> Template:
    asked, chosen = request.query_params.get("like", ""), form.found.person if form.found else None
    return page(
        request, "concerns/people.html", status=status, form=form, errors=form.errors,
        named=await naming.list_named(work), heads=await naming.list_heads(work),
        staff=await naming.find_candidates(work, asked, chosen) if work.may(Permission.CONCERN_NAME) else None,
        done=request.query_params.get("done", ""),
    )  # fmt: skip


async def _incident(work: Work, typed: str | None) -> Any:
    """The incident that a concern comes from, when the vault is open to whoever asks."""
    if not typed:
        return None
    try:
        return await read_for_vault(work, UUID(typed))
    except (ValueError, NotFound):
        return None


def _thanked(request: Request[Any, Any, Any]) -> bool:
    return "thanks" in request.query_params


def _key(row: reading.Row) -> Key:
    return Key(row.raised_at, row.id)


ROUTES = [
    *identifying_routes.ROUTES, show_concerns, take_aside, show_form, take_form, show_concern, take_entry,
    take_receipt, show_people,
    take_person, end_person, show_admission, take_admission, *(route for act in ACTS for route in act.routes()),
    *incident_routes.ROUTES, *giving_tasks_routes.ROUTES, *looking_back_routes.ROUTES,
]  # fmt: skip
