"""Reading in a pack: its records as they were written, a search in them, and the verifier's own verdict on the file.

The pack is opened into a nameless file that is gone with the request, and judged by the same verifier that the
inspector can fetch. Nothing here reads the organisation's tables: an inspector reads what they could take home.
"""

import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from anyio import to_thread
from obstore.store import ObjectStore

from safeguard.errors import Conflict, Gone, NotFound
from safeguard.evidence import store
from safeguard.evidence.downloading import PackLocked
from safeguard.evidence.queries import AskedPack, get_pack
from safeguard.evidence.report.marking import marked
from safeguard.evidence.report.saying import minute
from safeguard.evidence.verifying.archive import Archive
from safeguard.evidence.verifying.checking import verify_open
from safeguard.evidence.verifying.notes import parse_key
from safeguard.evidence.verifying.verdicts import Report
from safeguard.inspection.queries import Inspection
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import open_object_key
from safeguard.work import Work

LARGEST: Final = 64 * 1024 * 1024
MOST: Final = 200
"""Records on a page."""
TITLES: Final = ("reference", "title", "name", "summary", "narrative", "words", "text")
"""What a record is called by, whichever of these it has first."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record: what stood in each field; None is left out."""

    number: int
    values: tuple[tuple[str, str | None], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Record:
    """A record as the pack carries it."""

    kind: str
    id: str
    title: str = field(repr=False)
    versions: tuple[Version, ...] = field(repr=False)

    def holds(self, words: list[str]) -> bool:
        """Whether every word stands somewhere in it."""
        whole = " ".join(value or "" for version in self.versions for _, value in version.values).casefold()
        return all(word in whole for word in words)


@dataclass(frozen=True, slots=True)
class Opened:
    """A pack, open: who vouches for it, what it says and the verdict on it."""

    pack: AskedPack
    report: Report
    archive: Archive

    def records(self, search: str = "") -> Iterator[Record]:
        """Its records in their order, narrowed to those that hold every word of `search`."""
        words = search.casefold().split()
        for name in self.archive.names:
            if name.startswith("data/") and (record := _record(self.archive.read(name, LARGEST))).holds(words):
                yield record

    def record(self, kind: str, record_id: UUID) -> Record:
        """One of them; raises `NotFound`."""
        name = f"data/{kind}-{record_id}.json"
        if name not in self.archive.names:
            raise NotFound
        return _record(self.archive.read(name, LARGEST))


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


def _record(raw: bytes) -> Record:
    whole: dict[str, Any] = json.loads(raw)
    versions = tuple(_version(each) for each in whole["versions"])
    return Record(whole["kind"], whole["id"], _title(versions), versions)


def _version(each: dict[str, Any]) -> Version:
    values = tuple((name, _said(value.get("value"))) for name, value in sorted(each["fields"].items()))
    return Version(each["version"], tuple((name, value) for name, value in values if value != ""))


def _said(value: str | None) -> str | None:
    """A value in words: a text as it is, a list in its lines, nothing as nothing."""
    if value is None:
        return None
    found = json.loads(value)
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, list):
        return "\n".join(_flat(each) for each in found)
    return "" if found is None else _flat(found)


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {inner}" for name, inner in value.items() if inner not in (None, "", []))
    return str(value)


def _title(versions: tuple[Version, ...]) -> str:
    first = dict(versions[0].values) if versions else {}
    words = next((first[name] for name in TITLES if first.get(name)), "") or ""
    return words if len(words) <= 90 else words[:88] + "…"


def copy_of(found: Opened, inspection: Inspection, at: datetime, zone: ZoneInfo) -> bytes:
    """The report for people (PDF), with whoever opened it on every page; raises `Unavailable`."""
    name, body = inspection.inspector, inspection.body.name
    line = f"Copy opened by {name} ({body}), {minute(at, zone)}. The report itself is in the pack."
    return marked(found.archive.read("report.pdf", 1 << 30), name, body, line, at)
