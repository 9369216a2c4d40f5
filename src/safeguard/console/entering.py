"""The way in: password and app together, on one page; the link by which an operator begins; the factor shown again.

The secret of an app is sealed with `keys/console`, which no other process reads. Nobody is told which of the two was
wrong, and whoever has no account is made to wait as long.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from safeguard import clock
from safeguard.console.visiting import PROVE, Visit
from safeguard.database import pool
from safeguard.errors import FieldError, Invalid
from safeguard.identity import addresses, passwords, throttling
from safeguard.identity.factors import apps
from safeguard.web import keys
from safeguard.web.cookies import hash_of
from safeguard.web.keys import Tampered

FIND: Final = "select id, password_hash, sealed from console.find_operator($1)"
OPEN: Final = "select console.open_session($1, $2, $3)"
CLOSE: Final = "select console.close_session($1)"
FIND_LINK: Final = "select id, name, email from console.find_link($1)"
ENROL: Final = "select console.enrol($1, $2, $3, $4)"
SEAL: Final = "console app"
WRONG: Final = "That address, password or code is not right. Codes work once: wait for the next one and try again."
WRONG_CODE: Final = "That code is not right, or was used already. Wait for the next one and try again."
NEEDED: Final = "Your app was asked more than five minutes ago. Type the code that it shows now."


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Whoever a link was made for, and the key that the page offers to their app."""

    id: UUID
    name: str
    email: str


async def sign_in(email: str, password: str, code: str, client: str) -> str | None:
    """A session's secret for whoever has both; None for everybody else. Raises `TooManyRequests`."""
    address = addresses.normal(email)
    attempt = throttling.attempt_of(f"operator {address}", client, None)
    async with pool.current().connection() as connection:
        row = await connection.fetchrow(FIND, address)
        await throttling.admit(connection, attempt)
    right = await passwords.verify(row["password_hash"] if row else None, password)
    step = apps.step_of(_opened(row["id"], row["sealed"]), code) if row else None
    if not right or row is None or step is None:
        return None
    token = clock.new_token()
    async with pool.current().connection() as connection:
        opened = await connection.fetchval(OPEN, row["id"], step, hash_of(token))
        await connection.execute(pool.COMMIT)
    if not opened:
        return None
    await throttling.forgive(attempt)
    return token


async def leave(visit: Visit) -> None:
    """End the session."""
    await visit.driver.fetchval(CLOSE, visit.hash)


async def show_again(visit: Visit, code: str) -> None:
    """The second factor, for an act that asks for it; raises `Invalid` beside the field `code`."""
    if visit.is_fresh:
        return
    if not code.strip():
        raise Invalid(FieldError("code", NEEDED))
    await throttling.admit_alone(throttling.attempt_at_own(visit.id))
    step = apps.step_of(_opened(visit.id, visit.sealed), code)
    token = clock.new_token()
    if step is None or not await visit.driver.fetchval(PROVE, visit.hash, step, hash_of(token)):
        raise Invalid(FieldError("code", WRONG_CODE))
    visit.hash, visit.renewed, visit.is_fresh = hash_of(token), token, True


async def find_newcomer(connection: pool.Connection, token: str) -> Newcomer | None:
    """Whose link it is."""
    row = await connection.fetchrow(FIND_LINK, hash_of(token))
    return Newcomer(row["id"], row["name"], row["email"]) if row else None


async def enrol(
    connection: pool.Connection, token: str, newcomer: Newcomer, password: str, offered: str, code: str
) -> None:
    """Keep the password and the app; raises `Invalid`. The link is used up."""
    secret, errors = read_offer(offered, newcomer), list[FieldError]()
    try:
        passwords.check(password, (newcomer.name, newcomer.email))
    except Invalid as refusal:
        errors += refusal.errors
    step = apps.step_of(secret, code)
    if step is None:
        errors.append(
            FieldError("code", "That is not the code that the app shows now. Scan the picture, then type it.")
        )
    if errors or step is None:
        raise Invalid(*errors)
    sealed = keys.current().seal(SEAL, secret.encode(), newcomer.id.bytes).encode()
    if not await connection.fetchval(ENROL, hash_of(token), await passwords.hashed(password), sealed, step):
        raise Invalid(FieldError("code", "This link was used already. Ask for a new one on the machine."))


def offer(newcomer: Newcomer) -> str:
    """A fresh secret for their app, sealed so that the form brings back the one that the picture showed."""
    return keys.current().seal("console offer", apps.new_secret().encode(), newcomer.id.bytes)


def read_offer(offered: str, newcomer: Newcomer) -> str:
    """The secret that was offered; raises `Invalid` for one that was not."""
    try:
        return keys.current().open("console offer", offered, newcomer.id.bytes).decode()
    except Tampered as fault:
        raise Invalid(FieldError("code", "This page was open for too long. Open the link once more.")) from fault


def _opened(operator: UUID, sealed: Any) -> str:
    return keys.current().open(SEAL, bytes(sealed).decode(), operator.bytes).decode()
