"""What a picture shows: figures with their labels, what it says in a sentence, and where each figure leads."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Final, Protocol, TypeAlias

from safeguard.figures.suppressing import SMALLEST
from safeguard.insights.wording import tell as _

Value: TypeAlias = int | str | None
"""A figure; "few" or "left" where it is left out; None where there is nothing to say."""
FEW = "few"
"""Fewer than 5."""
MOST_DRAWN: Final = 10
MOST_LINES: Final = 12
LEFT = "left"
"""Left out of figures that add up: it is fewer than 5, or would tell one that is."""


class Table(Protocol):
    """What stands behind a picture."""

    @property
    def code(self) -> str:
        """Its place in the address of the file."""
        ...

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The headings, then the rows."""
        ...


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing that is counted."""

    label: str
    value: Value
    href: str = ""
    before: Value = None
    """In the same months a year before; None where that is not compared."""
    until: str = ""
    """The last month that it counts, where a few of later ones have to wait."""
    settled: Value = None
    """How many of these fell in months that are over, which stand beside `before`; None where all of them are."""

    @property
    def name(self) -> str:
        """What it counts, and up to when."""
        return _("%(label)s, up to %(month)s", label=self.label, month=self.until) if self.until else self.label

    @property
    def most(self) -> float:
        """What it is at most, as far as whoever reads this may know."""
        if self.value == LEFT:
            return inf
        if self.value == FEW:
            return SMALLEST - 1
        return self.value + (SMALLEST - 1 if self.until else 0) if isinstance(self.value, int) else 0


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars or columns with a title and a sentence."""

    code: str
    title: str
    says: str
    bars: tuple[Bar, ...]
    compared: bool = False
    """Whether the bars carry what was counted before."""
    over: str = ""
    """The last month that is compared, where the last one that is counted is not over yet."""

    @property
    def drawn(self) -> tuple[Bar, ...]:
        """As many as a picture bears."""
        return self.bars[:MOST_DRAWN]

    @property
    def beside(self) -> tuple[Bar, ...]:
        """The others, which stand in a list below it."""
        return self.bars[MOST_DRAWN:]

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The table behind the picture."""
        part = (_("Of these up to %(month)s", month=self.over),) if self.over else ()
        yield ("", self.title, *part) + ((_("A year before"),) if self.compared else ())
        for bar in self.bars:
            settled = (said(bar.settled),) if self.over else ()
            yield (bar.name, said(bar.value), *settled) + ((said(bar.before),) if self.compared else ())


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One control and its months."""

    label: str
    values: tuple[int, ...]
    level: int | None = None
    ways: tuple[str, ...] = ()
    """Where each figure leads; empty where there is nothing behind it, or this reader may not see it."""


@dataclass(frozen=True, slots=True)
class Heat:
    """Controls by month."""

    code: str
    title: str
    says: str
    columns: tuple[str, ...]
    lines: tuple[HeatRow, ...] = field(default_factory=tuple[HeatRow, ...])

    @property
    def drawn(self) -> tuple[HeatRow, ...]:
        """Those that are named most, as many as a picture bears; the file has all."""
        return self.lines[:MOST_LINES]

    @property
    def most(self) -> int:
        """The greatest figure."""
        return max((value for line in self.lines for value in line.values), default=0)

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The table behind the picture."""
        yield ("", *self.columns)
        for line in self.lines:
            yield (line.label, *(str(value) for value in line.values))


@dataclass(frozen=True, slots=True)
class GridCell:
    """One figure of a grid, with what is said below it."""

    words: str
    shade: int | None
    """From 0, nothing, to 3, the darkest; None is left out: hatched."""
    notes: tuple[str, ...] = ()
    bar: float | None = None
    """How much of its bar is filled, from 0 to 1; None without one. Shades step, a bar does not."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One organisation of a grid."""

    label: str
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Organisations by what is counted or judged of each."""

    code: str
    title: str
    says: str
    columns: tuple[str, ...]
    lines: tuple[GridRow, ...]

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The table behind the picture."""
        yield ("", *self.columns)
        for line in self.lines:
            yield (line.label, *("; ".join((cell.words, *cell.notes)) for cell in line.cells))


def said(value: Value) -> str:
    """A figure as a table says it."""
    words = {FEW: _("fewer than 5"), LEFT: _("left out"), None: ""}
    return words[value] if value is None or isinstance(value, str) else str(value)
