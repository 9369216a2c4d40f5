"""Whoever notes every table that is ever shown, and knows how they are made, works out no figure below 5."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import pytest

from safeguard.insights.counting import Counts
from safeguard.insights.releasing import release

Year = tuple[tuple[tuple[int, ...], ...], ...]
"""Quarters of months of codes."""


def counts_of(year: Year) -> Counts:
    """`year` as the database counts it; the last code is what is not recorded."""
    by: dict[str, dict[str, dict[str, int]]] = {"total": {"": {}}, "risk": defaultdict(dict), "issue": {"x": {}}}
    for quarter, months in enumerate(year):
        for month, codes in enumerate(months):
            name = f"{quarter}-{month}"
            by["total"][""][name] = sum(codes)
            by["issue"]["x"][name] = codes[0]
            for code, number in enumerate(codes[:-1]):
                by["risk"][str(code)][name] = number
    return Counts(by)


def quarters_of(year: Year) -> list[tuple[str, ...]]:
    return [tuple(f"{place}-{month}" for month in range(len(months))) for place, months in enumerate(year)]


def seen(year: Year, *, alone: bool) -> tuple[object, ...]:
    """Everything that is ever shown of a year: after each quarter, and when it is over.

    The first code either as one of several that add up, or by itself: no figure is shown both ways.
    """
    counts, quarters = counts_of(year), quarters_of(year)
    looks: list[object] = []
    for so_far in range(1, len(year) + 1):
        for over in (False, True)[: 2 if so_far == len(year) else 1]:
            shown = release(counts, quarters[:so_far], over=over)
            if alone:
                part = shown.alone_until("issue", ("x",))
                looks.append((shown.alone("issue", ("x",)), part if part[0] else None))
                continue
            parts = shown.parts("risk")
            told = (tuple(sorted(parts.cells.items())), parts.until) if parts else None
            looks.append((shown.atoms, shown.total, tuple(shown.each_atom().items()), told))
    return tuple(looks)


def secrets(year: Year) -> Iterator[tuple[tuple[object, ...], int]]:
    """Every figure that could be asked for: of a code, a month or all, in any quarters that follow each other."""
    for first, last in ((a, b) for a in range(len(year)) for b in range(a, len(year))):
        window = year[first : last + 1]
        codes = [sum(code) for code in zip(*(month for quarter in window for month in quarter), strict=True)]
        yield from (((first, last, code), number) for code, number in enumerate(codes))
        yield (first, last, "all"), sum(codes)
    for place, quarter in enumerate(year):
        yield from (((place, "month", month), sum(codes)) for month, codes in enumerate(quarter))


def years(shape: tuple[int, int, int], most: int) -> Iterator[Year]:
    """All years of so many quarters, months and codes, with up to `most` in each cell."""
    quarters, months, codes = shape
    for flat in product(range(most + 1), repeat=quarters * months * codes):
        rest = iter(flat)
        yield tuple(tuple(tuple(next(rest) for _ in range(codes)) for _ in range(months)) for _ in range(quarters))


@pytest.mark.parametrize(("shape", "most"), [((1, 1, 3), 12), ((1, 2, 2), 10), ((2, 1, 2), 10), ((3, 1, 1), 16)])
@pytest.mark.parametrize("alone", [False, True])
def test_whoever_noted_every_table_cannot_work_out_a_figure_that_is_left_out(shape, most, alone):
    alike: dict[object, list[Year]] = defaultdict(list)
    for year in years(shape, most):
        alike[seen(year, alone=alone)].append(year)
    checked = 0
    for worlds in alike.values():
        within = [world for world in worlds if sum(sum(map(sum, quarter)) for quarter in world) <= most]
        answers: dict[object, set[int]] = defaultdict(set)
        for world in worlds if within else ():
            for name, number in secrets(world):
                if alone and name[-1] != 0:
                    continue
                answers[name].add(number)
        for name, found in answers.items():
            checked += 1
            assert len(found) > 1 or not 0 < min(found) < 5, (name, within[0], found)
    assert checked > 10


def test_the_second_quarter_does_not_tell_what_the_first_left_out():
    """Seven, and nine a quarter later: the difference would be two."""
    year = (((7, 10),), ((2, 10),))
    counts, quarters = counts_of(year), quarters_of(year)
    assert release(counts, quarters[:1], over=False).alone("issue", ("x",)) == 7
    assert release(counts, quarters, over=True).alone("issue", ("x",)) is None


def test_a_quarter_that_tells_too_much_waits_for_the_next():
    year = (((1, 2),), ((4, 8),), ((1, 0),))
    counts, quarters = counts_of(year), quarters_of(year)
    assert release(counts, quarters[:1], over=False).atoms == ()
    both = release(counts, quarters[:2], over=False)
    assert (both.atoms, both.total) == (("0-0", "1-0"), 15)
    assert release(counts, quarters, over=True).atoms == ("0-0", "1-0")


def test_nothing_recorded_is_said_as_nothing():
    shown = release(Counts({}), [("0-0",), ("1-0",)], over=True)
    assert (shown.total, shown.atoms, shown.alone("issue", ("x",))) == (0, ("0-0", "1-0"), 0)
