"""The form in which somebody says how they want to be told."""

from dataclasses import dataclass
from datetime import time
from typing import Annotated, Final, cast

from safeguard.errors import FieldError, Invalid
from safeguard.notifications.choosing import Choices, Way
from safeguard.web.forms import Choice, Form, Text, TimeOfDay, blank

DUTY: Final = ("each", "digest")
OTHERS: Final = ("each", "digest", "none")


@dataclass(frozen=True, slots=True)
class ChoicesForm:
    """How, for each topic, and when not."""

    duty: Annotated[str, Choice(DUTY, required="Choose one. This mail cannot be switched off.")]
    tasks: Annotated[str, Choice(OTHERS, required="Choose one.")]
    updates: Annotated[str, Choice(OTHERS, required="Choose one.")]
    quiet_from: Annotated[time | None, TimeOfDay()]
    quiet_until: Annotated[time | None, TimeOfDay()]
    version: Annotated[str, Text(longest=10)]

    def choices(self) -> Choices:
        """What it means; raises `Invalid` for quiet hours with one end."""
        if (self.quiet_from is None) != (self.quiet_until is None):
            missing = "quiet_from" if self.quiet_from is None else "quiet_until"
            raise Invalid(FieldError(missing, "Give both times, or neither."))
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            raise Invalid(FieldError("quiet_until", "That is a whole day. Give another time."))
        seen = int(self.version) if self.version.isascii() and self.version.isdigit() else 0
        return Choices(_way(self.duty), _way(self.tasks), _way(self.updates), self.quiet_from, self.quiet_until, seen)


def _way(said: str) -> Way:
    return cast("Way", said)


def as_typed(chosen: Choices) -> Form[ChoicesForm]:
    """The form that the page begins with."""
    return blank(
        ChoicesForm, duty=chosen.duty, tasks=chosen.tasks, updates=chosen.updates, version=str(chosen.version),
        quiet_from=_said(chosen.quiet_from), quiet_until=_said(chosen.quiet_until),
    )  # fmt: skip


def _said(at: time | None) -> str:
    return at.strftime("%H:%M") if at else ""
