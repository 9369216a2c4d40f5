"""From a password to a session.

A stranger learns nothing: whether or not the address has an account, the same statements run, one password is hashed,
one refusal goes to the platform's log, and the page says the same. No connection is held while a password is hashed.

What was shown is a set of `factors`, which the session holds (`access.assurance` says which are enough). Whoever
comes in with one gets a session that reads nothing, and is asked for the second on the next page (`factors.proving`).
A provider that signs people in calls `start_session` with `("provider",)`, or `("provider_two",)` where its verified
claim says that it asked for two.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from asyncpg import PostgresError

from safeguard import clock
from safeguard.access import assurance
from safeguard.access.actors import Actor, ActorKind, system
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.context import PLATFORM
from safeguard.errors import Forbidden
from safeguard.identity import addresses, passwords, throttling
from safeguard.identity.factors import looking
from safeguard.identity.secret import Secret, hash_of, new_secret
from safeguard.work import Work, begin

FIND = "select * from identity.find_credentials($1, $2)"
REPLACE_PASSWORD = "select identity.replace_password($1, $2)"  # noqa: S105  a statement, not a secret
OPEN = "select identity.open_session($1, $2, $3, $4, $5, $6, $7)"
NEEDS_PROVIDER = "SG001"
"""What `identity.open_session` refuses a password with, where members come in by the organisation's own provider."""
BY_PROVIDER = (
    "Where you work, people sign in with the organisation's own account and not with a password. Choose “Sign in with "
    "your organisation's account”."
)
PURPOSE = "sign-in"
"""The context of sign-in: as the platform it looks stored hashes up, and as a person, whose password was right, it lets
`identity.open_session` begin a session."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has just proved who they are."""

    user_id: UUID
    name: str
    organisations: tuple[UUID, ...]
    """Where they may come in: first the one last used on this device. None when they have left them all."""
    factors: tuple[str, ...] = (assurance.PASSWORD,)


@dataclass(frozen=True, slots=True)
class Browser:
    """What somebody comes in with."""

    client: str
    """The network address."""
    label: str
    """What its owner calls it: "Chrome on Windows"."""
    device: str | None
    """The lasting token of a browser that has signed in before."""
    replaces: bytes | None
    """The hash of the session that the browser still had."""
    request_id: UUID
    is_shared: bool = False
    """Whether others use this computer: then it is not known afterwards."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has begun: what the browser is given."""

    organisation_id: UUID
    session: Secret
    device: Secret | None
    """None on a computer that others use."""
    is_whole: bool = True
    """Whether two factors were shown; else the next page asks for the second."""


@dataclass(frozen=True, slots=True)
class _Credentials:
    user_id: UUID
    name: str
    password_hash: str | None
    organisations: tuple[UUID, ...]


async def authenticate(email: str, password: str, browser: Browser) -> Person | None:
    """Whoever has this password, or None; raises `TooManyRequests` when too many wrong ones came first."""
    known, attempt = await _admit(addresses.normal(email), browser)
    if not await passwords.verify(known.password_hash if known else None, password):
        await tell_platform()
        return None
    await throttling.forgive(attempt)
    assert known is not None  # noqa: S101  without a stored hash nothing verifies
    await _refresh(known, password)
    return Person(known.user_id, known.name, known.organisations)


async def start_session(person: Person, browser: Browser, organisation_id: UUID | None = None) -> SignedIn:
    """A session in the organisation named, or in the one that comes first; raises `Forbidden` when there is none."""
    target = place_of(person, organisation_id)
    actor = Actor(ActorKind.PERSON, target, person.user_id, frozenset(), person.name)
    async with begin(actor, purpose=PURPOSE, request_id=browser.request_id) as work:
        return await open_session(work, browser, person.factors)


def place_of(person: Person, organisation_id: UUID | None) -> UUID:
    """The organisation named, if they belong to it, else the one that comes first; raises `Forbidden` without any."""
    if not person.organisations:
        raise Forbidden(
            "Your account belongs to no organisation that is open at the moment. Ask whoever invited you what to do."
        )
    if organisation_id and organisation_id in person.organisations:
        return organisation_id
    return person.organisations[0]


async def open_session(work: Work, browser: Browser, factors: tuple[str, ...] = (assurance.PASSWORD,)) -> SignedIn:
    """A session for the actor of a `sign-in` context; their device is known from now on, unless others use it too."""
    device = Secret(browser.device, hash_of(browser.device)) if browser.device else new_secret()
    step = await looking.look(work, device.hash)
    shown = (*factors, assurance.BROWSER) if step.remembered and not browser.is_shared else factors
    session, session_id = new_secret(), clock.new_id()
    try:
        roles: list[str] | None = await work.driver.fetchval(
            OPEN, session.hash, session_id, device.hash, browser.label, list(shown), browser.replaces, browser.is_shared
        )
    except PostgresError as refusal:
        if getattr(refusal, "sqlstate", None) != NEEDS_PROVIDER:
            raise
        raise Forbidden(BY_PROVIDER) from refusal
    work.actor = replace(work.actor, roles=frozenset(map(Role, roles or ())))
    work.record("session.started", session_id)
    if step.is_new_browser and work.actor.user_id:
        work.record("browser.met", work.actor.user_id, kind="membership")
    is_whole = assurance.satisfied(shown)
    return SignedIn(work.organisation_id, session, None if browser.is_shared else device, is_whole)


async def _admit(address: str, browser: Browser) -> tuple[_Credentials | None, throttling.Attempt]:
    device_hash = hash_of(browser.device) if browser.device else None
    async with pool.current().entered(UUID(PLATFORM), None, PURPOSE) as connection:
        row = await connection.fetchrow(FIND, address, device_hash)
        known_device = device_hash if row and row.known_device else None
        attempt = throttling.attempt_of(address, browser.client, known_device)
        await throttling.admit(connection, attempt)
    if row is None:
        return None, attempt
    return _Credentials(row.user_id, row.name, row.password_hash, tuple(row.organisations)), attempt


async def _refresh(known: _Credentials, password: str) -> None:
    """Keep the password as today's settings would."""
    if not known.password_hash or not passwords.is_outdated(known.password_hash):
        return
    stronger = await passwords.hashed(password)
    actor = Actor(ActorKind.PERSON, UUID(PLATFORM), known.user_id, frozenset(), known.name)
    async with begin(actor, purpose=PURPOSE) as work:
        await work.driver.execute(REPLACE_PASSWORD, known.password_hash, stronger)


async def tell_platform() -> None:
    """That somebody was refused: neither who nor where, which would be a list of people's habits."""
    async with begin(system(UUID(PLATFORM)), purpose=PURPOSE) as work:
        work.record("session.refused", work.request_id, log="platform")
