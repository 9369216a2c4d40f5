"""Reading a table row by row: which column is what, which row is there twice, and what an import would do.

The guess of the columns is a beginning for somebody who looks at it: nothing is imported before they were chosen.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from safeguard.intake.alert_sheet import Problem
from safeguard.intake.importing.use import Field, R, Reading, Row
from safeguard.intake.sheets import Sheet

LONGEST_ID: Final = 200
OPEN: Final = frozenset({"open", "ongoing", "in progress", "new", "active", "pending", "under review", "monitoring"})
SAME_ID: Final = "Another row above has the same number and other content. Number them apart, or leave one out."

Said = Mapping[str, str]
"""Field -> what the row says there."""
REST: Final = "rest"
"""Under it stands what the row says in columns that nobody assigned, a line each, by their headings."""


def guess(fields: Iterable[Field], headings: Sequence[str]) -> dict[str, str]:
    """The likeliest column of each field; a column is guessed for one field only."""
    known = {_plain(heading): heading for heading in reversed(headings)}
    found: dict[str, str] = {}
    for field in fields:
        name = next((name for name in (*field.headings, _plain(field.name)) if name in known), None)
        if name is not None:
            found[field.code] = known.pop(name)
    return found


def _plain(heading: str) -> str:
    return " ".join(heading.lower().replace("_", " ").replace(":", " ").replace("(s)", "").split())


def each_row(
    sheet: Sheet, reading: Reading, read: Callable[[int, str, Said, Reading], R | list[Problem]]
) -> Iterator[R | list[Problem]]:
    """Each row that is not empty, as `read` makes it: the record, or what is wrong. One that is there twice is one."""
    seen: dict[str, str] = {}
    for number, row in sheet.numbered():
        if not any(row.values()):
            continue
        said = {field: row[heading] for field, heading in reading.columns.items() if heading in row}
        said[REST] = _rest(row, reading)
        digest = sha256(repr(sorted(row.items())).encode()).hexdigest()
        original_id = said.get("original_id", "")[:LONGEST_ID] or f"row {digest}"
        if seen.setdefault(original_id, digest) != digest:
            yield [Problem(number, "original_id", SAME_ID)]
        else:
            yield read(number, original_id, said, reading)


def _rest(row: Mapping[str, str], reading: Reading) -> str:
    taken = set(reading.columns.values())
    return "\n".join(f"{heading}: {value}" for heading, value in row.items() if value and heading not in taken)


class Trial(NamedTuple):
    """What an import would do."""

    rows: int
    good: list[str]
    """The numbers there of the records that can be imported."""
    open_ones: int
    problems: list[Problem]
    wrong: int
    """Rows with a problem."""


def trial_of(rows: Iterable[Row | list[Problem]]) -> Trial:
    """Every row looked at, nothing written."""
    good: list[str] = []
    problems: list[Problem] = []
    total = open_ones = 0
    for row in rows:
        total += 1
        if isinstance(row, list):
            problems += row
        else:
            good.append(row.original_id)
            open_ones += row.is_open
    return Trial(total, good, open_ones, problems, total - len(good))
