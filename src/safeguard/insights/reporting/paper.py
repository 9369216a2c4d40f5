"""What a report says, as data: the page and the PDF set the same sentences and tables."""

import msgspec


class Section(msgspec.Struct, frozen=True):
    """One heading: its sentence, and the table behind it; the first column is a name."""

    title: str
    says: str = ""
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    bars: bool = False
    """Whether the second column is drawn as bars."""


class Paper(msgspec.Struct, frozen=True):
    """A whole report."""

    title: str
    period: str
    says: str
    statement: str = ""
    stated_by: str = ""
    sections: tuple[Section, ...] = ()
    note: str = ""


def drawn(section: Section) -> list[float]:
    """How long each bar is, from 0 to 100; nothing for a figure that is left out."""
    values = [int(row[1]) if row[1].isdecimal() else 0 for row in section.rows] if section.bars else []
    most = max(values, default=0) or 1
    return [round(100 * value / most, 1) for value in values]
