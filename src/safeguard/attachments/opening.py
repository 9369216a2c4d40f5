"""Opening a file: by those who read the incident, once it was checked, and told to the log before the first byte."""

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from obstore.store import ObjectStore

from safeguard.access.policy import Permission
from safeguard.attachments.attaching import about
from safeguard.attachments.queries import WHERE, File, get_file, get_place
from safeguard.errors import Conflict, DomainError, NotFound
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import open_object_key
from safeguard.work import Work

GONE: Final = "This file is no longer stored."


class Locked(DomainError):
    """Nobody may open it, whatever their role."""

    status = 423
    code = "locked"
    title = "This file is locked"
    sentence = (
        "Nobody can open this file, because it is or may be an image that must not be looked at. It is kept, sealed, "
        "until the police say what becomes of it. If you know what it shows, describe it in words."
    )


class NotChecked(Conflict):
    """It waits for its check."""

    code = "not-checked"
    title = "This file has not been checked yet"
    sentence = (
        "Nobody can open this file before it was checked for viruses. That takes moments while the scanner runs; if no "
        "scanner is set up, whoever runs the service has to do that first."
    )


class Infected(Conflict):
    """The scanner found something in it."""

    code = "infected"
    title = "This file holds a virus"
    sentence = "The virus check found something harmful in this file, so nobody can open it. It stays sealed."


async def open_file(
    work: Work, shelf: ObjectStore, incident_id: UUID, file_id: UUID
) -> tuple[File, AsyncIterator[bytes]]:
    """The file and its bytes; raises `NotFound`, `Locked`, `NotChecked`, `Infected`, `Gone`."""
    work.require(Permission.ATTACHMENT_READ)
    place = await get_place(work, incident_id)
    file = await get_file(work, incident_id, file_id)
    check(file)
    pieces = await bytes_of(work, shelf, file_id)
    work.record("attachment.opened", file_id, version=file.version, log=place.log)
    return file, pieces


def check(file: File) -> None:
    """Raise why nobody may open it, if so."""
    if file.locked_at:
        raise Locked
    if file.state == "infected":
        raise Infected
    if file.state != "clean":
        raise NotChecked


async def bytes_of(work: Work, shelf: ObjectStore, file_id: UUID) -> AsyncIterator[bytes]:
    """The bytes of a file whatever its state, for its check; raises `NotFound`, `Gone`."""
    row = await work.driver.fetchrow(WHERE, file_id)
    if row is None:
        raise NotFound
    key = await open_object_key(work, row["wrapped_key"], about(file_id))
    return await objects.read(shelf, row["object_name"], key, GONE)
