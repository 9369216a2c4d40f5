"""Opening a file of evidence: once it was checked, by whoever reads the standards, and told to the log first."""

from collections.abc import AsyncIterator
from uuid import UUID

from obstore.store import ObjectStore

from safeguard.access.policy import Permission
from safeguard.attachments.opening import GONE, check
from safeguard.attachments.queries import File
from safeguard.errors import DomainError, NotFound
from safeguard.standards.files.queries import WHERE, about, get_file
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import open_object_key
from safeguard.work import Work


class TakenOut(DomainError):
    """It was sent by mistake."""

    status = 423
    code = "locked"
    title = "This file is locked"
    sentence = "Nobody can open this file: somebody said that it was sent by mistake. Ask them for the right one."


async def open_file(work: Work, shelf: ObjectStore, item_id: UUID, file_id: UUID) -> tuple[File, AsyncIterator[bytes]]:
    """The file and its bytes; raises `NotFound`, `TakenOut`, `Locked`, `NotChecked`, `Infected`, `Gone`."""
    work.require(Permission.STANDARDS_READ)
    file = await get_file(work, item_id, file_id)
    if file.locked_why == "mistaken":
        raise TakenOut
    check(file)
    pieces = await bytes_of(work, shelf, file_id)
    work.record("proof.opened", file_id, version=file.version)
    return file, pieces


async def bytes_of(work: Work, shelf: ObjectStore, file_id: UUID) -> AsyncIterator[bytes]:
    """The bytes of a file whatever its state, for its check; raises `NotFound`, `Gone`."""
    row = await work.driver.fetchrow(WHERE, file_id)
    if row is None:
        raise NotFound
    key = await open_object_key(work, row["wrapped_key"], about(file_id))
    return await objects.read(shelf, row["object_name"], key, GONE)
