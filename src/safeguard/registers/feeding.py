"""What a register holds is evidence: each policy, event, review, meeting and survey is an item for some controls.

The item is made with the row, in one transaction, by the verbs of standards; so its freshness counts wherever evidence
does, and somebody may still say on its page that it supports other controls. (The road not taken: a second kind of
evidence beside the items, which every figure would have to know of.)
"""

from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.registers.here import A_YEAR, months_on
from safeguard.standards.framework import Framework
from safeguard.standards.frameworks import BUILT_IN, framework_of, offered
from safeguard.standards.mapping import also_answers
from safeguard.standards.owning import current_frameworks
from safeguard.standards.proving import NewItem, add_item, change_item, withdraw_item
from safeguard.standards.queries import get_item
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

POLICY: Final = ("M3", "M7")
AGREEMENT: Final = ("M3", "A3")
FILTERING: Final = ("A5",)
COMMITTEE: Final = ("M2", "S7")
VOICE: Final = ("L6", "S4")
IMPACT: Final = ("S4", "S7")
LEARNING: Final = {"staff": "L7", "governors": "L9", "families": "L10", "community": "L11", "pupils": "L1"}
EVENTS: Final = "S3"
"""Learning events and progression."""
TITLE: Final = 200


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What an item of evidence says of a row."""

    kind: str
    title: str
    kept_at: str
    dated_on: date
    renew_on: date | None = None
    description: str = ""
    told: bool = True
    """Whether people are told when it grows old: not where the register itself tells them of the row."""


def a_year_on(day: date) -> date:
    """When something that is done every year is due again."""
    return months_on(day, A_YEAR)


async def feed(work: Work, profile: Profile, shown: Shown, controls: tuple[str, ...]) -> UUID:
    """Keep a row as evidence for these controls of PIES and what maps to them; returns the item's id."""
    supports = supported(await _offered(work, profile), controls)
    return (await add_item(work, _item(shown, supports), told=shown.told)).id


async def renew(work: Work, item_id: UUID, shown: Shown) -> None:
    """The same item for a new edition; what it supports stays as it is."""
    item = await get_item(work, item_id)
    if item.withdrawn_at is None:
        await change_item(work, item_id, _item(shown, item.supports), item.version, told=shown.told)


async def end(work: Work, item_id: UUID, reason: str) -> None:
    """Withdraw the item of a row that holds no longer."""
    item = await get_item(work, item_id)
    if item.withdrawn_at is None:
        await withdraw_item(work, item_id, reason, item.version)


def supported(frameworks: Iterable[Framework], controls: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """These controls of PIES that there are, and those of the other standards that ask the same, on whichever side."""
    known = {framework.code: framework for framework in frameworks}
    found: dict[tuple[str, str], None] = {}
    for code in controls:
        if BUILT_IN in known and known[BUILT_IN].control(code):
            found[BUILT_IN, code] = None
            found |= {one.pair: None for one in also_answers(known.values(), BUILT_IN, code)}
    return tuple(found)


async def _offered(work: Work, profile: Profile) -> tuple[Framework, ...]:
    """As the form for evidence offers them; a program that may not read standards feeds those of its kind.

    And PIES, by which registers say what they show, where this kind of organisation is not measured by it.
    """
    found = await current_frameworks(work, profile) if work.may(Permission.STANDARDS_READ) else offered(profile)
    pies = framework_of(BUILT_IN, profile)
    return found if pies is None or any(one.code == BUILT_IN for one in found) else (pies, *found)


def _item(shown: Shown, supports: tuple[tuple[str, str], ...]) -> NewItem:
    return NewItem(
        kind=shown.kind, title=shown.title[:TITLE], description=shown.description, kept_at=shown.kept_at,
        dated_on=shown.dated_on, renew_on=shown.renew_on, supports=supports,
    )  # fmt: skip
