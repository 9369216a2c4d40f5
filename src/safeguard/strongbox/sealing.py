"""Sealing small things with the organisation's key, and wrapping the keys of large ones.

    sealed = await seal(work, plain, "draft 0198...")
    plain = await unseal(work, sealed, "draft 0198...")

`about` says what it is and whose: a sealed value that is moved to another row, or to another organisation, does not
open. An organisation's key is made when it is first needed. It is read and unwrapped each time rather than kept in
memory: one row by its key, and a key that was just made is gone with a transaction that fails.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from safeguard.keys.wrapping import ID, CannotOpen, Key
from safeguard.strongbox import masters
from safeguard.work import Work

NEWEST: Final = """
select wrapped from public.organisation_keys
where organisation_id = (select sec.current_organisation()) order by version desc limit 1
"""
OF_ID: Final = """
select wrapped from public.organisation_keys
where organisation_id = (select sec.current_organisation()) and key_id = $1
"""
ADD: Final = """
insert into public.organisation_keys (organisation_id, version, key_id, master_id, wrapped, made_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, sec.clock()) on conflict do nothing
"""


async def seal(work: Work, plain: bytes, about: str) -> bytes:
    """`plain` under the organisation's newest key, bound to `about`."""
    return (await organisation_key(work)).seal(plain, place_of(work.organisation_id, about))


async def seal_all(work: Work, plain: Sequence[tuple[bytes, str]]) -> list[bytes]:
    """Each of (plain, about) as `seal` seals it; the key is fetched once."""
    key = await organisation_key(work)
    return [key.seal(each, place_of(work.organisation_id, about)) for each, about in plain]


async def unseal(work: Work, sealed: bytes, about: str) -> bytes:
    """What was sealed in this organisation for `about`; raises `CannotOpen`, `KeyMissing`."""
    return (await _key_of(work, sealed[:ID])).open(sealed, place_of(work.organisation_id, about))


async def unseal_all(work: Work, sealed: Sequence[tuple[bytes, str]]) -> list[bytes]:
    """Each of (sealed, about) as `unseal` opens it; every key is fetched once."""
    keys = {key_id: await _key_of(work, key_id) for key_id in {one[:ID] for one, _ in sealed}}
    return [keys[one[:ID]].open(one, place_of(work.organisation_id, about)) for one, about in sealed]


async def make_object_key(work: Work, name: str) -> tuple[Key, bytes]:
    """A fresh key for the object of that name, and the same key wrapped: erase that, and the object is erased."""
    return (await organisation_key(work)).make_below(place_of(work.organisation_id, name))


async def wrap_object_key(work: Work, key: Key, name: str) -> bytes:
    """An object's key, made before there was a transaction, wrapped for the object of that name."""
    return (await organisation_key(work)).seal(key.secret, place_of(work.organisation_id, name))


async def open_object_key(work: Work, wrapped: bytes, name: str) -> Key:
    """The key of the object of that name; raises `CannotOpen`, `KeyMissing`."""
    return Key(await unseal(work, wrapped, name))


def open_carried_key(organisation_id: UUID, organisation_key: bytes, wrapped: bytes, name: str) -> Key:
    """As `open_object_key`, where the database handed out both keys, each wrapped; raises `CannotOpen`."""
    outer = masters.current().open_below(organisation_key, place_of(organisation_id))
    return Key(outer.open(wrapped, place_of(organisation_id, name)))


async def organisation_key(work: Work) -> Key:
    """The organisation's newest key, made when there is none."""
    wrapped: bytes | None = await work.driver.fetchval(NEWEST)
    if wrapped is None:
        await add_key(work, 1)
        wrapped = await work.driver.fetchval(NEWEST)
    if wrapped is None:
        raise RuntimeError("an organisation's key was neither found nor made")
    return masters.current().open_below(wrapped, place_of(work.organisation_id))


async def add_key(work: Work, version: int) -> None:
    """Make a version of the organisation's key; whoever is second leaves the first one's."""
    master, place = masters.current().current, place_of(work.organisation_id)
    key, wrapped = master.make_below(place)
    await work.driver.execute(ADD, version, key.id, master.id, wrapped)


async def _key_of(work: Work, key_id: bytes) -> Key:
    wrapped: bytes | None = await work.driver.fetchval(OF_ID, key_id)
    if wrapped is None:
        raise CannotOpen("sealed with a key that this organisation does not have")
    return masters.current().open_below(wrapped, place_of(work.organisation_id))


def place_of(organisation_id: UUID, about: str = "") -> bytes:
    """What a sealed value is bound to: the organisation, and what it is about."""
    return b"safeguard-strongbox/1\n" + organisation_id.bytes + about.encode()
