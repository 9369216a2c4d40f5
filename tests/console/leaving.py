"""Organisations that leave: what they kept, the two operators who agree, and who acts in which process."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.evidence.notes import NoteKey
from safeguard.strongbox import masters
from tests.console.conftest import MakeOperator
from tests.factories.organisations import make_organisation, make_person
from tests.records.making import recorded

SIGNING = Ed25519PrivateKey.generate()


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
    ada, bob = await operator("Ada"), await operator("Bob")
    await owner.execute("update organisations set state = 'active' where id = $1", organisation)
    early = await ada.send(f"/organisations/{organisation}", act="remove", reason="Too early.")
    assert early.status_code == 409
    for act in ("leave", "remove"):
        await agree((ada, bob), owner, organisation, act)
    return ada, bob


async def agree(operators: tuple[Any, Any], owner: asyncpg.Connection, organisation: UUID, act: str) -> None:
    """One of them asks, and is refused when they agree to it themselves; the other agrees."""
    ada, bob = operators
    asked = await ada.send(f"/organisations/{organisation}", act=act, reason="Their contract ended.")
    assert asked.status_code == 303
    request = await owner.fetchval(
        "select id from console.requests where organisation_id = $1 and decision is null", organisation
    )
    alone = await ada.send(f"/requests/{request}", page="/", decision="agree")
    assert alone.status_code == 422
    assert (await bob.send(f"/requests/{request}", page="/", decision="agree")).status_code == 303


async def wait_over(owner: asyncpg.Connection, organisation: UUID) -> None:
    await owner.execute(
        "update console.requests set due_at = now() - interval '1 minute' where organisation_id = $1"
        " and due_at is not null",
        organisation,
    )
