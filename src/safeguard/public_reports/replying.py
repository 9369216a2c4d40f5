"""The conversation: whoever reported it writes again, and somebody here answers."""

from datetime import datetime
from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.concerns import handling, reading
from safeguard.errors import Forbidden, NotFound
from safeguard.incidents.acknowledging import received
from safeguard.incidents.changing import held, insert_entry, new_entry
from safeguard.incidents.hearing import say_read
from safeguard.incidents.queries import read_incident
from safeguard.public_reports.adding import add
from safeguard.public_reports.codes import hash_of, tidied_code
from safeguard.public_reports.doors import PURPOSE, Door, visitor
from safeguard.public_reports.telling import AGAIN, Message, Told, get_report, read_message
from safeguard.public_reports.urgency import says_danger
from safeguard.work import Work, begin

HAS: Final = """
select r.language, r.arrival_id from public.public_reports r
where r.organisation_id = (select sec.current_organisation()) and (r.incident_id = $1 or r.concern_id = $1)
"""


async def write_again(door: Door, code: str, typed: str, request_id: UUID) -> Told:
    """A message of whoever holds the code; raises `NotFound` for a code that is none, `Invalid` without words."""
    words, code_hash = read_message(typed), hash_of(tidied_code(code), door.organisation_id)
    async with begin(visitor(door.organisation_id, AGAIN), purpose=PURPOSE, request_id=request_id) as work:
        urgent = says_danger(words, door.profile.emergency.words)
        await add(work, await get_report(work, code_hash), code_hash, words, urgent=urgent)
        return await get_report(work, code_hash)


async def answer_in_incident(work: Work, incident_id: UUID, typed: str, seen: datetime | None = None) -> None:
    """Somebody who handles it answers, also once it is closed: a child who writes again must hear something.

    Whoever answers has evidently read it, so an answer to a new report says that it was received; and what was written
    again up to `seen`, the last that their page showed, waits no more.
    """
    work.require(Permission.INCIDENT_FOLLOW_UP)
    words = read_message(typed)
    await _require(work, incident_id)
    story = await held(work, incident_id)
    if story.facts.state == "new":
        await received(work, story)
    await insert_entry(work, new_entry(work, story.facts.id, "message", words=words))
    if seen:
        await say_read(work, incident_id, seen)


async def answer_in_concern(work: Work, concern_id: UUID, typed: str) -> None:
    """Somebody who reads the vault answers; raises `NotFound` for everybody else."""
    words = read_message(typed)
    await _require(work, concern_id)
    await handling.say(work, concern_id, words)


async def _require(work: Work, record_id: UUID) -> tuple[str, UUID]:
    row = await work.driver.fetchrow(HAS, record_id)
    if row is None:
        raise NotFound
    return row["language"], row["arrival_id"]


async def read_in_incident(work: Work, incident_id: UUID) -> tuple[str, str, datetime, tuple[Message, ...]]:
    """Its reference, the language that its writer reads, when it came, and what was written to and fro."""
    if not work.may(Permission.INCIDENT_READ):
        raise Forbidden
    story = await read_incident(work, incident_id)
    language, arrival = await _require(work, incident_id)
    messages = tuple(
        Message(entry.author_id is not None, entry.written_at, entry.words, entry.author_name)
        for entry in story.entries if entry.kind == "message" and entry.id != arrival
    )  # fmt: skip
    return story.facts.reference, language, story.facts.recorded_at, messages


async def read_in_concern(
    work: Work, concern_id: UUID
) -> tuple[tuple[str, str, datetime, tuple[Message, ...]], datetime | None]:
    """The same of a concern, and since when words of whoever raised it wait to be read."""
    record = await reading.read_concern(work, concern_id)
    language, arrival = await _require(work, concern_id)
    messages = tuple(
        Message(entry.author_id is not None, entry.written_at, entry.words, entry.author_name)
        for entry in record.entries if entry.kind == "message" and entry.id != arrival
    )  # fmt: skip
    return (record.facts.reference, language, record.facts.raised_at, messages), record.heard_at
