"""The forms of records of other kinds."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from safeguard.records.kinds.registry import GROUNDS_HERE
from safeguard.web.forms import Choice, Day, Form, Text, Tick


@dataclass(frozen=True, slots=True)
class AskForm:
    """Which go, and on what ground. The ticks of the list are read beside it: see `picked`."""

    why: Annotated[str, Choice(GROUNDS_HERE, required="Choose on what ground it may go.")]
    sure: Annotated[bool, Tick(required="Tick that you have looked at the record and that it may go.")]
    one: Annotated[str, Text(longest=40)]
    """The record, where it was asked from its own page."""


@dataclass(frozen=True, slots=True)
class LeftForm:
    """The day on which somebody left."""

    left_on: Annotated[date | None, Day()]


def picked(form: Form[AskForm]) -> list[UUID]:
    """The records that were ticked; what is no id of ours was not."""
    found: list[UUID] = []
    for value in [form["one"], *form.all("picked")]:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
