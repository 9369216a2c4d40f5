"""A run in several processes does every test once, and begins with those that wait."""

from dataclasses import dataclass

import pytest

from safeguard import paths
from tests.ordering import FIRST, spread


@dataclass(frozen=True)
class Sample:
    nodeid: str


WAITING = [Sample(f"tests/{file}::test_it[{number}]") for row in FIRST for file in row for number in range(3)]
SHORT = [Sample(f"tests/web/test_sample.py::test_it[{number}]") for number in range(300)]


def test_what_a_run_begins_with_is_there() -> None:
    assert [file for row in FIRST for file in row if not (paths.ROOT / "tests" / file).is_file()] == []


@pytest.mark.parametrize("processes", [2, 3, 4])
def test_every_process_begins_with_some_of_those_that_wait_and_none_is_lost(processes: int) -> None:
    tests = sorted([*WAITING, *SHORT], key=lambda test: test.nodeid)
    order = spread(tests, processes)
    assert sorted(order, key=tests.index) == tests
    begins, left = 0, len(order)
    for number in range(processes):
        size = left // (processes - number)
        stretch = order[begins : begins + size]
        waiting = [test in WAITING for test in stretch]
        assert waiting[0]
        assert waiting == sorted(waiting, reverse=True)
        begins, left = begins + size, left - size


def test_few_tests_keep_being_all_of_them() -> None:
    few = [*WAITING[:7], *SHORT[:2]]
    assert sorted(spread(few, 4), key=few.index) == few
