"""What else waits for whoever triages, in rooms above this one: bound by the application.

Reports by the public page that are held, and alerts of monitoring products, are no incidents yet. The inbox says how
many there are, and the home page names those that may hide somebody who waits.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from safeguard.web.languages import gettext
from safeguard.work import Work

MOST: Final = 99
"""Figures stop here, as in the inbox."""

Counting = Callable[[Work], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Queue:
    """Where something waits."""

    href: str
    words: str
    """To be translated when it is shown."""
    count: Counting
    needs: str = ""
    """What the home page says while anything waits in it; empty when that can wait."""
    danger: Counting | None = None
    """In how many of what waits somebody may be in danger; None where nothing there can say so."""
    grave: str = ""
    """What the home page says then, first of all; the same as else when this is empty."""
    always: bool = True
    """Whether the inbox leads there also while nothing waits."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How many wait in a queue now."""

    href: str
    words: str
    figure: int
    needs: str
    danger: int = 0
    """In how many of them somebody may be in danger."""
    always: bool = True

    @property
    def shows(self) -> bool:
        """Whether the inbox leads there now."""
        return self.always or self.figure > 0


_queues: list[Queue] = []


def bind(*queues: Queue) -> None:
    """Make these what stands beside the inbox."""
    _queues[:] = queues


async def read_beside(work: Work) -> tuple[Waits, ...]:
    """What waits there now, up to 99 in each."""
    return tuple([await _waiting(work, each) for each in _queues])


async def _waiting(work: Work, queue: Queue) -> Waits:
    figure = min(await queue.count(work), MOST)
    danger = min(await queue.danger(work), figure) if figure and queue.danger else 0
    needs = (danger and queue.grave) or queue.needs
    return Waits(queue.href, gettext(queue.words), figure, gettext(needs) if needs else "", danger, queue.always)
