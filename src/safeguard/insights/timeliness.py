"""How long things take, from counts in twelve steps: an upper bound, said as one, and never a list of incidents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from safeguard.web.languages import gettext as _

HOURS: Final = (0, 1, 4, 24, 72, 168, 336, 720, 1440, 2160, 4320, 8760)
"""Where each step begins: narrow for what is acknowledged, and up to a year for what is closed."""
WAITED: Final = f"width_bucket(extract(epoch from {{}} - {{}}) / 3600, array{list(HOURS)})"
"""SQL for the step of a moment after another; what the database counts (`public.waited`) is counted alike."""
STEPS: Final = tuple(str(number) for number in range(1, len(HOURS) + 1))


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
        "7": _("30 days"), "8": _("60 days"), "9": _("90 days"), "10": _("half a year"), "11": _("a year"),
        "12": _("more than a year"),
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
