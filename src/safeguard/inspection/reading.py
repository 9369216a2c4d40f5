"""Reading in a pack: its records as they were written, a search in them, and the verifier's own verdict on the file.

The pack is opened into a nameless file that is gone with the request, and judged by the same verifier that the
inspector can fetch. Nothing here reads the organisation's records: an inspector reads what they could take home.
"""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from anyio import to_thread
from obstore.store import ObjectStore

from safeguard.errors import Conflict, Gone
from safeguard.evidence import store
from safeguard.evidence.downloading import PackLocked
from safeguard.evidence.queries import AskedPack, get_organisation, get_pack
from safeguard.evidence.report.marking import marked
from safeguard.evidence.report.saying import minute
from safeguard.evidence.verifying.archive import Archive
from safeguard.evidence.verifying.checking import verify_open
from safeguard.evidence.verifying.notes import parse_key
from safeguard.evidence.verifying.verdicts import Report
from safeguard.inspection.contents import Contents
from safeguard.inspection.queries import Inspection
from safeguard.inspection.records import parse
from safeguard.inspection.wording import Wording
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import open_object_key
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.report_forms.history import read_history
from safeguard.work import Work

LARGEST: Final = 64 * 1024 * 1024
MOST: Final = 200
"""Records on a page."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A pack, open: who vouches for it, what it says and the verdict on it."""

    pack: AskedPack
    report: Report
    archive: Archive

    def contents(self, wording: Wording) -> Contents:
        """Its records, named in these words."""
        names = (name for name in self.archive.names if name.startswith("data/"))
        return Contents((parse(self.archive.read(name, LARGEST)) for name in names), wording)


async def wording_of(work: Work) -> Wording:
    """This organisation's words and its time: all that is not read in the pack."""
    profile = await own_profile(work)
    return Wording(profile, (await get_organisation(work)).zone, await read_history(work, profile))


@asynccontextmanager
async def opened(work: Work, shelf: ObjectStore, pack_id: UUID) -> AsyncIterator[Opened]:
    """Open a pack for reading; raises `NotFound`, `Conflict` before it is ready, `PackLocked`, `Gone`."""
    pack = await get_pack(work, pack_id)
    with tempfile.TemporaryFile() as file:
        async for piece in await pieces_of(work, shelf, pack):
            await to_thread.run_sync(file.write, piece)
        yield await to_thread.run_sync(_judge, pack, file)


async def pieces_of(work: Work, shelf: ObjectStore, pack: AskedPack) -> AsyncIterator[bytes]:
    """The bytes of the pack, unsealed."""
    if not pack.ready_at:
        raise Conflict("This pack is still being made. Try again in a minute.")
    if pack.locked_at:
        raise PackLocked
    if not pack.wrapped_key:
        raise Gone(store.GONE)
    key = await open_object_key(work, pack.wrapped_key, store.about(pack.id))
    return await objects.read(shelf, store.name_of(work.organisation_id, pack.id, key), key, store.GONE)


def _judge(pack: AskedPack, file: IO[bytes]) -> Opened:
    keys = [parse_key(pack.vkey)] if pack.vkey else []
    report = verify_open(file, keys)
    return Opened(pack, report, Archive(file))


def copy_of(found: Opened, inspection: Inspection, at: datetime, zone: ZoneInfo) -> bytes:
    """The report for people (PDF), with whoever opened it on every page; raises `Unavailable`."""
    name, body = inspection.inspector, inspection.body.name
    line = f"Copy opened by {name} ({body}), {minute(at, zone)}. The report itself is in the pack."
    return marked(found.archive.read("report.pdf", 1 << 30), name, body, line, at)
