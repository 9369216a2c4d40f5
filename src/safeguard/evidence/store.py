"""Where packs lie: an object store - a local folder, or S3, Azure or Google by its address - never the database.

An object appears whole or not at all: the local store writes beside and renames, the others finish an upload.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from safeguard.errors import Gone

if TYPE_CHECKING:
    from obstore import GetResult  # exists for type checkers alone

CHUNK: Final = 1 << 20
_GONE = "This pack is no longer stored. Ask for it again: at the same log size it has the same bytes."


def open_store(url: str) -> ObjectStore:
    """The store at `url`. A local folder is closed to everybody but its own user, also one that was there before."""
    if not url.startswith("file:"):
        return from_url(url)
    folder = Path(unquote(urlsplit(url).path))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return LocalStore(folder)


def name_of(organisation_id: UUID, pack_id: UUID) -> str:
    """The object's name: the organisation leads, as in every key."""
    return f"packs/{organisation_id}/{pack_id}.zip"


async def put(store: ObjectStore, name: str, file: Path) -> None:
    """Store a file's bytes under a name; the same name again replaces it whole."""
    await obstore.put_async(store, name, file)
    if isinstance(store, LocalStore) and store.prefix is not None:
        (store.prefix / name).chmod(0o600)


async def read(store: ObjectStore, name: str) -> AsyncIterator[bytes]:
    """The object's bytes, piece by piece; raises `Gone` before the first when it is not there."""
    try:
        found = await obstore.get_async(store, name)
    except FileNotFoundError as missing:
        raise Gone(_GONE) from missing
    return _pieces(found)


async def _pieces(found: "GetResult") -> AsyncIterator[bytes]:
    async for piece in found.stream(min_chunk_size=CHUNK):
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
