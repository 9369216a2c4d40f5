"""Notes that an inspector keeps for themselves, questions to the lead, and the lead's answers."""

from typing import Final, Literal
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.inspection.inviting import enclose
from safeguard.inspection.queries import get_inspection, list_notes
from safeguard.inspection.room import enter
from safeguard.work import Work

ADD: Final = """
insert into public.inspection_notes
    (organisation_id, id, inspection_id, kind, words, written_at, written_by, answers, pack_id)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8)
"""


async def write(work: Work, inspection_id: UUID, kind: Literal["note", "question"], words: str) -> UUID:
    """Keep a note, or ask the lead something; raises `NotFound`, `Gone` when the access is over."""
    work.require(Permission.INSPECTION_READ)
    await enter(work, inspection_id)
    return await _add(work, inspection_id, kind, words, None)


async def answer(work: Work, inspection_id: UUID, question_id: UUID, words: str, pack_id: UUID | None = None) -> UUID:
    """Answer a question, with a pack as further evidence or without; raises `NotFound`, `Invalid`, `Conflict`."""
    work.require(Permission.INSPECTION_MANAGE)
    inspection = await get_inspection(work, inspection_id)
    asked = {note.id for note in await list_notes(work, inspection_id) if note.kind == "question"}
    if question_id not in asked:
        raise NotFound
    if not inspection.is_open:
        raise Conflict("This access is over: the inspector would not read your answer here.")
    if pack_id and words.strip():
        await enclose(work, inspection_id, pack_id)
    return await _add(work, inspection_id, "answer", words, question_id, pack_id)


async def _add(
    work: Work, inspection_id: UUID, kind: str, words: str, answers: UUID | None, pack_id: UUID | None = None
) -> UUID:
    if not words.strip():
        raise Invalid(FieldError("words", "Write something first."))
    note_id = clock.new_id()
    values = (note_id, inspection_id, kind, words, work.now(), work.actor.user_id, answers, pack_id)
    await work.driver.execute(ADD, *values)
    if kind != "note":
        work.record("inspection_note.written", note_id)
    return note_id
