"""Where files lie: an object store - a local folder, or S3, Azure or Google by its address - never the database.

Everything in it is sealed with a key of its own, and an object appears whole or not at all: the local store writes
beside and renames, the others finish an upload.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import anyio
import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from safeguard.errors import Gone, Unavailable
from safeguard.keys.wrapping import Key
from safeguard.strongbox import streaming

if TYPE_CHECKING:
    from obstore import GetResult  # exists for type checkers alone

PIECE: Final = 1 << 20
GONE: Final = "This file is no longer stored."


class CannotStore(Unavailable):
    """The store does not take it: no room, no right, no connection. Nothing of it was kept."""

    code = "cannot-store"
    title = "This could not be stored"
    sentence = (
        "The place where files are kept does not take any at the moment, so nothing of this one was kept. Try again in "
        "a few minutes; if it goes on, tell whoever runs the service that its storage may be full."
    )


class StoreClosed(Unavailable):
    """The store does not answer."""

    code = "store-closed"
    title = "Files cannot be reached at the moment"
    sentence = "The place where files are kept does not answer at the moment. Nothing is lost. Try again in a minute."


def open_store(url: str) -> ObjectStore:
    """The store at `url`. A local folder is closed to everybody but its own user, also one that was there before."""
    if not url.startswith("file:"):
        return from_url(url)
    folder = Path(unquote(urlsplit(url).path))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return LocalStore(folder)


async def put(store: ObjectStore, name: str, key: Key, pieces: AsyncIterator[bytes]) -> None:
    """Store the pieces, sealed with `key`, under a name; the same name again replaces it whole.

    Raises `CannotStore`, and whatever `pieces` raises: then there is nothing of it.
    """
    try:
        await obstore.put_async(store, name, streaming.sealed(key, pieces), max_concurrency=2)
    except (BaseError, OSError) as fault:
        raise CannotStore from fault
    if isinstance(store, LocalStore) and store.prefix is not None:
        (store.prefix / name).chmod(0o600)


async def read(store: ObjectStore, name: str, key: Key, gone: str = GONE) -> AsyncIterator[bytes]:
    """The object's bytes, piece by piece; raises `Gone` before the first when it is not there."""
    try:
        found = await obstore.get_async(store, name)
    except FileNotFoundError as missing:
        raise Gone(gone) from missing
    except (BaseError, OSError) as fault:
        raise StoreClosed from fault
    return streaming.opened(key, _pieces(found))


async def erase(store: ObjectStore, name: str) -> None:
    """Take the object away if it can be done now. Whoever needs certainty erases its key: that is what erases it."""
    with suppress(FileNotFoundError, BaseError, OSError):
        await obstore.delete_async(store, name)


async def of_file(file: Path) -> AsyncIterator[bytes]:
    """A local file's bytes, piece by piece."""
    async with await anyio.open_file(file, "rb") as source:
        while piece := await source.read(PIECE):
            yield piece


async def once(whole: bytes) -> AsyncIterator[bytes]:
    """Bytes that are all there already, as one piece."""
    yield whole


async def _pieces(found: "GetResult") -> AsyncIterator[bytes]:
    async for piece in found.stream(min_chunk_size=PIECE):
        yield bytes(piece)


_current: ObjectStore | None = None


def use(store: ObjectStore | None) -> None:
    """Make `store` the one of this process."""
    global _current  # noqa: PLW0603  one store per process, like the pool
    _current = store


def current() -> ObjectStore:
    """The store of this process; raises `RuntimeError` before `use`."""
    if _current is None:
        raise RuntimeError("no object store is open in this process")
    return _current
