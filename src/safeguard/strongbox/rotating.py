"""Replacing keys while the service runs: a key is wrapped again, what it sealed is left alone.

A master is prepared first, so that every process can open with it before anything is wrapped by it; then every
organisation's key is wrapped again, the new master becomes the current one, and what was wrapped in between follows.
A crash at any moment leaves everything openable, and rotating again finishes it. An organisation's key gets a new
version; the keys of its files and packs are wrapped again under it, and the older versions stay for the small things
that they sealed (drafts, letters that wait), which expire by themselves.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.keys.wrapping import Key
from safeguard.strongbox.masters import Masters
from safeguard.strongbox.sealing import add_key, organisation_key, place_of, unseal
from safeguard.work import Work, begin

BATCH: Final = 200

OF_OTHERS: Final = """
select organisation_id, version, wrapped from public.organisation_keys where master_id <> $1
order by organisation_id, version limit $2 for update
"""
WRAPPED: Final = """
update public.organisation_keys set wrapped = $3, master_id = $4 where organisation_id = $1 and version = $2
"""
NEWEST: Final = """
select max(version) from public.organisation_keys where organisation_id = (select sec.current_organisation())
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """A table whose rows hold the wrapped key of an object each."""

    table: str
    noun: str
    """What the key is bound to, before the row's id."""

    @property
    def under_others(self) -> str:
        """Keys that are wrapped by another version than $1."""
        return (
            f"select id, wrapped_key from {self.table} where organisation_id = (select sec.current_organisation())"  # noqa: S608  our own constants
            " and wrapped_key is not null and substr(wrapped_key, 1, 8) <> $1 order by id limit $2 for update"
        )

    @property
    def wrap(self) -> str:
        """Keep a key wrapped again."""
        return (
            f"update {self.table} set wrapped_key = $2"  # noqa: S608  our own constants
            " where organisation_id = (select sec.current_organisation()) and id = $1"
        )


HOLDERS: Final = (
    Holder("public.attachments", "attachment"),
    Holder("public.packs", "pack"),
    Holder("public.reports", "report"),
    Holder("public.policy_files", "policy file"),
    Holder("public.evidence_files", "evidence file"),
    Holder("public.helpline_files", "case file"),
    Holder("public.imports", "import"),
    Holder("public.helpline_imports", "case import"),
    Holder("public.rosters", "roster"),
    Holder("public.access_requests", "access"),
)
"""Every table with such keys: the rooms that own them say with the same nouns what a key is bound to."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was done."""

    wrapped: int
    former: Path | None
    """Where the former master lies: it opens backups made before. None where the environment hands it over."""


async def rotate_master(owner: asyncpg.Connection, masters: Masters) -> Rotated:
    """A new master, and every organisation's key under it; as the database's owner, who alone sees them all.

    Where the environment hands the master over, it was replaced there already: every key is wrapped again under it.
    """
    if masters.is_given:
        return Rotated(await _wrap_all(owner, masters, masters.current), None)
    fresh = Key(clock.System().random_bytes(32))
    masters.prepare(fresh)
    wrapped = await _wrap_all(owner, masters, fresh)
    former = masters.promote(fresh)
    return Rotated(wrapped + await _wrap_all(owner, masters, fresh), former)


async def _wrap_all(owner: asyncpg.Connection, masters: Masters, fresh: Key) -> int:
    wrapped = 0
    while True:
        async with owner.transaction():
            rows = await owner.fetch(OF_OTHERS, fresh.id, BATCH)
            for row in rows:
                place = place_of(row["organisation_id"])
                again = fresh.seal(masters.open_below(row["wrapped"], place).secret, place)
                await owner.execute(WRAPPED, row["organisation_id"], row["version"], again, fresh.id)
        if not rows:
            return wrapped
        wrapped += len(rows)


async def rotate_organisation(actor: Actor) -> int:
    """A new version of the organisation's key, and every object's key under it; how many objects that were."""
    async with begin(actor) as work:
        await organisation_key(work)  # there may be none yet
        version = 1 + (await work.driver.fetchval(NEWEST) or 0)
        await add_key(work, version)
        work.record("key.rotated", actor.organisation_id, version=version)
    return sum([await _wrap_objects(actor, holder) for holder in HOLDERS])


async def _wrap_objects(actor: Actor, holder: Holder) -> int:
    wrapped = 0
    while done := await _wrap_some(actor, holder):
        wrapped += done
    return wrapped


async def _wrap_some(actor: Actor, holder: Holder) -> int:
    """A batch in a transaction of its own: nobody who attaches or downloads waits long."""
    async with begin(actor) as work:
        newest = await organisation_key(work)
        rows = await work.driver.fetch(holder.under_others, newest.id, BATCH)
        for row in rows:
            await _wrap(work, holder, newest, row)
        return len(rows)


async def _wrap(work: Work, holder: Holder, newest: Key, row: asyncpg.Record) -> None:
    about = f"{holder.noun} {row['id']}"
    secret = await unseal(work, row["wrapped_key"], about)
    await work.driver.execute(holder.wrap, row["id"], newest.seal(secret, place_of(work.organisation_id, about)))
