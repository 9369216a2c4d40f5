"""How many incidents there were, as far as whoever asks may know: bound by the application, which counts elsewhere."""

from typing import Protocol

from safeguard.work import Work


class Counts(Protocol):
    """Counts incidents of whole months."""

    async def __call__(self, work: Work, first: str, last: str, measure: str) -> int | None:
        """How many from month `first` to `last` (`2026-11`), both included; None for whoever may not know."""
        ...


async def _nothing(work: Work, first: str, last: str, measure: str) -> int | None:
    return 0


_bound: list[Counts] = [_nothing]


def bind(counts: Counts) -> None:
    """Let this room ask the one that counts."""
    _bound[:] = [counts]


def bound() -> Counts:
    """Who answers."""
    return _bound[0]
