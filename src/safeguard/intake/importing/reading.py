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

OTHER_WORDS: Final = (
    "Another row above has the same number, and more than its people differ. Make both rows say the same, or number "
    "them apart."
)

Said = Mapping[str, str]
"""Field -> what the row says there."""
MOST_ROWS: Final = 200
"""That tell of one record: more people than that are no incident but a mistaken column."""
ROWS: Final = "rows"
"""Under it stands how many rows tell of one record, where that is more than one: `of_each`."""
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
    sheet: Sheet,
    reading: Reading,
    read: Callable[[int, str, Said, Reading], R | list[Problem]],
    own: frozenset[str] = frozenset(),
) -> Iterator[R | list[Problem]]:
    """Each row that is not empty, as `read` makes it: the record, or what is wrong. One that is there twice is one.

    Some products give a row to each person. Rows of one number that differ in no chosen column but these, which are
    each person's `own`, tell of one record: each of them gives the whole of it (`of_each`).
    """
    told: dict[str, list[dict[str, str]]] = {}
    rows = [(number, *_said(row, reading)) for number, row in sheet.numbered() if any(row.values())]
    for _, original_id, said in rows:
        first = told.setdefault(original_id, [said])[0]
        rows_of_it = told[original_id]
        if own and len(rows_of_it) < MOST_ROWS and said not in rows_of_it and _shared(said, own) == _shared(first, own):
            rows_of_it.append(said)
    for number, original_id, said in rows:
        if said in told[original_id]:
            yield read(number, original_id, _whole(told[original_id], own), reading)
        else:
            yield [Problem(number, "original_id", OTHER_WORDS if own else SAME_ID)]


def of_each(said: Said, field: str) -> list[str]:
    """What each row of a record says in a field that is each person's own."""
    return [said.get(_own(field, turn), "") for turn in range(int(said.get(ROWS, "1")))]


def _own(field: str, turn: int) -> str:
    return f"{field}/{turn}" if turn else field


def _said(row: Mapping[str, str], reading: Reading) -> tuple[str, dict[str, str]]:
    """The number there, or one made of all that it says; and what it says."""
    said = {field: row[heading] for field, heading in reading.columns.items() if heading in row}
    said[REST] = _rest(row, reading)
    whole = sha256(repr(sorted(row.items())).encode()).hexdigest()
    return said.get("original_id", "")[:LONGEST_ID] or f"row {whole}", said


def _shared(said: Said, own: frozenset[str]) -> Said:
    return {field: value for field, value in said.items() if field not in own and field != REST}


def _whole(rows: list[dict[str, str]], each_own: frozenset[str]) -> Said:
    """The first row, with what the others say of their own beside it; what not all of them say, with whose it is."""
    if len(rows) == 1:
        return rows[0]
    own = {_own(field, turn): value for turn, row in enumerate(rows) for field, value in row.items()}
    by_all = set.intersection(*(set(row[REST].splitlines()) for row in rows))
    lines = dict.fromkeys(
        line if line in by_all or not whose else f"{line} ({whose})"
        for row, whose in ((row, ", ".join(row[name] for name in sorted(each_own) if row.get(name))) for row in rows)
        for line in row[REST].splitlines()
    )
    return own | {ROWS: str(len(rows)), REST: "\n".join(lines)}


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
    first: Row | None
    """The first that can be imported."""


def trial_of(rows: Iterable[Row | list[Problem]]) -> Trial:
    """Every row looked at, nothing written."""
    good: list[str] = []
    problems: list[Problem] = []
    total = open_ones = 0
    first: Row | None = None
    for row in rows:
        total += 1
        if isinstance(row, list):
            problems += row
        else:
            first = first or row
            good.append(row.original_id)
            open_ones += row.is_open
    return Trial(total, good, open_ones, problems, total - len(good), first)
