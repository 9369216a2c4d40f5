"""Showing a second factor: after a password, again before an act that asks for it, or to unlock a page.

Each try counts before it is looked at and is forgiven when it was right, as with passwords. What is right rotates the
session's id and begins its five minutes anew (OWASP ASVS 5.0 §7.2.4, §7.5.3).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from safeguard.access import assurance
from safeguard.errors import FieldError, Forbidden, Invalid, SignInRequired
from safeguard.identity import passwords, throttling
from safeguard.identity.factors import apps, codes, looking, passkeys
from safeguard.identity.factors.apps import person_of
from safeguard.identity.secret import Secret, new_secret
from safeguard.work import Work

REMEMBERED: Final = timedelta(days=14)
PURPOSE: Final = "sign-in"

PROVE: Final = "select session_id from identity.prove($1, $2, $3, $4)"
UNLOCK: Final = "select identity.unlock_session($1, $2)"
LOCK: Final = "select identity.lock_session($1)"
OWN_HASH: Final = "select identity.own_password_hash()"

WRONG_CODE: Final = "This code is not right, or it was used already. Wait for the next one and type that."
WRONG_RECOVERY: Final = "This is not one of your recovery codes, or it was used already."
WRONG_PASSKEY: Final = "That passkey does not belong to this account. Try again, or use another way."
WRONG_PASSWORD: Final = "This is not your password."  # noqa: S105  a sentence
MISSING: Final = "Type the six digits that your app shows, or one of your recovery codes."


@dataclass(frozen=True, slots=True)
class Before:
    """Where somebody shows their factor."""

    session_hash: bytes
    client: str
    """The network address."""
    device_hash: bytes
    is_shared: bool = False


async def by_code(work: Work, before: Before, typed: str, *, remember: bool = False) -> Secret:
    """Take an app's code or a recovery code; raises `Invalid` for a wrong one, `TooManyRequests` for too many."""
    if not typed.strip():
        raise Invalid(FieldError("code", MISSING))
    await work.enter(PURPOSE)
    attempt = await _admit(work, before)
    if codes.looks_like(typed):
        if not await codes.take(work, typed):
            raise Invalid(FieldError("code", WRONG_RECOVERY))
        how = assurance.CODE
    else:
        if not await apps.take(work, typed):
            raise Invalid(FieldError("code", WRONG_CODE))
        how = assurance.APP
    await throttling.forgive(attempt)
    return await proved(work, before, how, remember=remember)


async def by_passkey(work: Work, before: Before, typed: str, sealed: str, *, remember: bool = False) -> Secret:
    """Take the answer of one of the person's passkeys; raises `Invalid` for anybody else's."""
    await work.enter(PURPOSE)
    known = await passkeys.find(work, typed, before.device_hash)
    shown = passkeys.check(known, typed, sealed, before.session_hash) if known else None
    if shown is None or shown.known.user_id != person_of(work) or not await passkeys.take(work, shown):
        raise Invalid(FieldError("passkey", WRONG_PASSKEY))
    return await proved(work, before, assurance.PASSKEY, remember=remember)


async def as_invented(work: Work, before: Before) -> Secret:
    """Go on as somebody who does not exist; raises `Forbidden` for everybody who does."""
    await work.enter(PURPOSE)
    if assurance.INVENTED not in (await looking.look(work, before.device_hash)).kinds:
        raise Forbidden
    return await proved(work, before, assurance.INVENTED)


async def unlock(work: Work, before: Before, password: str) -> Secret:
    """Back before the same browser: the password is enough to see the page again, and for nothing more."""
    await work.enter(PURPOSE)
    attempt = throttling.attempt_at_own(person_of(work))
    await throttling.admit_alone(attempt)
    stored: str | None = await work.driver.fetchval(OWN_HASH)
    if not await passwords.verify(stored, password):
        raise Invalid(FieldError("password", WRONG_PASSWORD))
    await throttling.forgive(attempt)
    fresh = new_secret()
    if not await work.driver.fetchval(UNLOCK, before.session_hash, fresh.hash):
        raise SignInRequired
    return fresh


async def lock(work: Work, session_id: UUID) -> None:
    """Nothing opens until a factor is shown again."""
    if await work.driver.fetchval(LOCK, session_id):
        work.record("session.locked", session_id)


async def proved(work: Work, before: Before, how: str, *, remember: bool = False) -> Secret:
    """The session under a fresh id, with the factor that was shown; the browser remembered, if that was wished."""
    fresh = new_secret()
    lasting = REMEMBERED if remember and not before.is_shared else None
    row = await work.driver.fetchrow(PROVE, before.session_hash, fresh.hash, how, lasting)
    if row is None:
        raise SignInRequired
    work.record("session.confirmed", row["session_id"])
    return fresh


async def _admit(work: Work, before: Before) -> throttling.Attempt:
    step = await looking.look(work, before.device_hash)
    proven = before.device_hash if step.proven else None
    attempt = throttling.attempt_at_second(person_of(work), before.client, proven)
    await throttling.admit_alone(attempt)
    return attempt
