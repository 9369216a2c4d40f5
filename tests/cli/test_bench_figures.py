"""The arithmetic of the benchmarks: what a median of pairs says, and when a goal is met."""

from hypothesis import given
from hypothesis import strategies as st

from safeguard.cli.bench.measuring import Figure, Goal, in_pairs, interval_of_median


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=40))
def test_the_interval_holds_the_median_and_lies_within_the_values(values):
    low, high = interval_of_median(values)
    assert min(values) <= low <= sorted(values)[(len(values) - 1) // 2] <= high <= max(values)


def test_seven_pairs_leave_out_the_two_ends():
    assert interval_of_median([1, 2, 3, 4, 5, 6, 7]) == (1, 7)
    assert interval_of_median(list(range(1, 12))) == (3, 9)


def test_a_goal_is_met_by_the_better_end_of_the_interval():
    assert Goal(0.55, "higher").met_by(0.4, 0.56)
    assert not Goal(0.55, "higher").met_by(0.4, 0.54)
    assert Goal(2.5, "lower").met_by(2.4, 3.0)
    assert not Goal(2.5, "lower").met_by(2.6, 3.0)


def test_a_ratio_is_taken_pair_by_pair_so_that_a_slow_machine_slows_both():
    figure = Figure("x", "x", "per second", [50, 100, 25], [100, 200, 50], Goal(0.5, "higher"))
    assert (figure.ratio, figure.interval, figure.met) == (0.5, (0.5, 0.5), True)


def test_pairs_take_turns_and_the_first_does_not_count():
    seen: list[str] = []

    def tell(name: str) -> float:
        seen.append(name)
        return float(len(seen))

    ours, limit = in_pairs(2, lambda: tell("ours"), lambda: tell("limit"))
    assert seen == ["ours", "limit", "ours", "limit", "limit", "ours"]
    assert (ours, limit) == ([3, 6], [4, 5])
