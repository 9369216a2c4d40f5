"""A table of alerts: which column is what, and the alerts in it, or what is wrong with which row."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple, cast
from zoneinfo import ZoneInfo

from safeguard.errors import FieldError, Invalid
from safeguard.intake.alert import Kind, NewAlert, Severity, check, tidied
from safeguard.intake.moments import DayOrder, Unclear, order_of, read_moment
from safeguard.intake.sheets import Sheet

MOST: Final = 2_000
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "alert id", "event id", "reference", "case id"),
    "raised_at": ("raised_at", "raised at", "time", "timestamp", "date", "date time", "datetime", "date/time", "when"),
    "kind": ("kind", "alert kind", "product"),
    "severity": ("severity", "risk", "priority", "level", "grade"),
    "category": ("category", "theme", "rule", "alert type", "type", "reason"),
    "user": ("user", "username", "user name", "name", "pupil", "student", "email", "account"),
    "group": ("group", "class", "year", "year group", "department", "ou"),
    "device": ("device", "hostname", "computer", "machine", "workstation", "ip address"),
    "address": ("address", "url", "website", "site", "domain", "link"),
    "words": (
        "words",
        "text",
        "captured text",
        "search term",
        "content",
        "phrase",
        "description",
        "details",
        "message",
    ),
}
_SEVERITIES: Final[Mapping[str, Severity]] = {
    "low": "low", "1": "low", "minor": "low", "info": "low", "medium": "medium", "moderate": "medium", "2": "medium",
    "high": "high", "3": "high", "serious": "high", "urgent": "urgent", "critical": "urgent", "4": "urgent",
    "emergency": "urgent", "5": "urgent",
}  # fmt: skip


class Problem(NamedTuple):
    """What is wrong with a row; `number` is the one that a spreadsheet shows beside it."""

    number: int
    field: str
    words: str


class Found(NamedTuple):
    """The alerts of a table, and what is wrong in it: then none of them is to be kept."""

    alerts: list[NewAlert]
    problems: list[Problem]


def read_alerts(sheet: Sheet, zone: ZoneInfo, order: DayOrder | None, now: datetime) -> Found:
    """Every row as an alert; raises `Invalid` when the time has no column, or there are too many rows."""
    columns = columns_of(sheet.headings)
    if "raised_at" not in columns:
        raise Invalid(
            FieldError("file", "No column says when. Name one “raised_at”, with times such as 2026-01-12 13:30.")
        )
    if len(sheet.rows) > MOST:
        raise Invalid(FieldError("file", f"This is more than {MOST:,} alerts, which is the most at once."))
    at = sheet.headings.index(columns["raised_at"])
    order = order or order_of(row[at] for row in sheet.rows)
    found = Found([], [])
    for number, row in sheet.numbered():
        if any(row.values()):
            _read(number, {name: row[heading] for name, heading in columns.items()}, row, zone, order, now, found)
    return found


def columns_of(headings: tuple[str, ...]) -> dict[str, str]:
    """Which heading stands for which part of an alert, by its name."""
    known = {heading.lower().strip().replace("-", " "): heading for heading in reversed(headings)}
    return {
        part: known[name] for part, names in NAMES.items() if (name := next((n for n in names if n in known), None))
    }


def _read(
    number: int, said: Mapping[str, str], row: Mapping[str, str], zone: ZoneInfo, order: DayOrder | None,
    now: datetime, found: Found,
) -> None:  # fmt: skip
    try:
        at = read_moment(said["raised_at"], order, zone).at
    except Unclear as unclear:
        found.problems.append(Problem(number, "raised_at", str(unclear)))
        return
    texts = {name: said.get(name, "") for name in ("category", "user", "group", "device", "address", "words")}
    known_as = said.get("id") or f"row {sha256(repr(sorted(row.items())).encode()).hexdigest()[:32]}"
    severity = _SEVERITIES.get(said.get("severity", "").lower())
    new = tidied(NewAlert(id=known_as, raised_at=at, kind=_kind(said.get("kind", "")), severity=severity, **texts))
    found.problems.extend(Problem(number, error.field, error.message) for error in check(new, now))
    found.alerts.append(new)


def _kind(said: str) -> Kind:
    return cast("Kind", "filtering") if "filter" in said.lower() or "block" in said.lower() else "monitoring"
