"""Keeping a file with an item of evidence, and locking one that should not be here.

What holds for the files of incidents holds here: the promise that it shows nothing that nobody may look at, asked
before a byte is read; a type told by its content; sealed in the object store; shut until it was checked. A file is not
replaced and not deleted: when the evidence is renewed the new one stands above the old one, and one that was sent by
mistake is locked for everybody.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.attachments.attaching import PROMISE, wrong_with
from safeguard.attachments.inspecting import FileInspection
from safeguard.attachments.queries import File
from safeguard.attachments.receiving import read_most
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.standards.files.locking import lock_packs
from safeguard.standards.files.queries import about, get_file
from safeguard.standards.queries import get_item
from safeguard.standards.review import Item
from safeguard.strongbox.sealing import wrap_object_key
from safeguard.web.fields import Fields
from safeguard.web.uploading import Inspection, Upload
from safeguard.work import Work

MOST_FILES: Final = 20
FULL: Final = f"This evidence has {MOST_FILES} files, which is the most. Add another item of evidence."
OVER: Final = "This evidence was withdrawn, so it takes no more files."
WHY: Final = ("mistaken", "found")

COUNT: Final = """
select count(*) from public.evidence_files a
where a.organisation_id = (select sec.current_organisation()) and a.item_id = $1
"""
ADD: Final = """
insert into public.evidence_files (organisation_id, id, item_id, name, note, media_type, size, sha256, object_name,
    wrapped_key, attached_at, attached_by, attached_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
LOCK: Final = """
update public.evidence_files a set locked_at = $2, locked_why = $3, version = a.version + 1
where a.organisation_id = (select sec.current_organisation()) and a.id = $1 and a.locked_at is null
returning a.version
"""


class EvidenceReception:
    """Receives files for items of evidence."""

    async def admit(self, unit: Work, path: Mapping[str, Any], fields: Fields, name: str) -> Inspection | None:
        """Refuse what takes no file before a byte is read; without the promise the file is not read either."""
        await check_item(unit, path["item_id"])
        if fields.get("promise") != "yes":
            return None
        return FileInspection(name, await read_most(unit) * 1_000_000)


RECEPTION: Final = EvidenceReception()


async def check_item(work: Work, item_id: UUID) -> Item:
    """The item, if it takes a file; raises `NotFound`, `Forbidden`, `Conflict`."""
    work.require(Permission.STANDARDS_REVIEW)
    item = await get_item(work, item_id)
    if item.withdrawn_at:
        raise Conflict(OVER)
    if int(await work.driver.fetchval(COUNT, item_id) or 0) >= MOST_FILES:
        raise Conflict(FULL)
    return item


async def keep_file(work: Work, item_id: UUID, upload: Upload, note: str, *, promised: bool) -> File:
    """Record a file that came in, and ask for its check; raises `Invalid`, and as `check_item`."""
    await check_item(work, item_id)
    if errors := wrong_with(upload, note, promised=promised):
        raise Invalid(*errors)
    if upload.key is None:
        raise Invalid(FieldError("file", "Choose the file."))
    file_id = clock.new_id()
    wrapped = await wrap_object_key(work, upload.key, about(file_id))
    await work.driver.execute(
        ADD, file_id, item_id, upload.name or "file", note, upload.media_type, upload.size, upload.sha256,
        upload.object_name, wrapped, work.now(), work.actor.user_id, work.actor.name,
    )  # fmt: skip
    work.record("proof.filed", file_id, document=_document(work, file_id, item_id, upload, note))
    work.ask("proof.check", file_id, key=str(file_id))
    upload.kept = True
    return await get_file(work, item_id, file_id)


async def lock_file(work: Work, item_id: UUID, file_id: UUID, why: str) -> None:
    """Shut a file for everybody, and for good, with the packs that may hold it.

    Raises `NotFound`, `Invalid`, and `Conflict` when it is shut.
    """
    work.require(Permission.STANDARDS_REVIEW)
    await get_file(work, item_id, file_id)
    if why not in WHY:
        raise Invalid(FieldError("why", "Say why nobody may open it any more."))
    version = await work.driver.fetchval(LOCK, file_id, work.now(), why)
    if version is None:
        raise Conflict("This file is locked already.")
    work.record("proof.locked", file_id, version=version)
    await lock_packs(work, item_id)


def _document(work: Work, file_id: UUID, item_id: UUID, upload: Upload, note: str) -> Document:
    fields: dict[str, JSONValue] = {
        "item_id": str(item_id), "name": upload.name or "file", "media_type": upload.media_type, "size": upload.size,
        "sha256": upload.sha256.hex(), "attached_at": work.now().isoformat(), "attached_by_name": work.actor.name,
        "promise": PROMISE,
    }  # fmt: skip
    return Document("proof_file", file_id, 1, fields | ({"note": note} if note else {}))
