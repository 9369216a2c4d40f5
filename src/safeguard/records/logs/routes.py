"""Complaints, breaches, disagreements, and the record of processing."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.incidents.here import here
from safeguard.people.queries import get_person
from safeguard.records.logs import breaching, processing, writing
from safeguard.records.logs.breaching import RISKS, Settled
from safeguard.records.logs.writing import ABOUT, UPHELD
from safeguard.records.schedule import list_rules
from safeguard.web.dates import seen_moment
from safeguard.web.forms import Choice, Day, Form, Text, Tick, TimeOfDay, blank, read
from safeguard.web.pages import after, page
from safeguard.web.tables import Form as TableForm
from safeguard.web.tables import download, table
from safeguard.work import Work

MANAGE = Permission.RECORDS_MANAGE
Asked = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class ComplaintForm:
    """A complaint as it came."""

    received_on: Annotated[date | None, Day(required="Give the day on which it came.")]
    by_name: Annotated[str, Text(longest=200, required="Give the name of whoever complains.")]
    about: Annotated[str, Choice(tuple(ABOUT), required="Choose what it is about.")]
    words: Annotated[str, Text(longest=10_000, lines=True, required="Write down what they say.")]


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """What was answered."""

    upheld: Annotated[str, Choice(tuple(UPHELD), required="Choose whether it is upheld.")]
    answer: Annotated[str, Text(longest=10_000, lines=True, required="Write down what was answered.")]


@dataclass(frozen=True, slots=True)
class BreachForm:
    """A breach as it was found."""

    discovered_on: Annotated[date | None, Day(required="Give the day on which it was discovered.")]
    discovered_time: Annotated[time | None, TimeOfDay(required="Give the time: the 72 hours run from then.")]
    words: Annotated[str, Text(longest=10_000, lines=True, required="Say what happened to whose data.")]
    people_count: Annotated[str, Text(longest=9)]
    risk: Annotated[str, Choice(tuple(RISKS), required="Choose how likely harm is.")]
    measures: Annotated[str, Text(longest=10_000, lines=True)]


@dataclass(frozen=True, slots=True)
class SettleForm:
    """What was done about it."""

    risk: Annotated[str, Choice(tuple(RISKS), required="Choose how likely harm is.")]
    measures: Annotated[str, Text(longest=10_000, lines=True)]
    reported: Annotated[bool, Tick()]
    reported_on: Annotated[date | None, Day()]
    reported_time: Annotated[time | None, TimeOfDay()]
    report_reference: Annotated[str, Text(longest=200)]
    not_reported: Annotated[str, Text(longest=2000, lines=True)]
    told: Annotated[bool, Tick()]
    not_told: Annotated[str, Text(longest=2000, lines=True)]


@dataclass(frozen=True, slots=True)
class DisagreementForm:
    """What somebody holds against a record."""

    by_name: Annotated[str, Text(longest=200, required="Give the name of whoever disagrees.")]
    words: Annotated[str, Text(longest=10_000, lines=True, required="Write down what they say, in their words.")]
    answer: Annotated[str, Text(longest=10_000, lines=True)]


@get("/records/complaints", permission=MANAGE)
async def show_complaints(request: Asked, work: NamedDependency[Work]) -> Template:
    """Complaints, those that wait first."""
    return await _complaints(request, work, blank(ComplaintForm))


@post("/records/complaints", permission=MANAGE, status_code=303)
async def take_complaint(request: Asked, work: NamedDependency[Work]) -> Template | Redirect:
    """Write one down."""
    form = await read(request, ComplaintForm)
    if form.errors:
        return await _complaints(request, work, form, 422)
    said = form.value
    made = await writing.receive_complaint(work, said.received_on or here().today, said.by_name, said.about, said.words)
    return after(f"/records/complaints/{made}")


@get("/records/complaints/{complaint_id:uuid}", permission=MANAGE)
async def show_complaint(request: Asked, work: NamedDependency[Work], complaint_id: FromPath[UUID]) -> Template:
    """One of them, and its answer."""
    return await _complaint(request, work, complaint_id, blank(AnswerForm))


@post("/records/complaints/{complaint_id:uuid}", permission=MANAGE, status_code=303)
async def answer_complaint(
    request: Asked, work: NamedDependency[Work], complaint_id: FromPath[UUID]
) -> Template | Redirect:
    """Answer it."""
    form = await read(request, AnswerForm)
    try:
        await writing.answer_complaint(work, complaint_id, form.value.answer, form.value.upheld)
    except Invalid:
        return await _complaint(request, work, complaint_id, form, 422)
    except Conflict as refusal:
        wrong = form.refused(Invalid(FieldError("answer", str(refusal))))
        return await _complaint(request, work, complaint_id, wrong, 409)
    return after(f"/records/complaints/{complaint_id}")


@get("/records/breaches", permission=MANAGE)
async def show_breaches(request: Asked, work: NamedDependency[Work]) -> Template:
    """Breaches of personal data, those that wait first."""
    return await _breaches(request, work, blank(BreachForm))


@post("/records/breaches", permission=MANAGE, status_code=303)
async def take_breach(request: Asked, work: NamedDependency[Work]) -> Template | Redirect:
    """Write one down: its 72 hours run."""
    form = await read(request, BreachForm)
    try:
        said = form.value
        count = _number(said.people_count)
        at = _seen(said.discovered_on or here().today, said.discovered_time, "discovered_time")
        made = await breaching.find_breach(work, at, said.words, count, said.risk, said.measures)
    except Invalid as refusal:
        return await _breaches(request, work, form.refused(refusal), 422)
    return after(f"/records/breaches/{made}")


@get("/records/breaches/{breach_id:uuid}", permission=MANAGE)
async def show_breach(request: Asked, work: NamedDependency[Work], breach_id: FromPath[UUID]) -> Template:
    """One of them: how long is left, and what was done."""
    return await _breach(request, work, breach_id, None)


@post("/records/breaches/{breach_id:uuid}", permission=MANAGE, status_code=303)
async def settle_breach(request: Asked, work: NamedDependency[Work], breach_id: FromPath[UUID]) -> Template | Redirect:
    """What was done about it."""
    form = await read(request, SettleForm)
    try:
        said = form.value
        done = Settled(
            said.risk, said.measures, _reported_at(said, work.now()), said.report_reference, said.not_reported,
            said.told, said.not_told,
        )  # fmt: skip
        await breaching.settle_breach(work, breach_id, done)
    except Invalid as refusal:
        return await _breach(request, work, breach_id, form.refused(refusal), 422)
    return after(f"/records/breaches/{breach_id}")


@get("/records/processing", permission=MANAGE)
async def show_processing(request: Asked, work: NamedDependency[Work]) -> Template:
    """What is kept about whom, what for, on what basis, and how long."""
    return page(request, "records/processing.html", lines=await _processed(work))


@get("/records/processing.csv", permission=MANAGE)
async def download_processing_csv(work: NamedDependency[Work]) -> Response[bytes]:
    """The same to keep."""
    return await _processed_as(work, TableForm.CSV)


@get("/records/processing.xlsx", permission=MANAGE)
async def download_processing_xlsx(work: NamedDependency[Work]) -> Response[bytes]:
    """The same for a spreadsheet."""
    return await _processed_as(work, TableForm.XLSX)


async def _processed(work: Work) -> tuple[processing.Line, ...]:
    return processing.lines(here().profile.kind, await list_rules(work))


async def _processed_as(work: Work, form: TableForm) -> Response[bytes]:
    whole = table(form, processing.HEADINGS)
    whole.add(processing.rows(await _processed(work)))
    return download(form, "record-of-processing", whole)


@get("/records/people/{person_id:uuid}/disagreements", permission=MANAGE)
async def show_disagreements(request: Asked, work: NamedDependency[Work], person_id: FromPath[UUID]) -> Template:
    """What somebody holds against what is kept about them."""
    return await _disagreements(request, work, person_id, blank(DisagreementForm))


@post("/records/people/{person_id:uuid}/disagreements", permission=MANAGE, status_code=303)
async def take_disagreement(
    request: Asked, work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template | Redirect:
    """Keep it beside the record."""
    form = await read(request, DisagreementForm)
    if form.errors:
        return await _disagreements(request, work, person_id, form, 422)
    said = form.value
    await writing.write_disagreement(work, person_id, said.by_name, said.words, said.answer)
    return after(f"/records/people/{person_id}/disagreements")


async def _complaints(request: Asked, work: Work, form: Form[ComplaintForm], status: int = 200) -> Template:
    return page(
        request, "records/complaints.html", status=status, complaints=await writing.list_complaints(work), form=form,
        errors=form.errors, about=ABOUT, upheld=UPHELD,
    )  # fmt: skip


async def _complaint(
    request: Asked, work: Work, complaint_id: UUID, form: Form[AnswerForm], status: int = 200
) -> Template:
    (complaint,) = await writing.list_complaints(work, complaint_id)
    return page(
        request, "records/complaint.html", status=status, complaint=complaint, form=form, errors=form.errors,
        about=ABOUT, upheld=UPHELD,
    )  # fmt: skip


async def _breaches(request: Asked, work: Work, form: Form[BreachForm], status: int = 200) -> Template:
    return page(
        request, "records/breaches.html", status=status, breaches=await breaching.list_breaches(work), form=form,
        errors=form.errors, risks=RISKS,
    )  # fmt: skip


async def _breach(
    request: Asked, work: Work, breach_id: UUID, form: Form[SettleForm] | None, status: int = 200
) -> Template:
    (breach,) = await breaching.list_breaches(work, breach_id)
    form = form or blank(
        SettleForm, risk=breach.risk, measures=breach.measures, report_reference=breach.report_reference,
        not_reported=breach.not_reported, not_told=breach.not_told,
    )  # fmt: skip
    return page(
        request, "records/breach.html", status=status, breach=breach, form=form, errors=form.errors, risks=RISKS
    )


async def _disagreements(
    request: Asked, work: Work, person_id: UUID, form: Form[DisagreementForm], status: int = 200
) -> Template:
    person = await get_person(work, person_id)
    return page(
        request, "records/disagreements.html", status=status, person=person, form=form, errors=form.errors,
        disagreements=await writing.list_disagreements(work, person_id),
    )  # fmt: skip


def _reported_at(said: SettleForm, now: datetime) -> datetime | None:
    """When it was reported: just now, unless a day and a time are given; raises `Invalid` for one without the other."""
    if not said.reported:
        return None
    if said.reported_on is None and said.reported_time is None:
        return now
    if said.reported_on is None:
        raise Invalid(FieldError("reported_on", "On which day was it reported? Leave both empty for just now."))
    if said.reported_time is None:
        raise Invalid(FieldError("reported_time", "At what time was it reported? Leave both empty for just now."))
    return _seen(said.reported_on, said.reported_time, "reported_time")


def _seen(day: date, at: time | None, field: str) -> datetime:
    """When that was here; raises `Invalid` for a time that no clock showed."""
    try:
        return seen_moment(day, at, here().organisation.time_zone)
    except ValueError as refusal:
        raise Invalid(FieldError(field, str(refusal))) from None


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal():
        raise Invalid(FieldError("people_count", "Give a whole number, or leave it empty until you know."))
    return int(text)


ROUTES = [
    show_complaints, take_complaint, show_complaint, answer_complaint, show_breaches, take_breach, show_breach,
    settle_breach, show_processing, download_processing_csv, download_processing_xlsx, show_disagreements,
    take_disagreement,
]  # fmt: skip
