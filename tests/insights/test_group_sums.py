"""Whoever notes everything that a group's board ever shows works out no figure below 5, from no sum and no year."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from uuid import UUID

import pytest
from msgspec import structs

from safeguard.insights.composing import make_board
from safeguard.insights.counting import Counts
from safeguard.insights.group_board import GroupBoard, make_group_board
from safeguard.insights.group_pictures import areas_of, said_of_area
from safeguard.insights.group_told import Told, Year, whole_years, year_before
from safeguard.insights.periods import Period, moved, quarters_of
from safeguard.insights.reading import beside_before
from safeguard.insights.releasing import release
from safeguard.insights.sharing import Figures, figures_of
from safeguard.insights.source import Source
from safeguard.standards.frameworks import BUILT_IN, framework_of
from safeguard.standards.queries import Beside
from tests.factories.incidents import SCHOOL

PIES = framework_of(BUILT_IN, SCHOOL)
assert PIES
BARE = replace(PIES, objectives=(), controls=())
"""Levels tell of no incident."""
AT = datetime(2026, 9, 1, tzinfo=UTC)
Years = tuple[tuple[int, ...], tuple[int, ...]]
"""Of one organisation: the incidents of each quarter of 2024/25, and of 2025/26."""
World = tuple[Years, ...]


def months_of(place: int) -> tuple[str, ...]:
    return tuple(moved("2024-09", 12 * place + ahead) for ahead in range(12))


def counts(incidents: Sequence[int], place: int) -> Counts:
    """All of a quarter in its last month; the quarters before the ones that are given have nothing."""
    last = months_of(place)[2::3][-len(incidents) :]
    return Counts({"total": {"": {month: number for month, number in zip(last, incidents, strict=True) if number}}})


def tells(years: Years) -> tuple[tuple[str, Figures], ...]:
    """What one organisation tells its group after each quarter of both years."""
    return (*of_year(0, years[0], ()), *of_year(1, years[1], years[0]))


@cache
def of_year(place: int, year: tuple[int, ...], before: tuple[int, ...]) -> tuple[tuple[str, Figures], ...]:
    """What it tells after each quarter of one of them, as its job works it out."""
    told: list[tuple[str, Figures]] = []
    earlier = counts(before, place - 1) if before else Counts({})
    for quarter in range(5 - len(year), 5):
        period = Period("year", f"{2024 + place}/{25 + place}", months_of(place)[: 3 * quarter])
        found = counts(year, place).within(period.months)
        shown = release(found, quarters_of(period), over=quarter == 4)
        source = Source(SCHOOL, BARE, period, date(2026, 9, 1), found, Counts({}), (), Beside())
        source = beside_before(source, shown, earlier.within(period.earlier))
        told.append((period.label, figures_of(source, make_board(source))))
    return tuple(told)


def boards(world: World) -> Iterator[GroupBoard]:
    """The group's board after each telling of all of them."""
    kept: dict[UUID, dict[str, Figures]] = defaultdict(dict)
    for tellings in zip(*(tells(years) for years in world), strict=True):
        rows: list[Told] = []
        for place, (period, figures) in enumerate(tellings):
            member = UUID(int=place)
            kept[member][period] = figures
            rows.append(Told(member, f"Organisation {place}", period, AT, figures))
        years = whole_years(
            (member, period, Year(figures.until, figures.total, figures.before))
            for member, periods in kept.items() for period, figures in periods.items()
        )  # fmt: skip
        yield make_group_board(rows, years)


def seen(world: World) -> tuple[object, ...]:
    """Everything that stands on any of these boards and in their files."""
    looks: list[object] = []
    for board in boards(world):
        rows = tuple((row.name, row.period, row.figures, row.grew, row.counted_to) for row in board.rows)
        files = tuple((picture.code, tuple(picture.rows())) for picture in board.pictures)
        lines = tuple(board.years_of(row) for row in board.rows)
        says = (board.so_what, board.trend.says if board.trend else "", board.left_out)
        looks.append((rows, board.totals, files, lines, says))
    return tuple(looks)


def secrets(world: World) -> Iterator[tuple[tuple[object, ...], int]]:
    """Every figure that could be asked for: quarters that follow each other, of one organisation or of all of them."""
    for place, years in enumerate(world):
        for year, quarters in enumerate(years):
            for first, last in ((a, b) for a in range(len(quarters)) for b in range(a, len(quarters))):
                yield (place, year, first, last), sum(quarters[first : last + 1])
    for year in range(2):
        yield ("all", year), sum(sum(years[year]) for years in world)


def worked_out(worlds: Sequence[World], most: int, views: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """The small figures that have one answer for somebody who knows the view; worlds at the edge are not asked."""
    alike: dict[tuple[object, ...], list[World]] = defaultdict(list)
    for world, view in zip(worlds, views, strict=True):
        alike[view].append(world)
    found: list[tuple[object, ...]] = []
    for some in alike.values():
        if not any(max(number for years in world for year in years for number in year) <= most for world in some):
            continue
        answers: dict[tuple[object, ...], set[int]] = defaultdict(set)
        for world in some:
            for name, number in secrets(world):
                answers[name].add(number)
        found += [(name, some[0]) for name, numbers in answers.items() if len(numbers) == 1 and 0 < min(numbers) < 5]
    return found


def worlds_of(organisations: int, quarters: int, most: int) -> list[World]:
    one = [
        (cells[:quarters], cells[quarters:]) for cells in product(range(most + 1), repeat=2 * quarters)
    ]  # fmt: skip
    return list(product(one, repeat=organisations))


@pytest.mark.parametrize(("organisations", "quarters", "most"), [(2, 1, 7), (1, 2, 6)])
def test_no_small_figure_is_worked_out_from_the_boards_of_two_years(organisations, quarters, most):
    worlds = worlds_of(organisations, quarters, most)
    views = [seen(world) for world in worlds]
    assert len(set(views)) > 100
    assert worked_out(worlds, most - 2, views) == []


def test_the_attack_finds_what_a_total_of_all_organisations_would_tell():
    worlds = worlds_of(2, 1, 7)
    views = [(seen(world), sum(sum(years[1]) for years in world)) for world in worlds]
    assert worked_out(worlds, 5, views)


def test_the_attack_finds_what_the_year_before_would_tell_that_is_not_as_it_was_shown():
    worlds = worlds_of(1, 1, 9)
    views = [(seen(world), sum(map(sum, world[0]))) for world in worlds]
    assert worked_out(worlds, 7, views)


def told(place: int, period: str, total: int | None, before: int | None, until: str = "") -> Told:
    figures = Figures("school", until or f"20{period[-2:]}-08", total, (), (), "", before)
    return Told(UUID(int=place), f"School {place}", period, AT, figures)


def test_a_year_that_one_organisation_leaves_out_lacks_it_in_every_column_of_the_trend():
    history = [told(1, "2023/24", 30, 20), told(1, "2024/25", 40, 30), told(1, "2025/26", 50, 40),
               told(2, "2024/25", None, None), told(2, "2025/26", 12, None),
               told(3, "2025/26", 25, 15)]  # fmt: skip
    years = whole_years(
        (each.member_id, each.period, Year(each.figures.until, each.figures.total, each.figures.before))
        for each in history
    )
    assert years[UUID(int=2)] == {"2025/26": 12}
    board = make_group_board([each for each in history if each.period == "2025/26"], years)
    assert board.trend
    assert board.trend.columns == (("2024/25", 55), ("2025/26", 75))
    assert "1 other is in none of these columns." in board.trend.says
    assert dict(board.trend.by_organisation)["School 2"] == (None, 12)
    assert "In the 2 organisations that show both years there were 75 incidents, 55" in board.so_what
    assert "They rose most at School 1: from 40 to 50." in board.so_what


def test_a_year_that_is_not_over_and_the_years_of_three_are_in_no_trend():
    history = [told(1, "2025/26", 9, 8, until="2026-02"), told(2, "2022/23 - 2024/25", 9, None, until="2024/25")]
    years = whole_years(
        (each.member_id, each.period, Year(each.figures.until, each.figures.total, each.figures.before))
        for each in history
    )
    board = make_group_board(history, years)
    assert (years, board.trend) == ({}, None)
    assert "(2025/26, to February 2026)" in board.incidents.bars[0].label
    assert year_before("2000/01") == "1999/00"


def test_an_area_that_an_organisation_told_nothing_of_is_not_called_left_out():
    whole, nothing = told(1, "2025/26", 40, None), told(2, "2025/26", None, None)
    content = replace(whole, figures=structs.replace(whole.figures, areas=(("Content", 40),)))
    assert [said_of_area(content, area) for area in ("Content", "Commerce")] == ["40", "none told"]
    assert said_of_area(nothing, "Content") == "left out"
    [first, second] = areas_of([content, nothing], ["Content", "Commerce"]).lines
    assert [cell.shade for cell in (*first.cells, *second.cells)] == [3, 0, None, None]
