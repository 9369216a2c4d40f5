"""The one sentence of the board that belongs on the home page: where incidents meet a weak control."""

from datetime import date

from safeguard.access.policy import Permission
from safeguard.incidents.hinting import Hint
from safeguard.insights.reading import read_board
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

KINDS = frozenset({"school", "club", "care", "childrens_home"})
"""Kinds of organisation that measure themselves."""


async def what_stands_out(work: Work, profile: Profile, today: date) -> Hint | None:
    """What the figures say first, for whoever may see them."""
    if profile.kind not in KINDS or not work.may(Permission.INSIGHTS_READ):
        return None
    board = await read_board(work, profile, today, "")
    return Hint(board.so_what, "/insights")
