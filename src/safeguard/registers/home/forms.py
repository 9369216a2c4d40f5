"""What people type about what came of a visit or a review."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from safeguard.registers.home.following import NAME_LIMIT
from safeguard.standards.improving import Plan
from safeguard.web.forms import Day, Text

ELSE: Final = "other"


@dataclass(frozen=True, slots=True)
class SentForm:
    """That it was sent on."""

    sent_on: Annotated[date | None, Day()]
    sent_to: Annotated[str, Text(longest=NAME_LIMIT)]


@dataclass(frozen=True, slots=True)
class ActionForm:
    """A recommendation, and who sees to it."""

    control: Annotated[str, Text(longest=100)]
    words: Annotated[str, Text(longest=2_000, lines=True)]
    owner: Annotated[str, Text(longest=NAME_LIMIT)]
    owner_name: Annotated[str, Text(longest=NAME_LIMIT)]
    due_on: Annotated[date | None, Day(past=False)]

    def plan(self) -> Plan:
        """What it means."""
        owner = self.owner_name if self.owner in {"", ELSE} else self.owner
        return Plan(words=self.words, owner=owner, due_on=self.due_on)
