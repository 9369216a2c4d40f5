"""The forms that ask for a pack."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from safeguard.evidence.packs.contents import Disclosure
from safeguard.web.forms import Choice, Day, Text, Tick

DISCLOSURES = tuple(each.value for each in Disclosure)


@dataclass(frozen=True, slots=True)
class PackForm:
    """One incident (its id in a hidden field), or the days of a period."""

    incident: Annotated[str, Text(longest=40)]
    first: Annotated[date | None, Day(past=False)]
    last: Annotated[date | None, Day(past=False)]
    disclosure: Annotated[str, Choice(DISCLOSURES, required="Choose how much of the log the pack shows.")]
    files: Annotated[bool, Tick()]
    """Whether the attached files themselves go into it."""
