"""Every review of a framework side by side, the newest first, and the sentence about what moved."""

from collections.abc import Sequence
from typing import TypeAlias

from safeguard.standards.framework import Control, Framework
from safeguard.standards.review import Review
from safeguard.web.languages import gettext, ngettext

Row: TypeAlias = tuple[Control, tuple[int | None, ...]]


def side_by_side(framework: Framework, reviews: Sequence[Review]) -> tuple[Row, ...]:
    """A row for each control that any of them judged on the scale of `framework`: other levels are not comparable."""
    known = [review.levels_of(len(framework.levels)) for review in reviews]
    rows = ((control, tuple(of.get(control.code) for of in known)) for control in framework.controls)
    return tuple((control, levels) for control, levels in rows if any(levels))


def what_moved(rows: Sequence[Row]) -> str:
    """How many controls rose and fell between the last review of each and the one before."""
    if not rows or len(rows[0][1]) < 2:
        return gettext("There is one review so far: the next is compared with it.")
    pairs = [(levels[0], levels[1]) for _, levels in rows if levels[0] and levels[1]]
    up, down = sum(now < then for now, then in pairs), sum(now > then for now, then in pairs)
    said = ngettext("%(num)s control rose", "%(num)s controls rose", up) % {"num": up}
    fell = ngettext("%(num)s fell", "%(num)s fell", down) % {"num": down}
    both = len(pairs)
    of = ngettext("of %(num)s judged both times.", "of %(num)s judged both times.", both) % {"num": both}
    return f"{said}, {fell}, {of}"
