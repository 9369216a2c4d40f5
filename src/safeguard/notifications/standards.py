"""Standards: the next review, evidence that grows old, improvements: told when a day is near, and when it is over.

Each look is a job of its own, asked for when a review is signed and when an item of evidence is kept. What was done by
then makes the look find nobody to tell.
"""

from typing import Final
from uuid import UUID

from safeguard.notifications.finding import ABOVE, HANDLERS, belonging, holding
from safeguard.notifications.telling import News, tell
from safeguard.standards.ageing import how_old
from safeguard.standards.cycle import ask_to_look_again, whether_due
from safeguard.standards.given import what_is_owed
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.whereabouts import today_of
from safeguard.work import Work

CODES: Final = {"near": "due", "late": "overdue"}


async def tell_of_review(work: Work, review_id: UUID) -> None:
    """`notice.review_due`: the lead and the head, of the review that follows this one."""
    stands = await whether_due(work, await own_profile(work), review_id, await today_of(work))
    if stands:
        people = await holding(work, (*HANDLERS, *ABOVE))
        await tell(work, people, News(f"review.{CODES[stands]}", review_id, None))


async def look_again(work: Work, _organisation_id: UUID) -> None:
    """`notice.rhythm_changed`: the looks at every review that is to follow, on the days that hold now."""
    await ask_to_look_again(work, await own_profile(work), await today_of(work))


async def tell_of_proof(work: Work, item_id: UUID) -> None:
    """`notice.proof_due`: the lead, and whoever keeps this item."""
    old = await how_old(work, item_id, await today_of(work))
    if old:
        people = await holding(work, HANDLERS) | await belonging(work, old.added_by)
        await tell(work, people, News(f"proof.{CODES[old.state]}", item_id, None, old.renew_on.isoformat()))


async def tell_whose_it_is(work: Work, improvement_id: UUID) -> None:
    """`notice.improvement_given`: whoever it was given to, where they have an account."""
    owed = await what_is_owed(work, improvement_id, await today_of(work))
    if owed:
        people = await belonging(work, owed.owner_id)
        await tell(work, people, News("improvement.given", improvement_id, None, str(owed.owner_id)))


async def tell_of_improvement(work: Work, improvement_id: UUID) -> None:
    """`notice.improvement_due`: whose it is, a week ahead and when its day is over; then those who lead, too."""
    owed = await what_is_owed(work, improvement_id, await today_of(work))
    if owed is None or owed.state == "later":
        return
    owner = await belonging(work, owed.owner_id)
    await tell(work, owner, News(f"improvement.{CODES[owed.state]}", improvement_id, None, owed.due_on.isoformat()))
    if owed.state == "late":
        others = await holding(work, HANDLERS) - owner
        await tell(work, others, News("improvement.overdue_of_others", improvement_id, None, owed.due_on.isoformat()))
