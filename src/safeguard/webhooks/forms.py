"""What people fill in here."""

from dataclasses import dataclass
from typing import Annotated

from safeguard.web.forms import Many, Text
from safeguard.webhooks.hooking import EVENTS, LONGEST


@dataclass(frozen=True, slots=True)
class NewHook:
    """An address to be told."""

    label: Annotated[str, Text(longest=100, required="Say which program is told.")]
    url: Annotated[str, Text(longest=LONGEST, required="Enter the address that is told.")]
    events: Annotated[tuple[str, ...], Many(tuple(EVENTS), required="Choose at least one event.")]
