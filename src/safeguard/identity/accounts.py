"""Somebody's own account: their name and password, in every organisation that they belong to."""

from uuid import UUID

from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.identity import passwords, sessions, throttling
from safeguard.identity.secret import Secret
from safeguard.identity.signing_in import PURPOSE
from safeguard.work import Work

RENAME = "select identity.rename($1)"
OWN_HASH = "select identity.own_password_hash()"
REPLACE = "select identity.replace_password($1, $2)"
FORGET_BROWSERS = "select identity.forget_browsers($1)"


async def rename(work: Work, name: str) -> None:
    """Give the actor another name, here and elsewhere."""
    await work.driver.execute(RENAME, name)
    work.record("user.changed", _person(work))


async def change_password(
    work: Work, current: str, new: str, *, email: str, organisation_name: str, session_hash: bytes, session_id: UUID
) -> Secret:
    """Take a new password for the old one; every other session ends, and this one goes on under a fresh id.

    The second step stays as it is, and every remembered browser asks for it again.
    """
    passwords.check(new, (organisation_name, work.actor.name, email), field="new_password")
    await work.enter(PURPOSE)
    stored: str | None = await work.driver.fetchval(OWN_HASH)
    attempt = throttling.attempt_at_own(_person(work))
    await throttling.admit_alone(attempt)
    if not stored or not await passwords.verify(stored, current):
        raise Invalid(FieldError("current_password", "This is not your password at the moment."))
    await throttling.forgive(attempt)
    if not await work.driver.fetchval(REPLACE, stored, await passwords.hashed(new)):
        raise Conflict("Your password was changed at the same time somewhere else. Sign in with that one.")
    await sessions.end_others(work, session_id)
    await work.driver.fetchval(FORGET_BROWSERS, None)
    work.record("password.changed", _person(work), kind="membership")
    return await sessions.rotate(work, session_hash)


def _person(work: Work) -> UUID:
    if work.actor.user_id is None:
        raise TypeError("only a person has an account")
    return work.actor.user_id
