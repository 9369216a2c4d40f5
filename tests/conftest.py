"""The house that the tests live in: a real PostgreSQL, migrated as in production, entered as the app's own role.

One server per test process, its data in memory-fast mode; every test makes organisations of its own, so nothing has
to be rolled back and what commits is really committed.
"""

import gc
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses, ensure_roles
from safeguard.database.context import ContextKey, load_key
from safeguard.database.embedded import EmbeddedPostgres
from safeguard.strongbox import masters
from tests.compiled import compile_once
from tests.factories import organisations
from tests.factories.organisations import make_organisation, make_person
from tests.factories.owning import forget
from tests.ordering import spread
from tests.ready import ready

pytest_plugins = ("tests.promises.plugin",)
"""Prints which promises the tests of a whole run show."""


compile_once()
gc.disable()  # until everything is imported and every test is known: nothing made till then is garbage


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of several processes each begins with some of the tests that wait."""
    if (processes := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))) > 1:
        items[:] = spread(items, processes)


def pytest_collection_finish() -> None:
    """What the tests are made of stays for good: the collector need not look at it again with each of them."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def data() -> Iterator[Path]:
    """A data directory with keys and a running server, shared by the tests of this process."""
    with tempfile.TemporaryDirectory(prefix="safeguard-tests-") as folder:
        yield ready(Path(folder))


@pytest.fixture(scope="session")
def server(data: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(data, durable=False, purpose="the tests") as running:
        yield running


@pytest.fixture(scope="session")
def key(data: Path) -> ContextKey:
    return load_key(data / "keys" / "context")


@pytest.fixture(scope="session")
def addresses(server: EmbeddedPostgres, data: Path) -> Iterator[Addresses]:
    """The roles' addresses of a migrated database."""
    made = ensure_roles(server.url(), data / "keys")
    organisations.owner_url = made.owner
    yield made
    forget(made.owner)


@pytest.fixture(scope="session")
async def opened(addresses: Addresses, key: ContextKey, anyio_backend: str) -> AsyncIterator[pool.Database]:
    """A pool as the role `safeguard_app`, its connections kept from test to test.

    A new connection reads the catalogue and plans every statement anew, which was most of what a short test did. The
    price is one event loop for the tests of this process, so that a test cleans up after itself.
    """
    made = pool.Database(addresses.app, key)
    yield made
    await made.close()


@pytest.fixture
def database(opened: pool.Database, data: Path) -> Iterator[pool.Database]:
    """The pool that `begin` uses, and the master key that organisations' keys need."""
    pool.use(opened)
    masters.use(masters.Masters(data / "keys"))
    yield opened
    pool.use(None)


@pytest.fixture
def someone(database: pool.Database) -> Callable[..., Awaitable[Actor]]:
    """`await someone(Role.LEAD)`: a person with these roles, in a new organisation unless one is named."""

    async def make(*roles: Role, organisation: UUID | None = None, kind: str = "school") -> Actor:
        organisation_id = organisation or await make_organisation(kind)
        user_id, name = await make_person(organisation_id, roles)
        return Actor(ActorKind.PERSON, organisation_id, user_id, frozenset(roles), name)

    return make


@pytest.fixture
def organisation(database: pool.Database) -> Callable[..., Awaitable[UUID]]:
    """`await organisation()`: a new organisation with its two logs."""

    async def make(kind: str = "school") -> UUID:
        return await make_organisation(kind)

    return make


@pytest.fixture
def call(addresses: Addresses) -> Callable[[Actor, str], None]:
    """Give somebody who works here another name, as if they had never had one before."""

    def rename(actor: Actor, name: str) -> None:
        with psycopg.connect(addresses.owner) as owner:
            owner.execute("update memberships set name = %s where user_id = %s", (name, actor.user_id))
            owner.execute("update memberships set former_names = '{}' where user_id = %s", (actor.user_id,))

    return rename
