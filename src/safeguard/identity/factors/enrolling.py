"""Adding and taking away what somebody signs in with.

The first factor is taken on trust of the password that was just given; every further one, and every one that goes,
asks for a factor that was shown within five minutes. Whoever reads records keeps one: it cannot be switched off (OWASP
ASVS 5.0 §6.3.3). Any change forgets the remembered browsers, and the person is told of it in the app and by mail.
"""

from typing import Final
from uuid import UUID

from safeguard.access import policy
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.identity.factors import apps, codes, looking, passkeys
from safeguard.identity.factors.apps import person_of
from safeguard.identity.factors.proving import PURPOSE
from safeguard.work import Work

MOST: Final = 10
LONGEST_LABEL: Final = 100

REMOVE: Final = "select identity.remove_factor($1)"
FORGET: Final = "select identity.forget_browsers($1)"

WRONG: Final = "This code is not right. Look at your telephone's clock, then type the code that the app shows now."
NOT_MADE: Final = "The passkey was not made. Try again, or set up an app instead."
LAST: Final = (
    "This is your only second step, and whoever reads records needs one. Add another first, then take this away."
)


async def add_app(work: Work, secret: str, code: str, label: str) -> UUID:
    """An authenticator app, once its first code is right; raises `Invalid` for a wrong one."""
    await _room_for_more(work)
    factor = await apps.add(work, secret, code, label or "Authenticator app")
    if factor is None:
        raise Invalid(FieldError("code", WRONG))
    return await _added(work, factor)


async def add_passkey(work: Work, typed: str, sealed: str, label: str, bound_to: bytes) -> UUID:
    """A passkey that the browser has just made; raises `Invalid` when it is not right, or is somebody's already."""
    await _room_for_more(work)
    factor = await passkeys.add(work, typed, sealed, label or "Passkey", bound_to)
    if factor is None:
        raise Invalid(FieldError("passkey", NOT_MADE))
    return await _added(work, factor)


async def remove(work: Work, factor: UUID) -> None:
    """Take one away; raises `Conflict` for the last one of somebody who reads records."""
    held = await looking.list_factors(work)
    if len(held) == 1 and policy.needs_two(work.actor.roles):
        raise Conflict(LAST)
    await work.enter(PURPOSE)
    if await work.driver.fetchval(REMOVE, factor) is None:
        raise NotFound("That was taken away already.")
    await work.driver.fetchval(FORGET, None)
    work.record("factor.removed", person_of(work), kind="membership")


async def make_codes(work: Work) -> tuple[str, ...]:
    """Fresh recovery codes; the former ones stop working."""
    await work.enter(PURPOSE)
    return await codes.make(work)


async def forget_browsers(work: Work, which: str | None = None) -> None:
    """Ask for the second step again on one browser, or on every one."""
    if await work.driver.fetchval(FORGET, which):
        work.record("browser.forgotten", person_of(work), kind="membership")


async def _room_for_more(work: Work) -> None:
    if len(await looking.list_factors(work)) >= MOST:
        raise Conflict(f"You have {MOST} second steps already. Take one away that you no longer use.")
    await work.enter(PURPOSE)


async def _added(work: Work, factor: UUID) -> UUID:
    await work.driver.fetchval(FORGET, None)
    work.record("factor.added", person_of(work), kind="membership")
    return factor
