"""The checkpoint (C2SP tlog-checkpoint) that a pack stands on, and the keys that it comes with."""

import re
from dataclasses import dataclass

from safeguard.evidence.verifying.archive import Archive
from safeguard.evidence.verifying.notes import Key, parse_key, parse_note
from safeguard.evidence.verifying.text import decode64
from safeguard.evidence.verifying.verdicts import Refused

FILE = "checkpoint.note"
KEYS = "keys.note"
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_ORIGIN = re.compile(r"[^\s+\x00-\x1f\x7f]+/t/[0-9a-z]+/([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log's key signed: the log, its size and the root of its tree."""

    origin: str
    size: int
    root: bytes

    @property
    def epoch(self) -> int:
        """1 until the log was ever restored from a backup and continued; ValueError for an origin without one."""
        found = _ORIGIN.fullmatch(self.origin)
        if not found:
            raise ValueError("the origin of the log is malformed")
        return int(found[1])


def read_checkpoint(archive: Archive, keys: tuple[Key, ...]) -> Checkpoint:
    """The checkpoint, signed by a key of its own origin that is among `keys`."""
    note = parse_note(archive.read(FILE, 64 * 1024), FILE)
    lines = note.text.split("\n")
    if len(lines) != 4 or lines[3] or not _SIZE.fullmatch(lines[1]):
        raise Refused("checkpoint.note is not a checkpoint.", file=FILE)
    try:
        checkpoint = Checkpoint(lines[0], int(lines[1]), decode64(lines[2], 32))
        _ = checkpoint.epoch
    except ValueError as error:
        raise Refused("checkpoint.note is not a checkpoint.", file=FILE) from error
    if not any(key.name == checkpoint.origin for key in note.signers(keys, FILE)):
        raise Refused("The checkpoint is not signed by a key that counts here.", file=FILE)
    return checkpoint


def read_keys(archive: Archive) -> tuple[Key, ...]:
    """The keys that the pack brings along. That it brings them proves nothing about whose they are."""
    note = parse_note(archive.read(KEYS, 64 * 1024), KEYS)
    lines = note.text.split("\n")
    if lines[0] != "safeguard-keys/1" or len(lines) < 3 or lines[-1]:
        raise Refused("keys.note is not a list of keys.", file=KEYS)
    try:
        keys = tuple(parse_key(line) for line in lines[1:-1])
    except ValueError as error:
        raise Refused(f"keys.note holds a key that cannot be used: {error}.", file=KEYS) from error
    if not note.signers(keys, KEYS):
        raise Refused("keys.note is not signed by a key that it lists.", file=KEYS)
    return keys
