"""Files in the town: one that may be opened, one that is locked, and an incident to which nothing can be attached."""

from dataclasses import dataclass
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.attachments.attaching import attach
from safeguard.attachments.locking import lock_file
from safeguard.incidents.recording import record_incident
from safeguard.incidents.triaging import Classes, classify
from safeguard.keys.wrapping import Key
from safeguard.tenancy.profiles import profile_of
from safeguard.web.uploading import Upload
from safeguard.work import begin
from tests.factories.incidents import SHORT

LONG = "Letter of the local authority about the meeting of 3 March, second version, signed and scanned " * 2 + ".pdf"


@dataclass(frozen=True, slots=True)
class Attached:
    """What can be looked at."""

    file: UUID
    locked: UUID
    blocked: UUID


async def attach_files(lead: Actor, incident_id: UUID) -> Attached:
    """Two files beside one incident, and another incident that takes none."""
    file, locked = [await _attach(lead, incident_id, name) for name in (LONG[:190], "screenshot.png")]
    async with begin(lead) as work:
        await work.driver.execute(
            "update attachments set state = 'clean', scanned_at = now(), scanner = 'ClamAV' where id = $1", file
        )
        await lock_file(work, incident_id, locked)
    async with begin(lead) as work:
        facts = (await record_incident(work, SHORT, profile_of("school"))).facts
    async with begin(lead) as work:
        await classify(work, facts.id, facts.version, Classes(issue_types=("nudes",)), profile_of("school"))
    return Attached(file, locked, facts.id)


async def _attach(lead: Actor, incident_id: UUID, name: str) -> UUID:
    upload = Upload(name, media_type="application/pdf", size=48_200, sha256=bytes(32), object_name=f"files/{name[:9]}",
                    key=Key(bytes(32)))  # fmt: skip
    async with begin(lead) as work:
        return (await attach(work, incident_id, upload, "About the meeting.", promised=True)).id
