"""Rows of an earlier product as incidents: what each would become, or what is wrong with it.

The words are taken over as they are. What has no field here - its number there, who wrote it and when, its category -
stands as text at the end of the account, and so does what stood in columns that nobody assigned, so that nothing of the
old record is lost or passed off as our own.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

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
from safeguard.incidents.story import PersonRole
from safeguard.intake.alert_sheet import Problem
from safeguard.intake.importing.reading import OPEN, REST, each_row, of_each
from safeguard.intake.importing.use import Reading
from safeguard.intake.moments import Unclear, read_moment
from safeguard.intake.sheets import Sheet

EACH_OWN: Final = frozenset({"affected", "alleged", "group"})


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
    """Each row that is not empty: the record, or what is wrong. A row that is there twice is one record.

    So are rows of one number that differ in nothing but their people.
    """
    return each_row(sheet, reading, _read, EACH_OWN)


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
    rest = f"\nAlso there:\n{said[REST]}" if said.get(REST) else ""
    return " ".join(parts) + rest


def _people(said: Mapping[str, str], part: PersonRole) -> Iterator[NewPerson]:
    """Names are parted by semicolons or lines: a comma may stand within a name."""
    named: set[str] = set()
    for names, group in zip(of_each(said, part), of_each(said, "group"), strict=True):
        for name in names.replace("\n", ";").split(";"):
            if name.strip() and name.strip() not in named:
                named.add(name.strip())
                yield NewPerson(name=name.strip(), role=part, group_name=group if part == "affected" else "")


_FIELDS: Final = {"people": "affected", "place_detail": "place", "immediate_action": "action"}


def _field(error: FieldError) -> str:
    name = error.field.partition(".")[0]
    return _FIELDS.get(name, name)
