"""The file of a policy: one PDF for each edition, sealed in the object store, opened by whoever may read the policy.

A file is never replaced, because people said that they had read exactly that: another file is another edition. Its text
is not searched and not converted; only PDF, which people can read on whatever they have.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.attachments.opening import Infected, NotChecked
from safeguard.audit.documents import Document
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.registers.policies.queries import get_policy
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import open_object_key, wrap_object_key
from safeguard.web.fields import Fields
from safeguard.web.uploading import Inspection, Refused, Upload
from safeguard.work import Work

MOST_BYTES: Final = 20_000_000
PDF: Final = b"%PDF-"
OTHER: Final = "This is no PDF. Save the policy as PDF, and choose that file."
WAITS: Final = (
    "Its file waits for the virus check, so nobody can open it yet. Nothing was recorded: come back once it opens."
)
HARMED: Final = (
    "The virus check found something harmful in its file, so nobody can open it. Nothing was recorded: you are asked"
    " again when there is another edition."
)
READ: Final = """
select f.id, f.policy_id, f.edition, f.name, f.size, f.sha256, f.object_name, f.wrapped_key, f.recorded_at,
    f.recorded_by_name, f.state
from public.policy_files f
where f.organisation_id = (select sec.current_organisation()) and f.policy_id = $1 and f.edition = $2
"""
ADD: Final = """
insert into public.policy_files (organisation_id, id, policy_id, edition, name, size, sha256, object_name, wrapped_key,
    recorded_at, recorded_by, recorded_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (organisation_id, policy_id, edition) do nothing returning id
"""


class PolicyFile(msgspec.Struct, frozen=True):
    """The file of one edition."""

    id: UUID
    policy_id: UUID
    edition: int
    name: str
    size: int
    sha256: bytes
    object_name: str
    wrapped_key: bytes
    recorded_at: datetime
    recorded_by_name: str
    state: str
    """waiting, clean or infected"""


class PdfInspection:
    """Looks at the first bytes: a PDF begins with its name (ISO 32000-2, 7.5.2)."""

    most = MOST_BYTES

    def __init__(self) -> None:
        self._head = b""

    def see(self, piece: bytes) -> None:
        """Refuse what is no PDF."""
        if len(self._head) < len(PDF):
            self._head = (self._head + piece)[: len(PDF)]
            if not PDF.startswith(self._head):
                raise Refused(OTHER)

    def end(self) -> str:
        """A PDF, or refused."""
        if self._head != PDF:
            raise Refused(OTHER)
        return "application/pdf"


class PdfReception:
    """Receives a policy's file from whoever keeps the registers: the route has asked that already."""

    async def admit(self, unit: Work, path: Mapping[str, Any], fields: Fields, name: str) -> Inspection | None:
        """Always look."""
        return PdfInspection()


RECEPTION: Final = PdfReception()


async def find_file(work: Work, policy_id: UUID, edition: int) -> PolicyFile | None:
    """The file of an edition, for whoever may read the policy."""
    work.require(Permission.POLICY_READ)
    row = await work.driver.fetchrow(READ, policy_id, edition)
    return PolicyFile(*row) if row else None


def refuse_unopened(state: str | None) -> None:
    """Raise `Conflict` where nobody can open the file of an edition, so nobody has read it."""
    if state not in (None, "clean"):
        raise Conflict(HARMED if state == "infected" else WAITS)


async def add_file(work: Work, policy_id: UUID, upload: Upload | None) -> None:
    """Keep the file that came for the present edition; raises `Invalid`, and `Conflict` where there is one."""
    work.require(Permission.REGISTER_KEEP)
    policy = await get_policy(work, policy_id)
    if upload is None or upload.problem or upload.key is None:
        raise Invalid(FieldError("file", (upload and upload.problem) or "Choose the file."))
    file_id = clock.new_id()
    wrapped = await wrap_object_key(work, upload.key, about(file_id))
    kept = await work.driver.fetchval(
        ADD, file_id, policy_id, policy.edition, upload.name or "policy.pdf", upload.size, upload.sha256,
        upload.object_name, wrapped, work.now(), work.actor.user_id, work.actor.name,
    )  # fmt: skip
    if kept is None:
        raise Conflict("This edition has its file. Another file is another edition: publish the next one.")
    fields = {
        "policy": str(policy_id), "edition": policy.edition, "name": upload.name, "size": upload.size,
        "sha256": upload.sha256.hex(),
    }  # fmt: skip
    work.record("policy.filed", file_id, document=Document("policy_file", file_id, 1, fields))
    work.ask("policy_file.check", file_id)
    upload.kept = True


async def open_file(work: Work, policy_id: UUID) -> tuple[PolicyFile, AsyncIterator[bytes]]:
    """The file of the present edition, told to the log before its first byte leaves.

    Raises `NotFound`, `Infected`, `NotChecked`, `Gone`.
    """
    work.require(Permission.POLICY_READ)
    policy = await get_policy(work, policy_id)
    found = await find_file(work, policy_id, policy.edition)
    if found is None:
        raise NotFound
    if found.state == "infected":
        raise Infected
    if found.state != "clean":
        raise NotChecked
    key = await open_object_key(work, found.wrapped_key, about(found.id))
    pieces = await objects.read(objects.current(), found.object_name, key)
    work.record("policy.opened", found.id)
    return found, pieces


def about(file_id: UUID) -> str:
    """What the key of a file is bound to."""
    return f"policy file {file_id}"
