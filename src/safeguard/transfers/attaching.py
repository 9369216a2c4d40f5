"""What is attached in a file that is taken over: the same checks as for what people attach, and the same wait.

Nobody opens any of it before the virus check.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.attachments.attaching import ADD as ADD_FILE
from safeguard.attachments.attaching import about as about_file
from safeguard.attachments.inspecting import FileInspection
from safeguard.attachments.receiving import read_most
from safeguard.audit.documents import Document
from safeguard.incidents.changing import insert_entry
from safeguard.incidents.story import Entry
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import make_object_key
from safeguard.tenancy.blocking import blocks
from safeguard.transfers.file import Attached, Incident
from safeguard.web.uploading import Refused
from safeguard.work import Work

PROMISE: Final = "It came with a person's file from the organisation that kept it before."


async def attach(
    work: Work, incident_id: UUID, incident: Incident, members: Mapping[str, bytes], here: Sequence[str] = ()
) -> int:
    """Keep the files that may be kept; how many. What is refused is told in an entry, with the reason.

    `here` are the issue types of an incident that stands here already: what it is called here rules files out too, and
    before a byte of them is stored.
    """
    types = (*incident.issue_types, *here)
    kept, most = 0, await read_most(work) * 1_000_000
    for one in incident.attachments:
        try:
            media_type = _looked_at(one, members[one.path], types, most)
        except Refused as refusal:
            await insert_entry(work, Entry(
                id=clock.new_id(), incident_id=incident_id, kind="note", written_at=work.now(),
                author_id=work.actor.user_id, author_name=work.actor.name,
                words=f"A file that came with it was not taken: {one.name}. {refusal}",
            ))  # fmt: skip
            continue
        await _keep(work, incident_id, one, members[one.path], media_type)
        kept += 1
    return kept


def _looked_at(one: Attached, content: bytes, types: Sequence[str], most: int) -> str:
    if blocks(types):
        raise Refused("Nothing is attached to an incident of this kind.")
    if not content or len(content) > most:
        raise Refused(f"It is empty, or larger than {most // 1_000_000} MB.")
    inspection = FileInspection(one.name, most)
    inspection.see(content)
    return inspection.end()


async def _keep(work: Work, incident_id: UUID, one: Attached, content: bytes, media_type: str) -> None:
    file_id, name = clock.new_id(), f"files/{clock.System().random_bytes(16).hex()}"
    key, wrapped = await make_object_key(work, about_file(file_id))
    await objects.put(objects.current(), name, key, _once(content))
    at, by = one.attached_at or work.now(), f"{one.attached_by[:150]} (imported)".strip()
    await work.driver.execute(
        ADD_FILE, file_id, incident_id, one.name, one.note[:2000], media_type, len(content), bytes.fromhex(one.sha256),
        name, wrapped, at, work.actor.user_id, by,
    )  # fmt: skip
    fields = {
        "incident_id": str(incident_id), "name": one.name, "media_type": media_type, "size": len(content),
        "sha256": one.sha256, "attached_at": at.astimezone(UTC).isoformat(), "attached_by_name": by,
        "promise": PROMISE,
    }  # fmt: skip
    work.record("attachment.added", file_id, document=Document("attachment", file_id, 1, fields))
    work.ask("attachment.check", file_id, key=str(file_id))


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
