"""`verify`: packs of logs of up to a million entries, made of nothing, in the verifier that everybody can run.

Against a loop that only hashes what such a log hashes: each entry, and each pair of nodes above it (RFC 9162 §2.1.1).
And what the verifier holds in memory at a million entries, against what it holds at a thousand.
"""

import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safeguard.cli.bench.measuring import Figure, Goal
from safeguard.cli.bench.packing import verified
from safeguard.evidence import merkle
from safeguard.evidence.notes import Checkpoint, NoteKey
from safeguard.evidence.packs.assembling import assemble
from safeguard.evidence.packs.contents import Disclosure, PackFacts

LENGTHS = (1_000, 100_000, 1_000_000)
MOST = 3
"""Rounds at most: a million entries take a while."""
ORIGIN = "safeguard.example/t/0123abcd/1"
WHEN = datetime(2026, 11, 22, 10, tzinfo=UTC)
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class _Log:
    """A log as a file of entries, with its root."""

    entries: Path
    size: int
    root: bytes


def judge(pairs: int) -> list[Figure]:
    """Seconds and megabytes of the verifier, by the length of the log."""
    with tempfile.TemporaryDirectory() as folder:
        logs = [_log(Path(folder) / f"{length}.entries", length) for length in LENGTHS]
        rounds = {log.size: [_one(log, _pack(Path(folder), log)) for _ in range(min(pairs, MOST))] for log in logs}
    figures = [_speed(length, rounds[length]) for length in LENGTHS[1:]]
    most, few = ([memory for _, memory, _ in rounds[length]] for length in (LENGTHS[-1], LENGTHS[0]))
    what = f"the verifier's memory, {LENGTHS[-1]:,} entries against {LENGTHS[0]:,}"
    return [*figures, Figure("verify-memory", what, "MB", most, few, Goal(1.5, "lower"))]


def _speed(length: int, rounds: list[tuple[float, float, float]]) -> Figure:
    ours, bare = [seconds for seconds, _, _ in rounds], [seconds for _, _, seconds in rounds]
    what = f"a pack of {length:,} entries, verified against bare hashing"
    return Figure(f"verify-{length}", what, "s", ours, bare, Goal(20, "lower"), {"per second": length / min(ours)})


def _one(log: _Log, pack: Path) -> tuple[float, float, float]:
    """Seconds to verify, megabytes for it, and seconds of the bare loop."""
    seconds, megabytes = verified(pack)
    return seconds, megabytes, _bare(log)


def _entries(size: int) -> Iterator[bytes]:
    object_handle = b64encode(sha256(b"object").digest()).decode()
    actor, time_ = b64encode(bytes(16)).decode(), WHEN.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    for number in range(size):
        event = "incident.viewed" if number else "log.created"
        yield (
            f"safeguard-audit/1\n{time_}\n{event}\n{actor}\nlead\n{object_handle}\n1\n-\n{UUID(int=number)}\n"
        ).encode()


def _log(file: Path, size: int) -> _Log:
    frontier: list[bytes] = []
    done, leaves = 0, list[bytes]()
    with file.open("wb") as spool:
        for entry in _entries(size):
            spool.write(entry)
            leaves.append(merkle.leaf_hash(entry))
            if len(leaves) == BATCH:
                frontier, done = merkle.extend(frontier, done, leaves)
                leaves.clear()
    frontier, _ = merkle.extend(frontier, done, leaves)
    return _Log(file, size, merkle.root_of(frontier))


def _pack(folder: Path, log: _Log) -> Path:
    """A complete pack of no record: what it costs is the log."""
    key = NoteKey(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    report, target = folder / "report.pdf", folder / f"{log.size}.zip"
    report.write_bytes(b"%PDF-1.7 for measuring\n")
    target.unlink(missing_ok=True)
    facts = PackFacts(
        UUID(int=log.size), "period", "For measuring", "Nobody", Disclosure.COMPLETE, ORIGIN, log.size, WHEN, "bench"
    )
    assemble(target, facts, [report], log.entries, key.sign(Checkpoint(ORIGIN, log.size, log.root).text), key)
    return target


def _bare(log: _Log) -> float:
    """Nothing but the hashes: one of each entry, and one for each node above."""
    whole = log.entries.read_bytes()
    length = len(whole) // log.size
    began = time.perf_counter()
    for number in range(log.size):
        node = sha256(b"\x00" + whole[number * length : (number + 1) * length]).digest()
        sha256(b"\x01" + node + node).digest()
    return time.perf_counter() - began
