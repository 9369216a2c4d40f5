"""What a run in several processes begins with: tests that start a whole service, or a tool, and mostly wait for it.

Left to their place in the alphabet they come last, several at once, and processors stand idle. They touch nothing that
other tests look at, so they can be first: some in each process, the others after them in their order.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Final, Protocol, TypeVar

FIRST: Final = (
    ("faults/test_packs_survive.py", "faults/test_recording_survives.py", "faults/test_up.py"),
    ("architecture/test_style.py",),
    ("faults/test_brokers.py",),
    ("journeys/test_referral.py",),
    ("cli/test_root_script.py",),
    ("journeys/test_main_job.py",),
    ("cli/test_wheel.py",),
    ("journeys/test_mail_in.py",),
)
"""Files by what they share: those of a row use one service."""


class Named(Protocol):
    """A test, as pytest collects it."""

    @property
    def nodeid(self) -> str:
        """Its file and name."""
        ...


Test = TypeVar("Test", bound=Named)


def spread(tests: Sequence[Test], processes: int) -> list[Test]:
    """The same tests, in an order of which each process is given as many as another, one stretch after the other."""
    rows = {f"tests/{file}": number for number, files in enumerate(FIRST) for file in files}
    first: list[list[Test]] = [[] for _ in range(processes)]
    rest: list[Test] = []
    for test in tests:
        row = rows.get(test.nodeid.partition("::")[0])
        (rest if row is None else first[row % processes]).append(test)
    others, left, found = iter(rest), len(tests), list[Test]()
    for number, own in enumerate(first):
        size = left // (processes - number)  # as the scheduler counts them out
        found += [*own, *islice(others, max(0, size - len(own)))]
        left -= size
    return [*found, *others]
