"""The parts' logs: files that each part writes by itself, and an eye on them for what the terminal should show."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

WARNINGS = re.compile(r"\b(warning|error|critical|fatal|panic|traceback)\b", re.IGNORECASE)
BROKEN = re.compile(r"\bPANIC\b|terminated by signal")
"""For PostgreSQL, which calls a refused duplicate an error."""

LARGE = 20_000_000
"""Bytes beyond which a log is put aside at start-up; one older one is kept."""

SHOWN = 3
"""Lines of one look that go to the terminal; the rest is counted."""

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


class Watch:
    """Reads what is new in a log, and keeps what somebody should see."""

    def __init__(self, path: Path, worrying: re.Pattern[str]) -> None:
        self.path = path
        self.worrying = worrying
        self._read = path.stat().st_size if path.exists() else 0

    def look(self) -> Iterator[str]:
        """Lines for the terminal, a few at a time."""
        worries = [line.strip() for line in self._new_lines() if self.worrying.search(line)]
        yield from worries[:SHOWN]
        if len(worries) > SHOWN:
            yield f"and {len(worries) - SHOWN} more, in {self.path}"

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
