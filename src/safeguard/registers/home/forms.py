"""What people type about what came of a visit or a review."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from safeguard.registers.home.following import NAME_LIMIT
from safeguard.web.forms import Day, Text


@dataclass(frozen=True, slots=True)
class SentForm:
    """That it was sent on."""

    sent_on: Annotated[date | None, Day()]
    sent_to: Annotated[str, Text(longest=NAME_LIMIT)]
