"""The parts' logs: files that each part writes by itself, and an eye on them for what the terminal should show."""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

Reader = Callable[[str], str | None]
"""Makes of a log's line what the terminal should show, if anything."""

WARNINGS = re.compile(r"\b(warning|error|critical|fatal|panic|traceback)\b", re.IGNORECASE)
BROKEN = re.compile(r"\bPANIC\b|terminated by signal")

LARGE = 20_000_000
"""Bytes beyond which a log is put aside at start-up; one older one is kept."""

SHOWN = 3
EVERY = 10.0
"""So many lines of a part go to the terminal in so many seconds; the rest is counted."""

LOOK = 65_536


def open_log(path: Path) -> BinaryIO:
    """The file, private, to append to; one that grew too large becomes NAME.old."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGE:
        path.replace(path.with_suffix(".old"))
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def last_line(path: Path) -> str:
    """What the part said last, which mostly is why it ended."""
    lines = [line for line in _tail(path).splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"


def warnings(line: str) -> str | None:
    """For our own programs: a line that warns, and of a line for machines the gist."""
    if line.startswith("{"):
        return _gist(line)
    return line.strip() if WARNINGS.search(line) else None


def breakage(line: str) -> str | None:
    """For PostgreSQL, which calls a refused duplicate an error: only what breaks it."""
    return line.strip() if BROKEN.search(line) else None


def _gist(line: str) -> str | None:
    try:
        facts = cast("dict[str, object]", json.loads(line))
    except ValueError:
        return line.strip()
    if facts.get("level") not in ("warning", "error", "critical"):
        return None
    said = [str(facts.get(name)) for name in ("event", "fault", "route") if facts.get(name)]
    said += [f"reference {facts['reference']}"] if facts.get("reference") else []
    return ", ".join(said)


class Watch:
    """Reads what is new in a log, and keeps what somebody should see."""

    def __init__(self, path: Path, reader: Reader) -> None:
        self.path = path
        self.reader = reader
        self._read = path.stat().st_size if path.exists() else 0
        self._since = -EVERY
        self._shown = 0
        self._hidden = 0

    def look(self) -> Iterator[str]:
        """Lines for the terminal, a few at a time."""
        if time.monotonic() - self._since >= EVERY and (lines := self._flush()):
            yield lines
        for line in self._new_lines():
            if (said := self.reader(line)) is not None and self._may_show():
                yield said

    def _flush(self) -> str | None:
        hidden, self._shown, self._hidden, self._since = self._hidden, 0, 0, time.monotonic()
        return f"and {hidden} more like these, in {self.path}" if hidden else None

    def _may_show(self) -> bool:
        self._shown += 1
        self._hidden += self._shown > SHOWN
        return self._shown <= SHOWN

    def _new_lines(self) -> list[str]:
        size = self.path.stat().st_size if self.path.exists() else 0
        if size <= self._read:
            self._read = size
            return []
        with self.path.open("rb") as file:
            file.seek(max(self._read, size - LOOK))
            new = file.read(LOOK)
        whole, line_end, _ = new.rpartition(b"\n")  # a line that is half written waits for the next look
        self._read = size - (len(new) - len(whole) - len(line_end))
        return whole.decode("utf-8", errors="replace").splitlines()


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LOOK))
        return file.read().decode("utf-8", errors="replace")
