"""Beside the year before: the pair tells no small figure to those who see none, and what moved to those who see all."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard.figures.suppressing import SLACK, SMALLEST
from safeguard.insights.board import Board
from safeguard.insights.breakdowns import comparing
from safeguard.insights.composing import make_board
from safeguard.insights.counting import Counts
from safeguard.insights.periods import Period, moved, quarters_of
from safeguard.insights.pictures import LEFT, Bar, Picture
from safeguard.insights.reading import beside_before
from safeguard.insights.releasing import release
from safeguard.insights.sheets import table_of
from safeguard.insights.source import Source
from safeguard.standards.frameworks import BUILT_IN, framework_of
from safeguard.standards.queries import Beside
from tests.factories.incidents import SCHOOL

FRAMEWORK = framework_of(BUILT_IN, SCHOOL)
SMALL = st.integers(0, 9) | st.integers(0, 40)
"""Of one quarter and code: most of them so small that they must not be shown."""
QUARTERS = st.lists(st.lists(SMALL, min_size=4, max_size=4), min_size=4, max_size=4)


def months_of(begins: int) -> tuple[str, ...]:
    return tuple(moved(f"{begins}-09", ahead) for ahead in range(12))


def counts_of(begins: int, year: list[list[int]]) -> Counts:
    """Quarters of three risks and an incident of none; the issue and the hour as the first and the second of them."""
    months = months_of(begins)[1::3]
    by: dict[str, dict[str, dict[str, int]]] = {
        "total": {"": {month: sum(codes) for month, codes in zip(months, year, strict=True)}},
        "risk": {}, "place": {}, "issue": {}, "hour": {},
    }  # fmt: skip
    for place, risk in enumerate(("low", "medium", "high")):
        by["risk"][risk] = {month: codes[place] for month, codes in zip(months, year, strict=True) if codes[place]}
    by["place"] = {"on_site": by["risk"]["low"], "at_home": by["risk"]["high"]}
    by["issue"] = {"bullying": by["risk"]["low"], "grooming": by["risk"]["high"]}
    by["hour"] = {"09": by["risk"]["medium"], "20": by["risk"]["high"]}
    return Counts(by)


def board_of(begins: int, counts: Counts, quarters: int, earlier: Counts, *, over: bool) -> Board:
    """What somebody sees for whom small figures are left out, after so many quarters."""
    assert FRAMEWORK
    period = Period("year", "", months_of(begins)[: quarters * 3])
    within = counts.within(period.months)
    shown = release(within, quarters_of(period), over=over)
    source = Source(SCHOOL, FRAMEWORK, period, date(begins + 1, 9, 1), within, Counts({}), (), Beside((), ()))
    return make_board(beside_before(source, shown, earlier.within(period.earlier)))


def figures(board: Board, *, before: bool) -> dict[tuple[str, str], object]:
    """Every figure of a picture that is no zero, by picture and label."""
    found = {
        (picture.code, bar.label): bar.before if before else LEFT if bar.until else bar.value
        for picture in board.pictures if picture.code != "months" for bar in picture.bars
    }  # fmt: skip
    return {name: value for name, value in found.items() if value not in (0, None)}


@settings(max_examples=15, deadline=None)
@given(first=QUARTERS, second=QUARTERS)
def test_what_stands_beside_a_year_is_what_its_own_board_showed_and_nothing_can_be_subtracted(first, second):
    """Whoever noted both boards learns nothing from the pair, and no sum tells what is left out of either."""
    then, now = counts_of(2024, first), counts_of(2025, second)
    noted: list[dict[tuple[str, str], object]] = []
    for quarters, over in ((1, False), (2, False), (3, False), (4, False), (4, True)):
        noted.append(figures(board_of(2024, then, quarters, Counts({}), over=over), before=False))
        board = board_of(2025, now, quarters, then, over=over)
        for name, value in figures(board, before=True).items():
            assert value in {told.get(name) for told in noted}, (name, quarters)
    for picture in board.pictures:
        for year, which in ((second, "value"), (first, "before")):
            cells = [getattr(bar, which) for bar in picture.bars]
            assert not [cell for cell in cells if isinstance(cell, int) and 0 < cell < SMALLEST]
            hidden = sum(cell == LEFT for cell in cells)
            rest = sum(map(sum, year)) - sum(cell for cell in cells if isinstance(cell, int))
            if picture.code in ("risk", "place", "hour") and hidden:
                assert rest - hidden >= SLACK, (picture.code, which)


def test_whoever_sees_every_figure_is_told_what_moved_most_and_what_is_no_more():
    assert FRAMEWORK
    months = months_of(2025)
    now = Counts({"total": {"": {months[0]: 14}}, "issue": {"bullying": {months[0]: 12}, "gaming": {months[0]: 2}},
                  "acknowledged": {"1": {months[0]: 9}}})  # fmt: skip
    was = moved(months[0], -12)
    then = Counts({"total": {"": {was: 9}}, "issue": {"bullying": {was: 3}, "grooming": {was: 6}},
                   "acknowledged": {"5": {was: 9}}})  # fmt: skip
    period = Period("year", "2025/26", months)
    board = make_board(Source(SCHOOL, FRAMEWORK, period, date(2026, 9, 1), now, then, (), Beside((), ())))
    issue = table_of(board, "issue")
    assert isinstance(issue, Picture)
    assert issue.compared
    told = {bar.label: (bar.value, bar.before) for bar in issue.bars}
    names = {code: SCHOOL.issues[code].name for code in ("bullying", "gaming", "grooming") if code in SCHOOL.issues}
    assert told[names.get("bullying", "bullying")] == (12, 3)
    assert (0, 6) in told.values()
    assert "Rose most" in issue.says
    assert next(iter(issue.rows()))[-1] == "A year before"
    assert board.acknowledged and board.acknowledged.half == "an hour"
    assert board.acknowledged_before and board.acknowledged_before.half == "a week"


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [(3, 2, "Much as"), (2, 9, "Fell most: A, from 9 to 2"), ("few", 9, ""), (7, None, "")],
)
def test_what_moved_is_said_only_where_both_are_known_and_it_is_more_than_chance(now, before, said):
    assert comparing((Bar("A", now, "", before),)).startswith(said)
    assert bool(comparing((Bar("A", now, "", before),))) == bool(said)
