"""From a passkey alone to a session: no name is typed, and a stranger's answer learns nothing."""

from typing import Final
from uuid import UUID

import structlog

from safeguard.access import assurance
from safeguard.access.actors import Actor, ActorKind, system
from safeguard.database.context import PLATFORM
from safeguard.errors import FieldError, Invalid
from safeguard.identity import signing_in
from safeguard.identity.factors import passkeys
from safeguard.identity.factors.passkeys import Shown
from safeguard.identity.secret import hash_of
from safeguard.identity.signing_in import PURPOSE, Browser, Person, SignedIn
from safeguard.work import begin

WRONG: Final = "That passkey opens nothing here, or this page was open for too long. Try again, or use your password."


async def sign_in(
    typed: str, sealed: str, browser: Browser, organisation_id: UUID | None = None
) -> tuple[Person, SignedIn]:
    """Whoever's passkey answers, and their session; raises `Invalid` for any other, `Forbidden` without membership."""
    shown = await _find(typed, sealed, browser)
    if shown is None:
        raise Invalid(FieldError("passkey", WRONG))
    known = shown.known
    person = Person(known.user_id, known.name, known.organisations, (assurance.PASSKEY,))
    target = signing_in.place_of(person, organisation_id)
    actor = Actor(ActorKind.PERSON, target, person.user_id, frozenset(), person.name)
    async with begin(actor, purpose=PURPOSE, request_id=browser.request_id) as work:
        if not await passkeys.take(work, shown):
            raise Invalid(FieldError("passkey", WRONG))
        return person, await signing_in.open_session(work, browser, person.factors)


async def _find(typed: str, sealed: str, browser: Browser) -> Shown | None:
    async with begin(system(UUID(PLATFORM)), purpose=PURPOSE) as work:
        known = await passkeys.find(work, typed, hash_of(browser.device or ""))
    if known is None:
        # Noise that anybody can send is a line of the service, and no entry in a log that is kept for ever.
        structlog.get_logger().info("passkey.unknown")
        return None
    shown = passkeys.check(known, typed, sealed)
    if shown is None:
        await signing_in.tell_platform()
    return shown
