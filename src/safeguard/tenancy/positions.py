"""Which line of a TOML file says what, so that a mistake in it can be pointed at.

The standard library's reader gives values without positions, and another reader only for its positions would be a
dependency on every start. This one runs when something is wrong, over text that `tomllib` has accepted: it needs to
find keys and to step over values, never to judge them.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]
"""The way to a value: names of tables and keys, and numbers in arrays."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"""("(?:\\.|[^"\\])*"|'[^']*'|[A-Za-z0-9_-]+)[ \t]*(\.?)[ \t]*""")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')|"(?:\\.|[^"\\])*"|\'[^\']*\'', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\n]+")


def lines_of(text: str) -> Mapping[Path, int]:
    """The line, from 1, of every table, key and array element of `text`, which must be valid TOML."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return {path: bisect_right(starts, offset) for path, offset in _Scan(text).statements()}


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.sizes: dict[Path, int] = {}

    def statements(self) -> Iterator[tuple[Path, int]]:
        table: Path = ()
        while self._skip(_BLANK) < len(self.text):
            start = self.at
            if self.text[start] == "[":
                table = self._header()
                yield table, start
            else:
                yield from self._assignment(table)

    def _header(self) -> Path:
        depth = 2 if self.text.startswith("[[", self.at) else 1
        self.at += depth
        path = self._resolve((), self._key())
        self.at += depth
        if depth == 1:
            return path
        self.sizes[path] = self.sizes.get(path, 0) + 1
        return (*path, self.sizes[path] - 1)

    def _assignment(self, table: Path) -> Iterator[tuple[Path, int]]:
        start = self.at
        path = self._resolve(table, self._key())
        self.at += 1  # the equals sign
        yield path, start
        yield from self._value(path)

    def _value(self, path: Path) -> Iterator[tuple[Path, int]]:
        self._skip(_SPACE)
        match self.text[self.at]:
            case "[":
                yield from self._array(path)
            case "{":
                yield from self._inline(path)
            case '"' | "'":
                self._skip(_STRING)
            case _:
                self._skip(_SCALAR)

    def _array(self, path: Path) -> Iterator[tuple[Path, int]]:
        number = 0
        while self._next("]"):
            yield (*path, number), self.at
            yield from self._value((*path, number))
            number += 1

    def _inline(self, path: Path) -> Iterator[tuple[Path, int]]:
        while self._next("}"):
            yield from self._assignment(path)

    def _next(self, closing: str) -> bool:
        """Step over an opening bracket or a comma to the next element; False, and past it, at the closing one."""
        if self.text[self._skip(_BLANK)] != closing:
            self.at += 1
        if self.text[self._skip(_BLANK)] != closing:
            return True
        self.at += 1
        return False

    def _key(self) -> tuple[str, ...]:
        self._skip(_SPACE)
        names: list[str] = []
        while match := _KEY.match(self.text, self.at):
            self.at = match.end()
            names.append(match[1].strip("\"'"))
            if not match[2]:
                break
        return tuple(names)

    def _resolve(self, path: Path, names: tuple[str, ...]) -> Path:
        """In `[fruit.variety]` under `[[fruit]]`, fruit is the last one so far."""
        for left, name in zip(range(len(names), 0, -1), names, strict=True):
            path = (*path, name)
            if path in self.sizes and left > 1:
                path = (*path, self.sizes[path] - 1)
        return path

    def _skip(self, pattern: re.Pattern[str]) -> int:
        if match := pattern.match(self.text, self.at):
            self.at = match.end()
        return self.at
