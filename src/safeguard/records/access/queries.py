"""Requests and their working copies, read."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.people.person import full_name
from safeguard.work import Work

MOST: Final = 200
LEFT: Final = "select public.list_requests_left_to_head()"
NAME: Final = """
select p.given_name, p.family_name, p.known_as from public.people p
where p.organisation_id = (select sec.current_organisation()) and p.id = $1
"""
COLUMNS: Final = (
    "r.id, r.person_id, r.about_name, r.asker, r.asker_name, r.asker_contact, r.received_on, r.due_on, r.stopped_on,"
    " r.stop_reason, r.stopped_days, r.extended_on, r.extension_reason, r.standing_words, r.harm, r.harm_words,"
    " r.state, r.version, r.gathered_at, r.answered_at, r.answered_by_name, r.refusal, r.wrapped_key, r.size, r.sha256,"
    " r.ground, r.identity, r.seen, r.seen_on, r.seen_by_name, r.competent, r.wishes, r.limits, r.advised_by,"
    " r.search_words"
)
OWN: Final = "r.organisation_id = (select sec.current_organisation())"
LIST: Final = f"""
select {COLUMNS} from public.access_requests r where {OWN}
order by r.answered_at is not null, r.due_on, r.id limit {MOST}
"""  # noqa: S608  our own constants
READ: Final = f"select {COLUMNS} from public.access_requests r where {OWN} and r.id = $1"  # noqa: S608  our own constants
LOCK: Final = f"{READ} for update"
ITEMS: Final = """
select i.id, i.incident_id, i.kind, i.label, i.passages::text, i.by_words, i.withheld, i.found_in, i.place
from public.access_items i
where i.organisation_id = (select sec.current_organisation()) and i.request_id = $1 order by i.position
"""
REDACTIONS: Final = """
select d.id, d.phrase, d.code, d.automatic, d.added_by_name, d.undone_by_name from public.access_redactions d
where d.organisation_id = (select sec.current_organisation()) and d.request_id = $1
order by d.automatic, lower(d.phrase), d.id
"""
_passages = msgspec.json.Decoder(tuple[tuple[str, str], ...]).decode


class Request(msgspec.Struct, frozen=True):
    """One request as it stands."""

    id: UUID
    person_id: UUID | None
    about_name: str
    asker: str
    asker_name: str
    asker_contact: str
    received_on: date
    due_on: date
    stopped_on: date | None
    stop_reason: str
    stopped_days: int
    extended_on: date | None
    extension_reason: str
    standing_words: str
    harm: str | None
    harm_words: str
    state: str
    version: int
    gathered_at: datetime | None
    answered_at: datetime | None
    answered_by_name: str
    refusal: str
    wrapped_key: bytes | None
    size: int | None
    sha256: bytes | None
    ground: str | None
    identity: str | None
    seen: str
    seen_on: date | None
    seen_by_name: str
    competent: str | None
    wishes: str
    limits: str
    advised_by: str
    search_words: list[str]
    """What else they are called, as whoever sees to it added by hand."""

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.answered_at is None


class Item(msgspec.Struct, frozen=True):
    """One thing in the working copy."""

    id: UUID
    incident_id: UUID | None
    kind: str
    label: str
    passages_text: str
    by_words: bool
    withheld: str | None
    found_in: str
    place: str

    @property
    def passages(self) -> tuple[tuple[str, str], ...]:
        """What it says, each part under its label."""
        return _passages(self.passages_text)


class Redaction(msgspec.Struct, frozen=True):
    """Words that are blacked out."""

    id: UUID
    phrase: str
    code: str
    is_automatic: bool
    added_by_name: str
    undone_by_name: str | None


async def list_requests(work: Work) -> tuple[Request, ...]:
    """Those that wait first, the most urgent on top; for a head those that no lead may see to."""
    work.require(Permission.RECORDS_ANSWER)
    requests = tuple(Request(*row) for row in await work.driver.fetch(LIST))
    if work.may(Permission.RECORDS_MANAGE):
        return requests
    left = await _left_to_head(work)
    return tuple(request for request in requests if request.id in left)


async def handled_request(work: Work, request_id: UUID, *, lock: bool = False) -> Request:
    """One request, for whoever sees to it; raises `NotFound` for a head where a lead may."""
    work.require(Permission.RECORDS_ANSWER)
    if not (work.may(Permission.RECORDS_MANAGE) or request_id in await _left_to_head(work)):
        raise NotFound
    return await get_request(work, request_id, lock=lock)


async def get_request(work: Work, request_id: UUID, *, lock: bool = False) -> Request:
    """One request; raises `NotFound`."""
    row = await work.driver.fetchrow(LOCK if lock else READ, request_id)
    if row is None:
        raise NotFound
    return Request(*row)


async def _left_to_head(work: Work) -> frozenset[UUID]:
    left: list[UUID] | None = await work.driver.fetchval(LEFT)
    return frozenset(left or ())


async def name_of(work: Work, person_id: UUID) -> str:
    """What somebody on the list of people is called; raises `NotFound`."""
    row = await work.driver.fetchrow(NAME, person_id)
    if row is None:
        raise NotFound
    return full_name(row["given_name"], row["family_name"], row["known_as"])


async def list_items(work: Work, request_id: UUID) -> tuple[Item, ...]:
    """The working copy, in its order; what the reader must not know of is not in it."""
    return tuple(Item(*row) for row in await work.driver.fetch(ITEMS, request_id))


async def list_redactions(work: Work, request_id: UUID) -> tuple[Redaction, ...]:
    """What is blacked out, and what was and is shown again."""
    return tuple(Redaction(*row) for row in await work.driver.fetch(REDACTIONS, request_id))
