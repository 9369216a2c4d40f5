"""Rows of an earlier product as incidents: what each would become, or what is wrong with it.

The words are taken over as they are. What has no field here - its number there, who wrote it and when, its category -
stands as text at the end of the account, so that nothing of the old record is lost or passed off as our own.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from safeguard.errors import FieldError
from safeguard.incidents.reports import (
    EARLIEST,
    NAME_LIMIT,
    WORDS_LIMIT,
    Happened,
    NewIncident,
    NewPerson,
    check,
    tidied,
)
from safeguard.intake.alert_sheet import Problem
from safeguard.intake.columns import Columns
from safeguard.intake.moments import DayOrder, Unclear, read_moment
from safeguard.intake.sheets import Sheet
from safeguard.tenancy.profile import Profile

LONGEST_ID: Final = 200
OPEN: Final = frozenset({"open", "ongoing", "in progress", "new", "active", "pending", "under review", "monitoring"})
SAME_ID: Final = "Another row above has the same number and other content. Number them apart, or leave one out."


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read."""

    source: str
    columns: Columns
    order: DayOrder | None
    zone: ZoneInfo
    profile: Profile
    now: datetime


class Earlier(NamedTuple):
    """One record as it would be imported."""

    number: int
    original_id: str
    author: str
    written: str
    recorded: datetime | None
    """When it was written there, or else happened; None when neither can be read."""
    report: NewIncident
    is_open: bool
    outcome: str
    action: str


def read_rows(sheet: Sheet, reading: Reading) -> Iterator[Earlier | list[Problem]]:
    """Each row that is not empty: the record, or what is wrong. A row that is there twice is one record."""
    seen: dict[str, str] = {}
    for number, row in sheet.numbered():
        if not any(row.values()):
            continue
        said = {field: row[heading] for field, heading in reading.columns.items() if heading in row}
        digest = sha256(repr(sorted(row.items())).encode()).hexdigest()
        original_id = said.get("original_id", "")[:LONGEST_ID] or f"row {digest}"
        if seen.setdefault(original_id, digest) != digest:
            yield [Problem(number, "original_id", SAME_ID)]
            continue
        yield _read(number, original_id, said, reading)


def _read(number: int, original_id: str, said: Mapping[str, str], reading: Reading) -> Earlier | list[Problem]:
    try:
        happened = _happened(said.get("happened", ""), reading)
    except Unclear as unclear:
        return [Problem(number, "happened", str(unclear))]
    report = tidied(_report(said, happened, reading))
    problems = [Problem(number, _field(error), error.message) for error in check(report, reading.profile, reading.now)]
    if problems:
        return problems
    return Earlier(
        number, original_id, said.get("author", "")[:NAME_LIMIT], said.get("written", "")[:NAME_LIMIT],
        _recorded(said.get("written", ""), happened, reading), report,
        said.get("status", "").strip().lower() in OPEN, said.get("outcome", ""), said.get("action", ""),
    )  # fmt: skip


def _happened(text: str, reading: Reading) -> Happened:
    if not text:
        return Happened()
    moment = read_moment(text, reading.order, reading.zone)
    return Happened(precision="minute" if moment.has_time else "day", from_=moment.at)


def _recorded(written: str, happened: Happened, reading: Reading) -> datetime | None:
    """What cannot be read as a moment stands in the account all the same, so it is no reason to leave a record out."""
    try:
        at = read_moment(written, reading.order, reading.zone).at if written else happened.from_
    except Unclear:
        at = happened.from_
    return at if at and EARLIEST <= at <= reading.now else None


def _report(said: Mapping[str, str], happened: Happened, reading: Reading) -> NewIncident:
    told = said.get("narrative", "")
    return NewIncident(
        narrative=f"{told}\n\n{provenance(said, reading.source)}" if told else "",
        people=(*_people(said, "affected"), *_people(said, "alleged")),
        happened=happened,
        place_detail=said.get("place", ""),
        immediate_action=said.get("action", "")[:WORDS_LIMIT],
    )


def provenance(said: Mapping[str, str], source: str) -> str:
    """Where it comes from, in words: the same facts that the old record gave, as it gave them."""
    parts = [f"Imported from {source}."]
    for field, words in (
        ("original_id", "Its number there: {}."), ("written", "Written there: {}."), ("author", "By: {}."),
        ("category", "Category there: {}."), ("status", "State there: {}."),
    ):  # fmt: skip
        if said.get(field):
            parts.append(words.format(said[field].rstrip(".")))
    return " ".join(parts)


def _people(said: Mapping[str, str], part: str) -> Iterator[NewPerson]:
    """Names are parted by semicolons or lines: a comma may stand within a name."""
    group = said.get("group", "") if part == "affected" else ""
    for name in said.get(part, "").replace("\n", ";").split(";"):
        if name.strip():
            yield NewPerson(name=name.strip(), role=part, group_name=group)  # pyright: ignore[reportArgumentType]


_FIELDS: Final = {"people": "affected", "place_detail": "place", "immediate_action": "action"}


def _field(error: FieldError) -> str:
    name = error.field.partition(".")[0]
    return _FIELDS.get(name, name)


class Trial(NamedTuple):
    """What an import would do."""

    rows: int
    good: list[str]
    """The numbers there of the records that can be imported."""
    open_ones: int
    problems: list[Problem]
    wrong: int
    """Rows with a problem."""


def trial_of(rows: Iterable[Earlier | list[Problem]]) -> Trial:
    """Every row looked at, nothing written."""
    good: list[str] = []
    problems: list[Problem] = []
    total = open_ones = wrong = 0
    for row in rows:
        total += 1
        if isinstance(row, Earlier):
            good.append(row.original_id)
            open_ones += row.is_open
        else:
            wrong += 1
            problems += row
    return Trial(total, good, open_ones, problems, wrong)
