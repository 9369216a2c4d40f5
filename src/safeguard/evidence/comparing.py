"""Comparing a checkpoint that somebody kept with the log as it stands.

A checkpoint is outside: in a weekly report, a pack, a mail. If the log below its size still gives its root, nothing of
it was altered since; if not, either the checkpoint is not this log's or the log is not what it was.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from safeguard.access.policy import Permission
from safeguard.evidence import merkle
from safeguard.evidence.notes import Checkpoint, parse_checkpoint
from safeguard.work import Work

Fetch: TypeAlias = Callable[..., Awaitable[list[Any]]]
Outcome: TypeAlias = Literal["fits", "contradicts", "ahead", "another", "unreadable"]

BATCH: Final = 5_000
LONGEST: Final = 10_000
OWN: Final = """
select g.organisation_id, g.log, g.origin_id, g.size, g.id from audit.logs g
where g.organisation_id = (select sec.current_organisation()) and g.log = 'general'
"""
EVERY: Final = "select g.organisation_id, g.log, g.origin_id, g.size from audit.logs g where g.log <> 'platform'"
LEAVES: Final = """
select l.entry from audit.leaves l
where l.organisation_id = $1 and l.log = $2 and l.index >= $3 and l.index < $4 order by l.index
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of it."""

    outcome: Outcome
    origin: str = ""
    size: int = 0


async def compare_own(work: Work, note: str) -> Compared:
    """The checkpoint in `note` against this organisation's general log, the only one whose size is shown."""
    work.require(Permission.AUDIT_READ)
    [own] = await work.driver.fetch(OWN)
    work.record("checkpoint.compared", own["id"], kind="log")
    return await _compare(work.driver.fetch, note, [own])


async def compare_any(fetch: Fetch, note: str) -> Compared:
    """Against whichever log of this deployment it names, by a connection that may read them all."""
    return await _compare(fetch, note, await fetch(EVERY))


async def _compare(fetch: Fetch, note: str, logs: list[Any]) -> Compared:
    kept = _read(note)
    if kept is None:
        return Compared("unreadable")
    named = kept.origin.split("/")
    found = next((row for row in logs if len(named) > 2 and row["origin_id"] == named[-2]), None)
    if found is None:
        return Compared("another", kept.origin, kept.size)
    if found["size"] < kept.size:
        return Compared("ahead", kept.origin, kept.size)
    root = await _root(fetch, found, kept.size)
    return Compared("fits" if root == kept.root else "contradicts", kept.origin, kept.size)


def _read(note: str) -> Checkpoint | None:
    if len(note) > LONGEST:
        return None
    text = "\n".join(line.strip() for line in note.strip().splitlines()) + "\n"
    try:
        found = parse_checkpoint(text)
    except ValueError:
        return None
    return found if 0 < found.size < 2**62 and len(found.root) == 32 else None


async def _root(fetch: Fetch, log: Any, size: int) -> bytes | None:
    """From the entries themselves: what the database says of their hashes is not believed."""
    frontier: list[bytes] = []
    done = 0
    async for leaves in _leaves(fetch, log, size):
        frontier, done = merkle.extend(frontier, done, leaves)
    return merkle.root_of(frontier) if done == size else None


async def _leaves(fetch: Fetch, log: Any, size: int) -> AsyncIterator[list[bytes]]:
    for start in range(0, size, BATCH):
        rows = await fetch(LEAVES, log["organisation_id"], log["log"], start, min(size, start + BATCH))
        yield [merkle.leaf_hash(row["entry"].encode()) for row in rows]
