"""Changes of what somebody signs in with, told to themselves: if it was not them, they learn of it here.

At once, at night too, and whatever they chose: a thief would choose silence.
"""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from safeguard.notifications.finding import belonging
from safeguard.notifications.telling import News, tell
from safeguard.work import Work

EVENTS: Final = (
    "browser.met", "codes.made", "codes.used", "factor.added", "factor.removed", "factors.reset", "password.changed",
    "sign_on.linked", "sign_on.unlinked",
)  # fmt: skip


def teller_of(event: str) -> Callable[[Work, UUID], Awaitable[None]]:
    """The verb that tells the person whom `event` is about; the same within a minute is told once."""

    async def tell_themselves(work: Work, person: UUID) -> None:
        await tell(work, await belonging(work, person), News(event, person, None, f"{work.now():%Y-%m-%d %H:%M}"))

    return tell_themselves
