"""The zip: members stored as they are, in order, at one time, with nothing that depends on machine, clock or run.

Stored and not compressed: the bytes then depend on no compressor's version, nothing can swell when it is read, and a
verifier can rebuild every header from the member itself. There are no extra fields, no comments and no folders.
"""

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from safeguard.errors import TooLarge

_FILE = 0o100644 << 16
_UNIX = 3
LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Written:
    """A member that stands in the zip."""

    path: str
    size: int
    sha256: str


class PackZip:
    """A zip at `target`, written member by member; `at` is the time that all members bear, in UTC."""

    def __init__(self, target: Path, at: datetime) -> None:
        self._zip = zipfile.ZipFile(target, "x", zipfile.ZIP_STORED, allowZip64=False)
        self._time = _dos_time(at)

    def __enter__(self) -> "PackZip":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def add(self, path: str, chunks: Iterable[bytes]) -> Written:
        """Store a member from its pieces, without holding them all."""
        info = zipfile.ZipInfo(path, self._time)
        info.create_system, info.external_attr = _UNIX, _FILE
        digest, size = sha256(), 0
        try:
            with self._zip.open(info, "w") as member:
                for chunk in chunks:
                    member.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
                    _refuse_above(size)
        except (zipfile.LargeZipFile, RuntimeError) as error:
            raise TooLarge(_TOO_LARGE) from error
        _refuse_above(self._zip.fp.tell() if self._zip.fp else size)
        return Written(path, size, digest.hexdigest())


_TOO_LARGE = "This pack would be larger than 2 GiB. Choose a shorter period."


def _refuse_above(size: int) -> None:
    if size > LARGEST:
        raise TooLarge(_TOO_LARGE)


def _dos_time(at: datetime) -> tuple[int, int, int, int, int, int]:
    """Zip times are two seconds apart and begin in 1980; they name no zone, so this is UTC."""
    moment = at.astimezone(UTC)
    if moment.year < 1980:
        return (1980, 1, 1, 0, 0, 0)
    return (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second // 2 * 2)
