"""An organisation that left: what two operators agreed to is removed whole, certified, and nothing stands in the way
of a hold.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import obstore
import pytest
from obstore.store import ObjectStore

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.cli.organisation import said
from safeguard.console import certifying, removing
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import PLATFORM
from safeguard.errors import Conflict, NotFound
from safeguard.evidence.verifying.notes import parse_note
from safeguard.records.holding import About, lift_hold, place_hold
from safeguard.strongbox import objects, sealing
from safeguard.work import begin
from tests.console.conftest import MakeOperator
from tests.console.leaving import SIGNING, As, Signer, agreed, app, filled, owner, slug_of, wait_over
from tests.factories.organisations import make_person
from tests.keys.test_never_told import dumped

__all__ = ["app", "owner"]

pytestmark = pytest.mark.anyio

WORD = "Quagga"
FILE = """
insert into attachments (organisation_id, id, incident_id, name, note, media_type, size, sha256, object_name,
    wrapped_key, attached_at, attached_by, attached_by_name)
values ($1, $2, $3, $4, '', 'text/plain', 1, $5, $6, $7, now(), $8, $9)
"""
JOIN = """
insert into memberships select * from jsonb_populate_record(null::memberships, (select to_jsonb(m)
    from memberships m where m.user_id = $1) || jsonb_build_object('organisation_id', $2::uuid))
"""


@dataclass(frozen=True)
class Left:
    """An organisation that is about to be removed, another that stays, and what lies in the store."""

    organisation: UUID
    slug: str
    lead: Actor
    users: tuple[UUID, ...]
    other: UUID
    both: UUID
    """Who belongs to either."""
    store: ObjectStore
    kept: frozenset[str]
    """What in the store is of others."""


async def two_of_them(owner: asyncpg.Connection, folder: Path) -> Left:
    organisation, incident, lead = await filled(WORD)
    other, _, _ = await filled("Bluebuck")
    both, _ = await make_person(organisation, [Role.REPORTER])
    await owner.execute(JOIN, both, other)
    store = objects.open_store((folder / "objects").as_uri())
    await attach(owner, lead, incident)
    kept = frozenset({"files/of-another", f"packs/{other}/pack"})
    for path in ("files/by-chance", f"packs/{organisation}/pack-1", f"reports/{organisation}/report", *kept):
        await obstore.put_async(store, path, b"sealed")
    rows = await owner.fetch("select user_id from memberships where organisation_id = $1", organisation)
    users = tuple(row["user_id"] for row in rows)
    return Left(organisation, await slug_of(owner, organisation), lead, users, other, both, store, kept)


async def attach(owner: asyncpg.Connection, lead: Actor, incident: UUID) -> None:
    """A file, as far as the database knows of one."""
    async with begin(lead) as work:
        _, wrapped = await sealing.make_object_key(work, f"attachment {incident}")
    await owner.execute(
        FILE, lead.organisation_id, clock.new_id(), incident, f"{WORD}.txt", bytes(32), "files/by-chance", wrapped,
        lead.user_id, lead.name,
    )  # fmt: skip


async def assert_it_is_a_month_away(lead: Actor) -> None:
    async with begin(lead) as work:
        due = await work.driver.fetchval("select console.own_removal()")
    assert due is not None and due > clock.now() + timedelta(days=29)


async def assert_its_name_may_be_taken(owner: asyncpg.Connection, left: Left, removal: UUID) -> None:
    """What was interrupted is finished, whoever has its short name now; they are told apart."""
    named = await slug_of(owner, left.other)
    await owner.execute("update organisations set slug = $2 where id = $1", left.other, left.slug)
    assert await removing.remove(owner, left.slug) == removal
    done = await removing.finished(owner, removal)
    new, told = await owner.fetchval("select name from organisations where id = $1", left.other), said(done)
    assert (done.organisation_id, done.now_of) == (left.organisation, new)
    assert str(left.organisation) in told and f"{done.removed_at:%Y-%m-%d}" in told
    assert f"{new}, which has the short name {left.slug} now, was not touched: run it again" in told
    await owner.execute("update organisations set slug = $2 where id = $1", left.other, named)
    assert "run it again" not in said(await removing.finished(owner, removal))


async def assert_nothing_is_left(owner: asyncpg.Connection, left: Left, everything: str) -> None:
    assert WORD not in everything
    for row in await owner.fetch(removing.TABLES, ["public", "audit", "jobs", "identity"]):
        found = f"select count(*) from {row['name']} where organisation_id = $1"
        assert await owner.fetchval(found, left.organisation) == 0
    rows = await owner.fetch("select id from users where id = any($1)", left.users)
    assert {row["id"] for row in rows} == {left.both}, "whoever belongs to somebody else too keeps their account"
    assert await owner.fetchval("select count(*) from incidents where organisation_id = $1", left.other) == 1
    assert {each["path"] for batch in obstore.list(left.store) for each in batch} == left.kept


async def assert_it_is_certified(owner: asyncpg.Connection, left: Left, note: str) -> None:
    log = await owner.fetchrow(certifying.LOG, UUID(PLATFORM))
    assert log is not None
    read = parse_note(note.encode(), "the certificate")
    (signature,) = read.signatures
    assert signature.name == f"safeguard.test/t/{log['origin_id']}/{log['epoch']}"
    SIGNING.public_key().verify(signature.value, read.text.encode())
    assert f"organisation {left.organisation} {left.slug} school" in note
    assert "Ada" in note and "Bob" in note and WORD not in note
    assert "concern" not in note and "incident" not in note, "nor how many of what there were"
    told = "select count(*) from audit.leaves where organisation_id = $1 and split_part(entry, E'\\n', 3) = $2"
    assert await owner.fetchval(told, UUID(PLATFORM), "organisation.removed")


async def test_what_two_operators_agreed_to_is_removed_whole_and_certified_and_nothing_of_others(
    operator: MakeOperator, owner: asyncpg.Connection, app: pool.Database, addresses: Addresses, tmp_path: Path
) -> None:
    with As(app):
        left = await two_of_them(owner, tmp_path)
    with pytest.raises(Conflict, match="No removal is agreed to"):
        await removing.remove(owner, left.slug)
    ada, bob = await agreed(operator, owner, left.organisation)
    with pytest.raises(Conflict, match="waits until"):
        await removing.remove(owner, left.slug)
    assert WORD.encode() in await dumped(addresses)
    with As(app):
        await assert_it_is_a_month_away(left.lead)
    await wait_over(owner, left.organisation)

    removal = await removing.remove(owner, left.slug)
    await assert_its_name_may_be_taken(owner, left, removal)
    assert await removing.erase_stored(owner, removal, left.store) == 3
    with As(app):
        note = await certifying.certify(owner, removal, "safeguard.test", Signer())
        assert await certifying.certify(owner, removal, "safeguard.test", Signer()) == note
    await assert_nothing_is_left(owner, left, (await dumped(addresses)).decode("utf-8", "replace"))
    assert await removing.remove(owner, left.slug) == removal, "run again, it finds what was done"
    assert await removing.erase_stored(owner, removal, left.store) == 0
    await assert_it_is_certified(owner, left, note)

    assert left.slug in (await ada.get("/removals")).text
    assert note.splitlines()[0] in (await bob.get(f"/removals/{removal}")).text
    assert (await bob.get(f"/removals/{clock.new_id()}")).status_code == 404
    assert (await ada.get("/acts")).status_code == 200
    assert (await ada.get(f"/organisations/{left.organisation}")).status_code == 404
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
