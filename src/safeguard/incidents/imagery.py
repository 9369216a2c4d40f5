"""What is done about images that must not be looked at: describe them, lock them away, say who looked and why.

DOMAIN: UKCIS, Sharing nudes and semi-nudes (March 2024). Nobody views, copies, saves or sends such an image. What a
record needs is words; what the police need is a reference to what is locked; and if somebody had to look on a device
after all, the record says who, why, who authorised it and who was there.
"""

from dataclasses import dataclass
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.attachments.locking import lock_file, log_of
from safeguard.errors import FieldError, Invalid
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.story import Entry
from safeguard.work import Work


@dataclass(frozen=True, slots=True)
class Description:
    """An image in words, as it was told."""

    what: str
    who: str = ""
    known: str = ""
    where: str = ""
    """Accounts and addresses, as text: never fetched."""
    seen_by: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at something on a device, because there was no other way."""

    who: str
    device: str
    why: str
    authorised_by: str
    witnessed_by: str


@dataclass(frozen=True, slots=True)
class Sealing:
    """Why a file is locked, and who outside was told."""

    reason: str
    police_reference: str = ""
    iwf_reference: str = ""


async def describe(work: Work, incident_id: UUID, said: Description) -> Entry:
    """Write down what an image is said to show; raises `Invalid`, and `Conflict` when the incident is closed."""
    work.require(Permission.INCIDENT_FOLLOW_UP)
    if not said.what:
        raise Invalid(FieldError("what", "Say in words what it is said to show. Nobody needs to have seen it."))
    words = _lines(
        ("An image, described in words", ""),
        ("What it is said to show", said.what),
        ("Who is in it, and their ages", said.who),
        ("How this is known", said.known),
        ("Where it is or was", said.where),
        ("Who has it or has seen it", said.seen_by),
    )
    return await add_entry(work, incident_id, NewEntry(kind="note", words=words))


async def note_look(work: Work, incident_id: UUID, look: Look) -> Entry:
    """Write down that somebody looked, why, on whose word and beside whom; raises `Invalid`."""
    work.require(Permission.INCIDENT_FOLLOW_UP)
    if errors := [FieldError(name, sentence) for name, sentence in _ASKED.items() if not getattr(look, name)]:
        raise Invalid(*errors)
    words = _lines(
        ("Looked at on a device, because there was no other way", ""),
        ("Who looked", look.who),
        ("On what", look.device),
        ("Why", look.why),
        ("Authorised by", look.authorised_by),
        ("Witnessed by", look.witnessed_by),
    )
    entry = await add_entry(work, incident_id, NewEntry(kind="note", words=words))
    work.record("incident.examined", incident_id, log=await log_of(work, incident_id))
    return entry


_ASKED = {
    "who": "Say who looked.",
    "device": "Say on whose device, and where it was.",
    "why": "Say why there was no other way. Without such a reason, nobody should have looked.",
    "authorised_by": "Say who authorised it: usually the head.",
    "witnessed_by": "Say who else was in the room.",
}


async def seal_file(work: Work, incident_id: UUID, file_id: UUID, sealing: Sealing) -> Entry:
    """Lock a file for everybody, and write down why; raises `Invalid`, `NotFound`, and `Conflict` when it is locked.

    In a closed incident too, which stays closed and as it was: who was shown must not wait for a reason to reopen it.
    """
    work.require(Permission.INCIDENT_FOLLOW_UP)
    if not sealing.reason:
        raise Invalid(FieldError("reason", "Say how you know, without opening it again."))
    await lock_file(work, incident_id, file_id)
    words = _lines(
        ("A file was locked for everybody, and is kept until the police say what becomes of it", ""),
        ("How it is known", sealing.reason),
        ("Police reference", sealing.police_reference),
        ("Internet Watch Foundation reference", sealing.iwf_reference),
    )
    if sealing.police_reference:
        told = NewEntry(kind="contact", words=words, contact="police", contact_reference=sealing.police_reference)
    else:
        told = NewEntry(kind="note", words=words)
    return await add_entry(work, incident_id, told, closed_too=True)


def _lines(*parts: tuple[str, str]) -> str:
    """A heading, then each answer under what was asked; what was left out is left out."""
    (heading, _), *answers = parts
    return "\n".join([heading, *(f"{label}: {answer}" for label, answer in answers if answer)])
