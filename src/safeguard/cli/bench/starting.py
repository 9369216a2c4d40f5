"""`start`: from the command to the first page, with a new data directory and with one that is there already."""

import tempfile
from pathlib import Path

from safeguard.cli.bench.measuring import Figure, Goal, bounded
from safeguard.cli.bench.whole import whole_service

FROM_NOTHING = 8.0
AGAIN = 3.0
MOST = 5
"""Starts of each kind at most: one takes seconds, and differs little from the next."""


def start(pairs: int) -> list[Figure]:
    """Seconds until `/sign-in` is answered, as `safeguard up` is run."""
    first: list[float] = []
    again: list[float] = []
    for _ in range(min(pairs, MOST)):
        with tempfile.TemporaryDirectory(prefix="safeguard-bench-") as folder:
            for seconds in (first, again):
                with whole_service(Path(folder, "data")) as service:
                    seconds.append(service.seconds)
    goal = Goal(1, "lower")
    return [
        Figure("start-first", "up with a new data directory, to the first page", "s", first,
               bounded(FROM_NOTHING, first), goal),
        Figure("start-again", "up with its data directory, to the first page", "s", again, bounded(AGAIN, again), goal),
    ]  # fmt: skip
