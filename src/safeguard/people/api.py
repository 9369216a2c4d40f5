"""The JSON API of the list of people: list and find, add, read. An address is read by an address of its own."""

from datetime import UTC, date, datetime
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
from safeguard.people.details import Details
from safeguard.people.finding import find
from safeguard.people.here import here
from safeguard.people.involving import Part, list_parts
from safeguard.people.person import Found, Kind, Person
from safeguard.people.queries import Filters, get_person, list_people, read_person, reveal_address
from safeguard.people.recording import record_person
from safeguard.web.paging import Key, cut, read_cursor, read_limit, scope_of
from safeguard.work import Work

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
PERSON_EXAMPLE: Final[dict[str, Any]] = {
    "kind": "child",
    "given_name": "Robin",
    "family_name": "Sample",
    "known_as": "Rob",
    "born_on": date(2012, 5, 14).isoformat(),
    "connection": "pupil",
    "identifiers": [{"kind": "own", "value": "004217"}],
    "contacts": [{"name": "Casey Sample", "relation": "parent", "phone": "01632 960001", "responsibility": True}],
    "notes": "Joined in September.",
}


class PeoplePage(msgspec.Struct, frozen=True):
    """Some people by family name, and the cursor of the page after them. What was asked by name has one page."""

    items: list[Found]
    next: str | None


class Address(msgspec.Struct, frozen=True):
    """Where somebody lives."""

    address: str


@get("/people", permission=Permission.PERSON_READ)
async def get_people(
    work: NamedDependency[Work],
    limit: FromQuery[str | None] = None,
    after: FromQuery[str | None] = None,
    kind: FromQuery[Kind | None] = None,
    group: FromQuery[str | None] = None,
    q: FromQuery[str | None] = None,
) -> PeoplePage:
    """List people by family name, or find somebody by any name, group or number, also nearly spelt."""
    text, count = (q or "").strip(), read_limit(limit)
    if len(text) > 200:
        raise Invalid(FieldError("q", "Search for up to 200 characters."))
    if text:
        return PeoplePage(list(await find(work, text, min(count, 50), kind)), None)
    filters = Filters(kind=kind, group=(group or "")[:200])
    scope = scope_of("api people", {"kind": kind, "group": filters.group})
    start = read_cursor(after, scope)
    rows = await list_people(work, filters, after=start.id if start else None, limit=count + 1)
    shown = cut(rows, count, lambda row: Key(EPOCH, row.id), scope)
    return PeoplePage(list(shown.items), shown.next)


@post("/people", permission=Permission.PERSON_RECORD)
async def create_person(
    data: Annotated[Details, BodyKwarg(media_type=RequestEncodingType.JSON, schema_extra={"example": PERSON_EXAMPLE})],
    work: NamedDependency[Work],
) -> Response[Person]:
    """Add a person to the list. The address that was sent is kept and not shown again here."""
    person = await record_person(work, data, here().profile)
    headers = {"Location": f"/api/v1/people/{person.id}"}
    return Response(msgspec.structs.replace(person, address=""), status_code=201, headers=headers)


@get("/people/{person_id:uuid}", permission=Permission.PERSON_READ)
async def get_one(person_id: FromPath[UUID], work: NamedDependency[Work]) -> Person:
    """One person without their address. Reading them is told to the log."""
    return await read_person(work, person_id)


@get("/people/{person_id:uuid}/address", permission=Permission.PERSON_READ)
async def get_address(person_id: FromPath[UUID], work: NamedDependency[Work]) -> Address:
    """Where somebody lives. Reading it is told to the log."""
    return Address(await reveal_address(work, person_id))


@get("/people/{person_id:uuid}/chronology", permission=Permission.PERSON_READ, also=Permission.INCIDENT_READ)
async def get_chronology(person_id: FromPath[UUID], work: NamedDependency[Work]) -> list[Part]:
    """A person's own part in each incident, the earliest first. Of the others it says nothing."""
    person = await get_person(work, person_id)
    work.record("person.viewed", person_id, version=person.version)
    return [_without_words(part) for part in await list_parts(work, person_id, here().organisation)]


def _without_words(part: Part) -> Part:
    return msgspec.structs.replace(part, beginning="")


API_ROUTES = [get_people, create_person, get_one, get_address, get_chronology]
