"""The JSON API: the same verbs as the pages, under /api/v1.

Requests and answers are structs, decoded and encoded by msgspec. Every request's schema carries an example that is
valid as sent in a new organisation of any kind.
"""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import BodyKwarg, FromPath, FromQuery, QueryParameter
from litestar.response import Response

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.here import here
from safeguard.incidents.queries import Filters, Row, Which, list_incidents, read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident
from safeguard.incidents.story import Entry, Facts, Linked, Person, Risk, Story, as_reporter_sees
from safeguard.tenancy.report_forms.reading import read_asked
from safeguard.web.paging import Key, cut, read_cursor, read_limit, scope_of
from safeguard.work import Work

INCIDENT_EXAMPLE: Final[dict[str, Any]] = {
    "narrative": "An account that uses a colleague's name and photograph is posting unkind comments. Two people "
    "told me about it this morning; neither has answered it.",
    "danger_now": False,
    "people": [{"name": "Morgan Hale", "role": "affected", "kind": "adult"}],
    "happened": {"precision": "minute", "from": "2026-01-12T13:30:00Z"},
    "accounts": "@not-morgan-hale",
    "immediate_action": "Asked both not to answer it, and told the lead.",
}
ENTRY_EXAMPLE: Final[dict[str, Any]] = {
    "kind": "decision",
    "words": "Considered a referral and did not make one.",
    "reason": "Nobody is at risk, and the account has been reported.",
}


class IncidentDetail(Facts, frozen=True, kw_only=True):
    """An incident with its people and the entries that follow it up, oldest first."""

    people: tuple[Person, ...] = ()
    entries: tuple[Entry, ...] = ()
    links: tuple[Linked, ...] = ()
    """Incidents that belong with this one, as far as the caller may know of them."""


class IncidentPage(msgspec.Struct, frozen=True):
    """Some incidents, newest first, and the cursor of the page after them."""

    items: list[Row]
    next: str | None


def _body(example: dict[str, Any]) -> BodyKwarg:
    return BodyKwarg(media_type=RequestEncodingType.JSON, schema_extra={"example": example})


@post("/incidents", permission=Permission.INCIDENT_RECORD)
async def create_incident(
    data: Annotated[NewIncident, _body(INCIDENT_EXAMPLE)], work: NamedDependency[Work]
) -> Response[IncidentDetail]:
    """Record an incident. What the organisation's report form requires has to be answered here too."""
    profile = here().profile
    made = await record_incident(work, data, profile, await read_asked(work, profile), strict=True)
    story = made if work.may(Permission.INCIDENT_READ) else as_reporter_sees(made)
    headers = {"Location": f"/api/v1/incidents/{story.facts.id}"}
    return Response(_detail(story), status_code=201, headers=headers)


@get("/incidents", permission=Permission.INCIDENT_READ_OWN)
async def get_incidents(
    work: NamedDependency[Work],
    limit: FromQuery[str | None] = None,
    after: FromQuery[str | None] = None,
    which: Annotated[Which, QueryParameter(name="state")] = "all",
    risk: FromQuery[Risk | None] = None,
    area: FromQuery[str | None] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    q: FromQuery[str | None] = None,
) -> IncidentPage:
    """List incidents, newest first: all of them for those who may, otherwise the caller's own."""
    filters = Filters(state=which, risk=risk, area=area, since=since, until=until, text=_searchable(q))
    _check_times(filters)
    scope = scope_of("api incidents", _said(filters))
    start, count = read_cursor(after, scope), read_limit(limit)
    rows = await list_incidents(work, filters, after=(start.at, start.id) if start else None, limit=count + 1)
    shown = cut(rows, count, lambda row: Key(row.recorded_at, row.id), scope)
    return IncidentPage(list(shown.items), shown.next)


@get("/incidents/{incident_id:uuid}", permission=Permission.INCIDENT_READ_OWN)
async def get_incident(incident_id: FromPath[UUID], work: NamedDependency[Work]) -> IncidentDetail:
    """One incident with its narrative, people and entries. Reading it is told to the log."""
    return _detail(await read_incident(work, incident_id))


@post("/incidents/{incident_id:uuid}/entries", permission=Permission.INCIDENT_FOLLOW_UP)
async def create_entry(
    incident_id: FromPath[UUID], data: Annotated[NewEntry, _body(ENTRY_EXAMPLE)], work: NamedDependency[Work]
) -> Response[Entry]:
    """Add to an incident: a note, a decision, an action or its completion, a contact or its answer, who knows, a plan,
    support, somebody's outcome, a lesson, a review, or a link to another incident."""
    return Response(await add_entry(work, incident_id, data), status_code=201)


def _detail(story: Story) -> IncidentDetail:
    facts = msgspec.structs.asdict(story.facts)
    return IncidentDetail(**facts, people=story.people, entries=story.entries, links=story.links)


def _searchable(text: str | None) -> str:
    said = (text or "").strip()
    if len(said) > 200 or not said.isprintable():
        raise Invalid(FieldError("q", "Search for up to 200 printable characters."))
    return said


def _check_times(filters: Filters) -> None:
    for name in ("since", "until"):
        moment: datetime | None = getattr(filters, name)
        if moment is not None and moment.tzinfo is None:
            raise Invalid(FieldError(name, "Give the time with its offset from UTC, such as 2026-01-12T13:30:00Z."))


def _said(filters: Filters) -> dict[str, str | None]:
    values = msgspec.structs.asdict(filters)
    return {name: str(value) if value is not None else None for name, value in values.items()}


API_ROUTES = [create_incident, get_incidents, get_incident, create_entry]
