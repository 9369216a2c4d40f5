"""`/standards/registers/training`: who learnt what, who is in date, what is due."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid, NotFound
from safeguard.registers.by_day import after_key, key_of
from safeguard.registers.fields import Names, Number
from safeguard.registers.here import own_profile
from safeguard.registers.policies.signing import Who
from safeguard.registers.striking.striking import list_struck
from safeguard.registers.training.learning import (
    AUDIENCES,
    OUTCOMES,
    TITLE_LIMIT,
    WORDS_LIMIT,
    NewEvent,
    Present,
    record_event,
    record_present,
    take_back,
)
from safeguard.registers.training.queries import (
    Held,
    Learner,
    get_event,
    list_events,
    list_learners,
    list_records,
    list_taken,
    name_of,
    reached,
    shares,
)
from safeguard.web.fields import Fields
from safeguard.web.forms import Choice, Day, Form, Many, Setting, Text, blank, read, today_here
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, Key, cut, leaf, read_cursor, scope_of
from safeguard.work import Work

BASE: Final = "/standards/registers/training"
MOST_TICKED: Final = 500
AT_ONCE: Final = 20
"""Of those who need it next, beside the events."""


@dataclass(frozen=True, slots=True)
class Members:
    """The ids of members that were ticked."""

    def read(self, fields: Fields, name: str, setting: Setting) -> tuple[UUID, ...]:
        """Each once; whether they belong here is for the domain to see."""
        ticked = dict.fromkeys(value.strip() for value in fields.all(name) if value.strip())
        try:
            return tuple(UUID(value) for value in ticked)
        except ValueError:
            raise ValueError("Choose from the people on the page.") from None


@dataclass(frozen=True, slots=True)
class EventForm:
    """Something that people learn at."""

    title: Annotated[str, Text(longest=TITLE_LIMIT)]
    audiences: Annotated[tuple[str, ...], Many(AUDIENCES)]
    held_on: Annotated[date | None, Day()]
    provider: Annotated[str, Text(longest=TITLE_LIMIT)]
    words: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    lasts_months: Annotated[int | None, Number(1, 120)]
    headcount: Annotated[int | None, Number()]

    def event(self) -> NewEvent:
        """What it means."""
        return NewEvent(
            title=self.title, audiences=self.audiences, held_on=self.held_on, provider=self.provider, words=self.words,
            lasts_months=self.lasts_months, headcount=self.headcount,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PresentForm:
    """Who was there."""

    members: Annotated[tuple[UUID, ...], Members()]
    names: Annotated[tuple[Who, ...], Names()]
    audience: Annotated[str, Choice(AUDIENCES)]
    outcome: Annotated[str, Choice(OUTCOMES)]

    def present(self) -> Present:
        """What it means."""
        names = tuple(f"{who.name} for {who.for_name}" if who.for_name else who.name for who in self.names)
        return Present(members=self.members, names=names, audience=self.audience, outcome=self.outcome)


@get(BASE, permission=Permission.REGISTER_READ)
async def show_training(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Who is in date, what is due, and every event; `?audience=` narrows the events."""
    said = request.query_params.get("audience", "")
    audience = said if said in AUDIENCES else ""
    scope = scope_of("events", {"audience": audience})
    start = read_cursor(request.query_params.get("after"), scope)
    events = await list_events(work, audience, after_key(start), DEFAULT_LIMIT + 1)
    today, learners = today_here(), await list_learners(work)
    due = [one for one in learners if one.state(today) != "current"]
    return page(
        request, "registers/training/list.html", events=cut(events, DEFAULT_LIMIT, _key, scope),
        first=start is None, due=leaf(due, request.query_params.get("due"), AT_ONCE, _id), all_due=len(due),
        today=today, shares=shares(learners, today), reached=await reached(work, today), audience=audience,
        audiences=AUDIENCES, learners=learners, struck=await list_struck(work, "training"),
    )  # fmt: skip


def _key(held: Held) -> Key:
    return key_of(held.event.held_on, held.event.id)


def _id(learner: Learner) -> UUID:
    return learner.user_id


@get(BASE + "/new", permission=Permission.REGISTER_KEEP)
async def show_new(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form for an event."""
    work.require(Permission.REGISTER_KEEP)
    form = blank(EventForm, held_on=today_here().isoformat(), audiences="staff", lasts_months="12")
    return page(request, "registers/training/new.html", form=form, errors=(), audiences=AUDIENCES)


@post(BASE + "/new", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_new(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Record an event; who was there comes next."""
    form = await read(request, EventForm)
    try:
        event = await record_event(work, own_profile(), form.value.event())
    except Invalid as refusal:
        wrong = form.refused(refusal)
        return page(
            request, "registers/training/new.html", status=422, form=wrong, errors=wrong.errors, audiences=AUDIENCES
        )
    return after(f"{BASE}/{event.id}")


@get(BASE + "/people/{user_id:uuid}", permission=Permission.REGISTER_READ)
async def show_person(
    request: Request[Any, Any, Any], work: NamedDependency[Work], user_id: FromPath[UUID]
) -> Template:
    """What one person learnt at."""
    name = await name_of(work, user_id)
    if name is None:
        raise NotFound
    return page(
        request, "registers/training/person.html", name=name, taken=await list_taken(work, user_id), today=today_here()
    )


@get(BASE + "/{event_id:uuid}", permission=Permission.REGISTER_READ)
async def show_event(
    request: Request[Any, Any, Any], work: NamedDependency[Work], event_id: FromPath[UUID]
) -> Template:
    """One event and who was there."""
    return await _event(request, work, event_id, _blank_present())


@post(BASE + "/{event_id:uuid}", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_present(
    request: Request[Any, Any, Any], work: NamedDependency[Work], event_id: FromPath[UUID]
) -> Template | Redirect:
    """Record who was there."""
    form, event = await read(request, PresentForm), await get_event(work, event_id)
    try:
        await record_present(work, event, form.value.present())
    except Invalid as refusal:
        return await _event(request, work, event_id, form.refused(refusal), status=422)
    return after(f"{BASE}/{event_id}")


@post(BASE + "/{event_id:uuid}/records/{record_id:uuid}/end", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_record_back(
    work: NamedDependency[Work], event_id: FromPath[UUID], record_id: FromPath[UUID]
) -> Redirect:
    """It was recorded by mistake."""
    await take_back(work, event_id, record_id)
    return after(f"{BASE}/{event_id}")


def _blank_present() -> Form[PresentForm]:
    return blank(PresentForm, audience="staff", outcome="attended")


async def _event(
    request: Request[Any, Any, Any], work: Work, event_id: UUID, form: Form[PresentForm], status: int = 200
) -> Template:
    records = await list_records(work, event_id)
    there = {record.user_id for record in records}
    others = [one for one in await list_learners(work) if one.user_id not in there]
    return page(
        request, "registers/training/event.html", status=status, event=await get_event(work, event_id),
        records=records, others=sorted(others, key=lambda one: one.name), form=form, errors=form.errors,
        today=today_here(), audiences=AUDIENCES, outcomes=OUTCOMES,
    )  # fmt: skip


ROUTES = [show_training, show_new, take_new, show_person, show_event, take_present, take_record_back]
