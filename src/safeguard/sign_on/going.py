"""Leaving for the provider, and coming back (OpenID Connect Core 1.0 §3.1, RFC 9700).

State, nonce and the PKCE verifier are kept here, never in the browser, and are bound to it by a cookie of ten minutes:
an answer that another browser brings, or that is brought twice, lets nobody in. Who comes in is decided by what is
linked, by connection and subject; an email address decides nothing.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oauth2.client import OAuth2Client

from safeguard import clock
from safeguard.access import assurance
from safeguard.access.actors import Actor, ActorKind, system
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.context import PLATFORM
from safeguard.identity.secret import Secret, hash_of, new_secret
from safeguard.identity.signing_in import PURPOSE, Browser, Person, SignedIn, start_session
from safeguard.post import reaching
from safeguard.sign_on import connecting, tokens
from safeguard.sign_on.providers import Provider, find_provider
from safeguard.sign_on.tokens import Claims, Expected, NotBelieved
from safeguard.work import Work, begin

LISTED: Final = "select id, label, issuer, client_id, organisation_id from identity.list_sign_on($1)"
OWN: Final = """
select id, label, issuer, client_id, organisation_id from sign_on_connections where state = any($1) order by made_at, id
"""
BEGIN: Final = "select identity.begin_sign_on($1, $2, $3, $4, $5, $6, $7, $8, $9)"
TAKE: Final = "select * from identity.take_sign_on($1, $2)"
FIND: Final = "select user_id, name from identity.find_sign_on_person($1, $2, $3)"
LINK: Final = "select identity.link_sign_on($1, $2)"
SCOPE: Final = "openid"
"""Nothing is asked of the provider but who it is: no name, no address."""

OVER: Final = (
    "This sign-in was begun in another browser, took longer than ten minutes, or was used already. Begin again."
)
NOT_LINKED: Final = (
    "You signed in at {label}, and no account here is linked to it yet. Sign in with your password this once, then "
    "choose “Link” on your account page. Without a password, ask whoever looks after accounts where you work."
)


@dataclass(frozen=True, slots=True)
class Door:
    """A provider's button."""

    id: UUID
    label: str
    issuer: str
    client_id: str
    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and what it has to bring back."""

    address: str
    host: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that came back to the browser in which it was begun."""

    organisation_id: UUID
    connection_id: UUID
    kind: Literal["enter", "link", "try"]
    user_id: UUID | None
    nonce: str
    verifier: str
    next: str
    issuer: str
    client_id: str
    client_secret: bytes
    subject_claim: str
    two_claim: str
    two_value: str
    label: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider sent the browser back with."""

    code: str
    state: str
    issuer: str
    error: str


async def list_doors(slug: str) -> tuple[Door, ...]:
    """Where members of the organisation with this short name sign in; nothing for one that nobody has."""
    async with pool.current().connection() as connection:
        return tuple(Door(**row) for row in await connection.fetch(LISTED, slug))


async def list_own_doors(work: Work, *, drafts: bool = False) -> tuple[Door, ...]:
    """Where members of one's own organisation sign in; with drafts, where they might."""
    states = ["open", "draft"] if drafts else ["open"]
    return tuple(Door(**row) for row in await work.driver.fetch(OWN, states))


async def leave_to_enter(door: Door, return_address: str, next_path: str) -> Departure:
    """Begin to sign in; the provider is asked first, so that no connection is held while it answers."""
    provider = await find_provider(door.issuer)
    async with begin(system(UUID(PLATFORM)), purpose=PURPOSE) as work:
        return await _leave(work, door, provider, "enter", return_address, next_path)


async def leave_from_within(work: Work, door: Door, kind: Literal["link", "try"], return_address: str) -> Departure:
    """Begin to link one's own account, or to try a connection."""
    provider = await find_provider(door.issuer, afresh=kind == "try")
    return await _leave(work, door, provider, kind, return_address, "/account")


async def take(state: str, browser_token: str) -> Attempt:
    """What was begun with this state in this browser, once; raises `NotBelieved`."""
    async with begin(system(UUID(PLATFORM)), purpose=PURPOSE) as work:
        row = await work.driver.fetchrow(TAKE, hash_of(state), hash_of(browser_token))
    if row is None:
        raise NotBelieved(OVER)
    return Attempt(**row)


async def hear(attempt: Attempt, answer: Answer, return_address: str) -> Claims:
    """What the provider says of whoever came back; raises `NotBelieved`, `Unreachable`."""
    provider = await find_provider(attempt.issuer)
    _check_sender(provider, answer)
    async with begin(system(attempt.organisation_id), purpose=PURPOSE) as work:
        secret = await connecting.secret_of(work, attempt.connection_id, attempt.client_secret)
    token = await _exchange(provider, attempt, secret, answer.code, return_address)
    return await tokens.read(token, provider, Expected(attempt.client_id, attempt.nonce))


async def enter(attempt: Attempt, claims: Claims, browser: Browser) -> SignedIn:
    """A session for whoever is linked; raises `NotBelieved` when nobody is."""
    async with begin(system(attempt.organisation_id), purpose=PURPOSE, request_id=browser.request_id) as work:
        row = await work.driver.fetchrow(
            FIND, attempt.connection_id, claims.subject, claims.immutable(attempt.subject_claim)
        )
    if row is None:
        raise NotBelieved(NOT_LINKED.format(label=attempt.label))
    person = Person(row["user_id"], row["name"], (attempt.organisation_id,), factors_of(attempt, claims))
    return await start_session(person, browser)


async def link(attempt: Attempt, claims: Claims) -> None:
    """Link one's own account; raises `NotBelieved` when it is linked to somebody else."""
    assert attempt.user_id is not None  # noqa: S101  the database says so of this kind
    actor = Actor(ActorKind.PERSON, attempt.organisation_id, attempt.user_id, frozenset[Role](), "")
    async with begin(actor, purpose=PURPOSE) as work:
        if not await work.driver.fetchval(LINK, attempt.connection_id, claims.subject):
            raise NotBelieved("That account is linked to somebody else here already. Nothing was changed.")
        work.record("sign_on.linked", attempt.user_id, kind="membership")


async def tell_refused(attempt: Attempt | None) -> None:
    """That an answer let nobody in, to the log of its organisation; what the provider itself refuses is told to nobody.

    Whatever came without what this browser began with is of no organisation that we know of, and anybody can send it
    as often as they like: it is a line for whoever runs the service, and never an entry that is kept for good.
    """
    if attempt is None:
        structlog.get_logger().info("sign_on.not_begun")
        return
    async with begin(system(attempt.organisation_id), purpose=PURPOSE) as work:
        work.record("sign_on.refused", attempt.connection_id)


def factors_of(attempt: Attempt, claims: Claims) -> tuple[str, ...]:
    """One factor, or the two that the provider vouches for by the claim that was agreed on."""
    two = claims.says_two(attempt.two_claim, attempt.two_value)
    return (assurance.PROVIDER_TWO if two else assurance.PROVIDER,)


async def _leave(
    work: Work, door: Door, provider: Provider, kind: str, return_address: str, next_path: str
) -> Departure:
    state, browser, nonce, verifier = new_secret(), new_secret(), new_secret(), new_secret(48)
    begun = await work.driver.fetchval(
        BEGIN, door.organisation_id, door.id, clock.new_id(), kind, state.hash, browser.hash, nonce.text,
        verifier.text, next_path,
    )  # fmt: skip
    if not begun:
        raise NotBelieved("This way of signing in has been turned off.")
    client: Any = OAuth2Client(None, door.client_id, scope=SCOPE, code_challenge_method="S256")
    address, _ = client.create_authorization_url(
        provider.authorization_endpoint, state=state.text, code_verifier=verifier.text, nonce=nonce.text,
        redirect_uri=return_address,
    )  # fmt: skip
    return Departure(address, provider.authorization_endpoint.split("/")[2], browser)


def _check_sender(provider: Provider, answer: Answer) -> None:
    """That the answer is this provider's, where it says whose it is (RFC 9207): else two could be mixed up."""
    if answer.issuer and answer.issuer != provider.issuer:
        raise NotBelieved("The answer came from another provider than the one that was asked.")
    if provider.names_itself and not answer.issuer:
        raise NotBelieved("The answer does not say which provider it is from, though this one always does.")
    if answer.error or not answer.code:
        raise NotBelieved(_said(answer.error))


def _said(error: str) -> str:
    if error == "access_denied":
        return "The provider says that access was refused, or you cancelled. Nobody was signed in."
    return f"The provider answered with an error ({error[:60] or 'no code'}). Nobody was signed in."


async def _exchange(provider: Provider, attempt: Attempt, secret: str, code: str, return_address: str) -> Any:
    """The ID token for the code; raises `NotBelieved`, `Unreachable`."""
    client: Any = AsyncOAuth2Client(
        attempt.client_id, secret, token_endpoint_auth_method=provider.auth_method,
        transport=reaching.transport(), trust_env=False, timeout=reaching.SECONDS,
    )  # fmt: skip
    async with reaching.patience(), client:
        try:
            answer = await client.fetch_token(
                provider.token_endpoint, code=code, code_verifier=attempt.verifier, redirect_uri=return_address
            )
        except OAuthError as fault:
            why = str(fault.error)[:60]
            raise NotBelieved(f"The provider refused the code ({why}). Is the secret right?") from fault
    return answer.get("id_token")
