"""The files of an evidence pack: those that the pack's records vouch for, that were checked and are not locked.

A file leaves in a pack only if its digest stands there too, so that a verifier ties it to the log, and never from an
incident of a type that rules files out. What is left out is listed with its reason: nobody has to guess whether there
was more. All together they are bounded, because a pack is one file that somebody carries.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from uuid import UUID

import anyio
import asyncpg
from obstore.store import ObjectStore

from safeguard.access.policy import Permission
from safeguard.attachments.kinds import BY_TYPE
from safeguard.attachments.opening import bytes_of
from safeguard.errors import Gone
from safeguard.evidence.packs.chapters import Enclosed
from safeguard.evidence.packs.contents import RecordContent
from safeguard.work import LogName, Work

MOST_BYTES: Final = 1_000_000_000
"""Of all files in one pack; the pack itself may have twice that."""
LISTED: Final = "files/README.txt"
NEEDED: Final = ("name", "media_type", "size", "sha256")

STATES: Final = """
select a.id, a.state, a.locked_at is not null or i.blocks_attachments as locked, a.version,
    sec.log_of_incident(a.incident_id) as log, '' as why
from public.attachments a
join public.incidents i on i.organisation_id = a.organisation_id and i.id = a.incident_id
where a.organisation_id = (select sec.current_organisation()) and a.id = any ($1)
"""

WITHHELD: Final = "its record is shown in part, so nothing here could vouch for it"
LOCKED: Final = "it is locked: nobody may look at it"
INFECTED: Final = "the virus check found something harmful in it"
UNCHECKED: Final = "it was not checked for viruses yet"
TOO_MUCH: Final = "all files together would be larger than one pack may be"
NOT_STORED: Final = "it is no longer stored"
NOT_THEIRS: Final = "whoever asked for the pack may not open files"


@dataclass(frozen=True, slots=True)
class Source:
    """One room's files: which records of a pack have one, what becomes of it now, and how it is come by."""

    is_file: Callable[[RecordContent], bool]
    states: str
    """id, state, locked, version, log of the files of some ids (`$1`); `why` too, where something else keeps one."""
    permission: Permission
    bytes_of: Callable[[Work, ObjectStore, UUID], Awaitable[AsyncIterator[bytes]]]
    event: str


def _is_attachment(record: RecordContent) -> bool:
    return record.kind == "attachment"


ATTACHMENTS: Final = Source(_is_attachment, STATES, Permission.ATTACHMENT_READ, bytes_of, "attachment.enclosed")


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of the pack's records, and what becomes of it."""

    id: UUID
    name: str
    path: str
    size: int
    sha256: str
    why_not: str = ""
    log: LogName = "general"
    version: int = 1
    source: Source = ATTACHMENTS


@dataclass(frozen=True, slots=True)
class FileEnclosing:
    """Brings files from the store to the bench of a pack."""

    store: ObjectStore
    most: int = MOST_BYTES
    sources: tuple[Source, ...] = (ATTACHMENTS,)

    async def __call__(self, work: Work, records: Sequence[RecordContent], folder: Path) -> tuple[Enclosed, ...]:
        """The files that may leave, and the list of all; nothing when the records have none."""
        files: list[Listed] = []
        for source in self.sources:
            asked = [_listed(record) for record in records if source.is_file(record)]
            files += await self._decided(work, source, asked, sum(file.size for file in files if not file.why_not))
        if not files:
            return ()
        place = folder / "files"
        place.mkdir(mode=0o700, exist_ok=True)
        brought = [await self._bring(work, file, place) for file in files]
        (place / "README.txt").write_text(said(brought), encoding="utf-8", newline="\n")
        leaving = [Enclosed(file.path, place / str(file.id)) for file in brought if not file.why_not]
        return (Enclosed(LISTED, place / "README.txt"), *leaving)

    async def _decided(self, work: Work, source: Source, files: Sequence[Listed], taken: int) -> list[Listed]:
        rows = {row["id"]: row for row in await work.driver.fetch(source.states, [file.id for file in files])}
        decided: list[Listed] = []
        room = self.most - taken
        for file in files:
            row = rows.get(file.id)
            why = file.why_not or (NOT_THEIRS if not work.may(source.permission) else _kept_back(row))
            why = why or (TOO_MUCH if file.size > room else "")
            room -= 0 if why else file.size
            known = replace(file, log=row["log"], version=row["version"], source=source) if row else file
            decided.append(replace(known, why_not=why))
        return decided

    async def _bring(self, work: Work, file: Listed, place: Path) -> Listed:
        if file.why_not:
            return file
        try:
            pieces = await file.source.bytes_of(work, self.store, file.id)
        except Gone:
            return replace(file, why_not=NOT_STORED)
        async with await anyio.open_file(place / str(file.id), "wb") as target:
            async for piece in pieces:
                await target.write(piece)
        work.record(file.source.event, file.id, version=file.version, log=file.log)
        return file


def _kept_back(row: asyncpg.Record | None) -> str:
    """Why a file stays, by its state now; empty when it may leave."""
    if row is None or row["locked"]:
        return LOCKED
    if row["why"]:
        return str(row["why"])
    return {"clean": "", "infected": INFECTED}.get(row["state"], UNCHECKED)


def _listed(record: RecordContent) -> Listed:
    """What the first version says of the content; a file of which the pack withholds that stays."""
    fields = record.versions[0].fields if record.versions else {}
    values = {name: fields[name].value for name in NEEDED if name in fields}
    told = {name: json.loads(value) for name, value in values.items() if value is not None}
    kind = BY_TYPE.get(str(told.get("media_type")))
    if len(told) < len(NEEDED) or kind is None:
        return Listed(record.id, "", "", 0, "", WITHHELD)
    path = f"files/{record.id}.{kind.extension}"
    return Listed(record.id, str(told["name"]), path, int(told["size"]), str(told["sha256"]))


def said(files: Sequence[Listed]) -> str:
    """The list, for people: which file is what, and which are not here."""
    return "\n".join(_lines(files)) + "\n"


def _lines(files: Sequence[Listed]) -> Iterator[str]:
    here = [file for file in files if not file.why_not]
    yield "ATTACHED FILES"
    yield "Each was checked for viruses when it came. Open them with care all the same: they are what somebody sent."
    yield "The record in data/ that bears a file's id names its digest, as the log was told when it was attached."
    for file in here:
        yield from (
            "",
            file.path,
            f"  called   {_one_line(file.name)}",
            f"  bytes    {file.size}",
            f"  SHA-256  {file.sha256}",
        )
    left = [file for file in files if file.why_not]
    if left:
        yield from ("", "NOT HERE")
    for file in left:
        yield f"  {_one_line(file.name) or file.id}: {file.why_not}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
