"""People who can sign in, and the key that throttles and forms are keyed with."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.identity import acts, passwords, signing_in, two_person
from safeguard.identity.factors import apps, sealing
from safeguard.identity.factors.codes import hash_of as code_hash_of
from safeguard.identity.signing_in import Browser, SignedIn
from safeguard.web import keys
from tests.factories.organisations import make_organisation, make_person
from tests.factories.owning import owning

PASSWORD = "seven herons over the weir"
"""What everybody in these tests signs in with."""
SPARE = 30
"""Recovery codes that everybody has: each sign-in through the pages uses one."""
ADD_APP = """
insert into second_factors (user_id, id, kind, label, created_at, sealed, last_step)
values (%s, %s, 'totp', 'Sample app', now(), %s, 0)
"""
ADD_CODES = "insert into recovery_codes (user_id, code_hash, made_at) select %s, h, now() from unnest(%s::bytea[]) h"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody with a password."""

    actor: Actor
    email: str
    secret: str = ""
    """Of their authenticator app; empty for whoever has none."""

    @property
    def organisation_id(self) -> UUID:
        return self.actor.organisation_id

    @property
    def user_id(self) -> UUID:
        assert self.actor.user_id is not None
        return self.actor.user_id


MakeAccount = Callable[..., Awaitable[Account]]
AsOwner = Callable[..., Awaitable[list[tuple[Any, ...]]]]
Later = Callable[[str], Awaitable[object]]


@pytest.fixture(autouse=True)
def server_key(data: Path) -> Iterator[None]:
    keys.use(keys.ServerKey(clock.random_bytes(32)))
    sealing.use(sealing.Ring(data / "keys"))
    acts.bind(*two_person.ACTS)
    yield
    keys.use(None)


@pytest.fixture(scope="session")
def stored_hash() -> str:
    """The hash of `PASSWORD`, made once."""
    return passwords._hasher.hash(passwords._as_bytes(PASSWORD))


@pytest.fixture
def as_owner(addresses: Addresses) -> AsOwner:
    """`await as_owner(sql, *values)`: look at, or change, what the app may not."""

    async def run(statement: str, *values: object) -> list[tuple[Any, ...]]:
        async with owning(addresses.owner) as owner:
            cursor = await owner.execute(statement, values)
            return await cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def account(database: pool.Database, as_owner: AsOwner, stored_hash: str) -> MakeAccount:
    """`await account(Role.LEAD)`: a person who can sign in with `PASSWORD`, at a mail domain of their own.

    They have an app and recovery codes; `bare=True`: nothing but the password.
    """

    async def make(*roles: Role, organisation: UUID | None = None, bare: bool = False) -> Account:
        organisation_id = organisation or await make_organisation()
        user_id, name = await make_person(organisation_id, roles)
        email = f"person@{user_id.hex}.example"
        await as_owner("update users set email = %s, password_hash = %s where id = %s", email, stored_hash, user_id)
        await as_owner("update memberships set email = %s where user_id = %s", email, user_id)
        actor = Actor(ActorKind.PERSON, organisation_id, user_id, frozenset(roles), name)
        return Account(actor, email, "" if bare else await enrolled(as_owner, user_id))

    return make


async def enrolled(as_owner: AsOwner, user_id: UUID) -> str:
    """Give this person an app and recovery codes; returns the app's secret."""
    secret, factor = apps.new_secret(), clock.new_id()
    await as_owner(ADD_APP, user_id, factor, sealing.current().seal(secret.encode(), user_id, factor))
    await as_owner(ADD_CODES, user_id, [code_hash_of(user_id, spare(user_id, number)) for number in range(SPARE)])
    return secret


def spare(user_id: UUID, number: int) -> str:
    """One of somebody's recovery codes."""
    return f"{user_id.hex[-12:]}{number:04d}"


@pytest.fixture
async def later(as_owner: AsOwner) -> AsyncIterator[Later]:
    """`await later("31 minutes")`: the database's clock stands still, so long after the test began."""
    held = (
        "create or replace function sec.clock() returns timestamptz language sql volatile parallel safe "
        "set search_path = pg_catalog, pg_temp as $$ select {} $$"
    )
    began = (await as_owner("select clock_timestamp()::text"))[0][0]

    async def stand_still(by: str) -> object:
        return await as_owner(held.format(f"timestamptz '{began}' + interval '{by}'"))

    yield stand_still
    await as_owner(held.format("clock_timestamp()"))


def some_browser(client: str | None = None, device: str | None = None) -> Browser:
    """A browser at a network address that no other test uses, unless one is given."""
    somewhere = "2001:db8:" + ":".join(clock.random_bytes(2).hex() for _ in range(2)) + "::1"
    return Browser(client or somewhere, "A browser", device, None, clock.new_request_id())


async def sign_in(account: Account, device: str | None = None, organisation: UUID | None = None) -> SignedIn:
    """A session of this person."""
    browser = some_browser(device=device)
    person = await signing_in.authenticate(account.email, PASSWORD, browser)
    assert person is not None
    return await signing_in.start_session(person, browser, organisation)
