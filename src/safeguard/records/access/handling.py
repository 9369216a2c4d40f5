"""Receiving a request and carrying it to where it can be answered: and its clock."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.records.access.clocks import due
from safeguard.records.access.queries import Request, get_request, handled_request, name_of
from safeguard.tenancy.effective import own_profile
from safeguard.work import Work

ADD: Final = """
insert into public.access_requests (organisation_id, id, person_id, about_name, asker, asker_name, asker_contact,
    received_on, due_on, written_at, written_by, written_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
CHANGE: Final = """
update public.access_requests set version = version + 1, due_on = $2, stopped_on = $3, stop_reason = $4,
    stopped_days = $5, extended_on = $6, extension_reason = $7, standing_words = $8, harm = $9, harm_words = $10,
    state = $11, answered_at = $12, answered_by_name = $13, refusal = $14, ground = $15, identity = $16, seen = $17,
    seen_on = $18, seen_by_name = $19, competent = $20, wishes = $21, limits = $22, advised_by = $23
where organisation_id = (select sec.current_organisation()) and id = $1
"""
CHANGED: Final = (
    "due_on", "stopped_on", "stop_reason", "stopped_days", "extended_on", "extension_reason", "standing_words", "harm",
    "harm_words", "state", "answered_at", "answered_by_name", "refusal", "ground", "identity", "seen",
    "seen_on", "seen_by_name", "competent", "wishes", "limits", "advised_by",
)  # fmt: skip
ABOUT_ONESELF: Final = (
    "This is about you or asked by you, or somebody of your name. Ask somebody else who looks after the records to"
    " write it down and to see to it: what is gathered for an answer is not for whom it is about. Where nobody else"
    " does, the head can. Where you are that too, make somebody a deputy until it is answered."
)
OF_LEADS: Final = (
    "A lead or deputy can see to this, so they do. You see to requests about them, or by them, where no other may."
)
DUE: Final = "notice.request_due"
"""The job that looks whether its time is nearly over."""
ANSWERED: Final = "This request was answered already."


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What is known when it comes in."""

    person_id: UUID
    asker: str
    asker_name: str
    asker_contact: str
    received_on: date


async def receive(work: Work, new: NewRequest) -> UUID:
    """Write a request down; its clock runs from the day it came.

    Raises `NotFound` for nobody we know, `Invalid` for a request about whoever writes, or by them: others handle that;
    and for a head where a lead may see to it.
    """
    work.require(Permission.RECORDS_ANSWER)
    about_name = await name_of(work, new.person_id)
    due_on = due(new.received_on, await own_profile(work))
    request_id, actor = clock.new_id(), work.actor
    await work.driver.execute(
        ADD, request_id, new.person_id, about_name, new.asker, new.asker_name, new.asker_contact, new.received_on,
        due_on, work.now(), actor.user_id, actor.name,
    )  # fmt: skip
    try:
        received = await get_request(work, request_id)
    except NotFound as hidden:
        raise Invalid(FieldError("person", ABOUT_ONESELF)) from hidden
    try:
        await handled_request(work, request_id)
    except NotFound as theirs:
        raise Invalid(FieldError("person", OF_LEADS)) from theirs
    tell(work, "access.received", received)
    work.ask(DUE, request_id, key=f"{request_id} {received.version}")
    return request_id


async def stop(work: Work, request_id: UUID, reason: str, today: date) -> None:
    """Stop the clock while something is asked back; raises `Conflict` when it stands already."""
    request = await open_request(work, request_id)
    if request.stopped_on:
        raise Conflict("The clock stands already.")
    await change_request(work, "access.stopped", request, stopped_on=today, stop_reason=reason)


async def resume(work: Work, request_id: UUID, today: date) -> None:
    """The answer came: the clock runs again, and the days that it stood are added."""
    request = await open_request(work, request_id)
    if request.stopped_on is None:
        raise Conflict("The clock runs already.")
    days = request.stopped_days + (today - request.stopped_on).days
    due_on = due(request.received_on, await own_profile(work), extended=bool(request.extended_on), stopped_days=days)
    await change_request(
        work, "access.resumed", request, stopped_on=None, stop_reason="", stopped_days=days, due_on=due_on
    )


async def extend(work: Work, request_id: UUID, reason: str, today: date) -> None:
    """Give it the time that the law allows for what is complex, once; the asker must be told within the first month."""
    request = await open_request(work, request_id)
    if request.extended_on:
        raise Conflict("It was given more time already: there is no second time.")
    profile = await own_profile(work)
    if today > due(request.received_on, profile, stopped_days=request.stopped_days):
        raise Conflict("The first month is over, and more time can be given only within it.")
    due_on = due(request.received_on, profile, extended=True, stopped_days=request.stopped_days)
    await change_request(work, "access.extended", request, extended_on=today, extension_reason=reason, due_on=due_on)


async def refuse(work: Work, request_id: UUID, reason: str) -> None:
    """Refuse it, and say why: the asker is told, and that they may complain."""
    request = await open_request(work, request_id)
    await change_request(
        work, "access.refused", request, state="refused", answered_at=work.now(), answered_by_name=work.actor.name,
        refusal=reason,
    )  # fmt: skip


async def open_request(work: Work, request_id: UUID) -> Request:
    """The request, held until the end of this work; raises `NotFound`, `Conflict` once it is answered or asked for."""
    request = await handled_request(work, request_id, lock=True)
    if not request.is_open:
        raise Conflict(ANSWERED)
    if request.state == "asked":
        raise Conflict("Its release waits for somebody to agree. Take that back first, under Approvals.")
    return request


async def change_request(work: Work, event: str, request: Request, **changes: Any) -> None:
    """Change a request that is held, and tell the log its next version."""
    values = [changes.get(name, getattr(request, name)) for name in CHANGED]
    await work.driver.execute(CHANGE, request.id, *values)
    after = await get_request(work, request.id)
    tell(work, event, after)
    if after.due_on != request.due_on:
        work.ask(DUE, request.id, key=f"{request.id} {after.version}")


def tell(work: Work, event: str, request: Request, **more: JSONValue) -> None:
    """Tell the log, with what is known of the request in this version, and `more`."""
    fields: dict[str, JSONValue] = {
        "about_name": request.about_name, "asker": request.asker, "asker_name": request.asker_name,
        "received_on": request.received_on.isoformat(), "due_on": request.due_on.isoformat(),
        "stop_reason": request.stop_reason, "extension_reason": request.extension_reason,
        "ground": request.ground, "identity": request.identity, "seen": request.seen,
        "seen_on": request.seen_on.isoformat() if request.seen_on else None, "seen_by_name": request.seen_by_name,
        "competent": request.competent, "wishes": request.wishes, "limits": request.limits,
        "advised_by": request.advised_by, "standing_words": request.standing_words,
        "harm": request.harm, "harm_words": request.harm_words,
        "state": request.state, "refusal": request.refusal, "by": work.actor.name,
        **more,
    }  # fmt: skip
    said = {name: value for name, value in fields.items() if value not in (None, "", [])}
    work.record(event, request.id, document=Document("access", request.id, request.version, said))
