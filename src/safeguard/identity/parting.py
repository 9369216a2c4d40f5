"""What somebody has in hand when they leave, or handle incidents no more: said before, and given on in the same moment.

The rooms above, which this one does not know, say how much there is, and give on what cannot wait for whoever left;
`app` binds them. How much is asked with the eyes of whoever looks, so that no figure tells of what is kept from them.
It is given on with the eyes of the organisation, which nothing is hidden from: an administrator reads no incident, and
the ones of somebody who left must not lie under their name until somebody happens to look. The way back to whoever acts
is taken whatever happens in between.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from safeguard.access.roles import Role
from safeguard.work import Work

Counting = Callable[[Work, UUID], Awaitable[int]]
HandingOn = Callable[[Work, UUID, UUID | None], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Charge:
    """One kind of thing that people have in hand."""

    said: Callable[[int], str]
    """So many of them (`%(num)s`), and what becomes of them, in the reader's language."""
    count: Counting
    """How many of somebody's there are, of those that whoever asks may know of."""
    hand_on: HandingOn | None = None
    """Give theirs to somebody, or to nobody; None where what is theirs ends or stays with them."""
    roles: Collection[Role] = frozenset()
    """Who may have any: whoever loses the last of these roles gives theirs on, though they stay."""


_charges: list[Charge] = []


def bind(*charges: Charge) -> None:
    """Make these what is asked for, in this order."""
    _charges[:] = charges


async def say_what_is_in_hand(work: Work, user_id: UUID) -> tuple[str, ...]:
    """A sentence for each kind of which somebody has any."""
    counted = [(charge, await charge.count(work, user_id)) for charge in _charges]
    return tuple(charge.said(many) % {"num": many} for charge, many in counted if many)


async def hand_on(work: Work, user_id: UUID, successor: UUID | None = None) -> None:
    """Give on what cannot wait, to `successor` where they may have it, else to nobody, and others are told."""
    async with work.as_organisation():
        for charge in _charges:
            if charge.hand_on:
                await charge.hand_on(work, user_id, successor)


async def lay_down(work: Work, user_id: UUID, before: Collection[Role], after: Collection[Role]) -> None:
    """Somebody stays, with other roles: give on, to nobody, what these do not let them have any more."""
    lost = [charge for charge in _charges if set(charge.roles) & set(before) and not set(charge.roles) & set(after)]
    if not lost:
        return
    async with work.as_organisation():
        for charge in lost:
            if charge.hand_on:
                await charge.hand_on(work, user_id, None)
