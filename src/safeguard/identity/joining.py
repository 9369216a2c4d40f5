"""Accepting an invitation, as somebody new or as somebody who has an account already."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.errors import FieldError, Gone, Invalid, NotFound
from safeguard.identity import passwords
from safeguard.identity.signing_in import PURPOSE, Browser, Person, SignedIn, authenticate, open_session
from safeguard.tenancy.organising import activate_when_ready
from safeguard.work import Work, begin

FIND = "select * from identity.find_invitation($1)"
ACCEPT = "select identity.accept_invitation($1, $2, $3)"

WRONG = "This password does not open this address here. If you use Safeguard with it already, give that password."


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link says to whoever holds it."""

    organisation_id: UUID
    organisation_name: str
    organisation_kind: str
    organisation_nation: str
    id: UUID
    email: str
    roles: tuple[Role, ...]
    state: str
    """open, used, withdrawn or expired"""
    has_account: bool


async def find_invitation(token: str) -> Invitation:
    """The invitation of a link; raises `NotFound` for a link that nobody made."""
    async with pool.current().connection() as connection:
        row = await connection.fetchrow(FIND, token)
    if row is None:
        raise NotFound("There is no such invitation. Check that the whole address was copied.")
    facts: dict[str, Any] = {**row, "roles": tuple(map(Role, row["roles"]))}
    return Invitation(**facts)


async def join(invitation: Invitation, token: str, name: str, password: str, browser: Browser) -> SignedIn:
    """Become a member: with the account that has this address when its password is right, else with a new one."""
    if invitation.has_account:
        return await join_as_known(invitation, token, password, browser)
    return await join_as_new(invitation, token, name, password, browser)


async def join_as_new(invitation: Invitation, token: str, name: str, password: str, browser: Browser) -> SignedIn:
    """Make the account and the membership, and sign in."""
    passwords.check(password, (invitation.organisation_name, name, invitation.email))
    hashed = await passwords.hashed(password)
    async with _accepting(invitation, Person(clock.new_id(), name, ()), browser) as work:
        await _accept(work, invitation, token, name, hashed)
        return await open_session(work, browser)


async def join_as_known(invitation: Invitation, token: str, password: str, browser: Browser) -> SignedIn:
    """Add the membership to the account that has this address, once its password is right."""
    person = await authenticate(invitation.email, password, browser)
    if person is None:
        raise Invalid(FieldError("password", WRONG))
    async with _accepting(invitation, person, browser) as work:
        await _accept(work, invitation, token, None, None)
        return await open_session(work, browser, person.factors)


@asynccontextmanager
async def _accepting(invitation: Invitation, person: Person, browser: Browser) -> AsyncIterator[Work]:
    roles = frozenset(invitation.roles)
    actor = Actor(ActorKind.PERSON, invitation.organisation_id, person.user_id, roles, person.name)
    async with begin(actor, purpose=PURPOSE, request_id=browser.request_id) as work:
        yield work


async def _accept(work: Work, invitation: Invitation, token: str, name: str | None, hashed: str | None) -> None:
    if not await work.driver.fetchval(ACCEPT, token, name, hashed):
        raise Gone
    assert work.actor.user_id is not None  # noqa: S101  `_accepting` names a person
    work.record("invitation.accepted", invitation.id)
    work.record("membership.created", work.actor.user_id)
    work.ask("notice.sign_on_joined", work.actor.user_id, key=f"sign-on {work.actor.user_id}")
    await activate_when_ready(work)
