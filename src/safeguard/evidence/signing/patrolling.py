"""Reading signed logs again, a part in each round: what lies below the last signature may be altered as well.

To sign on, the signer needs the new entries alone: it carries the frontier of the old ones. So what is altered below it
would be found by whoever compares a checkpoint or makes a pack, and not by the signer. Here it goes through all that it
ever signed, log after log, hashes every entry again and compares with the root that it remembers; then it begins anew.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from safeguard.evidence import merkle
from safeguard.evidence.signing.memory import GONE, Known, Memory, Place

LEAVES: Final = """
select index, entry from audit.leaves
where organisation_id = $1 and log = $2 and index >= $3 and index < $4 order by index limit $5
"""
BATCH: Final = 5000
ENTRIES: Final = 20_000
"""Read again in one round: with one a minute, of 28 million entries every one within a day."""
LOGS: Final = 500
"""Logs begun in one round."""


@dataclass(slots=True)
class _Walk:
    """Through one log, up to where it was signed when this began."""

    place: Place
    known: Known
    size: int = 0
    frontier: list[bytes] = field(default_factory=list[bytes])


@dataclass(slots=True)
class Patrol:
    """Where the signer is in reading again. Kept by its process: one that starts anew begins with the first log."""

    entries: int = ENTRIES
    _walk: _Walk | None = None
    _last: Place | None = None

    async def go(self, connection: asyncpg.Connection, memory: Memory) -> list[Place]:
        """Read on; the logs that are not what was signed."""
        altered: list[Place] = []
        waiting = self._round(memory)
        left = self.entries
        while left > 0 and (walk := self._walk or self._begin(memory, waiting)):
            self._walk = walk
            read = await _read(connection, walk, min(left, BATCH))
            left -= max(read, 1)
            if read and walk.size < walk.known.size:
                continue
            if walk.frontier != list(walk.known.frontier) and self._still(memory, walk):
                altered.append(walk.place)
            self._walk, self._last = None, walk.place
        return altered

    def _round(self, memory: Memory) -> list[Place]:
        """The next logs, the one after the last first."""
        whole = sorted(memory.sizes())
        first = 0 if self._last is None else bisect_right(whole, self._last)
        return [*whole[first:], *whole[:first]][:LOGS]

    def _begin(self, memory: Memory, waiting: list[Place]) -> _Walk | None:
        while waiting:
            place = waiting.pop(0)
            known = memory.recall(place)
            if known and not memory.refusal(place) and not memory.is_declared(place, GONE):
                return _Walk(place, known)
        return None

    def _still(self, memory: Memory, walk: _Walk) -> bool:
        """Whether the log goes on from what this walk began with: not where a restore was declared meanwhile."""
        known = memory.recall(walk.place)
        return known is not None and known.origin == walk.known.origin and not memory.refusal(walk.place)


async def _read(connection: asyncpg.Connection, walk: _Walk, most: int) -> int:
    """The next entries of the log into its frontier, as long as none is missing; how many."""
    rows = await connection.fetch(LEAVES, *walk.place, walk.size, walk.known.size, most)
    there = [row for number, row in enumerate(rows, walk.size) if row["index"] == number]
    leaves = [merkle.leaf_hash(row["entry"].encode()) for row in there]
    walk.frontier, walk.size = merkle.extend(walk.frontier, walk.size, leaves)
    return len(leaves)
