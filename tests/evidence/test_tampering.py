"""Attacks by somebody who holds the database, and what becomes of each: also of those that nothing catches.

The table in docs/security.md names these tests. What is not caught is shown here as well: a promise that the day it is
kept, a test says so.
"""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
import psycopg
import pytest

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.comparing import compare_any
from safeguard.evidence.making import Workshop
from safeguard.evidence.merkle import extend, leaf_hash
from safeguard.evidence.sealing import FileKeySigner, SealRefused
from safeguard.evidence.signing.memory import FileMemory
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.incidents.queries import read_incident
from safeguard.work import begin
from tests.evidence.test_making import ask, check, file_of, make, stored, tell_a_story
from tests.evidence.test_signer import HOST, OrganisationMaker, alarms_of, grow, rewind

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
Change = Callable[[list[str]], list[str]]
SIGNED: Final = 6

CHANGES: Final[dict[str, Change]] = {
    "an entry edited": lambda all_: [*all_[:2], all_[2].replace("settings.changed", "incident.closed"), *all_[3:]],
    "an entry deleted": lambda all_: [*all_[:2], *all_[3:]],
    "an entry put in": lambda all_: [*all_[:3], all_[2], *all_[3:]],
    "two entries in another order": lambda all_: [*all_[:2], all_[3], all_[2], *all_[4:]],
    "the tail cut": lambda all_: all_[:-2],
    "another history from a point on": lambda all_: [
        *all_[:3],
        *(each.replace("lead", "head") + "\n" for each in all_[3:]),
    ],
}


@pytest.fixture
def signer(addresses: Addresses, tmp_path: Path) -> FileKeySigner:
    return FileKeySigner(bytes(range(32)), HOST, addresses.signer, FileMemory(tmp_path / "signer" / "state.sqlite"))


def entries_of(addresses: Addresses, organisation: UUID) -> list[str]:
    with psycopg.connect(addresses.owner) as owner:
        asked = "select entry from audit.leaves where organisation_id = %s and log = 'general' order by index"
        return [entry for (entry,) in owner.execute(asked, (organisation,)).fetchall()]


def forge(addresses: Addresses, organisation: UUID, entries: list[str]) -> None:
    """Another history, sound in itself: entries, their hashes, frontier and size, by the owner of the tables."""
    hashes = [leaf_hash(entry.encode()) for entry in entries]
    frontier, _ = extend([], 0, hashes)
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("delete from audit.leaves where organisation_id = %s and log = 'general'", (organisation,))
        with owner.cursor() as cursor:
            cursor.executemany(
                "insert into audit.leaves (organisation_id, log, index, entry, hash, object)"
                " values (%s, 'general', %s, %s, %s, %s)",
                [
                    (organisation, place, entry, found, sha256(found).digest())
                    for place, (entry, found) in enumerate(zip(entries, hashes, strict=True))
                ],
            )
        owner.execute(
            "update audit.logs set size = %s, frontier = %s where organisation_id = %s and log = 'general'",
            (len(entries), frontier, organisation),
        )


async def compared(addresses: Addresses, note: str) -> str:
    """What `safeguard check` says of a checkpoint that was kept outside."""
    connection = await asyncpg.connect(addresses.signer)
    try:
        return (await compare_any(connection.fetch, note)).outcome
    finally:
        await connection.close()


async def test_whatever_is_done_to_signed_entries_is_refused_and_contradicts_what_was_kept_outside(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    """Each history is made sound in itself, as a careful attacker does: nothing inside the database tells."""
    for name, change in CHANGES.items():
        one = await organisation()
        await grow(one, SIGNED - 1)
        kept = (await signer.seal(one)).note
        forge(addresses, one, change(entries_of(addresses, one)))
        assert await compared(addresses, kept) in {"contradicts", "ahead"}, name
        await grow(one, 3)
        with pytest.raises(SealRefused):
            await signer.seal(one)
        assert alarms_of(addresses, one) == ["log"], name
        assert await compared(addresses, kept) == "contradicts", name


async def test_a_replaced_checkpoint_is_none_of_the_signers_and_changes_nothing_that_it_says(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    await grow(one, SIGNED - 1)
    kept = (await signer.seal(one)).note
    forge(addresses, one, CHANGES["an entry edited"](entries_of(addresses, one)))
    stranger = FileKeySigner(bytes(range(1, 33)), HOST, addresses.signer)
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("delete from audit.checkpoints where organisation_id = %s", (one,))
    forged = (await stranger.seal(one)).note
    assert forged != kept
    with psycopg.connect(addresses.owner) as owner:
        found = owner.execute("select note from audit.checkpoints where organisation_id = %s", (one,)).fetchall()
    assert found == [(forged,)], "the database now holds a checkpoint that fits what it holds"
    with pytest.raises(SealRefused):
        await signer.seal(one)
    assert await compared(addresses, kept) == "contradicts"


async def test_a_database_put_back_to_yesterday_is_refused_by_the_signer_and_ahead_of_it_is_what_was_kept(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    one = await organisation()
    await grow(one, SIGNED)
    kept = (await signer.seal(one)).note
    await rewind(addresses, one, 3)
    assert await compared(addresses, kept) == "ahead"
    with pytest.raises(SealRefused, match="smaller"):
        await signer.seal(one)


async def test_not_caught_entries_changed_before_they_were_first_signed(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    """The window of a minute, or a hundred entries: who rewrites it whole leaves no trace in the log."""
    one = await organisation()
    await grow(one, 2)
    signed = await signer.seal(one)
    await grow(one, 2)
    entries = entries_of(addresses, one)
    forge(addresses, one, [*entries[: signed.size], entries[-1]])
    assert (await signer.seal(one)).size == signed.size + 1
    assert await compared(addresses, signed.note) == "fits"
    assert alarms_of(addresses, one) == []


async def test_not_caught_a_false_entry_made_with_the_apps_own_rights(
    signer: FileKeySigner, addresses: Addresses, organisation: OrganisationMaker
) -> None:
    """Whoever holds the app's key for contexts acts as anybody: the log says what it was told."""
    one = await organisation()
    before = (await signer.seal(one)).size
    async with begin(system(one)) as work:
        work.record("settings.changed", one)
    assert (await signer.seal(one)).size == before + 1
    assert alarms_of(addresses, one) == []


async def test_not_caught_reading_the_tables_without_the_service(
    someone: Someone, addresses: Addresses, signer: FileKeySigner
) -> None:
    """The log tells what the service showed, not what an administrator of the database read."""
    lead = await someone(Role.LEAD)
    before = (await signer.seal(lead.organisation_id)).size
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("select narrative from public.incidents where organisation_id = %s", (lead.organisation_id,))
    assert (await signer.seal(lead.organisation_id)).size == before


async def test_a_page_shows_an_edited_column_and_a_pack_the_words_that_were_committed(
    someone: Someone, shop: Workshop, addresses: Addresses, tmp_path: Path
) -> None:
    """Not caught on the page; every pack is made of what was committed, and says it as it was."""
    lead = await someone(Role.LEAD)
    incident = await tell_a_story(lead)
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("update public.incidents set narrative = 'Nothing happened.' where id = %s", (incident,))
    async with begin(lead) as work:
        shown = (await read_incident(work, incident)).facts.narrative
    assert shown == "Nothing happened."
    pack_id = await ask(lead, incident)
    pack = await make(lead, pack_id, shop)
    file = await file_of(lead, pack_id, tmp_path)
    assert check(pack, file, shop).verdict is Verdict.VALID
    assert b"Nothing happened." not in file.read_bytes()


async def test_an_edited_committed_value_makes_no_pack(
    someone: Someone, shop: Workshop, addresses: Addresses, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    incident = await tell_a_story(lead)
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(
            "update audit.documents set fields = replace(fields, 'spreads', 'rests') where organisation_id = %s",
            (lead.organisation_id,),
        )
    pack_id = await ask(lead, incident)
    assert (await make(lead, pack_id, shop)).state != "ready"
    assert stored(lead, pack_id, tmp_path) == []
