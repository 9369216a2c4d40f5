"""What people type about an action that came out of a meeting, a visit or a review."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from safeguard.errors import FieldError, Invalid
from safeguard.standards.framework import Control, Framework
from safeguard.standards.here import own_frameworks
from safeguard.standards.improving import Plan
from safeguard.web.forms import Day, Text

NAME_LIMIT: Final = 200
ELSE: Final = "other"


@dataclass(frozen=True, slots=True)
class ActionForm:
    """What is to be done, for which control, by whom and when."""

    control: Annotated[str, Text(longest=100)]
    words: Annotated[str, Text(longest=2_000, lines=True)]
    owner: Annotated[str, Text(longest=NAME_LIMIT)]
    owner_name: Annotated[str, Text(longest=NAME_LIMIT)]
    due_on: Annotated[date | None, Day(past=False)]

    def chosen(self) -> tuple[Framework, Control]:
        """The control that it improves; raises `Invalid` for none of ours."""
        code, _, wanted = self.control.partition("/")
        for framework in own_frameworks():
            control = framework.control(wanted) if framework.code == code else None
            if control:
                return framework, control
        raise Invalid(FieldError("control", "Choose the control that it improves."))

    def plan(self) -> Plan:
        """What it means."""
        owner = self.owner_name if self.owner in {"", ELSE} else self.owner
        return Plan(words=self.words, owner=owner, due_on=self.due_on)
