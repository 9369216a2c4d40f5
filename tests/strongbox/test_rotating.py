"""Keys are replaced while the service runs: all opens before, between and after, and nothing sealed is touched."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.keys.wrapping import CannotOpen, Key
from safeguard.strongbox import masters
from safeguard.strongbox.masters import Masters
from safeguard.strongbox.rotating import HOLDERS, rotate_master, rotate_organisation
from safeguard.strongbox.sealing import make_object_key, open_object_key, organisation_key, seal, unseal
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
ADD = """
insert into attachments (organisation_id, id, incident_id, name, media_type, size, sha256, object_name, wrapped_key,
                         attached_at, attached_by_name)
values ($1, $2, $3, 'a.pdf', 'application/pdf', 1, $4, $5, $6, now(), 'Sample')
"""


@pytest.fixture
async def owner(addresses: Addresses) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(addresses.owner)
    yield connection
    await connection.close()


async def test_what_was_sealed_opens_before_between_and_after_a_new_master(
    someone: Someone, owner: asyncpg.Connection, data: Path
) -> None:
    lead, other = await someone(Role.LEAD), await someone(Role.LEAD)
    async with begin(lead) as work:
        sealed = await seal(work, b"words", "draft 1")
    async with begin(other) as work:
        theirs = await seal(work, b"theirs", "draft 1")
    before = masters.current().current
    running = Masters(data / "keys")  # another process, which began before
    assert running.current == before

    done = await rotate_master(owner, masters.current())

    assert done.wrapped >= 2
    assert masters.current().current != before
    assert done.former.read_bytes() == before.secret
    assert done.former.stat().st_mode & 0o777 == 0o600
    assert not masters.current().file_of(masters.current().current).exists()
    assert await owner.fetchval("select count(*) from organisation_keys where master_id = $1", before.id) == 0
    for known in (masters.current(), running, Masters(data / "keys")):
        masters.use(known)
        async with begin(lead) as work:
            assert await unseal(work, sealed, "draft 1") == b"words"
        async with begin(other) as work:
            assert await unseal(work, theirs, "draft 1") == b"theirs"


async def test_a_key_that_was_made_by_a_process_with_the_former_master_still_opens(
    someone: Someone, owner: asyncpg.Connection, data: Path
) -> None:
    lead = await someone(Role.LEAD)
    await rotate_master(owner, masters.current())
    async with begin(lead) as work:
        sealed = await seal(work, b"words", "draft 1")
    await rotate_master(owner, masters.current())
    async with begin(lead) as work:
        assert await unseal(work, sealed, "draft 1") == b"words"
    assert await owner.fetchval("select count(*) from organisation_keys where master_id <> $1",
                                masters.current().current.id) == 0  # fmt: skip


async def test_a_rotation_that_died_halfway_is_finished_by_the_next(
    someone: Someone, owner: asyncpg.Connection, data: Path
) -> None:
    lead, other = await someone(Role.LEAD), await someone(Role.LEAD)
    for actor in (lead, other):
        async with begin(actor) as work:
            await seal(work, b"words", "draft 1")
    half = Key(clock.random_bytes(32))
    masters.current().prepare(half)  # it died after one organisation
    async with begin(system(lead.organisation_id)) as work:
        own = await organisation_key(work)
        place = b"safeguard-strongbox/1\n" + lead.organisation_id.bytes
        await work.driver.execute(
            "update organisation_keys set wrapped = $1, master_id = $2", half.seal(own.secret, place), half.id
        )
    masters.use(Masters(data / "keys"))
    for actor in (lead, other):
        async with begin(actor) as work:
            await seal(work, b"words", "draft 2")
    await rotate_master(owner, masters.current())
    assert await owner.fetchval("select count(distinct master_id) from organisation_keys") == 1


async def test_an_organisations_new_key_wraps_its_objects_and_leaves_what_they_sealed(
    someone: Someone, incident: Callable[[Actor], Awaitable[object]]
) -> None:
    lead = await someone(Role.LEAD)
    incident_id = await incident(lead)
    ids = [clock.new_id() for _ in range(3)]
    keys: list[Key] = []
    async with begin(lead) as work:
        small = await seal(work, b"words", "draft 1")
        for one in ids:
            key, wrapped = await make_object_key(work, f"attachment {one}")
            keys.append(key)
            await work.driver.execute(ADD, lead.organisation_id, one, incident_id, bytes(32), str(one), wrapped)
        before = await organisation_key(work)

    assert await rotate_organisation(system(lead.organisation_id)) == 3

    async with begin(lead) as work:
        newest = await organisation_key(work)
        assert newest != before
        for one, key in zip(ids, keys, strict=True):
            wrapped = await work.driver.fetchval("select wrapped_key from attachments where id = $1", one)
            assert wrapped[:8] == newest.id
            assert await open_object_key(work, wrapped, f"attachment {one}") == key
            with pytest.raises(CannotOpen):
                await open_object_key(work, wrapped, f"attachment {clock.new_id()}")
        assert await unseal(work, small, "draft 1") == b"words"
        assert await seal(work, b"words", "draft 2") != small
        told = "select count(*) from audit.leaves where split_part(entry, E'\\n', 3) = 'key.rotated'"
        assert await work.driver.fetchval(told) == 1
    assert await rotate_organisation(system(lead.organisation_id)) == 3


async def test_every_table_with_keys_of_objects_is_wrapped_again(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "select attrelid::regclass::text as name,"
        " has_column_privilege('safeguard_app', attrelid, attname, 'update') as granted"
        " from pg_attribute join pg_class c on c.oid = attrelid"
        " where attname = 'wrapped_key' and c.relkind = 'r' and not attisdropped"
    )
    assert {row["name"].removeprefix("public.") for row in rows} == {each.table[len("public.") :] for each in HOLDERS}
    assert [row["name"] for row in rows if not row["granted"]] == []


@pytest.fixture
def incident() -> Callable[[Actor], Awaitable[object]]:
    """An incident to hang files on."""
    from safeguard.incidents.recording import record_incident  # noqa: PLC0415  the room is far above this one

    async def record(lead: Actor) -> object:
        async with begin(lead) as work:
            return (await record_incident(work, SHORT, SCHOOL)).facts.id

    return record
