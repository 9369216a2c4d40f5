"""Signing checkpoints of the logs: what is signed once can never again be changed unnoticed.

`CheckpointSigner` is the whole of what the service knows of signing. `FileKeySigner` does it with keys in files and a
memory outside the database; `safeguard signer` runs it in a process of its own, and everybody else asks that process
(`signing.asking`). A key in a device would be a third behind the same interface.

It believes the database nothing: it reads each new entry, hashes it again, compares the frontier that it carries with
what it signed last and with the one that the log's head claims, and refuses whatever does not go on from there. A
refusal is an alarm, never a retry that helps.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

import asyncpg

from safeguard import clock
from safeguard.database import passwords
from safeguard.evidence import merkle
from safeguard.evidence.notes import Checkpoint, NoteSigner, origin_of, parse_checkpoint
from safeguard.evidence.signing import alarming
from safeguard.evidence.signing.memory import InMemory, Known, Memory, MemoryFailed, Place
from safeguard.evidence.signing.missing import list_missing
from safeguard.evidence.signing.patrolling import Patrol
from safeguard.evidence.signing.ring import RingKey, read_ring
from safeguard.evidence.verifying.notes import Key, parse_note
from safeguard.evidence.verifying.verdicts import Refused

BATCH: Final = 5000
LENIENCE: Final = timedelta(seconds=5)
"""By how much a clock may be put back: what keeping time over a network does, and no more."""

HEAD: Final = """
select l.origin_id, l.epoch, l.size, l.frontier, c.size as signed, c.root, c.note
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
where l.size <> coalesce((select max(c.size) from audit.checkpoints c
                          where c.organisation_id = l.organisation_id and c.log = l.log), 0)
order by l.organisation_id, l.log
"""
SIZES: Final = "select organisation_id, log, size from audit.logs"
LOGS: Final = "select log from audit.logs where organisation_id = $1 and log <> 'platform' order by log"


class SealRefused(RuntimeError):
    """The log is not the one that was signed before. Somebody has to look: this is an alarm."""

    kind = alarming.LOG


class LogGone(SealRefused):
    """Nothing is left of a log that was signed."""

    kind = alarming.GONE


class ClockSetBack(SealRefused):
    """The signer's own clock is before what it signed last: nothing is signed until it is right again."""

    kind = alarming.CLOCK


class MemoryUnusable(SealRefused):
    """What would be signed cannot be written down first: a full disk, a file that was taken away."""

    kind = alarming.MEMORY


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
class _Following:
    """What the signer carries while it reads on."""

    size: int
    frontier: list[bytes]
    last_time: str

    @property
    def root(self) -> bytes:
        return merkle.root_of(self.frontier)


class FileKeySigner:
    """Signs with Ed25519 keys, reading the logs as the database role that can do nothing else."""

    def __init__(
        self,
        secrets: bytes | Sequence[bytes],
        host: str,
        url: str,
        memory: Memory | None = None,
        patrol: Patrol | None = None,
    ) -> None:
        self._privates = read_ring([secrets] if isinstance(secrets, bytes) else secrets)
        self._host, self._url = host, url
        self._memory = memory or InMemory()
        self._patrol = patrol or Patrol()

    def signer_of(self, origin: str) -> RingKey:
        """The keys under the name of that log."""
        return RingKey(origin, self._privates)

    async def seal(self, organisation_id: UUID, log: str = "general") -> Sealed:
        """Sign the log as it stands; raises `SealRefused` when it does not go on from what was signed."""
        async with self._connected() as connection:
            return await self._attempt(connection, (organisation_id, log))

    async def seal_all_of(self, organisation_id: UUID) -> None:
        """Sign both logs of an organisation, as far as they are not refused."""
        async with self._connected() as connection:
            for row in await connection.fetch(LOGS, organisation_id):
                await self._attempt(connection, (organisation_id, row["log"]))

    async def seal_grown(self) -> int:
        """Sign every log that has grown, look at each that is shorter than it was signed, or gone, and read some again.

        One that is refused does not keep the others from being signed; what was refused before is left alone.
        """
        refused: list[str] = []
        async with self._connected() as connection:
            grown = [(row["organisation_id"], row["log"]) for row in await connection.fetch(GROWN)]
            for place in dict.fromkeys((*grown, *await self._lost(connection))):
                try:
                    if not self._memory.refusal(place):
                        await self._attempt(connection, place)
                except SealRefused as refusal:
                    refused.append(str(refusal))
            for place in await self._patrol.go(connection, self._memory):
                refused.append(f"The log {place[1]} of {place[0]} was altered below its last signature.")
                await alarming.alarm(connection, place, alarming.LOG)
                self._memory.refuse(place, refused[-1], clock.now())
        if refused:
            raise SealRefused(" ".join(refused))
        return len(grown)

    async def _lost(self, connection: asyncpg.Connection) -> list[Place]:
        """Logs that hold less than was signed of them here: a restore takes log and checkpoints back together."""
        remembered = self._memory.sizes()
        rows = await connection.fetch(SIZES) if remembered else []
        there = {(row["organisation_id"], row["log"]): row["size"] for row in rows}
        shorter = [place for place, size in there.items() if size < remembered.get(place, 0)]
        return [*shorter, *await list_missing(connection, self._memory, there, self._publics)]

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await passwords.connect(self._url, server_settings={"application_name": "safeguard-signer"})
        try:
            yield connection
        finally:
            await connection.close()

    async def _attempt(self, connection: asyncpg.Connection, place: Place) -> Sealed:
        """Sign, or raise the alarm where people see it."""
        try:
            if before := self._memory.refusal(place):
                raise SealRefused(before)
            sealed = await self._seal(connection, place)
        except MemoryFailed as fault:
            await alarming.alarm(connection, place, alarming.MEMORY)
            raise MemoryUnusable(str(fault)) from fault
        except SealRefused as refusal:
            await alarming.alarm(connection, place, refusal.kind)
            if refusal.kind in {alarming.LOG, alarming.GONE}:
                self._memory.refuse(place, str(refusal), clock.now())
            raise
        await alarming.all_clear(connection, place)
        return sealed

    async def _seal(self, connection: asyncpg.Connection, place: Place) -> Sealed:
        self._check_clock()
        head = await connection.fetchrow(HEAD, *place)
        if head is None:
            if self._memory.recall(place) is None:
                raise LookupError(f"There is no log {place[1]} of {place[0]}.")
            raise LogGone(f"There is no log {place[1]} of {place[0]} any more.")
        key = self.signer_of(origin_of(self._host, head["origin_id"], head["epoch"]))
        following = await self._follow(connection, place, head, key)
        checkpoint = Checkpoint(key.name, following.size, following.root)
        note = key.sign(checkpoint.text)
        known = Known(key.name, following.size, checkpoint.root, tuple(following.frontier), following.last_time, note)
        signed_at = clock.now()
        self._memory.keep(place, known, signed_at)
        await connection.execute(KEEP, *place, known.size, known.root, note, signed_at)
        self._memory.mark_stored(place)
        return Sealed(key.name, known.size, known.root, note, datetime.fromisoformat(known.last_time))

    def _check_clock(self) -> None:
        latest = self._memory.latest()
        if latest and clock.now() < latest - LENIENCE:
            raise ClockSetBack("The signer's clock is behind what it signed last. Set it right: nothing is signed.")

    async def _follow(self, connection: asyncpg.Connection, place: Place, head: Any, key: RingKey) -> _Following:
        """The frontier at the head's size, having passed through the one that was signed last."""
        known = self._recall(place, key.name)
        signed = head["signed"] or 0
        _refuse_shorter(place, head["size"], signed, known)
        following = _Following(known.size, list(known.frontier), known.last_time) if known else _Following(0, [], "")
        if signed > following.size:
            await self._grow(connection, place, following, signed)
        if signed and following.size == signed:
            self._check_signed(place, following, head, key)
        await self._grow(connection, place, following, head["size"])
        if following.frontier != list(head["frontier"]):
            raise SealRefused(f"The head of the log {place[1]} of {place[0]} does not fit its entries.")
        return following

    def _recall(self, place: Place, origin: str) -> Known | None:
        """What was signed last under this origin; None for a log that was continued, once that was declared."""
        known = self._memory.recall(place)
        if known is None or known.origin == origin:
            return known
        if not self._memory.is_declared(place, origin):
            raise SealRefused(f"The log {place[1]} of {place[0]} was continued, and nobody declared that here.")
        return None

    async def _grow(self, connection: asyncpg.Connection, place: Place, following: _Following, size: int) -> None:
        while following.size < size:
            rows = await connection.fetch(LEAVES, *place, following.size, size, BATCH)
            if not rows:
                raise SealRefused(f"Entry {following.size} of the log {place[1]} of {place[0]} is missing.")
            leaves = [_leaf(place, following, number, row) for number, row in enumerate(rows, following.size)]
            following.frontier, following.size = merkle.extend(following.frontier, following.size, leaves)

    def _check_signed(self, place: Place, following: _Following, head: Any, key: RingKey) -> None:
        """The entries up to the last checkpoint still give its root, and it is one that a key of ours signed."""
        checkpoint = _read_signed(head["note"], self._known_keys(head["note"]))
        ours = (head["signed"], following.root, head["root"])
        if checkpoint is None or (checkpoint.size, checkpoint.root, checkpoint.root) != ours:
            raise SealRefused(f"The log {place[1]} of {place[0]} was altered below its last checkpoint.")
        if checkpoint.origin.rpartition("/")[0] != key.name.rpartition("/")[0]:
            raise SealRefused(f"The last checkpoint of the log {place[1]} of {place[0]} is another log's.")

    def _known_keys(self, note: str) -> tuple[Key, ...]:
        """Every key that ever signed here, under the name that this checkpoint claims."""
        name = note.partition("\n")[0]
        return tuple(Key(name, public) for public in self._publics)

    @property
    def _publics(self) -> tuple[bytes, ...]:
        """Of every key that ever signed here."""
        own = (private.public_key().public_bytes_raw() for private in self._privates)
        return (*own, *self._memory.retired_keys())


def _refuse_shorter(place: Place, size: int, signed: int, known: Known | None) -> None:
    """The log, and what the database says was signed of it, only ever grow.

    A checkpoint that was remembered and that the database never got is no loss: a crash may come between the two.
    """
    lost = known is not None and known.is_stored and signed < known.size
    if size < max(signed, known.size if known else 0) or lost:
        raise SealRefused(f"The log {place[1]} of {place[0]} is smaller than what was signed before.")


def _read_signed(note: str, keys: tuple[Key, ...]) -> Checkpoint | None:
    """The checkpoint in the note, if one of the keys signed it."""
    try:
        if not parse_note(note.encode(), "checkpoint").signers(keys, "checkpoint"):
            return None
        return parse_checkpoint(note)
    except (Refused, ValueError):
        return None


def _leaf(place: Place, following: _Following, number: int, row: Any) -> bytes:
    """The hash of an entry, once it is the next one, says what it is hashed as, and is not before its forerunner."""
    leaf, time = merkle.leaf_hash(row["entry"].encode()), row["entry"].split("\n", 2)[1]
    if row["index"] != number or leaf != row["hash"]:
        raise SealRefused(f"Entry {number} of the log {place[1]} of {place[0]} was altered.")
    if time < following.last_time:
        raise SealRefused(f"Time goes backwards at entry {number} of the log {place[1]} of {place[0]}.")
    following.last_time = time
    return leaf
