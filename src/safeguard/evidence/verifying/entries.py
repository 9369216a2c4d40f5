"""The entries of a log as a pack carries them: nine lines each, or one line with the hash of an entry not shown."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from safeguard.evidence.verifying.merkle import leaf_hash
from safeguard.evidence.verifying.text import decode64
from safeguard.evidence.verifying.verdicts import Refused

HIDDEN = b"safeguard-hidden/1 "
LONGEST = 1024
FILE = "audit/entries"
_TIME = (
    rb"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T"
    rb"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
)
_ENTRY = re.compile(
    rb"safeguard-audit/1\n"
    rb"(?P<time>" + _TIME + rb")\n"
    rb"(?P<event>[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)\n"
    rb"(?P<actor>[A-Za-z0-9+/]{22}==)\n"
    rb"(?P<role>[a-z][a-z0-9_]*)\n"
    rb"(?P<object>[A-Za-z0-9+/]{43}=)\n"
    rb"(?P<version>0|[1-9][0-9]{0,9})\n"
    rb"(?P<commitment>-|[A-Za-z0-9+/]{43}=)\n"
    rb"(?P<request>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\n"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf of the log: shown in full, or (`event` empty) only its hash."""

    index: int
    hash: bytes
    time: str = ""
    event: str = ""
    object: str = ""
    version: int = 0
    commitment: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether the pack carries the entry itself."""
        return bool(self.event)


def is_time(text: str) -> bool:
    """Whether it is a time as an entry writes it."""
    return re.fullmatch(_TIME.decode(), text) is not None


def read_entries(chunks: Iterable[bytes]) -> Iterator[Entry]:
    """The entries in index order; a refusal names the first that is malformed."""
    lines = _lines(chunks)
    for index, line in enumerate(lines):
        yield _hidden(index, line) if line.startswith(HIDDEN) else _shown(index, line, lines)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines with their LF; a last one without it, or one that is too long, ends in a refusal."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
        if len(rest) > LONGEST:
            raise Refused("A line of the log is longer than any can be.", file=FILE)
    if rest:
        raise Refused("The last line of the log is cut off.", file=FILE)


def _hidden(index: int, line: bytes) -> Entry:
    try:
        return Entry(index, decode64(line[len(HIDDEN) : -1].decode("ascii"), 32))
    except ValueError as error:
        raise Refused(f"Entry {index} is not the hash of an entry.", file=FILE, entry=index) from error


def _shown(index: int, first: bytes, lines: Iterator[bytes]) -> Entry:
    raw = first + b"".join(next(lines, b"") for _ in range(8))
    found = _ENTRY.fullmatch(raw) if len(raw) <= LONGEST else None
    if not found:
        raise Refused(f"Entry {index} is not written as an entry is.", file=FILE, entry=index)
    time, event, handle, commitment = (found[part].decode() for part in ("time", "event", "object", "commitment"))
    return Entry(index, leaf_hash(raw), time, event, handle, int(found["version"]), commitment)
