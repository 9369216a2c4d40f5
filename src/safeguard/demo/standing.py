"""How an invented organisation measures itself: a review that was signed long ago, one that is under way now."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import Final

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.demo.cast import House
from safeguard.insights.periods import chosen_period
from safeguard.insights.stating import state
from safeguard.standards.contributing import Belonging, NewResource, add_resource
from safeguard.standards.framework import Control, Framework
from safeguard.standards.frameworks import BUILT_IN, framework_of
from safeguard.standards.improving import Plan, change_improvement, plan_improvement
from safeguard.standards.proving import NewItem, add_item
from safeguard.standards.queries import list_reviews
from safeguard.standards.review import Review, Scope
from safeguard.standards.reviewing import begin_review, judge, sign_off
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

BEFORE: Final = (2, 3, 3, 3, 4, 4, 5)
"""Levels at the beginning, as often as they occur."""
NOW: Final = (1, 2, 2, 2, 3, 3, 4)
SECURE: Final = 2
NOTHING: Final[Mapping[str, int]] = {}
BECAUSE: Final = "Better since what we changed after an incident: the evidence says what, and when we looked again."
REASONS: Final = (
    "Two of us looked at it together in September, and asked three colleagues.",
    "It is written down, and not everybody has read it. New people get it in their first week.",
    "We asked the children what they would do, and most of them knew.",
    "It depends on one person. When they are away, nobody does it.",
    "The minutes of the last three meetings show it.",
)
STATEMENT: Final = (
    "Most of what reached us began on social media, between people who know each other. We had read it within a few"
    " days. We ask the governors for a second person who knows how the filters work."
)
PROOFS: Final = (
    ("policy", "Online safety policy", "Shared drive, Policies", ("M3", "M7")),
    ("training", "Register of this year's training", "Office, green folder", ("L7", "L9")),
    ("survey", "What the children told us about their life online", "Shared drive, Voices", ("L6", "S4")),
    ("meeting", "Minutes of the online safety group", "Shared drive, Meetings", ("M2", "S7")),
    ("document", "Yearly review of filtering and monitoring", "With the provider's contract", ("A5",)),
)

NONE: Final[frozenset[str]] = frozenset()
RESOURCES: Final = (
    NewResource(
        "service", "The quiet room, and who sits there",
        "Whoever is told something walks there together with the child. Somebody who is trained is there every day"
        " until five.",
        ("Ground floor, beside the library", "Extension 112"), ("L12", "L8"),
    ),
    NewResource(
        "guidance", "Our letter for families when an account has been copied",
        "What happened, what the platform was told, what to say to a child, and whom to ask here.",
        ("Shared drive, Letters",), ("M5", "L10"),
    ),
)  # fmt: skip


def pies_of(house: House, profile: Profile) -> Framework | None:
    """The framework that it measures itself by; a helpline does not."""
    return None if house.kind == "helpline" else framework_of(BUILT_IN, profile)


def who(house: House, actors: tuple[Actor, ...], role: Role) -> Actor:
    """The first member with a role."""
    return next(actor for member, actor in zip(house.members, actors, strict=True) if role in member.roles)


async def review_whole(work: Work, pies: Framework, random: Random) -> Review:
    """Every control is judged."""
    return await _review(work, pies, "full", pies.controls, BEFORE, random)


async def sign(work: Work, pies: Framework, review: Review) -> None:
    """Those who govern agree."""
    await sign_off(work, review.id, pies, "Agreed in the autumn meeting, with four improvements.", review.stamp)


async def review_a_year_later(work: Work, pies: Framework, kept: Collection[str]) -> Review:
    """Every control again, as it stood; one in four is a step better, but for those of which incidents tell."""
    before = (await list_reviews(work, pies.code, 1))[0].levels
    review = await begin_review(work, pies, "full")
    for place, control in enumerate(pies.controls):
        level = before[control.code]
        better = place % 4 == 1 and control.code not in kept and level > SECURE
        await judge(work, review, control, level - better, REASONS[place % len(REASONS)], 0)
    return review


async def go_on(work: Work, pies: Framework, random: Random, known: Mapping[str, int] = NOTHING) -> None:
    """A second review is under way; evidence is gathered, some of it old; improvements run.

    `known` are the controls of which the story says where they stand: improvements followed from incidents.
    """
    review = await _review(work, pies, "full", tuple(_most(pies, known)), NOW, random, known)
    today = work.now().date()
    for place, (kind, title, kept_at, codes) in enumerate(PROOFS):
        dated = today - timedelta(days=90 + 80 * place)
        supports = tuple((BUILT_IN, code) for code in codes)
        renew = dated + timedelta(days=365)
        await add_item(work, NewItem(
            kind=kind, title=title, kept_at=kept_at, dated_on=dated, renew_on=renew, supports=supports,
        ))  # fmt: skip
    for new in RESOURCES:
        await add_resource(work, new, Belonging(frozenset(control.code for control in pies.controls), NONE, NONE))
    await state(work, chosen_period("last-year", today, exact=True).label, STATEMENT, 0)
    weak = [control for control in pies.controls if _level(review, control) >= 3]
    for place, control in enumerate(weak[:6]):
        await _improve(work, pies, control, today, place)


async def _review(
    work: Work, pies: Framework, scope: Scope, controls: tuple[Control, ...], levels: tuple[int, ...], random: Random,
    known: Mapping[str, int] = NOTHING,
) -> Review:  # fmt: skip
    review = await begin_review(work, pies, scope)
    ratings = [
        await judge(work, review, control, *_judgement(control, levels, random, known), 0) for control in controls
    ]
    return Review(
        id=review.id, framework=review.framework, framework_version=review.framework_version, scope=scope,
        version=review.version, started_at=review.started_at, started_by_name=review.started_by_name,
        ratings=tuple(ratings),
    )  # fmt: skip


def _judgement(control: Control, levels: tuple[int, ...], random: Random, known: Mapping[str, int]) -> tuple[int, str]:
    level, why = random.choice(levels), random.choice((*REASONS, ""))
    level = known.get(control.code, level)
    return level, BECAUSE if control.code in known and level <= SECURE else why


async def _improve(work: Work, pies: Framework, control: Control, today: date, place: int) -> None:
    words = pies.step_up(control, 3) or pies.step_up(control, 4)
    plan = Plan(words=words, owner=str(work.actor.user_id), due_on=today + timedelta(days=30 * place - 20))
    made = await plan_improvement(work, pies, control, plan)
    if place == 5:
        effect = "People say that they know what to do now."
        await change_improvement(work, made.id, plan, "done", "Done together with two colleagues.", effect, 1)


def _most(pies: Framework, known: Mapping[str, int]) -> Iterator[Control]:
    """All but one in six: the review is not over."""
    return (control for place, control in enumerate(pies.controls) if place % 6 != 5 or control.code in known)


def _level(review: Review, control: Control) -> int:
    return review.levels.get(control.code, 0)
