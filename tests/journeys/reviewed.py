"""A school that has looked at itself: a signed review, one under way, evidence, and what is being improved."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.standards.framework import Framework
from safeguard.standards.frameworks import framework_of
from safeguard.standards.improving import Plan, plan_improvement
from safeguard.standards.proving import NewItem, add_item
from safeguard.standards.queries import get_review
from safeguard.standards.reviewing import begin_review, judge, sign_off
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

COMMENTARY = "The job description was changed in September; the governors have seen it and named one of their own. " * 2


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What there is to look at."""

    review: UUID
    improvement: UUID
    item: UUID


async def review_standards(lead: Actor, head: Actor) -> Reviewed:
    """Two reviews, an item of evidence, an overdue improvement."""
    pies = framework_of("pies", profile_of("school"))
    if pies is None:
        raise RuntimeError("there is no PIES")
    first = await _review(lead, pies, lowest=3)
    async with begin(head) as work:
        review = await get_review(work, first)
        await sign_off(work, first, pies, "Agreed in the autumn meeting.", review.stamp)
    second = await _review(lead, pies, lowest=1, most=9)
    async with begin(lead) as work:
        item = await add_item(work, NewItem(
            kind="policy", title="Online safety policy, second edition", dated_on=date(2025, 1, 5),
            renew_on=date(2026, 1, 5), supports=(("pies", "M1"), ("pies", "M3")),
        ))  # fmt: skip
        plan = Plan(words="Name a deputy for online safety.", owner="The chair", due_on=date(2026, 2, 1))
        improvement = await plan_improvement(work, pies, pies.controls[0], plan)
    return Reviewed(second, improvement.id, item.id)


async def _review(lead: Actor, pies: Framework, lowest: int, most: int = 33) -> UUID:
    async with begin(lead) as work:
        review = await begin_review(work, pies, "first")
    for place, control in enumerate(pies.first_controls[:most]):
        async with begin(lead) as work:
            level = lowest + place % 3
            await judge(work, await get_review(work, review.id), control, level, COMMENTARY if place % 2 else "", 0)
    return review.id
