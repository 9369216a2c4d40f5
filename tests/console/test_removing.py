"""An organisation that left: what two operators agreed to is removed whole, certified, and nothing stands in the way
of a hold.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import obstore
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.cli.organisation import said
from safeguard.console import certifying, removing
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import PLATFORM, ContextKey
from safeguard.errors import Conflict, NotFound
from safeguard.evidence.notes import NoteKey
from safeguard.evidence.verifying.notes import parse_note
from safeguard.records.holding import About, lift_hold, place_hold
from safeguard.strongbox import masters, objects, sealing
from safeguard.work import begin
from tests.console.conftest import MakeOperator
from tests.factories.organisations import make_organisation, make_person
from tests.keys.test_never_told import dumped
from tests.records.making import recorded

pytestmark = pytest.mark.anyio

WORD = "Quagga"
SIGNING = Ed25519PrivateKey.generate()
FILE = """
insert into attachments (organisation_id, id, incident_id, name, note, media_type, size, sha256, object_name,
    wrapped_key, attached_at, attached_by, attached_by_name)
values ($1, $2, $3, $4, '', 'text/plain', 1, $5, $6, $7, now(), $8, $9)
"""


class Signer:
    """Signs as the signer does, in this process."""

    def signer_of(self, origin: str) -> NoteKey:
        return NoteKey(origin, SIGNING)


@pytest.fixture
async def owner(addresses: Addresses) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(addresses.owner)
    yield connection
    await connection.close()


@pytest.fixture
async def app(addresses: Addresses, key: ContextKey, data: Path) -> AsyncIterator[pool.Database]:
    """The service's own pool, for whoever acts in an organisation: the console's is the current one."""
    database = pool.Database(addresses.app, key)
    masters.use(masters.Masters(data / "keys"))
    yield database
    await database.close()


class As:
    """`with As(app):` what is done inside is done by the service, not by the console."""

    def __init__(self, database: pool.Database) -> None:
        self.database = database

    def __enter__(self) -> None:
        self.before = pool._current
        pool.use(self.database)

    def __exit__(self, *_: object) -> None:
        pool.use(self.before)


async def member(organisation: UUID, role: Role) -> Actor:
    user_id, name = await make_person(organisation, [role])
    return Actor(ActorKind.PERSON, organisation, user_id, frozenset({role}), name)


async def filled(word: str) -> tuple[UUID, UUID, Actor]:
    """An organisation in which much was written, its incident, and its lead."""
    organisation = await make_organisation()
    lead = await member(organisation, Role.LEAD)
    incident, _ = await recorded(lead, word)
    return organisation, incident, lead


async def slug_of(owner: asyncpg.Connection, organisation: UUID) -> str:
    return str(await owner.fetchval("select slug from organisations where id = $1", organisation))


async def agreed(operator: MakeOperator, owner: asyncpg.Connection, organisation: UUID) -> tuple[Any, Any]:
    """Two operators agree that it leaves, and that what it kept is removed."""
    ada, bob, at = await operator("Ada"), await operator("Bob"), f"/organisations/{organisation}"
    await owner.execute("update organisations set state = 'active' where id = $1", organisation)
    for act in ("leave", "remove"):
        if act == "leave":
            assert (await ada.send(at, act="remove", reason="Too early.")).status_code == 409
        assert (await ada.send(at, act=act, reason="Their contract ended.")).status_code == 303
        request = await owner.fetchval(
            "select id from console.requests where organisation_id = $1 and decision is null", organisation
        )
        alone = await ada.send(f"/requests/{request}", page="/", decision="agree")
        assert alone.status_code == 422
        assert (await bob.send(f"/requests/{request}", page="/", decision="agree")).status_code == 303
    return ada, bob


async def wait_over(owner: asyncpg.Connection, organisation: UUID) -> None:
    await owner.execute(
        "update console.requests set due_at = now() - interval '1 minute' where organisation_id = $1"
        " and due_at is not null",
        organisation,
    )


async def test_what_two_operators_agreed_to_is_removed_whole_and_certified_and_nothing_of_others(
    operator: MakeOperator, owner: asyncpg.Connection, app: pool.Database, addresses: Addresses, data: Path,
    tmp_path: Path,
) -> None:  # fmt: skip
    with As(app):
        organisation, incident, lead = await filled(WORD)
        other, _, _ = await filled("Bluebuck")
        both_id, _ = await make_person(organisation, [Role.REPORTER])
        await owner.execute(
            "insert into memberships select * from jsonb_populate_record(null::memberships, (select to_jsonb(m)"
            " from memberships m where m.user_id = $1) || jsonb_build_object('organisation_id', $2::uuid))",
            both_id,
            other,
        )
        store = objects.open_store((tmp_path / "objects").as_uri())
        async with begin(lead) as work:
            name = f"attachment {incident}"
            _, wrapped = await sealing.make_object_key(work, name)
            await owner.execute(
                FILE, organisation, clock.new_id(), incident, f"{WORD}.txt", bytes(32), "files/by-chance", wrapped,
                lead.user_id, lead.name,
            )  # fmt: skip
    kept = ("files/of-another", f"packs/{other}/pack")
    for path in ("files/by-chance", f"packs/{organisation}/pack-1", f"reports/{organisation}/report", *kept):
        await obstore.put_async(store, path, b"sealed")
    slug = await slug_of(owner, organisation)
    users = [
        row[0] for row in await owner.fetch("select user_id from memberships where organisation_id = $1", organisation)
    ]
    with pytest.raises(Conflict, match="No removal is agreed to"):
        await removing.remove(owner, slug)
    ada, bob = await agreed(operator, owner, organisation)
    with pytest.raises(Conflict, match="waits until"):
        await removing.remove(owner, slug)
    assert WORD.encode() in await dumped(addresses)
    with As(app):
        async with begin(lead) as work:
            due = await work.driver.fetchval("select console.own_removal()")
            assert due is not None and due > clock.now() + timedelta(days=29)
    await wait_over(owner, organisation)

    removal = await removing.remove(owner, slug)
    named = await slug_of(owner, other)
    await owner.execute("update organisations set slug = $2 where id = $1", other, slug)
    assert await removing.remove(owner, slug) == removal, "what was interrupted is finished, whoever has its name now"
    done = await removing.finished(owner, removal)
    new = await owner.fetchval("select name from organisations where id = $1", other)
    told = said(done)
    assert (done.organisation_id, done.now_of) == (organisation, new)
    assert str(organisation) in told and f"{done.removed_at:%Y-%m-%d}" in told
    assert f"{new}, which has the short name {slug} now, was not touched: run it again" in told
    await owner.execute("update organisations set slug = $2 where id = $1", other, named)
    assert "run it again" not in said(await removing.finished(owner, removal))
    assert await removing.erase_stored(owner, removal, store) == 3
    with As(app):
        note = await certifying.certify(owner, removal, "safeguard.test", Signer())
        assert await certifying.certify(owner, removal, "safeguard.test", Signer()) == note

    everything = (await dumped(addresses)).decode("utf-8", "replace")
    assert WORD not in everything
    for row in await owner.fetch(removing.TABLES, ["public", "audit", "jobs", "identity"]):
        assert await owner.fetchval(f"select count(*) from {row['name']} where organisation_id = $1", organisation) == 0
    left = {row[0] for row in await owner.fetch("select id from users where id = any($1)", users)}
    assert left == {both_id}, "whoever belongs to somebody else too keeps their account"
    assert await owner.fetchval("select count(*) from incidents where organisation_id = $1", other) == 1
    stored = {each["path"] for batch in obstore.list(store) for each in batch}
    assert stored == set(kept)
    assert await removing.remove(owner, slug) == removal, "run again, it finds what was done"
    assert await removing.erase_stored(owner, removal, store) == 0

    log = await owner.fetchrow(certifying.LOG, UUID(PLATFORM))
    assert log is not None
    read = parse_note(note.encode(), "the certificate")
    (signature,) = read.signatures
    assert signature.name == f"safeguard.test/t/{log['origin_id']}/{log['epoch']}"
    SIGNING.public_key().verify(signature.value, read.text.encode())
    assert f"organisation {organisation} {slug} school" in note
    assert "Ada" in note and "Bob" in note and WORD not in note
    assert "concern" not in note and "incident" not in note, "nor how many of what there were"
    told = "select count(*) from audit.leaves where organisation_id = $1 and split_part(entry, E'\\n', 3) = $2"
    assert await owner.fetchval(told, UUID(PLATFORM), "organisation.removed")
    listed = (await ada.get("/removals")).text
    assert slug in listed
    assert note.splitlines()[0] in (await bob.get(f"/removals/{removal}")).text
    assert (await bob.get(f"/removals/{clock.new_id()}")).status_code == 404
    assert (await ada.get("/acts")).status_code == 200
    assert (await ada.get(f"/organisations/{organisation}")).status_code == 404
    with pytest.raises(NotFound):
        await removing.remove(owner, "nobody-of-that-name")


async def test_a_hold_wins_over_two_operators_and_one_of_them_is_enough_to_stop_it(
    operator: MakeOperator, owner: asyncpg.Connection, app: pool.Database
) -> None:
    with As(app):
        organisation, incident, lead = await filled("Aurochs")
        async with begin(lead) as work:
            hold = await place_hold(work, About("incident", incident), "inquiry", "The inquiry asked for it.")
    slug, at = await slug_of(owner, organisation), f"/organisations/{organisation}"
    ada, bob = await agreed(operator, owner, organisation)
    assert "must be kept" in (await ada.get(at)).text
    await wait_over(owner, organisation)
    with pytest.raises(Conflict, match="legal hold"):
        await removing.remove(owner, slug)
    assert await owner.fetchval("select count(*) from incidents where organisation_id = $1", organisation) == 1
    assert await owner.fetchval("select state from organisations where id = $1", organisation) == "leaving"
    with As(app):
        async with begin(lead) as work:
            await lift_hold(work, hold, "It is over.")
    page = (await bob.get(at)).text
    assert f"safeguard organisation remove --slug {slug}" in page
    assert (await bob.send(at, act="stop_removal", reason=" ")).status_code == 422
    assert (await bob.send(at, act="stop_removal", reason="They come back.")).status_code == 303
    assert (await bob.send(at, act="stop_removal", reason="Twice.")).status_code == 409
    with pytest.raises(Conflict, match="No removal is agreed to"):
        await removing.remove(owner, slug)
    assert (await bob.send(at, act="remove", reason="After all.")).status_code == 303
    request = await owner.fetchval(
        "select id from console.requests where organisation_id = $1 and decision is null", organisation
    )
    assert (await ada.send(f"/requests/{request}", page="/", decision="agree")).status_code == 303
    assert (await ada.send(at, act="stay", reason="They stay.")).status_code == 303
    await wait_over(owner, organisation)
    with pytest.raises(Conflict, match="No removal is agreed to"):
        await removing.remove(owner, slug)
    assert await owner.fetchval("select state from organisations where id = $1", organisation) == "active"
