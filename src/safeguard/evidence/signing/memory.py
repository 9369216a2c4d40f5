"""What the signer remembers of each log, where nobody who commands the database can reach it.

Kept in the database itself it would be rewound with it, and a restored backup would be signed as if nothing had been
lost. So it lies in a SQLite file of the signer's own, and it is on the disk (fsync) before a signature leaves.
"""

import fcntl
import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol, TypeAlias
from uuid import UUID

Place: TypeAlias = tuple[UUID, str]
"""An organisation and one of its logs."""

GONE: Final = "gone"
"""In the place of an origin: two people answered for the end of this log."""
TABLES: Final = """
create table if not exists log (
    organisation text not null, log text not null, origin text not null, size integer not null, root blob not null,
    frontier blob not null, last_time text not null, note text not null, stored integer not null,
    primary key (organisation, log)) without rowid, strict;
create table if not exists refusal (
    organisation text not null, log text not null, sentence text not null, at text not null,
    primary key (organisation, log)) without rowid, strict;
create table if not exists continuation (
    organisation text not null, log text not null, origin text not null, at text not null,
    primary key (organisation, log, origin)) without rowid, strict;
create table if not exists retired (public blob primary key, at text not null) without rowid, strict;
create table if not exists clock (one integer primary key check (one = 1), at text not null) strict;
"""
RECALL: Final = (
    "select origin, size, root, frontier, last_time, note, stored from log where organisation = ? and log = ?"
)
KEEP: Final = """
insert into log (organisation, log, origin, size, root, frontier, last_time, note, stored)
values (?, ?, ?, ?, ?, ?, ?, ?, 0) on conflict (organisation, log) do update set origin = excluded.origin,
    size = excluded.size, root = excluded.root, frontier = excluded.frontier, last_time = excluded.last_time,
    note = excluded.note, stored = 0
"""
MARK: Final = "update log set stored = 1 where organisation = ? and log = ?"
TICK: Final = "insert into clock (one, at) values (1, ?) on conflict (one) do update set at = excluded.at"
NODE: Final = 32


@dataclass(frozen=True, slots=True)
class Known:
    """What was signed last of a log, and what is needed to go on from there."""

    origin: str
    size: int
    root: bytes
    frontier: tuple[bytes, ...]
    last_time: str
    note: str
    is_stored: bool = False
    """Whether the database has the checkpoint too: between the two writes a crash may have come."""


class MemoryFailed(RuntimeError):
    """It could not be written down, so nothing may be signed."""


class Memory(Protocol):
    """Where the signer keeps what it knows."""

    def recall(self, place: Place) -> Known | None:
        """What was signed last of this log."""
        ...

    def sizes(self) -> dict[Place, int]:
        """How long each log was when it was signed last."""
        ...

    def keep(self, place: Place, known: Known, at: datetime) -> None:
        """Remember it for good, before its signature leaves; raises `MemoryFailed`."""
        ...

    def mark_stored(self, place: Place) -> None:
        """The database has it too."""
        ...

    def latest(self) -> datetime | None:
        """When this signer last signed anything, by its own clock."""
        ...

    def is_declared(self, place: Place, origin: str) -> bool:
        """Whether two people declared that the log goes on under this origin, after a restore."""
        ...

    def declare(self, place: Place, origin: str, at: datetime) -> None:
        """Two people said that the log goes on under this origin; with `GONE`, that it ended."""
        ...

    def retired_keys(self) -> tuple[bytes, ...]:
        """Public keys that signed here once and sign no more."""
        ...

    def refusal(self, place: Place) -> str | None:
        """Why this log is not signed any more, until somebody has looked."""
        ...

    def refuse(self, place: Place, sentence: str, at: datetime) -> None:
        """Remember that this log is not to be signed."""
        ...


class InMemory:
    """Forgets with its process: for tests, and for measuring."""

    def __init__(self) -> None:
        self._known: dict[Place, Known] = {}
        self._latest: datetime | None = None
        self._refused: dict[Place, str] = {}

    def recall(self, place: Place) -> Known | None:
        """What was signed last of this log."""
        return self._known.get(place)

    def sizes(self) -> dict[Place, int]:
        """How long each was."""
        return {place: known.size for place, known in self._known.items()}

    def keep(self, place: Place, known: Known, at: datetime) -> None:
        """Remember it, as long as the process lives."""
        self._known[place], self._latest = known, at

    def mark_stored(self, place: Place) -> None:
        """The database has it too."""
        self._known[place] = replace(self._known[place], is_stored=True)

    def latest(self) -> datetime | None:
        """When anything was last signed."""
        return self._latest

    def is_declared(self, place: Place, origin: str) -> bool:
        """Nobody declares anything to a memory that forgets."""
        return False

    def declare(self, place: Place, origin: str, at: datetime) -> None:
        """Nothing is kept of it."""

    def retired_keys(self) -> tuple[bytes, ...]:
        """None."""
        return ()

    def refusal(self, place: Place) -> str | None:
        """It looks again each time: see `FileMemory`."""
        return None

    def refuse(self, place: Place, sentence: str, at: datetime) -> None:
        """Nothing is kept of it."""


class FileMemory:
    """A SQLite file, mode 0600, written through to the disk."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
        self._file = file
        with self._open() as database:
            database.executescript(TABLES)

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection]:
        """A connection for one act. FULL: a commit returns when the disk has it."""
        try:
            database = sqlite3.connect(self._file, timeout=10, isolation_level=None)
            try:
                database.execute("pragma synchronous = full")
                yield database
            finally:
                database.close()
        except sqlite3.Error as fault:
            raise MemoryFailed(f"The signer cannot use its memory ({fault}), so it signs nothing.") from fault

    def recall(self, place: Place) -> Known | None:
        """What was signed last of this log."""
        with self._open() as database:
            row = database.execute(RECALL, _key(place)).fetchone()
        if row is None:
            return None
        origin, size, root, frontier, last_time, note, stored = row
        nodes = tuple(frontier[at : at + NODE] for at in range(0, len(frontier), NODE))
        return Known(origin, size, root, nodes, last_time, note, bool(stored))

    def sizes(self) -> dict[Place, int]:
        """How long each log was when it was signed last."""
        with self._open() as database:
            rows = database.execute("select organisation, log, size from log").fetchall()
        return {(UUID(organisation), str(log)): int(size) for organisation, log, size in rows}

    def list_known(self) -> list[tuple[Place, Known]]:
        """Every log that was ever signed."""
        with self._open() as database:
            rows = database.execute("select organisation, log from log order by organisation, log").fetchall()
        places = [(UUID(organisation), str(log)) for organisation, log in rows]
        return [(place, known) for place in places if (known := self.recall(place))]

    def keep(self, place: Place, known: Known, at: datetime) -> None:
        """In one transaction, on the disk when this returns; raises `MemoryFailed`."""
        values = (known.origin, known.size, known.root, b"".join(known.frontier), known.last_time, known.note)
        with self._open() as database:
            database.execute("begin immediate")
            database.execute(KEEP, (*_key(place), *values))
            database.execute(TICK, (at.isoformat(),))
            database.execute("commit")

    def mark_stored(self, place: Place) -> None:
        """The database has it too."""
        with self._open() as database:
            database.execute(MARK, _key(place))

    def latest(self) -> datetime | None:
        """When this signer last signed anything, by its own clock."""
        with self._open() as database:
            row = database.execute("select at from clock").fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def is_declared(self, place: Place, origin: str) -> bool:
        """Whether `declare` was told of it."""
        asked = "select 1 from continuation where organisation = ? and log = ? and origin = ?"
        with self._open() as database:
            return database.execute(asked, (*_key(place), origin)).fetchone() is not None

    def declare(self, place: Place, origin: str, at: datetime) -> None:
        """Two people said that the log goes on under this origin, or ended; what was refused is looked at again."""
        with self._open() as database:
            database.execute("begin immediate")
            database.execute("insert or replace into continuation values (?, ?, ?, ?)",
                             (*_key(place), origin, at.isoformat()))  # fmt: skip
            database.execute("delete from refusal where organisation = ? and log = ?", _key(place))
            database.execute("commit")

    def retired_keys(self) -> tuple[bytes, ...]:
        """Public keys that signed here once and sign no more."""
        with self._open() as database:
            return tuple(row[0] for row in database.execute("select public from retired order by at"))

    def retire(self, public: bytes, at: datetime) -> None:
        """Remember a key that signs no more, so that what it signed is still known as ours."""
        with self._open() as database:
            database.execute("insert or ignore into retired values (?, ?)", (public, at.isoformat()))

    def refusal(self, place: Place) -> str | None:
        """Why this log is not signed any more."""
        asked = "select sentence from refusal where organisation = ? and log = ?"
        with self._open() as database:
            row = database.execute(asked, _key(place)).fetchone()
        return row[0] if row else None

    def refuse(self, place: Place, sentence: str, at: datetime) -> None:
        """An alarm, not a retry: the log stays unsigned until `look_again`."""
        with self._open() as database:
            database.execute("insert or ignore into refusal values (?, ?, ?, ?)",
                             (*_key(place), sentence, at.isoformat()))  # fmt: skip

    def look_again(self) -> int:
        """Somebody looked: logs that were refused are tried once more. How many those are."""
        with self._open() as database:
            return database.execute("delete from refusal").rowcount


def _key(place: Place) -> tuple[str, str]:
    return str(place[0]), place[1]


@contextmanager
def alone(folder: Path) -> Generator[None]:
    """One signer to a memory: raises `MemoryFailed` while another holds it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise MemoryFailed("Another signer uses this memory. There is one signer to a deployment.") from fault
        yield
