"""The registers for programs: who has read what, checks of the filter that a product makes, training from elsewhere."""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import BodyKwarg, FromPath, FromQuery
from litestar.response import Response

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.registers.by_day import after_key
from safeguard.registers.committee.gathering import Met, list_meetings
from safeguard.registers.filtering.keeping import Check, NewCheck, record_check
from safeguard.registers.filtering.queries import key_of, list_checks
from safeguard.registers.here import own_profile
from safeguard.registers.policies.policy import Signature
from safeguard.registers.policies.queries import get_policy, list_policies, list_readers, list_signatures
from safeguard.registers.training.learning import Event, NewEvent, Present, record_event, record_present
from safeguard.registers.training.queries import get_event
from safeguard.registers.voice.listening import Session, list_sessions
from safeguard.standards.queries import LATEST_ITEM
from safeguard.web.forms import today_here
from safeguard.web.paging import Key, cut, read_cursor, read_limit, scope_of
from safeguard.work import Work

CHECK_EXAMPLE: Final[dict[str, Any]] = {
    "checked_on": date(2026, 1, 12).isoformat(),
    "device": "Laptop on the classroom network",
    "user_group": "Year 9",
    "tested": "The public test pages for filters, in each category.",
    "result": "passed",
    "checked_by": "Filter self-test",
}
EVENT_EXAMPLE: Final[dict[str, Any]] = {
    "title": "Online safety, yearly update",
    "audiences": ["staff"],
    "held_on": date(2026, 1, 12).isoformat(),
    "provider": "Sample Training",
    "lasts_months": 12,
    "names": ["Robin Sample", "Casey Example"],
    "outcome": "completed",
}
SHORT: Final = 200
LONG: Final = 5_000
SCOPE: Final = scope_of("api filtering checks", {})


class PolicyFigures(msgspec.Struct, frozen=True):
    """One policy or agreement, and how far it is. `late` readers are past their day; `signed` hold today."""

    id: UUID
    kind: str
    title: str
    edition: int
    effective_on: date
    renew_on: date
    readers: int
    read: int
    late: int
    signed: int


class PolicyReader(msgspec.Struct, frozen=True):
    """Somebody who must read it."""

    name: str
    due_on: date
    read_on: date | None


class PolicyList(msgspec.Struct, frozen=True):
    """Everything that is in force: one page."""

    items: list[PolicyFigures]
    next: None = None


class ReaderList(msgspec.Struct, frozen=True):
    """Everybody who must read it: one page."""

    items: list[PolicyReader]
    next: None = None


class CheckPage(msgspec.Struct, frozen=True):
    """Some checks, the latest first, and the cursor of the page after them."""

    items: list[Check]
    next: str | None


class SignaturePage(msgspec.Struct, frozen=True):
    """Some signatures, the latest first, and the cursor of the page after them."""

    items: list[Signature]
    next: str | None


class MeetingList(msgspec.Struct, frozen=True):
    """Every meeting of the committee, the latest first: one page."""

    items: list[Met]
    next: None = None


class VoiceList(msgspec.Struct, frozen=True):
    """Everything that children were asked, the latest first: one page."""

    items: list[Session]
    next: None = None


class SentEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event that people learnt at, and who was there. `audiences`: staff, governors, pupils, families, community."""

    title: str
    audiences: tuple[str, ...]
    held_on: date
    provider: str = ""
    words: str = ""
    lasts_months: Annotated[int, msgspec.Meta(ge=1, le=120)] | None = None
    headcount: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None
    names: tuple[str, ...] = ()
    members: tuple[UUID, ...] = ()
    outcome: str = "attended"
    """attended, completed, certified or missed: for everybody named here"""


class MadeEvent(msgspec.Struct, frozen=True):
    """What was recorded."""

    event: Event
    people: int


@get("/policies", permission=Permission.REGISTER_READ)
async def get_policies(work: NamedDependency[Work]) -> PolicyList:
    """Policies and agreements in force, each with how many have read or signed it."""
    rows = await list_policies(work, today_here())
    return PolicyList([
        PolicyFigures(
            row.policy.id, row.policy.kind, row.policy.title, row.policy.edition, row.effective_on, row.renew_on,
            row.people, row.read, row.late, row.signed,
        )
        for row in rows
    ])  # fmt: skip


@get("/policies/{policy_id:uuid}/readers", permission=Permission.REGISTER_READ)
async def get_readers(policy_id: FromPath[UUID], work: NamedDependency[Work]) -> ReaderList:
    """Everybody who must read the present edition, and on which day they did."""
    await get_policy(work, policy_id)
    return ReaderList(
        [PolicyReader(row.name, row.due_on, row.read_on) for row in await list_readers(work, policy_id, today_here())]
    )


@get("/policies/{policy_id:uuid}/signatures", permission=Permission.REGISTER_READ)
async def get_signatures(
    policy_id: FromPath[UUID],
    work: NamedDependency[Work],
    limit: FromQuery[str | None] = None,
    after: FromQuery[str | None] = None,
) -> SignaturePage:
    """Who signed an agreement, for whom, how, and until when it holds; the latest first."""
    await get_policy(work, policy_id)
    scope = scope_of("api agreement signatures", {"policy": str(policy_id)})
    count, start = read_limit(limit), read_cursor(after, scope)
    rows = await list_signatures(work, policy_id, (start.at, start.id) if start else LATEST_ITEM, count + 1)
    shown = cut(rows, count, lambda row: Key(row.recorded_at, row.id), scope)
    return SignaturePage(list(shown.items), shown.next)


@get("/committee/meetings", permission=Permission.REGISTER_READ)
async def get_meetings(work: NamedDependency[Work]) -> MeetingList:
    """Meetings of the committee, with how many actions came out of each and how many of them are open."""
    return MeetingList(list(await list_meetings(work)))


@get("/voices", permission=Permission.REGISTER_READ)
async def get_voices(work: NamedDependency[Work]) -> VoiceList:
    """What children said in surveys, conversations and councils, and what was done about it. No names."""
    return VoiceList(list(await list_sessions(work)))


@get("/filtering/checks", permission=Permission.FILTERING_READ)
async def get_checks(
    work: NamedDependency[Work], limit: FromQuery[str | None] = None, after: FromQuery[str | None] = None
) -> CheckPage:
    """Checks of filtering and monitoring, the latest first."""
    count, start = read_limit(limit), read_cursor(after, SCOPE)
    rows = await list_checks(work, after_key(start), count + 1)
    shown = cut(rows, count, key_of, SCOPE)
    return CheckPage(list(shown.items), shown.next)


@post("/filtering/checks", permission=Permission.FILTERING_CHECK)
async def create_check(
    data: Annotated[NewCheck, BodyKwarg(media_type=RequestEncodingType.JSON, schema_extra={"example": CHECK_EXAMPLE})],
    work: NamedDependency[Work],
) -> Response[Check]:
    """Record a check, for example by a product that tests itself. `result`: passed, failed or unclear."""
    _short(data, "checked_by", "device", "user_group")
    _short(data, "tested", "done", most=LONG)
    if data.checked_on and data.checked_on > today_here():
        raise Invalid(FieldError("checked_on", "The date is after today."))
    return Response(await record_check(work, data), status_code=201)


@post("/learning-events", permission=Permission.REGISTER_KEEP)
async def create_event(
    data: Annotated[SentEvent, BodyKwarg(media_type=RequestEncodingType.JSON, schema_extra={"example": EVENT_EXAMPLE})],
    work: NamedDependency[Work],
) -> Response[MadeEvent]:
    """Record training with who was there, for example from a product in which people learn."""
    _short(data, "title", "provider")
    _short(data, "words", most=LONG)
    if data.held_on > today_here():
        raise Invalid(FieldError("held_on", "The date is after today."))
    new = NewEvent(
        title=data.title.strip(), audiences=data.audiences, held_on=data.held_on, provider=data.provider,
        words=data.words, lasts_months=data.lasts_months, headcount=data.headcount,
    )  # fmt: skip
    event = await record_event(work, own_profile(), new)
    names = tuple(name.strip() for name in data.names if name.strip())
    people = 0
    if names or data.members:
        there = Present(members=data.members, names=names, audience=data.audiences[0], outcome=data.outcome)
        people = await record_present(work, event, there)
    headers = {"Location": f"/api/v1/learning-events/{event.id}"}
    return Response(MadeEvent(event, people), status_code=201, headers=headers)


@get("/learning-events/{event_id:uuid}", permission=Permission.REGISTER_READ)
async def get_one_event(event_id: FromPath[UUID], work: NamedDependency[Work]) -> Event:
    """One event that people learnt at."""
    return await get_event(work, event_id)


def _short(data: msgspec.Struct, *names: str, most: int = SHORT) -> None:
    errors = [
        FieldError(name, f"This is too long. The most is {most:,} characters.")
        for name in names
        if len(str(getattr(data, name))) > most
    ]
    if errors:
        raise Invalid(*errors)


API_ROUTES = [
    get_policies, get_readers, get_signatures, get_meetings, get_voices, get_checks, create_check, create_event,
    get_one_event,
]  # fmt: skip
