"""What of the figures may be published: nothing below 5, and nothing from which such a figure could be worked out.

Whoever reads knows the rules, all that is shown, and how it hangs together. So of each family that adds up to all
cases, cells are left out until every one of them could be something else, and the whole family is where that cannot be
had, for the number of cases is published at the top. Where a case may have several labels, a cell is left out when it
is below 5 or when so few cases lack it. A family of platforms says nothing while one of its platforms is left out.
Rates and hours of few are not said. Figures of two periods that overlap are never both published (`publishing`): one
could be subtracted from the other.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from safeguard.figures.suppressing import SMALLEST, suppress
from safeguard.helpline.report.counted import LABELS, OF_ADDRESSES, WHOLE, Counted, Hours, PlatformFigures

MEMBERS: Final = "platform"
GROUPS: Final = "family"


class Family(msgspec.Struct, frozen=True):
    """Cells of one kind; None is left out, and a cell that is not there is nought."""

    cells: Mapping[str, int | None] = {}
    silent: bool = False
    """Whether nothing of it can be said."""


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one platform: whole percents and whole hours."""

    platform: str
    addresses: int
    removed: int | None = None
    answer: tuple[int, int] | None = None
    removal: tuple[int, int] | None = None


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """What may be shown of a period; None is left out."""

    cases: int | None = None
    contacts: int | None = None
    addresses: int | None = None
    families: Mapping[str, Family] = {}
    first_answer: tuple[int, int] | None = None
    closing: tuple[int, int] | None = None
    open_hours: int = 0
    rated: int | None = None
    helpful: str = ""
    platforms: tuple[Shares, ...] = ()

    def family(self, code: str) -> Family:
        """A family; one that is not there is empty."""
        return self.families.get(code, Family())


def release(counted: Counted, groups: Mapping[str, str]) -> Released:
    """What may be published; `groups` says to which family each platform belongs."""
    if 0 < counted.cases < SMALLEST:
        return Released(open_hours=counted.open_hours, families={code: Family({}, True) for code in (*WHOLE, *LABELS)})
    families = {code: _whole(counted.of(code)) for code in (*WHOLE, *OF_ADDRESSES)}
    families |= {code: _labels(counted.of(code), counted.cases) for code in LABELS}
    families[GROUPS] = _without_telling_members(families[GROUPS], families[MEMBERS], groups)
    told = counted.addresses == 0 or counted.addresses >= SMALLEST
    return Released(
        cases=counted.cases, contacts=counted.contacts, addresses=counted.addresses if told else None,
        families=families, first_answer=_of_enough(counted.first_answer), closing=_of_enough(counted.closing),
        open_hours=counted.open_hours, rated=counted.rated if counted.rated >= SMALLEST else None,
        helpful=_mean(counted) if counted.rated >= SMALLEST else "",
        platforms=tuple(_shares(each) for each in counted.platforms if _may_tell(each, families)),
    )  # fmt: skip


def exact(counted: Counted) -> Released:
    """Everything, for those who work with the cases."""
    return Released(
        cases=counted.cases, contacts=counted.contacts, addresses=counted.addresses,
        families={code: Family(dict(counted.of(code))) for code in (*WHOLE, *LABELS, *OF_ADDRESSES)},
        first_answer=_pair(counted.first_answer), closing=_pair(counted.closing), open_hours=counted.open_hours,
        rated=counted.rated, helpful=_mean(counted),
        platforms=tuple(
            Shares(platform=each.platform, addresses=each.addresses, removed=_percent(each),
                   answer=_pair(each.answer), removal=_pair(each.removal))
            for each in counted.platforms
        ),
    )  # fmt: skip


def _whole(cells: Mapping[str, int]) -> Family:
    shown = suppress(cells)
    return Family({}, True) if shown.total is None else Family(shown.cells)


def _labels(cells: Mapping[str, int], cases: int) -> Family:
    """Each by itself: few have it, or few lack it."""
    return Family({code: value if _tells_nobody(value, cases) else None for code, value in cells.items()})


def _tells_nobody(value: int, cases: int) -> bool:
    return (value == 0 or value >= SMALLEST) and (value == cases or cases - value >= SMALLEST)


def _without_telling_members(family: Family, members: Family, groups: Mapping[str, str]) -> Family:
    hidden = {groups.get(code, "") for code, value in members.cells.items() if value is None}
    return Family({code: None if code in hidden else value for code, value in family.cells.items()})


def _may_tell(figures: PlatformFigures, families: Mapping[str, Family]) -> bool:
    """Whether its volume is shown, and what became of all addresses with it."""
    if families["address_platform"].silent or families["address_state"].silent:
        return False
    return families["address_platform"].cells.get(figures.platform) is not None


def _shares(figures: PlatformFigures) -> Shares:
    left = figures.decided - figures.removed
    enough = figures.decided >= SMALLEST and all(each == 0 or each >= SMALLEST for each in (figures.removed, left))
    return Shares(
        platform=figures.platform, addresses=figures.addresses, removed=_percent(figures) if enough else None,
        answer=_of_enough(figures.answer), removal=_of_enough(figures.removal),
    )  # fmt: skip


def _percent(figures: PlatformFigures) -> int | None:
    return round(100 * figures.removed / figures.decided) if figures.decided else None


def _of_enough(hours: Hours | None) -> tuple[int, int] | None:
    return _pair(hours) if hours and hours.number >= SMALLEST else None


def _pair(hours: Hours | None) -> tuple[int, int] | None:
    return (round(hours.half), round(hours.most)) if hours else None


def _mean(counted: Counted) -> str:
    return f"{counted.helpful:.1f}" if counted.helpful is not None else ""
