"""Signing checkpoints of the logs: what is signed once can never again be changed unnoticed.

`CheckpointSigner` is the whole of what the service knows of signing. `FileKeySigner` does it with a key in a file,
inside the worker: that separates it from the web by procedure only, which the documentation says. A process of its
own, with its own state outside this database, takes over behind the same interface.

It believes the database nothing: it reads each new entry, hashes it again, compares the frontier that it carries with
what it signed last, and refuses whatever does not go on from there. A refusal is an alarm, never a retry that helps.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, TypeAlias
from uuid import UUID

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safeguard import clock
from safeguard.evidence import merkle
from safeguard.evidence.notes import Checkpoint, NoteKey, NoteSigner, origin_of
from safeguard.keys.files import load_or_make
from safeguard.settings import Settings

BATCH: Final = 5000

HEAD: Final = """
select l.origin_id, l.epoch, l.size, c.size as signed, c.root, c.note
from audit.logs l
left join lateral (
    select k.size, k.root, k.note from audit.checkpoints k
    where k.organisation_id = l.organisation_id and k.log = l.log order by k.size desc limit 1) c on true
where l.organisation_id = $1 and l.log = $2
"""
LEAVES: Final = """
select index, entry, hash from audit.leaves
where organisation_id = $1 and log = $2 and index >= $3 and index < $4 order by index limit $5
"""
KEEP: Final = """
insert into audit.checkpoints (organisation_id, log, size, root, note, signed_at) values ($1, $2, $3, $4, $5, $6)
on conflict (organisation_id, log, size) do nothing
"""
GROWN: Final = """
select l.organisation_id, l.log from audit.logs l
where l.size > coalesce((select max(c.size) from audit.checkpoints c
                         where c.organisation_id = l.organisation_id and c.log = l.log), 0)
order by l.organisation_id, l.log
"""

_Place: TypeAlias = tuple[UUID, str]


class SealRefused(RuntimeError):
    """The log is not the one that was signed before. Somebody has to look: this is an alarm."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A signed checkpoint, and the time of the last entry under it."""

    origin: str
    size: int
    root: bytes
    note: str
    last_at: datetime


class CheckpointSigner(Protocol):
    """Whoever holds the log's key."""

    async def seal(self, organisation_id: UUID, log: str = "general") -> Sealed:
        """Sign the log as it stands, or hand back the checkpoint of this size; raises `SealRefused`."""
        ...

    async def seal_grown(self) -> int:
        """Sign every log that has grown since it was signed; how many that were."""
        ...

    def signer_of(self, origin: str) -> NoteSigner:
        """What signs a pack's manifest in the name of that log."""
        ...


@dataclass(slots=True)
class Known:
    """What this signer carries of a log between two checkpoints."""

    size: int
    frontier: list[bytes]
    last_time: str


class FileKeySigner:
    """Signs with an Ed25519 key from a file, reading the logs as the database role that can do nothing else."""

    def __init__(self, secret: bytes, host: str, url: str) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(secret)
        self._host = host
        self._url = url
        self._known: dict[_Place, Known] = {}

    def signer_of(self, origin: str) -> NoteKey:
        """The key under the name of that log."""
        return NoteKey(origin, self._private)

    async def seal(self, organisation_id: UUID, log: str = "general") -> Sealed:
        """Sign the log as it stands; raises `SealRefused` when it does not go on from what was signed."""
        async with self._connected() as connection:
            return await self._seal(connection, (organisation_id, log))

    async def seal_grown(self) -> int:
        """Sign every log that has grown. One that is refused does not keep the others from being signed."""
        refused: list[str] = []
        async with self._connected() as connection:
            grown = await connection.fetch(GROWN)
            for row in grown:
                try:
                    await self._seal(connection, (row["organisation_id"], row["log"]))
                except SealRefused as refusal:
                    refused.append(str(refusal))
        if refused:
            raise SealRefused(" ".join(refused))
        return len(grown)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self._url, server_settings={"application_name": "safeguard-signer"})
        try:
            yield connection
        finally:
            await connection.close()

    async def _seal(self, connection: asyncpg.Connection, place: _Place) -> Sealed:
        head = await connection.fetchrow(HEAD, *place)
        if head is None:
            raise SealRefused(f"There is no log {place[1]} of {place[0]}.")
        key = self.signer_of(origin_of(self._host, head["origin_id"], head["epoch"]))
        known = await self._follow(connection, place, head, key)
        checkpoint = Checkpoint(key.name, known.size, merkle.root_of(known.frontier))
        note = key.sign(checkpoint.text)
        await connection.execute(KEEP, *place, known.size, checkpoint.root, note, clock.now())
        self._known[place] = known
        return Sealed(key.name, known.size, checkpoint.root, note, datetime.fromisoformat(known.last_time))

    async def _follow(self, connection: asyncpg.Connection, place: _Place, head: Any, key: NoteKey) -> Known:
        """The frontier at the head's size, having passed through the one that was signed last."""
        signed = head["signed"] or 0
        known = self._known.get(place, Known(0, [], ""))
        if head["size"] < max(signed, known.size) or signed < known.size:
            raise SealRefused(f"The log {place[1]} of {place[0]} is smaller than what was signed before.")
        known = Known(known.size, known.frontier, known.last_time)
        if signed:
            await self._grow(connection, place, known, signed)
            _check_signed(place, known, head, key)
        await self._grow(connection, place, known, head["size"])
        return known

    async def _grow(self, connection: asyncpg.Connection, place: _Place, known: Known, size: int) -> None:
        while known.size < size:
            rows = await connection.fetch(LEAVES, *place, known.size, size, BATCH)
            if not rows:
                raise SealRefused(f"Entry {known.size} of the log {place[1]} of {place[0]} is missing.")
            leaves = [_leaf(place, known, number, row) for number, row in enumerate(rows, known.size)]
            known.frontier, known.size = merkle.extend(known.frontier, known.size, leaves)


def _leaf(place: _Place, known: Known, number: int, row: Any) -> bytes:
    """The hash of an entry, once it is the next one, says what it is hashed as, and is not before its forerunner."""
    leaf, time = merkle.leaf_hash(row["entry"].encode()), row["entry"].split("\n", 2)[1]
    if row["index"] != number or leaf != row["hash"]:
        raise SealRefused(f"Entry {number} of the log {place[1]} of {place[0]} was altered.")
    if time < known.last_time:
        raise SealRefused(f"Time goes backwards at entry {number} of the log {place[1]} of {place[0]}.")
    known.last_time = time
    return leaf


def _check_signed(place: _Place, known: Known, head: Any, key: NoteKey) -> None:
    """The entries up to the last checkpoint still give its root, and it is one that this key signed."""
    root = merkle.root_of(known.frontier)
    ours = key.sign(Checkpoint(key.name, known.size, root).text)
    if root != head["root"] or head["note"] != ours:
        raise SealRefused(f"The log {place[1]} of {place[0]} was altered below its last checkpoint.")


def open_signer(settings: Settings) -> FileKeySigner:
    """The signer of this deployment; its key is made at first use, readable by its owner alone and never written."""
    return FileKeySigner(load_or_make(settings.keys / "log", mode=0o400), settings.origin, settings.signer_url)
