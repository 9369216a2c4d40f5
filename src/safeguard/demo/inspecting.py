"""An inspector has been let in: they read two incidents, asked two things, and one is answered; they have a pack.

The pack is asked for like any other, so that the workers of `up` make it in its first minute; it is given already.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.demo import enrolling
from safeguard.demo.cast import House
from safeguard.evidence.bodies import EVERY, bodies_for, only_one
from safeguard.evidence.requesting import request_inspection_pack
from safeguard.evidence.sampling import Drawing
from safeguard.inspection.inviting import NewInspection, begin_inspection, give_pack
from safeguard.inspection.live import list_live, read_live
from safeguard.inspection.noting import answer, write
from safeguard.inspection.pack_parts import PARTS
from safeguard.inspection.queries import get_inspection
from safeguard.inspection.room import enter, tell
from safeguard.work import Work

NAME: Final = "Ina Sample"
PURPOSE: Final = "Routine inspection. We look at how what happens online is recorded, decided and followed up."
ANSWERED: Final = "Who checks that the filters work, how often, and who is told when they do not?"
OPEN: Final = "May we see how children were asked about their life online this year?"
ANSWER: Final = "Our deputy and the technician, each half-term; it stands in the register, with what was done."
NOTE: Final = "Decisions carry their reasons. Ask to see two where no referral was made."
WORD: Final = "kingfisher"
DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Visit:
    """One inspection under way."""

    body: str
    email: str
    inspector: Actor


def body_of(house: House) -> str | None:
    """Whose inspector comes; nobody's where no body inspects this kind, and to none that is only one of many."""
    own = [body for body in bodies_for(house.kind) if body.kinds]
    chosen = only_one(own) or (own[0] if own else None)
    return chosen.code if chosen and house.incidents else None


async def enrol(work: Work, house: House, body: str) -> Visit:
    """The inspector's account, in this organisation alone."""
    email = f"inspector@{house.members[0].email.partition('@')[2]}"
    return Visit(body, email, await enrolling.enrol(work, email, NAME, (Role.INSPECTOR,)))


async def let_in(work: Work, visit: Visit) -> UUID:
    """The lead lets them in, and gives them a pack of cases that chance picks with the inspector's word."""
    today = work.now().date()
    days = (today - timedelta(days=365), today)
    new = NewInspection(NAME, visit.email, visit.body, PURPOSE, DAYS, live=days)
    begun = await begin_inspection(work, new)
    pack = await request_inspection_pack(work, PARTS, visit.body, days, Drawing("random", seed=WORD))
    if await lasts(work, begun.id):
        await give_pack(work, begun.id, pack, EVERY)
    return begun.id


async def lasts(work: Work, inspection: UUID) -> bool:
    """Whether the access is open today: of a past that ended long ago it is not."""
    return (await get_inspection(work, inspection)).is_open


async def look(work: Work, inspection: UUID) -> None:
    """The inspector comes in, and reads the two incidents recorded last, without names."""
    mine = await enter(work, inspection)
    await tell(work, mine, "room")
    for row in (await list_live(work, mine, "", 0))[:2]:
        await read_live(work, mine, row.id)
        await tell(work, mine, "record", record=f"incident {row.id}")


async def ask(work: Work, inspection: UUID) -> UUID:
    """What the inspector asks and notes; the question that is answered."""
    question = await write(work, inspection, "question", ANSWERED)
    await write(work, inspection, "question", OPEN)
    await write(work, inspection, "note", NOTE)
    return question


async def reply(work: Work, inspection: UUID, question: UUID) -> None:
    """The lead's answer to the first."""
    await answer(work, inspection, question, ANSWER)
