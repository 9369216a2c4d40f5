"""The forms that ask for a pack."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from safeguard.evidence.bodies import load_bodies
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.packs.kinds import KINDS
from safeguard.evidence.sampling import SEED_LIMIT, WAYS
from safeguard.web.forms import Choice, Day, Text, Tick

DISCLOSURES = tuple(each.value for each in Disclosure)
BODIES = tuple(load_bodies())
SIZES = ("3", "5", "10", "20", "50")


@dataclass(frozen=True, slots=True)
class PackForm:
    """What is asked of whoever wants a pack; each kind asks only some of it."""

    kind: Annotated[str, Choice(tuple(KINDS))]
    incident: Annotated[str, Text(longest=40)]
    person: Annotated[str, Text(longest=40)]
    review: Annotated[str, Text(longest=40)]
    first: Annotated[date | None, Day(past=False)]
    last: Annotated[date | None, Day(past=False)]
    disclosure: Annotated[str, Choice(DISCLOSURES, required="Choose how much of the log the pack shows.")]
    files: Annotated[bool, Tick()]
    """Whether the attached files themselves go into it."""
    redacted: Annotated[bool, Tick()]
    body: Annotated[str, Choice(BODIES)]
    drawn: Annotated[str, Choice(WAYS)]
    references: Annotated[str, Text(longest=2000, lines=True)]
    seed: Annotated[str, Text(longest=SEED_LIMIT)]
    many: Annotated[str, Choice(SIZES)]
