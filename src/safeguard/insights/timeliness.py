"""How long things take, from counts in eight steps: an upper bound, said as one, and never a list of incidents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from safeguard.web.languages import gettext as _

STEPS: Final = ("1", "2", "3", "4", "5", "6", "7", "8")
"""Up to 1, 4, 24, 72, 168, 336, 720 hours, and longer: as the database puts them (`public.waited`)."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long half of them took, and nine of ten."""

    counted: int
    half: str
    most: str


def step_name(step: str) -> str:
    """A step in words."""
    return {
        "1": _("an hour"), "2": _("4 hours"), "3": _("a day"), "4": _("3 days"), "5": _("a week"), "6": _("2 weeks"),
        "7": _("30 days"), "8": _("more than 30 days"),
    }[step]  # fmt: skip


def waiting(histogram: Mapping[str, int]) -> Waiting | None:
    """The steps within which half and nine of ten fall; None for fewer than 5, who could be told apart."""
    counted = sum(histogram.values())
    if counted < 5:
        return None
    return Waiting(counted, step_name(_within(histogram, counted, 0.5)), step_name(_within(histogram, counted, 0.9)))


def _within(histogram: Mapping[str, int], counted: int, share: float) -> str:
    reached = 0
    for step in STEPS:
        reached += histogram.get(step, 0)
        if reached >= counted * share:
            return step
    return STEPS[-1]
