"""What a report says, as data: the page, the PDF and the open data are made of the same. None is left out."""

from datetime import date

import msgspec


class Row(msgspec.Struct, frozen=True):
    """One line of a part: a number, its share of the whole in percent, and the same periods of earlier years."""

    code: str
    label: str
    value: int | None
    share: int | None = None
    before: tuple[int | None, ...] = ()


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one kind."""

    code: str
    title: str
    says: str = ""
    adds_up: bool = True
    """Whether each case is in one line of it."""
    silent: bool = False
    """Whether nothing of it can be said without telling of somebody."""
    rows: tuple[Row, ...] = ()

    @property
    def told(self) -> tuple[Row, ...]:
        """The lines that have a number."""
        return tuple(row for row in self.rows if row.value is not None)

    @property
    def untold(self) -> tuple[str, ...]:
        """What the lines are called that are left out."""
        return tuple(row.label for row in self.rows if row.value is None)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One platform: how many addresses, the share removed, hours to an answer and to removal (median, 90th)."""

    code: str
    label: str
    addresses: int
    removed: int | None = None
    answer: tuple[int, int] | None = None
    removal: tuple[int, int] | None = None


class Top(msgspec.Struct, frozen=True):
    """A figure at the top, and what it was in earlier years; a sentence where it is no number."""

    code: str
    label: str
    value: str
    """Empty where it is left out."""
    before: tuple[str, ...] = ()
    figures: tuple[int, ...] = ()
    """The same for machines: one number; of hours the median, and what nine in ten are within. Reports that were
    published before this was kept have none."""


class Told(msgspec.Struct, frozen=True):
    """A complex case, as two people agreed to tell it."""

    title: str
    words: str


class Asked(msgspec.Struct, frozen=True):
    """What is recommended, to whom, and what became of it."""

    words: str
    owner: str
    state: str = "made"
    became: str = ""


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A whole report."""

    title: str
    organisation: str
    first: date
    last: date
    earlier: tuple[tuple[date, date], ...] = ()
    """The periods that it is compared with, the latest first."""
    theme: str = ""
    """What its cases were coded by, where it is of one theme alone."""
    describes: str = ""
    """When a case belongs to that theme."""
    foreword: str = ""
    top: tuple[Top, ...] = ()
    parts: tuple[Part, ...] = ()
    platforms: tuple[Line, ...] = ()
    moves: tuple[str, ...] = ()
    """What rose and fell most, in sentences that the figures make."""
    trends: str = ""
    stories: tuple[Told, ...] = ()
    recommendations: tuple[Asked, ...] = ()
    became: tuple[Asked, ...] = ()
    """Recommendations of earlier reports, with what became of them."""
