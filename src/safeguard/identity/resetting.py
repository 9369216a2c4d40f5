"""A lost password: a link by which another is chosen, once, within an hour.

Asking says the same whether or not the address has an account: the same statements run, and the mail is posted in the
same transaction. The link takes no second factor away and signs nobody in; it ends every session.

A colleague's link is made by whoever manages accounts, shown to them once, and told to the log. Not for somebody who
reads records: a link in hand is their account, and with it all that they may read. They get theirs by mail, or from
whoever runs the service.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from safeguard import bell
from safeguard.access.actors import Actor, ActorKind, system
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.context import PLATFORM
from safeguard.errors import Forbidden, Gone, NotFound
from safeguard.identity import addresses, granting, managing, passwords, throttling
from safeguard.identity.secret import new_secret
from safeguard.identity.signing_in import PURPOSE
from safeguard.post import secrets
from safeguard.work import Work, begin

REQUEST: Final = "select identity.request_reset($1, $2)"
POST: Final = "select public.post_mail($1, 'password_reset', $2)"
MAKE: Final = "select identity.make_reset($1, $2)"
MAKE_AS_OPERATOR: Final = "select organisation_id, user_id from identity.make_reset_as_operator($1, $2)"
FIND: Final = "select * from identity.find_reset($1)"
USE: Final = "select * from identity.use_reset($1, $2)"

TOO_FAR: Final = (
    "This person reads records, so nobody here makes a link to their account. They choose “Forgotten your password?” "
    "on the sign-in page, or ask whoever runs the service."
)
NOT_HERE: Final = (
    "No link can be made for this person here. They choose “Forgotten your password?” on the sign-in page, or ask "
    "whoever runs the service."
)


@dataclass(frozen=True, slots=True)
class Reset:
    """What a link tells whoever holds it."""

    email: str
    name: str
    is_open: bool


async def request_link(email: str, client: str, request_id: UUID) -> None:
    """Mail a link to `email` if somebody has it; raises `TooManyRequests`, and tells nothing otherwise."""
    address = addresses.check(email)
    await throttling.admit_alone(throttling.attempt_at_reset(address, client))
    secret = new_secret(16)
    async with begin(system(UUID(PLATFORM)), purpose=PURPOSE, request_id=request_id) as work:
        person = await work.driver.fetchval(REQUEST, address, secret.hash)
        mail: UUID | None = await work.driver.fetchval(POST, person, secrets.seal(path_of(secret.text)))
        work.record("reset.requested", work.request_id, log="platform")
    if mail:
        bell.ring(mail, "mail.send")


async def make_link(work: Work, user_id: UUID) -> str:
    """The path of a link for a member; raises `Forbidden` for one who reads records, or belongs elsewhere too."""
    work.require(Permission.USERS_MANAGE)
    held = await managing.get_held(work, user_id)
    if not granting.OPENS_CASES.isdisjoint(held.roles):
        raise Forbidden(TOO_FAR)
    secret = new_secret(16)
    if not await work.driver.fetchval(MAKE, user_id, secret.hash):
        raise Forbidden(NOT_HERE)
    work.record("reset.made", user_id, kind="membership")
    return path_of(secret.text)


async def make_link_as_operator(email: str) -> str:
    """The path of a link for anybody, for whoever runs the service; each organisation of theirs is told by its log."""
    secret = new_secret(16)
    async with begin(system(UUID(PLATFORM)), purpose="provision") as work:
        rows = await work.driver.fetch(MAKE_AS_OPERATOR, addresses.check(email), secret.hash)
    if not rows:
        raise NotFound(f"Nobody who belongs to an organisation here has the address “{email}”.")
    for row in rows:
        async with begin(system(row["organisation_id"]), purpose="provision") as work:
            work.record("reset.made", row["user_id"], kind="membership")
    return path_of(secret.text)


async def find_reset(token: str) -> Reset:
    """What a link opens; raises `Gone` for one that was used, and `NotFound` for none."""
    async with pool.current().connection() as connection:
        row = await connection.fetchrow(FIND, token)
    if row is None or not row["is_open"]:
        raise Gone("This link has been used, or its hour is over. Ask for a new one on the sign-in page.")
    return Reset(**dict(row))


async def choose(reset: Reset, token: str, password: str, request_id: UUID) -> None:
    """Take the new password for good; every session of this person ends, and no factor is taken away."""
    passwords.check(password, (reset.name, reset.email))
    hashed = await passwords.hashed(password)
    async with begin(system(UUID(PLATFORM)), purpose=PURPOSE, request_id=request_id) as work:
        row = await work.driver.fetchrow(USE, token, hashed)
        if row is None:
            raise Gone("This link has been used, or its hour is over. Ask for a new one on the sign-in page.")
        work.record("reset.used", work.request_id, log="platform")
    for organisation_id in row["organisations"]:
        await _tell(Actor(ActorKind.PERSON, organisation_id, row["user_id"], frozenset[Role](), row["name"]))


async def _tell(actor: Actor) -> None:
    """Each organisation's own log: that this person's password was replaced by a link."""
    assert actor.user_id is not None  # noqa: S101  a person
    async with begin(actor, purpose=PURPOSE) as work:
        work.record("reset.used", actor.user_id, kind="membership")


def path_of(token: str) -> str:
    """The page that takes the new password; put the public address in front."""
    return f"/reset/{token}"
