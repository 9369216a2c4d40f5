"""Which figures somebody may see for whom small ones are left out: released quarter by quarter, and never taken back.

A year that grows by a quarter tells, beside what was shown a quarter ago, the difference of the two. So whatever is
shown is a sum of batches of whole quarters, and every batch is safe by itself (`suppressing`): what the months of a
quarter do not allow waits for the next, until both together tell of nobody. Whoever noted everything that was ever
shown knows the batches, and no more. What waits at the end of a year stays out of it.

The road not taken is noise: figures that are a little wrong protect as well, and nobody could act on them or check
them.

What this does not stop: an incident that is corrected, months later, moves a figure by one while somebody watches it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from safeguard.figures.suppressing import SMALLEST, suppress
from safeguard.insights.counting import Counts

Atoms = tuple[str, ...]
"""Months, or whole years where years are counted."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A family of figures that add up to all incidents, as far as it may be shown; None is left out."""

    cells: Mapping[str, int | None]
    until: str
    """The last month that it counts."""


@dataclass(frozen=True, slots=True)
class Released:
    """What may be shown of some quarters."""

    counts: Counts
    batches: tuple[Atoms, ...]
    over: bool
    """Whether the year is over: nothing can be waited for."""

    @property
    def atoms(self) -> Atoms:
        """The months that are counted: fewer than there are, where the last ones have to wait."""
        return tuple(atom for batch in self.batches for atom in batch)

    @property
    def total(self) -> int:
        """All incidents of these months."""
        return sum(_all(self.counts, self.atoms).values())

    def each_atom(self) -> Mapping[str, int | None]:
        """The incidents of each month; None is left out."""
        return {
            atom: value for batch in self.batches for atom, value in suppress(_all(self.counts, batch)).cells.items()
        }

    def through(self, last: str) -> "Released | None":
        """As it was shown when its last month was `last`; None where no batch ends there."""
        if self.atoms and self.atoms[-1] == last:
            return self
        ends = [place for place, batch in enumerate(self.batches, start=1) if batch[-1] == last]
        return Released(self.counts, self.batches[: ends[0]], over=False) if ends else None

    def parts(self, dimension: str, groups: Mapping[str, Sequence[str]] | None = None) -> Parts | None:
        """Figures that add up to the total, with those of which nothing is known under ""; None while they wait.

        `groups` puts codes together: hours into parts of a day.
        """
        shown: Counter[str] = Counter()
        pending: Counter[str] = Counter()
        until = ""
        for batch in self.batches:
            pending.update(self._cells(dimension, batch, groups))
            if not suppress(pending).hidden:
                shown.update(pending)
                pending.clear()
                until = batch[-1]
        if self.over and any(pending.values()):
            found = suppress(pending)
            if found.total is not None:
                cells = {code: _sum(shown[code], found.cells.get(code, 0)) for code in {**shown, **pending}}
                return Parts(cells, self.atoms[-1])
        return Parts(dict(shown), until) if until else None

    def alone(self, dimension: str, codes: Sequence[str]) -> int | None:
        """How often any of these codes occurs, where figures overlap and add up to nothing; None is left out."""
        shown, until = self.alone_until(dimension, codes)
        return shown if until == self.atoms[-1:] else None

    def alone_until(self, dimension: str, codes: Sequence[str]) -> tuple[int, Atoms]:
        """The same as far as it may be shown, and the last month that this counts, or none.

        It was shown when that month was the last, and that something has waited since is seen as well.
        """
        shown = pending = 0
        until: Atoms = ()
        for batch in self.batches:
            pending += sum(self.counts.months(dimension, code).get(atom, 0) for code in codes for atom in batch)
            if pending >= SMALLEST:
                shown, pending = shown + pending, 0
            until = until if pending else batch[-1:]
        return shown, until

    def _cells(self, dimension: str, batch: Atoms, groups: Mapping[str, Sequence[str]] | None) -> Mapping[str, int]:
        known = groups or {code: (code,) for code in self.counts.by.get(dimension, {})}
        found = {
            name: sum(self.counts.months(dimension, code).get(atom, 0) for code in codes for atom in batch)
            for name, codes in known.items()
        }
        rest = sum(_all(self.counts, batch).values()) - sum(found.values())
        return {**found, "": max(0, rest)}


def release(counts: Counts, quarters: Sequence[Atoms], *, over: bool) -> Released:
    """What may be shown of these quarters, each of which is over; `over` when no further one belongs to them."""
    return Released(counts, tuple(_batches(counts, quarters)), over)


def _batches(counts: Counts, quarters: Sequence[Atoms]) -> Iterator[Atoms]:
    """Quarters put together until their months and their sum may be shown."""
    pending: Atoms = ()
    for quarter in quarters:
        pending += quarter
        if suppress(_all(counts, pending)).total is not None:
            yield pending
            pending = ()


def _all(counts: Counts, atoms: Atoms) -> Mapping[str, int]:
    return {atom: counts.months("total").get(atom, 0) for atom in atoms}


def _sum(shown: int, more: int | None) -> int | None:
    return None if more is None else shown + more
