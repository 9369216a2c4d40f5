"""Taking what is left in the object store of a disposed record: noise already, because its keys are gone."""

from typing import Final
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from safeguard.strongbox.objects import StoreClosed
from safeguard.work import Work

WAITING: Final = """
select d.objects from public.disposals d
where d.organisation_id = (select sec.current_organisation()) and d.id = $1 and d.stored_erased_at is null for update
"""
ERASED: Final = """
update public.disposals set objects = '{}', stored_erased_at = $2, version = version + 1
where organisation_id = (select sec.current_organisation()) and id = $1
"""


async def erase_stored(work: Work, disposal_id: UUID, store: ObjectStore) -> None:
    """Erase every object that this disposal named; what is gone already counts. Raises `StoreClosed` to be retried."""
    objects: list[str] | None = await work.driver.fetchval(WAITING, disposal_id)
    if objects is None:
        return
    for name in objects:
        await _erase(store, name)
    await work.driver.execute(ERASED, disposal_id, work.now())
    work.record("record.erased", disposal_id)


async def _erase(store: ObjectStore, name: str) -> None:
    """One object; or, of a pack, each making of it: the name ends where the key's id begins."""
    try:
        for path in [name] if not name.endswith("-") else await _makings(store, name):
            await obstore.delete_async(store, path)
    except FileNotFoundError:
        return
    except (BaseError, OSError) as fault:
        raise StoreClosed from fault


async def _makings(store: ObjectStore, beginning: str) -> list[str]:
    folder = beginning.rpartition("/")[0]
    found = [each["path"] async for batch in obstore.list(store, prefix=folder) for each in batch]
    return [path for path in found if path.startswith(beginning)]
