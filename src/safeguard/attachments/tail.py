"""A file of which only the end was kept, read as if it were whole."""

import io


class End(io.RawIOBase):
    """A file of which only the end is there: enough to read a directory, and an error for anything before."""

    def __init__(self, tail: bytes, size: int) -> None:
        self._tail, self._start, self._size, self._at = tail, size - len(tail), size, 0

    def seekable(self) -> bool:
        """It is."""
        return True

    def readable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where it is read next."""
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go there."""
        self._at = (0, self._at, self._size)[whence] + offset
        if self._at < 0:
            raise OSError("before the beginning")
        return self._at

    def read(self, size: int = -1) -> bytes:
        """The bytes there; raises `OSError` for what is not kept."""
        if self._at < self._start:
            raise OSError("not kept")
        start = self._at - self._start
        found = self._tail[start:] if size < 0 else self._tail[start : start + size]
        self._at += len(found)
        return found
