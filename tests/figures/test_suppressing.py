"""What is left out of figures cannot be worked out from what is shown."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard.figures.suppressing import SMALLEST, suppress

CELLS = st.lists(st.integers(0, 12), min_size=1, max_size=6)


def test_figures_of_five_and_more_are_shown_as_they_are():
    assert suppress({"a": 5, "b": 0, "c": 9}).cells == {"a": 5, "b": 0, "c": 9}
    assert suppress({"a": 5, "b": 0, "c": 9}).total == 14


def test_a_lone_small_figure_takes_another_with_it():
    found = suppress({"a": 2, "b": 7, "c": 30})
    assert found.cells == {"a": None, "b": None, "c": 30}
    assert found.total == 39


def test_where_everything_is_small_the_total_goes_too():
    found = suppress({"a": 1, "b": 1})
    assert found.cells == {"a": None, "b": None}
    assert found.total is None


@given(CELLS)
def test_no_small_figure_is_ever_shown(values: list[int]):
    found = suppress(dict(enumerate(values)))
    assert all(value is None or value == 0 or value >= SMALLEST for value in found.cells.values())
    assert found.total is None or found.total == sum(values)


@settings(max_examples=150, deadline=None)
@given(CELLS)
def test_whoever_knows_the_total_cannot_work_out_a_figure_that_is_left_out(values: list[int]):
    found = suppress(dict(enumerate(values)))
    if found.total is None or not found.hidden:
        return
    rest = found.total - sum(value for value in found.cells.values() if value is not None)
    answers = [
        answer for answer in product(range(1, rest + 1), repeat=found.hidden)
        if sum(answer) == rest and min(answer) < SMALLEST
    ]  # fmt: skip
    for place in range(found.hidden):
        assert len({answer[place] for answer in answers}) > 1
