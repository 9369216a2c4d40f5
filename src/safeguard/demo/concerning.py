"""Staff concerns of an invented organisation: one closed, one with the designated officer, one that waits to be read.

Told between the batches of everything else, so that the restricted log is dated in the order in which things happened.
Whoever each is about has an account here, and is shut out of it as anybody would be.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.concerns import handling
from safeguard.concerns.handling import Said
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.demo.cast import House
from safeguard.work import Work, begin


@dataclass(frozen=True, slots=True)
class Tale:
    """A concern, and how far it has come. Members are counted among those who report, from the last."""

    share: float
    """How much of the past is over when it is raised: 0 to 1."""
    about: int
    by: int
    work: str
    narrative: str
    happened: str
    at_risk: bool
    level: str = ""
    reason: str = ""


TALES: Final = (
    Tale(
        0.3, 1, 2, "Works with the youngest", "Gave a child a lift home alone and told nobody before or after.",
        "Last Thursday", at_risk=False, level="low_level",
        reason="Not in line with the code of conduct; no sign of more. Looked at together with the code, point 4.",
    ),
    Tale(
        0.7, 2, 3, "Helps in the evenings", "Writes to one child from a private account, late at night, and asked to"
        " keep it between them.", "Since September", at_risk=True, level="allegation",
        reason="May have behaved so that they pose a risk of harm to children.",
    ),
    Tale(
        1.0, 3, 1, "Drives the minibus", "Shouted at a child who had spilt water, and took them by the arm.",
        "This morning", at_risk=False,
    ),
)  # fmt: skip
LIFT: Final = "Spoke with them on the next day; they knew the rule and had not thought. The office rings a parent."
OFFICER: Final = "Told what was reported. Advice: speak with nobody about it before the meeting on Friday."


def tales_of(house: House, share: float, told: int) -> tuple[Tale, ...]:
    """Those that are due once so much of the past is over; a helpline keeps none."""
    if house.kind == "helpline" or not house.incidents:
        return ()
    return tuple(tale for tale in TALES[told:] if tale.share <= share)


async def tell(house: House, actors: tuple[Actor, ...], tale: Tale) -> None:
    """Raise it and work on it, each act some hours after the one before."""
    staff = [actors[number] for number in reversed(house.holding(Role.REPORTER))]
    head = actors[house.holding(Role.HEAD)[0]]
    at = clock.now()
    new = NewConcern(
        subject_name=staff[tale.about].name, subject_work=tale.work, narrative=tale.narrative,
        happened_words=tale.happened, child_at_risk=tale.at_risk,
    )  # fmt: skip
    async with begin(staff[tale.by], dated=at) as work:
        concern = (await raise_concern(work, new)).id
    if tale.level == "low_level":
        async with begin(head, dated=at + timedelta(hours=2)) as work:
            await _keep_low_level(work, concern, tale)
    elif tale.level:
        async with begin(head, dated=at + timedelta(hours=1)) as work:
            await _put_to_officer(work, concern, tale, house)


async def _keep_low_level(work: Work, concern: UUID, tale: Tale) -> None:
    facts = await handling.receive(work, concern, 1)
    facts = await handling.decide(work, concern, facts.version, "low_level", tale.reason)
    facts = await handling.tell(work, concern, facts.version, "Told by me, in my office, with the reason.", "")
    await handling.close(work, concern, facts.version, "low_level_kept", "Nobody was harmed.", LIFT)


async def _put_to_officer(work: Work, concern: UUID, tale: Tale, house: House) -> None:
    facts = await handling.receive(work, concern, 1)
    await handling.decide(work, concern, facts.version, "allegation", tale.reason)
    whom = ("lado", "governing_body") if house.kind == "club" else ("lado",)
    for contact in whom:
        said = Said(kind="contact", words=OFFICER, contact=contact, contacted_at=work.now())
        await handling.add(work, concern, said)
