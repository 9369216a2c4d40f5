"""Taking care of a concern: received, added to, decided, told, closed.

The row is locked first, and whoever changes it names the version that they read: nobody writes over what they have
not seen. Whether it is a low-level concern or meets the harm threshold is a decision with a reason; an allegation is
put to the local authority's designated officer before anybody is questioned (KCSIE, part four). Whoever else the
profile names hears of it too, or it is written down why not: a club's governing body, a home's or a care provider's
regulator.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.concerns.reading import READ
from safeguard.concerns.record import (
    ENTRY_COLUMNS,
    Entry,
    EntryKind,
    Facts,
    Level,
    Outcome,
    Record,
    concern_document,
    decode_record,
    entry_document,
    is_theirs,
)
from safeguard.concerns.timing import OFFICER, unheard
from safeguard.errors import Conflict, FieldError, Invalid, NotFound, OnlyRead
from safeguard.incidents.changing import STALE, Stale
from safeguard.incidents.entering import too_long
from safeguard.incidents.reports import CLOCK_SLACK, NAME_LIMIT, tidy
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

CONTACTS: Final[Mapping[str, str]] = {
    "lado": "Local authority designated officer",
    "regulator": "Regulator",
    "governing_body": "Governing body's safeguarding team",
    "chair": "Chair, trustees or owner",
    "police": "Police",
    "social_care": "Children's or adults' social care",
    "personnel": "Human resources or payroll",
    "barring": "Disclosure and Barring Service",
    "other": "Somebody else",
}
OUTCOMES: Final[Mapping[Outcome, str]] = {
    "substantiated": "Substantiated: there is enough evidence that it happened",
    "unsubstantiated": "Unsubstantiated: there is not enough evidence either way",
    "unfounded": "Unfounded: there is no evidence or proper basis for it",
    "false": "False: there is enough evidence that it did not happen",
    "malicious": "Malicious: it did not happen, and was meant to deceive",
    "low_level_kept": "Low-level concern: dealt with, and kept on record",
}
"""How a concern ends that somebody decided on."""
ENDINGS: Final[Mapping[Outcome, str]] = {
    **OUTCOMES,
    "set_aside": "Set aside: it came in a flood, and is no report",
    "given_to_lead": "Given to the safeguarding lead: it is not about somebody who works here",
}
"""These, and those without a decision."""
LEVELS: Final[Mapping[Level, str]] = {
    "low_level": "Low-level concern",
    "allegation": "Allegation that may meet the harm threshold",
}

SAVED: Final = (
    "version", "state", "received_at", "received_by", "level", "level_reason", "decided_at", "outcome",
    "outcome_reason", "told_at", "closed_at", "last_activity_at", "subject_user_id", "subject_name", "subject_work",
)  # fmt: skip
SAVE: Final = f"""
update public.concerns c set {", ".join(f"{name} = ${n}" for n, name in enumerate(SAVED, start=2))}
where c.organisation_id = (select sec.current_organisation()) and c.id = $1
"""  # noqa: S608  our own constants
ADD: Final = f"""
insert into public.concern_entries (organisation_id, {", ".join(ENTRY_COLUMNS)})
values ((select sec.current_organisation()), {", ".join(f"${n}" for n in range(1, len(ENTRY_COLUMNS) + 1))})
"""  # noqa: S608  our own constants
LOCK: Final = READ + " for update of c"
ONLY_READS: Final = "select sec.only_reads_vault()"
"""Whether the actor reads these records in an emergency, and neither is the head nor named by the head."""
UNTOLD = "Nothing says that these were told: %s. Say here why not, or add the contact first."
CLOSED = "This concern is closed. Open it again first, with a reason."
OPEN = "This concern is open already."


def contacts_of(profile: Profile) -> Mapping[str, str]:
    """With whom one speaks, by name: a regulator is called what this organisation calls it."""
    regulator = profile.words.get("regulator", CONTACTS["regulator"])
    return {**CONTACTS, "regulator": regulator[:1].upper() + regulator[1:]}


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What is added to a concern."""

    kind: EntryKind = "note"
    words: str = ""
    reason: str = ""
    contact: str | None = None
    contact_name: str = ""
    contact_reference: str = ""
    contacted_at: datetime | None = None


async def locked(work: Work, concern_id: UUID, version: int | None = None) -> Record:
    """The concern, held until the end of this work; raises `NotFound`, or `Stale` when it moved on.

    Raises `OnlyRead` for whoever sees it only because they broke the glass: that is for reading.
    """
    text = await work.driver.fetchval(LOCK, concern_id)
    if text is None:
        raise NotFound
    if await work.driver.fetchval(ONLY_READS):
        raise OnlyRead
    work.restrict()
    record = decode_record(text)
    if version is not None and record.facts.version != version:
        raise Stale(STALE.replace("incident", "concern"))
    return record


async def add(work: Work, concern_id: UUID, said: Said) -> Entry:
    """Add a note, or with whom one spoke; raises `Invalid` for what is missing and `Conflict` once it is closed."""
    said = _tidied(said)
    if errors := list(_wrong(said, work.now())):
        raise Invalid(*errors)
    record = await _open(work, concern_id)
    entry = await write(work, concern_id, said)
    await save(work, await received(work, record.facts), "concern.followed_up")
    return entry


async def say(work: Work, concern_id: UUID, words: str) -> Entry:
    """Write to whoever raised it by the public page; they read it with their code, also once it is closed."""
    words = required(words, "words", "Write the message.")
    record = await locked(work, concern_id)
    entry = await write(work, concern_id, Said(kind="message", words=words))
    facts = await received(work, record.facts)
    if facts is not record.facts:
        await save(work, facts, "concern.received")
    return entry


async def say_read(work: Work, concern_id: UUID, seen: datetime) -> None:
    """Somebody read what whoever raised it wrote up to `seen`, also once it is closed: that stands in the story.

    What came after the page was shown waits on. Raises `NotFound`.
    """
    record = await locked(work, concern_id)
    waits = [entry.written_at for entry in record.entries if is_theirs(entry)]
    if record.heard_at is None or max(waits) > seen:
        return
    await write(work, concern_id, Said(kind="received"))
    facts = await received(work, record.facts)
    if facts is not record.facts:
        await save(work, facts, "concern.received")


async def receive(work: Work, concern_id: UUID, version: int) -> Facts:
    """Say that it was received: whoever raised it sees that, and nothing more."""
    record = await locked(work, concern_id, version)
    if record.facts.state != "new":
        raise Conflict("Somebody has received it already.")
    await write(work, concern_id, Said(kind="received"))
    return await save(work, await received(work, record.facts), "concern.received")


async def decide(work: Work, concern_id: UUID, version: int, level: Level, reason: str) -> Facts:
    """Say what it is, and why; a later decision replaces the earlier one, which stays in the story."""
    reason = required(reason, "reason", "Say why: what it is measured against, and who was asked.")
    record = await _open(work, concern_id, version)
    await write(work, concern_id, Said(kind="decision", words=LEVELS[level], reason=reason))
    facts = await received(work, record.facts)
    return await save(work, facts, "concern.decided", level=level, level_reason=reason, decided_at=work.now())


async def tell(work: Work, concern_id: UUID, version: int, how: str, reason: str) -> Facts:
    """Say on record that the person concerned was told, by whom and how.

    They stay shut out of the vault: what they may read of it, and who is named in it, is for the head to decide when
    they ask for their data.
    """
    how = required(how, "words", "Say who told them, when and how.")
    record = await _open(work, concern_id, version)
    if record.facts.told_at:
        raise Conflict("That they were told is on record already.")
    await write(work, concern_id, Said(kind="told", words=how, reason=tidy(reason)))
    return await save(work, await received(work, record.facts), "concern.told", told_at=work.now())


async def close(
    work: Work, concern_id: UUID, version: int, outcome: Outcome, reason: str, words: str, untold: str = ""
) -> Facts:
    """Close it with an outcome; raises `Conflict` before it was decided what it is, or without the LADO's view.

    `untold` is why somebody else who has to hear of an allegation did not: `Invalid` without it.
    """
    words = required(words, "words", "Sum up what was done, in a few sentences.")
    reason = required(reason, "reason", "Say why this is the outcome.")
    record = await _open(work, concern_id, version)
    facts = record.facts
    if facts.level is None:
        raise Conflict("First decide whether it is a low-level concern or an allegation, and why.")
    profile = await own_profile(work)
    left = unheard(record, profile) if facts.level == "allegation" else ()
    if OFFICER in left:
        raise Conflict(
            "An allegation is not closed before the designated officer was contacted. Add the contact, then close it."
        )
    untold = tidy(untold)
    names = ", ".join(contacts_of(profile)[whom] for whom in left)
    if left and not untold:
        raise Invalid(FieldError("untold", UNTOLD % names))
    if (outcome == "low_level_kept") != (facts.level == "low_level"):
        raise Invalid(FieldError("outcome", "This outcome does not belong to what was decided that it is."))
    if left:
        await write(work, concern_id, Said(words=f"{names} not told: {untold}"))
    await write(work, concern_id, Said(kind="closing", words=words, reason=reason))
    return await save(
        work, facts, "concern.closed", state="closed", closed_at=work.now(), outcome=outcome, outcome_reason=reason
    )


async def reopen(work: Work, concern_id: UUID, version: int, reason: str) -> Facts:
    """Open a closed concern again, with a reason."""
    reason = required(reason, "reason", "Say why it is opened again.")
    record = await locked(work, concern_id, version)
    if record.facts.state != "closed":
        raise Conflict(OPEN)
    await write(work, concern_id, Said(kind="reopening", reason=reason))
    return await save(
        work, record.facts, "concern.reopened", state="open", closed_at=None, outcome=None, outcome_reason=""
    )


async def _open(work: Work, concern_id: UUID, version: int | None = None) -> Record:
    record = await locked(work, concern_id, version)
    if record.facts.state == "closed":
        raise Conflict(CLOSED)
    return record


async def received(work: Work, facts: Facts) -> Facts:
    """Whoever works on it has received it."""
    if facts.state != "new":
        return facts
    return msgspec.structs.replace(facts, state="open", received_at=work.now(), received_by=work.actor.user_id)


async def save(work: Work, before: Facts, event: str, **changed: object) -> Facts:
    """Keep the next version of a concern that this work has locked, and tell the log of it as `event`."""
    after = msgspec.structs.replace(before, version=before.version + 1, last_activity_at=work.now(), **changed)
    if await work.driver.execute(SAVE, after.id, *(getattr(after, name) for name in SAVED)) != "UPDATE 1":
        raise NotFound  # else the log would hold a version that no row has
    work.record(event, after.id, document=concern_document(after))
    return after


async def write(work: Work, concern_id: UUID, said: Said) -> Entry:
    """Add an entry to a concern that this work has locked."""
    entry = Entry(
        id=clock.new_id(), concern_id=concern_id, written_at=work.now(), author_id=work.actor.user_id,
        author_name=work.actor.name, **msgspec.structs.asdict(said),
    )  # fmt: skip
    await work.driver.execute(ADD, *(getattr(entry, name) for name in ENTRY_COLUMNS))
    work.record("concern_entry.recorded", entry.id, document=entry_document(entry))
    return entry


def required(words: str, field: str, sentence: str) -> str:
    """What was typed, without blanks around it; raises `Invalid` with `sentence` for nothing, and for too much."""
    said = tidy(words)
    if errors := too_long({field: said}) if said else [FieldError(field, sentence)]:
        raise Invalid(*errors)
    return said


def _tidied(said: Said) -> Said:
    named = ("words", "reason", "contact_name", "contact_reference")
    return msgspec.structs.replace(said, **{name: tidy(getattr(said, name)) for name in named})


def _wrong(said: Said, now: datetime) -> list[FieldError]:
    errors = list(too_long({"words": said.words, "reason": said.reason}))
    if not said.words:
        errors.append(FieldError("words", "Write what there is to add."))
    for name in ("contact_name", "contact_reference"):
        if len(getattr(said, name)) > NAME_LIMIT:
            errors.append(FieldError(name, f"The most is {NAME_LIMIT:,} characters."))
    if said.kind == "contact" and said.contact not in CONTACTS:
        errors.append(FieldError("contact", "Say with whom."))
    if said.kind == "contact" and said.contacted_at is None:
        errors.append(FieldError("on", "Say on which day."))
    elif said.contacted_at and said.contacted_at > now + CLOCK_SLACK:
        errors.append(FieldError("on", "This is later than now. When was it?"))
    return errors
