"""What of the figures may be published: nothing below 5, and nothing from which such a figure could be worked out.

Whoever reads knows the rules, all that is shown, and how it hangs together. So of each family that adds up to all
cases, cells are left out until every one of them could be something else, and the whole family is where that cannot be
had, for the number of cases is published at the top. Where a case may have several labels, a cell is left out when it
is below 5 or when so few cases lack it. A family of platforms says nothing while one of its platforms is left out.
Rates and hours of few are not said. A report of one theme stands beside one of all cases of the same days: what is
shown in both differs by nothing or by at least 5, cell by cell, and what is left out cannot be had from the difference
(`beside`). Figures of two periods that overlap are never both published (`publishing`): one could be subtracted from
the other.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from safeguard.figures.suppressing import SMALLEST, suppress
from safeguard.helpline.report.counted import LABELS, OF_ADDRESSES, OF_CLOSED, WHOLE, Counted, Hours, PlatformFigures

MEMBERS: Final = "platform"
GROUPS: Final = "family"
STANDS, CLOSED = "state", "closed"
"""The family that says how many are closed, and that cell of it."""


class Family(msgspec.Struct, frozen=True):
    """Cells of one kind; None is left out, and a cell that is not there is nought."""

    cells: Mapping[str, int | None] = {}
    silent: bool = False
    """Whether nothing of it can be said."""


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """Other figures of the same days that somebody can lay beside these: of all cases, or of a part of them."""

    cases: int
    addresses: int | None = None
    by: Mapping[str, Mapping[str, int | None] | None] = {}
    """Family -> code -> number. None is left out there, and a code that is not there is nought."""
    same: bool = False
    """Whether they mean the same cases, counted at another time: what they leave out is left out here as well."""

    def of(self, family: str) -> Mapping[str, int | None] | None:
        """Its cells of a family; None where it says nothing of that family."""
        return self.by.get(family, {})


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


def release(counted: Counted, groups: Mapping[str, str], beside: Sequence[Beside] = ()) -> Released:
    """What may be published; `groups` says to which family each platform belongs."""
    if 0 < counted.cases < SMALLEST or any(_is_few(other.cases - counted.cases) for other in beside):
        return Released(
            open_hours=counted.open_hours, families={code: Family({}, True) for code in (*WHOLE, *OF_CLOSED, *LABELS)}
        )
    families = {code: _whole(counted.of(code), beside, code) for code in (*WHOLE, *OF_ADDRESSES)}
    families |= {code: _of_closed(_whole(counted.of(code), beside, code), families[STANDS]) for code in OF_CLOSED}
    families |= {code: _labels(code, counted, beside) for code in LABELS}
    families[GROUPS] = _without_telling_members(families[GROUPS], families[MEMBERS], groups)
    told = not _is_few(counted.addresses) and not any(
        other.addresses is not None and _is_few(other.addresses - counted.addresses) for other in beside
    )
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
        families={code: Family(dict(counted.of(code))) for code in (*WHOLE, *OF_CLOSED, *LABELS, *OF_ADDRESSES)},
        first_answer=_pair(counted.first_answer), closing=_pair(counted.closing), open_hours=counted.open_hours,
        rated=counted.rated, helpful=_mean(counted),
        platforms=tuple(
            Shares(platform=each.platform, addresses=each.addresses, removed=_percent(each),
                   answer=_pair(each.answer), removal=_pair(each.removal))
            for each in counted.platforms
        ),
    )  # fmt: skip


def _whole(cells: Mapping[str, int], beside: Sequence[Beside], family: str) -> Family:
    if any(each.same and each.of(family) is None for each in beside):
        return Family({}, True)
    known = [other for each in beside if (other := each.of(family)) is not None]
    differences = [_difference(cells, other) for other in known]
    few = {code for each in differences for code, value in each.items() if _is_few(value)}
    few |= {code for each in beside if each.same for code in _left_out(each, family) if code in cells}
    whole = [each for each in differences if len(each) == len(cells)]
    shown = suppress(cells, few, whole)
    return Family({}, True) if shown.total is None else Family(shown.cells)


def _of_closed(family: Family, stands: Family) -> Family:
    """What adds up to a cell that is left out would give that cell away."""
    told = not stands.silent and stands.cells.get(CLOSED, 0) is not None
    return family if told else Family({}, True)


def _difference(cells: Mapping[str, int], other: Mapping[str, int | None]) -> dict[str, int]:
    """By how much each cell differs from the other's, where that one is shown; what is not there is nought."""
    theirs = {code: other.get(code, 0) for code in cells}
    return {code: abs(theirs_here - cells[code]) for code, theirs_here in theirs.items() if theirs_here is not None}


def _left_out(other: Beside, family: str) -> set[str]:
    return {code for code, value in (other.of(family) or {}).items() if value is None}


def _labels(code: str, counted: Counted, beside: Sequence[Beside]) -> Family:
    """Each by itself: few have it, or few lack it; and as few of those who are in one report and not in the other."""
    cells = counted.of(code)
    hidden = {cell for cell, value in cells.items() if not _tells_nobody(value, counted.cases)}
    for other in beside:
        if (theirs := other.of(code)) is not None:
            rest = abs(other.cases - counted.cases)
            found = _difference(cells, theirs)
            hidden |= {cell for cell, value in found.items() if not _tells_nobody(value, rest)}
        if other.same:
            hidden |= _left_out(other, code) & cells.keys()
    return Family({cell: None if cell in hidden else value for cell, value in cells.items()})


def _is_few(value: int) -> bool:
    return 0 < abs(value) < SMALLEST


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
