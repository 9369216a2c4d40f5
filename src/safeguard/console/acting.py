"""What an operator does: suspend and resume, let an organisation leave and have what it kept removed (two operators
each), announce.

Every act stands in a list that nobody changes, with who and why. What an organisation keeps is touched by none of
them: suspending shuts the door until it is opened again, leaving is a state in which its people still come in and take
their packs along, and a removal that is agreed to is done on the machine, after thirty days (`removing`).
"""

from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from safeguard import clock
from safeguard.console.visiting import Visit
from safeguard.errors import Conflict, FieldError, Invalid, NotFound

CHANGE: Final = "select console.change_state($1, $2, $3, $4)"
ASK: Final = "select console.ask_to_leave($1, $2, $3)"
ASK_REMOVAL: Final = "select console.ask_for_removal($1, $2, $3)"
STOP: Final = "select console.stop_removal($1, $2, $3)"
DECIDE: Final = "select console.decide($1, $2, $3)"
ANNOUNCE: Final = "select console.announce($1, $2, $3)"
END: Final = "select console.end_announcement($1)"

Act = Literal["suspended", "resumed", "leaving_undone"]
WHY: Final = "Say why. Other operators, and whoever asks later, read it."
MOVED_ON: Final = "Another operator was first, or its state has changed. Look at what stands here now."
ALONE: Final = "You asked for this yourself. Another operator has to agree; you can only take it back."
LONGEST_HOURS: Final = 14 * 24


async def change(visit: Visit, organisation_id: UUID, act: Act, reason: str) -> None:
    """Suspend, resume or stay; raises `Invalid`, `Conflict`. Whoever is signed in there is out at once."""
    if not await visit.driver.fetchval(CHANGE, visit.hash, organisation_id, act, _reason(reason)):
        raise Conflict(MOVED_ON)


async def ask_to_leave(visit: Visit, organisation_id: UUID, reason: str) -> None:
    """Ask another operator to let it leave; raises `Invalid`, `Conflict`."""
    if not await visit.driver.fetchval(ASK, visit.hash, organisation_id, _reason(reason)):
        raise Conflict(MOVED_ON)


async def ask_for_removal(visit: Visit, organisation_id: UUID, reason: str) -> None:
    """Ask another operator to agree that everything it kept is removed; raises `Invalid`, `Conflict`."""
    if not await visit.driver.fetchval(ASK_REMOVAL, visit.hash, organisation_id, _reason(reason)):
        raise Conflict(MOVED_ON)


async def stop_removal(visit: Visit, organisation_id: UUID, reason: str) -> None:
    """Stop a removal that was agreed to; one operator is enough. Raises `Invalid`, `Conflict`."""
    if not await visit.driver.fetchval(STOP, visit.hash, organisation_id, _reason(reason)):
        raise Conflict(MOVED_ON)


async def decide(visit: Visit, request_id: UUID, *, agree: bool) -> None:
    """Agree or decline; raises `Invalid` for whoever asked themselves and agrees, `NotFound` for what was decided."""
    match await visit.driver.fetchval(DECIDE, visit.hash, request_id, agree):
        case "gone":
            raise NotFound
        case "alone":
            raise Invalid(FieldError("decision", ALONE))
        case _:
            pass


async def announce(visit: Visit, words: str, hours: int) -> None:
    """Show a sentence on every page for so many hours, in the place of the one before; raises `Invalid`."""
    if not words.strip():
        raise Invalid(FieldError("words", "Write the sentence that everybody is to read."))
    if not 1 <= hours <= LONGEST_HOURS:
        raise Invalid(FieldError("hours", f"Say for how many hours, from 1 to {LONGEST_HOURS}."))
    await visit.driver.fetchval(ANNOUNCE, visit.hash, words.strip(), clock.now() + timedelta(hours=hours))


async def end_announcement(visit: Visit) -> None:
    """Show it no longer."""
    await visit.driver.fetchval(END, visit.hash)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid(FieldError("reason", WHY))
    return reason.strip()
