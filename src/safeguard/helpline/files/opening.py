"""Opening a file of a case: by whoever works at the desk, once it was checked, unless it is locked; told to the log."""

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from obstore.store import ObjectStore

from safeguard.access.policy import Permission
from safeguard.attachments.opening import Infected, Locked, NotChecked
from safeguard.errors import Conflict, NotFound
from safeguard.helpline.files.queries import CaseFile, get_file
from safeguard.helpline.files.taking import about
from safeguard.helpline.queries import get_case
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import open_object_key
from safeguard.work import Work

NOT_HERE: Final = "There is no copy of this file here: it has not come yet, or it was not taken in."
WHERE: Final = """
select f.object_name, f.wrapped_key from public.helpline_files f
where f.organisation_id = (select sec.current_organisation()) and f.id = $1
    and f.object_name is not null and f.wrapped_key is not null
"""


async def open_file(
    work: Work, shelf: ObjectStore, case_id: UUID, file_id: UUID
) -> tuple[CaseFile, AsyncIterator[bytes]]:
    """The file and its bytes; raises `NotFound`, `Locked`, `NotChecked`, `Infected`, `Conflict`, `Gone`."""
    work.require(Permission.HELPLINE_WORK)
    await get_case(work, case_id)
    file = await get_file(work, case_id, file_id)
    if file.locked_at:
        raise Locked
    if file.state == "infected":
        raise Infected
    if file.state == "waiting":
        raise NotChecked
    if not file.opens:
        raise Conflict(NOT_HERE)
    pieces = await bytes_of(work, shelf, file_id)
    work.record("case_file.opened", file_id, version=file.version)
    return file, pieces


async def bytes_of(work: Work, shelf: ObjectStore, file_id: UUID) -> AsyncIterator[bytes]:
    """The bytes of our copy whatever its state, for its check; raises `NotFound`, `Gone`."""
    row = await work.driver.fetchrow(WHERE, file_id)
    if row is None:
        raise NotFound
    key = await open_object_key(work, row["wrapped_key"], about(file_id))
    return await objects.read(shelf, row["object_name"], key)
