"""What closing an incident would leave open, inside and outside: it is said, and asks for a reason. It never blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from safeguard.errors import FieldError
from safeguard.incidents import referred
from safeguard.incidents.closing import has_open_ends
from safeguard.incidents.here import Here
from safeguard.incidents.owing import Owed, owed_of
from safeguard.incidents.referred import Referred
from safeguard.work import Work

SAY_WHY: Final = "Something is still open. Finish it first, or say why it is closed."


@dataclass(frozen=True, slots=True)
class Outside:
    """What others have still to do, or to hear."""

    owed: tuple[Owed, ...]
    """Whom nobody has told yet."""
    referred: Sequence[Referred]


async def read_outside(work: Work, place: Here, incident_id: UUID) -> Outside:
    """What stands open outside of one incident."""
    return Outside(await owed_of(work, place, incident_id), await referred.bound()(work, incident_id))


async def reason_missing(work: Work, place: Here, incident_id: UUID, reason: str) -> tuple[FieldError, ...]:
    """What needs another look where something would be left open and no reason is given; else nothing."""
    if reason.strip():
        return ()
    outside = await read_outside(work, place, incident_id)
    if outside.owed or outside.referred or await has_open_ends(work, incident_id):
        return (FieldError("left_open", SAY_WHY),)
    return ()
