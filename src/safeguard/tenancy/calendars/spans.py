"""Terms and closed days as people write them: one a line, a name if there is one, the first day and the last.

    Autumn term: 2 September 2026 to 23 October 2026
    25 May 2026

They are kept as `2026-09-02..2026-10-23 Autumn term`, which sorts by day.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date

from safeguard.web.dates import MONTH_NAMES, read_day

NAME_LIMIT = 60
LONGEST = timedelta(days=366)
OVER_NEW_YEAR = timedelta(days=120)
"""A span whose first day has no year, and that begins in the year before its last, is shorter."""
_KEPT = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)(?: (.*))?")
_TO = re.compile(r"\s+(?:to|until|till)\s+|\s*(?:–|—|\.\.)\s*|\s+-\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from `first` to `last`, both of them in it."""

    first: date
    last: date
    name: str = ""

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def kept(self) -> str:
        """As it is stored."""
        return f"{self.first.isoformat()}..{self.last.isoformat()} {self.name}".strip()

    def written(self) -> str:
        """As people write it."""
        first, last = _written(self.first), _written(self.last)
        days = first if self.first == self.last else f"{first} to {last}"
        return f"{self.name}: {days}" if self.name else days


def _written(day: date) -> str:
    return format_date(day, "d MMMM y", locale="en_GB")


def kept_span(text: str) -> Span:
    """A span as it was stored; `ValueError` when it is none."""
    found = _KEPT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return Span(date.fromisoformat(found[1]), date.fromisoformat(found[2]), found[3] or "")


def read_span(line: str) -> Span:
    """A span as somebody wrote it; `ValueError` has the sentence for them."""
    name, days = _parted(line)
    if len(name) > NAME_LIMIT:
        raise ValueError(f"Keep the name under {NAME_LIMIT} characters: “{name[:30]}…”.")
    parts = _TO.split(days)
    if len(parts) > 2:
        raise ValueError(f"“{line[:60]}” has more than a first and a last day. Write one a line.")
    last = _day(parts[-1], line)
    first = _first_day(parts[0], last, line)
    if last < first:
        raise ValueError(f"In “{line[:60]}” the last day is before the first.")
    if last - first > LONGEST:
        raise ValueError(f"“{line[:60]}” is longer than a year. Check the years.")
    return Span(first, last, name)


def _parted(line: str) -> tuple[str, str]:
    """The name and the days of a line. A name is followed by a colon, or by a tab as a spreadsheet pastes it."""
    cells = [cell.strip() for cell in line.split("\t") if cell.strip()]
    if len(cells) == 3:
        return cells[0], f"{cells[1]} to {cells[2]}"
    if len(cells) == 2:
        return ("", f"{cells[0]} to {cells[1]}") if cells[0][0].isdigit() else (cells[0], cells[1])
    name, colon, days = line.rpartition(":")
    return (" ".join(name.split()), days.strip()) if colon else ("", line.strip())


def _first_day(text: str, last: date, line: str) -> date:
    """“19 December” in “19 December to 3 January 2028” is of the year before; of more weeks than that it is a slip."""
    with_year = _with_year(text, last)
    first = _day(with_year, line)
    if first > last and with_year == f"{text.strip()} {last.year}":
        before = _day(f"{text.strip()} {last.year - 1}", line)
        return before if last - before < OVER_NEW_YEAR else first
    return first


def _with_year(text: str, last: date) -> str:
    """“2 September” in “2 September to 23 October 2026” is of the same year, and “2” of the same month."""
    said = text.strip()
    if said.isdigit() and len(said) <= 2:
        return f"{said} {MONTH_NAMES[last.month - 1]} {last.year}"
    return said if re.search(r"\d{4}|\d+\D+\d+\D+\d+", said) else f"{said} {last.year}"


def _day(text: str, line: str) -> date:
    if not re.search(r"\d{4}|\d+\D+\d+\D+\d+", text):
        raise ValueError(f"Write the year in “{line[:60]}”, such as: Autumn term: 2 September 2026 to 23 October 2026.")
    try:
        day = read_day(text, date(2026, 1, 1))
    except ValueError as refusal:
        raise ValueError(f"“{line[:60]}”: {refusal}") from None
    if not 2000 <= day.year <= 2100:
        raise ValueError(f"In “{line[:60]}” the year {day.year} looks like a slip.")
    return day
