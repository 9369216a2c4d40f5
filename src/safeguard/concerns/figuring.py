"""How many concerns stand behind each filter of the vault's list, in one question.

Policies decide what is counted, as everywhere in the vault: a concern about the reader is in no figure.
"""

from dataclasses import dataclass
from typing import Final

from safeguard.concerns.reading import FLOODS, HEARD
from safeguard.work import Work

MOST: Final = 99
"""Where counting stops: the page says "99+"."""
_OF: Final = """(select count(*) from (
    select from public.concerns c where c.organisation_id = (select sec.current_organisation()) and {which}
    limit $1) n)"""
_BEHIND: Final = {
    "new": f"c.state = 'new' and not {FLOODS}",
    "open": f"c.state in ('new', 'open') and not {FLOODS}",
    "heard": HEARD,
    "flood": FLOODS,
    "closed": "c.state = 'closed'",
    "all": "true",
}
"""As `reading.LIST` takes each filter."""
COUNT: Final = f"select {', '.join(_OF.format(which=each) for each in _BEHIND.values())}"


@dataclass(frozen=True, slots=True)
class Figures:
    """How many there are of each, up to `MOST`."""

    new: int = 0
    open: int = 0
    heard: int = 0
    flood: int = 0
    closed: int = 0
    all: int = 0


async def count_behind_filters(work: Work) -> Figures:
    """The figures, of what the actor may know of."""
    return Figures(*(await work.driver.fetchrow(COUNT, MOST) or ()))
