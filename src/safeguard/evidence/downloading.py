"""Downloading a finished pack. Each download is told to the log before the first byte leaves."""

from collections.abc import AsyncIterator
from uuid import UUID

from obstore.store import ObjectStore

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, DomainError, Gone
from safeguard.evidence import store
from safeguard.evidence.queries import AskedPack, get_pack
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import open_object_key
from safeguard.work import Work


class PackLocked(DomainError):
    """It may hold a copy of what nobody may look at."""

    status = 423
    code = "locked"
    title = "This pack is locked"
    sentence = (
        "Since this pack was made, a file that it holds or may hold was locked, so nobody can open this copy. Ask for "
        "a new pack: it tells the same record without what is locked."
    )


NOT_READY = "This pack is still being made. It can be downloaded as soon as its page says that it is ready."


async def download(work: Work, shelf: ObjectStore, pack_id: UUID) -> tuple[AskedPack, AsyncIterator[bytes]]:
    """The pack and its bytes; raises `NotFound`, `Conflict` before it is ready, `PackLocked`, `Gone`."""
    work.require(Permission.EVIDENCE_EXPORT)
    pack = await get_pack(work, pack_id)
    if not pack.ready_at:
        raise Conflict(NOT_READY)
    if pack.locked_at:
        raise PackLocked
    if not pack.wrapped_key:
        raise Gone(store.GONE)
    key = await open_object_key(work, pack.wrapped_key, store.about(pack_id))
    pieces = await objects.read(shelf, store.name_of(work.organisation_id, pack_id, key), key, store.GONE)
    work.record("pack.downloaded", pack_id, log=pack.log)
    return pack, pieces
