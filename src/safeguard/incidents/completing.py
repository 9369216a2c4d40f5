"""Completing an action from its page: the words, and what shows it, in one act.

A file that comes with it is attached by the rules of every file of an incident, and only where the rest holds: nothing
is attached beside words that have to be looked at again.
"""

from uuid import UUID

import msgspec

from safeguard.attachments.attaching import attach, wrong_with
from safeguard.errors import FieldError, Invalid
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry, check_entry, tidied_entry
from safeguard.incidents.proofs import NO_FILE, ONE, Offered
from safeguard.incidents.story import Entry
from safeguard.web.uploading import Upload
from safeguard.work import Work


class Done(msgspec.Struct, frozen=True):
    """What somebody says of an action that is done."""

    words: str
    proof: str
    """The code of something offered; empty for none."""
    promise: bool


async def complete(work: Work, action: Entry, said: Done, upload: Upload | None, offered: tuple[Offered, ...]) -> Entry:
    """The action is done; raises `Invalid`, `Conflict`, and what `attach` raises for a file."""
    new = tidied_entry(NewEntry(kind="completion", action_id=action.id, words=said.words))
    errors = check_entry(new, work.now())
    file = upload if upload and upload.name else None
    if file:
        errors += wrong_with(file, "", promised=said.promise)
    if said.proof and file:
        errors.append(FieldError("proof", ONE))
    elif said.proof and said.proof not in {each.code for each in offered}:
        errors.append(FieldError("proof", NO_FILE))
    if errors:
        raise Invalid(*errors)
    return await add_entry(work, action.incident_id, await _shown_by(work, action, new, said, file))


async def _shown_by(work: Work, action: Entry, new: NewEntry, said: Done, file: Upload | None) -> NewEntry:
    if file:
        kept = await attach(work, action.incident_id, file, "", promised=said.promise)
        return msgspec.structs.replace(new, proof_file_id=kept.id)
    kind, _, identifier = said.proof.partition(":")
    return msgspec.structs.replace(new, **{f"proof_{kind}_id": UUID(identifier)}) if identifier else new
