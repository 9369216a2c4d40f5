"""Writing to a case: contacts, answers, notes, handovers. What is written stays as it is."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.helpline.case import Case, Entry, ToldOn, entry_document
from safeguard.helpline.confiding import keep_confidence
from safeguard.helpline.desk import CHANNELS
from safeguard.helpline.mail.posting import post_answer
from safeguard.helpline.pointing import are_known
from safeguard.helpline.telling import tell_answered
from safeguard.work import Work

WORDS_LIMIT: Final = 20_000
KINDS: Final = ("contact", "confidence", "answer", "note", "handover", "feedback")
WRITE: Final = """
insert into public.helpline_entries (organisation_id, id, case_id, kind, channel, words, guidance, state, distressing,
    written_at, written_by, written_by_name, told_to, told_why, told_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
ANSWERED: Final = """
update public.helpline_cases c set answered_at = coalesce(c.answered_at, $2), heard_at = null, unsent_at = null,
    queued_at = $3
where c.organisation_id = (select sec.current_organisation()) and c.id = $1
"""
SPOKEN: Final = frozenset({"contact", "confidence", "answer"})
CROSSED: Final = (
    "While you wrote, the caller wrote again or somebody else answered them, so your answer was not sent. Nothing you"
    " typed is lost: read what is new above, then send it again."
)
CHANGED: Final = "Somebody else changed this while you had it open. Nothing you typed is lost: look at theirs first."


async def add_to_case(
    work: Work,
    case: Case,
    kind: str,
    channel: str,
    words: str,
    guidance: tuple[str, ...],
    *,
    distressing: bool,
    mails: bool = False,
) -> Entry:
    """Write to a case; raises `Invalid` for what is missing. The first answer stops the clock of the first answer.

    With `mails` an answer leaves by mail too, where the caller gave an address.
    """
    work.require(Permission.HELPLINE_WORK)
    if kind not in KINDS:
        raise Invalid(FieldError("kind", "Choose what you are writing."))
    if channel and channel not in CHANNELS:
        raise Invalid(FieldError("channel", "Choose how it went."))
    if not await are_known(work, guidance):
        raise Invalid(FieldError("guidance", "Choose from the guidance on the page."))
    if not words and not guidance:
        raise Invalid(FieldError("words", "Write what was said or done, or tick what you pointed them to."))
    if kind == "answer" and (mails or case.referrer):
        await keep_confidence(work, (case.id,), words, "words")
    entry = await write_entry(
        work, case.id, kind, channel=channel, words=words, guidance=guidance, distressing=distressing
    )
    if kind == "answer":
        after = msgspec.structs.replace(
            case, answered_at=case.answered_at or entry.written_at, heard_at=None, unsent_at=None
        )
        await work.driver.execute(ANSWERED, case.id, entry.written_at, after.queued_at)
        await tell_answered(work, case, words, guidance)
        if mails and words:
            await post_answer(work, case, entry.id)
    return entry


async def write_entry(
    work: Work,
    case_id: UUID,
    kind: str,
    *,
    channel: str = "",
    words: str = "",
    guidance: tuple[str, ...] = (),
    state: str = "",
    distressing: bool = False,
    told: ToldOn | None = None,
) -> Entry:
    """Write what another act of this room says of itself."""
    to, why, at = (told.to, told.why, told.at) if told else ("", "", None)
    entry = Entry(
        id=clock.new_id(), kind=kind, channel=channel, words=words, guidance=guidance, state=state,
        distressing=distressing, told_to=to, told_why=why, told_at=at, written_at=work.now(),
        written_by_name=work.actor.name,
    )  # fmt: skip
    await work.driver.execute(
        WRITE, entry.id, case_id, kind, channel, words, list(guidance), state, distressing, entry.written_at,
        work.actor.user_id, entry.written_by_name, to, why, at,
    )  # fmt: skip
    work.record("case_entry.written", entry.id, document=entry_document(entry, case_id))
    return entry


def refuse_crossing(entries: Sequence[Entry], seen: UUID | None, writer: str) -> None:
    """Raise `Conflict` for an answer that was written before what others wrote since: two people answer one caller.

    `seen` is the last entry that the writer's page showed; None where it said nothing of it.
    """
    shown = next((at for at, entry in enumerate(entries) if entry.id == seen), None)
    if shown is None:
        return
    if any(each.kind in SPOKEN and each.written_by_name != writer for each in entries[shown + 1 :]):
        raise Conflict(CROSSED)


def refuse_second(done: str) -> None:
    """Raise `Conflict` when a change found another version than the one that was read."""
    if done != "UPDATE 1":
        raise Conflict(CHANGED)
