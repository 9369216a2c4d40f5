"""What whoever sent a report adds to it: messages, in the incident, in the concern or in the report that is held."""

from datetime import datetime
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.concerns import handling
from safeguard.concerns.record import Entry as ConcernEntry
from safeguard.concerns.record import entry_document as concern_entry_document
from safeguard.errors import Conflict
from safeguard.incidents.changing import ADD_ENTRY, entry_values
from safeguard.incidents.documents import entry_document
from safeguard.incidents.story import Entry
from safeguard.public_reports.telling import AGAIN, LONGEST, Told, get_report
from safeguard.work import Work

MOST: Final = 200
"""Messages of one report: nobody is kept from writing, and nobody fills a record with a program."""
MOST_HELD: Final = 20
"""While nobody has looked: there may be nobody behind it."""
SHUT_OUT_MEANT: Final = "select public.shut_out_meant($1, $2)"
SHUT_OUT_ANSWERED: Final = "select public.shut_out_meant($1, $2), public.shut_out_answered($1, $2)"
"""The same of a message, which may be no more than the answer to a question: a name."""
HOLD: Final = "select public.hold_concern($1)"
"""Until this is kept nobody gives the report away; whoever did so before has."""
HEAR_DANGER: Final = "select public.hear_danger($1)"
HEAR_AGAIN: Final = "select public.hear_again($1, $2)"
WRITE_TO_HELD: Final = "select public.write_to_held($1, $2, $3, $4)"
FULL: Final = "There are a lot of messages here by now. Please talk to somebody, or write a new report."
"""Shown to whoever holds the code."""


async def add(work: Work, told: Told, code_hash: bytes, words: str, *, urgent: bool) -> None:
    """One more message of whoever holds the code; `urgent`: somebody may be in danger by what it says."""
    if len(told.messages) >= MOST:
        raise Conflict(FULL)
    if told.messages and told.messages[-1].words == words and not told.messages[-1].ours:
        return  # the same form, sent twice
    if told.concern_id:
        await work.driver.execute(HOLD, code_hash)
        told = await get_report(work, code_hash)  # it may have been given to the lead while this waited
    if told.concern_id:
        await work.driver.execute(SHUT_OUT_ANSWERED, told.concern_id, words)  # it may say only now whom it is about
        if urgent:
            await work.driver.execute(HEAR_DANGER, code_hash)
        await note_in_concern(work, told.concern_id, AGAIN, words)
        work.record("concern.written_to", told.concern_id)
    elif told.incident_id:
        await note_in_incident(work, told.incident_id, AGAIN, words)
        await work.driver.execute(HEAR_AGAIN, code_hash, urgent)
        work.record("incident.written_to", told.incident_id)
    else:
        await _add_to_held(work, told, code_hash, words, urgent=urgent)


async def _add_to_held(work: Work, told: Told, code_hash: bytes, words: str, *, urgent: bool) -> None:
    """Put it to the report that waits. One that was set aside waits again: whoever wrote it says that it is real.

    Of words that say that somebody may be in danger everybody is told as of a report that came.
    """
    if not await work.driver.fetchval(WRITE_TO_HELD, code_hash, words, MOST_HELD, urgent):
        raise Conflict(FULL)
    waits = told.state == "held" and not urgent
    work.record("public_report.written_to" if waits else "public_report.held", told.id)


async def add_words(work: Work, told: Told, code_hash: bytes, words: str, *, urgent: bool) -> None:
    """The same of words that may be longer than one message: in as many as they need."""
    for start in range(0, len(words), LONGEST):
        await add(work, told, code_hash, words[start : start + LONGEST], urgent=urgent)
        told = await get_report(work, code_hash)


async def note_in_incident(work: Work, incident_id: UUID, author: str, words: str, at: datetime | None = None) -> UUID:
    """An entry of the conversation that no member wrote, now or when it was sent."""
    entry = Entry(
        id=clock.new_id(), incident_id=incident_id, kind="message", written_at=at or work.now(), author_name=author,
        words=words,
    )  # fmt: skip
    await work.driver.execute(ADD_ENTRY, *entry_values(entry))
    work.record("entry.recorded", entry.id, document=entry_document(entry))
    return entry.id


async def note_in_concern(work: Work, concern_id: UUID, author: str, words: str) -> UUID:
    """The same in a concern."""
    entry = ConcernEntry(
        id=clock.new_id(), concern_id=concern_id, kind="message", written_at=work.now(), author_name=author,
        words=words,
    )  # fmt: skip
    await work.driver.execute(handling.ADD, *(getattr(entry, name) for name in handling.ENTRY_COLUMNS))
    work.restrict()
    work.record("concern_entry.recorded", entry.id, document=concern_entry_document(entry))
    return entry.id
