"""The forms of holds, dates and disposals."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from safeguard.records.wording import GROUNDS, HOLD_GROUNDS
from safeguard.web.forms import Choice, Day, Text, Tick


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """Why a record is kept."""

    ground: Annotated[str, Choice(tuple(HOLD_GROUNDS), required="Choose what it is kept for.")]
    reason: Annotated[str, Text(longest=2000, lines=True, required="Say why it must be kept, and who asked for that.")]


@dataclass(frozen=True, slots=True)
class LiftHold:
    """Why it need not be kept any longer."""

    reason: Annotated[
        str, Text(longest=2000, lines=True, required="Say why it need not be kept any longer, and who said so.")
    ]


@dataclass(frozen=True, slots=True)
class AskDisposal:
    """On what ground a record goes."""

    why: Annotated[str, Choice(tuple(GROUNDS), required="Choose on what ground it may go.")]
    sure: Annotated[bool, Tick(required="Tick that you have looked at the record and that it may go.")]


@dataclass(frozen=True, slots=True)
class SayDates:
    """When somebody left, or died."""

    left_on: Annotated[date | None, Day()]
    died_on: Annotated[date | None, Day()]
