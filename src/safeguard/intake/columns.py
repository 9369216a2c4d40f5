"""Which column of an earlier product's export is what: the fields that we take, and a guess by the headings.

The guess is a beginning for somebody who looks at it: nothing is imported before the columns were chosen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a column may hold, and how such columns are commonly headed."""

    code: str
    name: str
    headings: tuple[str, ...]


FIELDS: Final = (
    Field("narrative", "What happened", (
        "description", "narrative", "details", "incident details", "concern", "concern details", "what happened",
        "incident", "summary", "notes", "text", "body", "log entry", "account")),
    Field("original_id", "Its number there", (
        "id", "incident id", "incident number", "reference", "ref", "record id", "log number", "case id", "concern id",
        "number")),
    Field("happened", "When it happened", (
        "incident date", "date of incident", "date", "occurred", "occurred at", "occurred on", "event date",
        "date/time", "incident date/time", "when")),
    Field("written", "When it was written", (
        "date added", "added on", "created", "created at", "created on", "date recorded", "date reported",
        "reported on", "logged", "date logged", "recorded on")),
    Field("author", "Who wrote it", (
        "author", "added by", "created by", "reported by", "recorded by", "logged by", "staff", "staff member",
        "entered by", "completed by")),
    Field("affected", "Who was affected", (
        "student", "pupil", "student name", "pupil name", "name", "child", "child name", "young person", "person",
        "resident", "member", "victim", "affected", "subject", "full name")),
    Field("alleged", "Who is alleged to have harmed", (
        "perpetrator", "alleged perpetrator", "alleged", "instigator", "aggressor", "alleged harmer")),
    Field("group", "Group of the affected", ("year", "year group", "class", "form", "group", "team", "tutor group")),
    Field("place", "Where", ("location", "place", "where", "incident location", "site")),
    Field("category", "Category there", ("category", "categories", "type", "incident type", "concern type", "tags")),
    Field("action", "What was done", (
        "action", "actions", "action taken", "actions taken", "follow up", "follow-up", "response")),
    Field("outcome", "How it ended", ("outcome", "result", "resolution", "conclusion")),
    Field("status", "Open or closed", ("status", "state", "incident status", "case status")),
)  # fmt: skip
CODES: Final = tuple(field.code for field in FIELDS)
DATES: Final = ("happened", "written")

Columns = Mapping[str, str]
"""Field -> the heading of its column."""


def guess(headings: Sequence[str]) -> dict[str, str]:
    """The likeliest column of each field; a column is guessed for one field only."""
    known = {_plain(heading): heading for heading in reversed(headings)}
    found: dict[str, str] = {}
    for field in FIELDS:
        name = next((name for name in field.headings if name in known), None)
        if name is not None:
            found[field.code] = known.pop(name)
    return found


def _plain(heading: str) -> str:
    return " ".join(heading.lower().replace("_", " ").replace(":", " ").split())
