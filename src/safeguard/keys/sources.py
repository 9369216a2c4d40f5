"""Where keys come from: the environment where it names one, else a folder of files.

    SAFEGUARD_KEY_MASTER=<base64 of 32 bytes>
    SAFEGUARD_KEY_MASTER_FORMER=<base64> <base64> ...

A key has a name, the secret that is used now, and former ones that still open what they sealed. In a folder the former
ones lie beside it, as `name-<id>`; they are replaced by a command while everything runs. Whoever hands keys out by the
environment (a vault's agent, an orchestrator's secrets) replaces them there and restarts the parts one by one.
"""

import os
from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from safeguard.errors import Conflict
from safeguard.keys.files import SIZE, load, load_or_make, write
from safeguard.keys.wrapping import Key

PREFIX: Final = "SAFEGUARD_KEY_"
FORMER: Final = "_FORMER"


class BadKey(RuntimeError):
    """A setting that should hold a key holds something else. What it holds is not said."""


class Source(Protocol):
    """Whatever keeps keys."""

    def current(self, name: str) -> bytes:
        """The secret that is used now; raises `BadKeyFile`, `BadKey`."""
        ...

    def former(self, name: str) -> tuple[bytes, ...]:
        """Secrets that still open."""
        ...

    def stamp(self, name: str) -> object:
        """Something else once the key was replaced; cheap to ask."""
        ...

    def replace(self, name: str, fresh: bytes, *, keep: int | None) -> None:
        """Use `fresh` from now on, and keep so many former ones (None: all); raises `Conflict` where it cannot."""
        ...


class Folder:
    """Files of 32 bytes, readable by their owner alone; a key that is missing is made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current(self, name: str) -> bytes:
        """The file of that name."""
        return load_or_make(self._folder / name)

    def former(self, name: str) -> tuple[bytes, ...]:
        """Files `name-...` beside it, the latest first."""
        found: list[bytes] = []
        for file in self._beside(name):
            with suppress(FileNotFoundError):  # a rotation moved it meanwhile
                found.append(load(file))
        return tuple(found)

    def stamp(self, name: str) -> object:
        """Which file it is, and when it was written."""
        try:
            found = (self._folder / name).stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns

    def replace(self, name: str, fresh: bytes, *, keep: int | None) -> None:
        """The former one is written beside it before the fresh one takes its place: at no moment is either missing."""
        before = self.current(name)
        for file in self._beside(name)[max(keep - 1, 0) if keep is not None else None :]:
            file.unlink(missing_ok=True)
        if keep != 0:
            write(self._folder / f"{name}-{Key(before).id.hex()}", before)
        draft = self._folder / f"{name}.{os.getpid()}"
        write(draft, fresh)
        draft.replace(self._folder / name)

    def _beside(self, name: str) -> list[Path]:
        files: list[tuple[int, Path]] = []
        for file in self._folder.glob(f"{name}-*"):
            with suppress(FileNotFoundError):
                files.append((-file.stat().st_mtime_ns, file))
        return [file for _, file in sorted(files)]


class Environment:
    """Keys that whoever starts the process hands over; it cannot write them back."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def __repr__(self) -> str:
        return "Environment()"

    def current(self, name: str) -> bytes:
        """The setting of that name."""
        return _secret(_setting(name), self._environ[_setting(name)])

    def former(self, name: str) -> tuple[bytes, ...]:
        """The setting beside it."""
        setting = _setting(name) + FORMER
        return tuple(_secret(setting, text) for text in self._environ.get(setting, "").split())

    def stamp(self, name: str) -> object:
        """It stays while the process lives."""
        return name

    def replace(self, name: str, fresh: bytes, *, keep: int | None) -> None:
        """Not from here."""
        raise Conflict(
            f"This key comes from {_setting(name)}, so it is replaced there: set the new one, put the one before in"
            f" front of those in {_setting(name)}{FORMER}, and restart the parts one by one."
        )


def source_of(folder: Path, name: str, environ: Mapping[str, str] = os.environ) -> Source:
    """Where the key of that name comes from."""
    return Environment(environ) if environ.get(_setting(name)) else Folder(folder)


def is_given(name: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment hands this key over."""
    return bool(environ.get(_setting(name)))


def is_of_a_key(setting: str) -> bool:
    """Whether this setting holds a key, or former ones."""
    return setting.startswith(PREFIX)


def settings_of(name: str) -> tuple[str, str]:
    """The settings that hold the key of that name, and its former ones."""
    return _setting(name), _setting(name) + FORMER


def _setting(name: str) -> str:
    return PREFIX + name.upper()


def _secret(setting: str, text: str) -> bytes:
    try:
        secret = b64decode(text, validate=True)
    except (Error, ValueError):
        secret = b""
    if len(secret) != SIZE:
        raise BadKey(f"{setting} is not a key: the base64 of {SIZE} bytes, as `openssl rand -base64 32` prints it.")
    return secret
