"""One archive of several members, made piece by piece: however much is in it, little of it is in memory."""

import hashlib
import zipfile
from collections.abc import AsyncIterator, Sequence

Member = tuple[str, AsyncIterator[bytes]]


class Archive:
    """The bytes of the archive, once; afterwards how many they were, and their SHA-256."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> bytes:
        """Of what was given out so far."""
        return self._digest.digest()

    async def pieces(self) -> AsyncIterator[bytes]:
        """Members in their order, not packed, without a date."""
        sink = _Sink()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
            for name, content in self._members:
                with archive.open(zipfile.ZipInfo(name), "w") as member:
                    async for piece in content:
                        member.write(piece)
                        yield self._counted(sink.take())
        yield self._counted(sink.take())

    def _counted(self, piece: bytes) -> bytes:
        self.size += len(piece)
        self._digest.update(piece)
        return piece


class _Sink:
    """Takes what is written until somebody fetches it; it cannot go back, so each member is followed by its length."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing was opened."""

    def take(self) -> bytes:
        """What came since the last time."""
        taken = bytes(self._held)
        self._held.clear()
        return taken
