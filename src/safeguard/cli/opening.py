"""Running one piece of work from the command line: a database that is there, a pool that is closed, one event loop."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeVar

from safeguard import settings
from safeguard.database import passwords, pool
from safeguard.database.bootstrap import database_for
from safeguard.database.context import load_key
from safeguard.identity import acts, two_person
from safeguard.settings import Settings, SettingsError
from safeguard.strongbox import masters

T = TypeVar("T")


def run(data: Path | None, purpose: str, work: Callable[[Settings], Awaitable[T]]) -> T:
    """Do `work` with this process's database open: the one that `up` runs on `data`, else one for the moment.

    Raises `SettingsError` where none was ever made: a mistyped folder must not become an empty service.
    """
    _refuse_nowhere(os.environ, settings.folder_of(data=data))
    with database_for(settings.load(data=data), purpose) as place:
        return asyncio.run(_with_pool(place, work))


def _refuse_nowhere(environ: Mapping[str, str], folder: Path) -> None:
    named = any(name.startswith("SAFEGUARD_") and name.endswith("DATABASE_URL") and environ[name] for name in environ)
    if named or (folder / "keys" / "database.json").exists():
        return
    raise SettingsError(
        f"There is no database in {folder}. If yours is in another folder, name it with --data. "
        f"`safeguard up --data {folder}` starts a new one there."
    )


async def _with_pool(place: Settings, work: Callable[[Settings], Awaitable[T]]) -> T:
    passwords.follow(place.keys)
    database = pool.Database(place.app_url, load_key(place.keys / "context"), size=2, overflow=2)
    pool.use(database)
    masters.use(masters.Masters(place.keys))
    acts.bind(*two_person.ACTS)
    try:
        return await work(place)
    finally:
        pool.use(None)
        await database.close()
