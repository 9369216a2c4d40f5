"""Attaching a file to an incident: by whoever handles it, with a promise for each file, and never to a blocked type.

Three things refuse a file for an incident of a blocked type: the page has no form for it; the reception refuses before
a byte of it is read; and the database's foreign key lets no row point from a file to such an incident, also when the
incident became one while the file was on its way.
"""

from typing import Final
from uuid import UUID

import asyncpg

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.attachments.queries import File, Place, get_file, get_place
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.strongbox.sealing import wrap_object_key
from safeguard.web.uploading import Upload
from safeguard.work import Work

PROMISE: Final = (
    "I know what is in this file. It holds no nude or sexual image of anybody, and no image of a child being harmed."
)
"""What somebody says of each file, in these words: they are kept with it."""
UNSURE: Final = "Say that you know what is in the file. If you do not know, do not attach it."
MOST_FILES: Final = 50
LONGEST_NOTE: Final = 2_000

CLOSED: Final = "This incident is closed and takes no files. Reopen it first, with a reason."
FULL: Final = f"This incident has {MOST_FILES} files, which is the most. Put what belongs together into one document."


class Blocked(Conflict):
    """The type of the incident rules files out, whoever asks and however they are sent."""

    code = "attachments-blocked"
    title = "Nothing can be attached to this incident"
    sentence = (
        "Because of the kind of incident this is, nothing can be attached to it, and nothing was kept. Do not view, "
        "copy, save or send such images, not even as evidence. Describe in words what they are said to show, and give "
        "the address as text."
    )


ADD: Final = """
insert into public.attachments (organisation_id, id, incident_id, name, note, media_type, size, sha256, object_name,
                                wrapped_key, attached_at, attached_by, attached_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
TOUCH: Final = """
update public.incidents i set last_activity_at = greatest(i.last_activity_at, $2)
where i.organisation_id = (select sec.current_organisation()) and i.id = $1 and i.state <> 'closed' returning i.id
"""


async def check_place(work: Work, incident_id: UUID) -> Place:
    """The incident, if it takes a file; raises `NotFound`, `Forbidden`, `Blocked`, `Conflict`."""
    work.require(Permission.ATTACHMENT_ADD)
    place = await get_place(work, incident_id)
    if place.blocks:
        raise Blocked
    if place.state == "closed":
        raise Conflict(CLOSED)
    if place.files >= MOST_FILES:
        raise Conflict(FULL)
    return place


async def attach(work: Work, incident_id: UUID, upload: Upload, note: str, *, promised: bool) -> File:
    """Record a file that came in, and ask for its check; raises `Invalid`, and as `check_place`."""
    place = await check_place(work, incident_id)
    if errors := wrong_with(upload, note, promised=promised):
        raise Invalid(*errors)
    file_id = await _add(work, place, upload, note)
    if await work.driver.fetchval(TOUCH, incident_id, work.now()) is None:
        raise Conflict(CLOSED)
    work.record("attachment.added", file_id, document=_document(work, file_id, place, upload, note), log=place.log)
    work.ask("attachment.check", file_id, key=str(file_id))
    upload.kept = True
    return await get_file(work, incident_id, file_id)


def wrong_with(upload: Upload | None, note: str, *, promised: bool) -> list[FieldError]:
    """What needs another look before a file can be kept."""
    errors: list[FieldError] = []
    if not promised:
        errors.append(
            FieldError("promise", "Say that you know what is in the file. If you do not know, do not attach it.")
        )
    if len(note) > LONGEST_NOTE:
        errors.append(FieldError("note", f"Keep this under {LONGEST_NOTE:,} characters."))
    if upload is not None and upload.problem:
        errors.append(FieldError("file", upload.problem))
    elif upload is not None and not upload.key and promised:
        errors.append(FieldError("file", "Choose the file."))
    return errors


async def _add(work: Work, place: Place, upload: Upload, note: str) -> UUID:
    if upload.key is None:
        raise Invalid(FieldError("file", "Choose the file."))
    file_id = clock.new_id()
    wrapped = await wrap_object_key(work, upload.key, about(file_id))
    try:
        await work.driver.execute(
            ADD, file_id, place.id, upload.name or "file", note, upload.media_type, upload.size, upload.sha256,
            upload.object_name, wrapped, work.now(), work.actor.user_id, work.actor.name,
        )  # fmt: skip
    except asyncpg.ForeignKeyViolationError as race:
        raise Blocked from race
    return file_id


def about(file_id: UUID) -> str:
    """What the file's wrapped key is bound to."""
    return f"attachment {file_id}"


def _document(work: Work, file_id: UUID, place: Place, upload: Upload, note: str) -> Document:
    fields: dict[str, JSONValue] = {
        "incident_id": str(place.id), "name": upload.name or "file", "media_type": upload.media_type,
        "size": upload.size, "sha256": upload.sha256.hex(), "attached_at": work.now().isoformat(),
        "attached_by_name": work.actor.name, "promise": PROMISE,
    }  # fmt: skip
    return Document("attachment", file_id, 1, fields | ({"note": note} if note else {}))
