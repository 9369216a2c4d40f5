"""The forms of a resource of one's own."""

from dataclasses import dataclass
from typing import Annotated, Final

from safeguard.standards.contributing import (
    KINDS,
    LINK_LIMIT,
    MOST_LINKS,
    SUMMARY_LIMIT,
    TITLE_LIMIT,
    NewResource,
)
from safeguard.standards.forms import Version
from safeguard.web.fields import Fields
from safeguard.web.forms import Choice, Setting, Text

MOST_TICKED: Final = 60
REASON_LIMIT: Final = 500


@dataclass(frozen=True, slots=True)
class Ticked:
    """Codes that were ticked, each once; whether there are such codes is for the domain to say."""

    def read(self, fields: Fields, name: str, setting: Setting) -> tuple[str, ...]:
        """The codes, in the order of the page."""
        ticked = tuple(dict.fromkeys(value.strip() for value in fields.all(name) if value.strip()))
        if len(ticked) > MOST_TICKED:
            raise ValueError(f"Tick {MOST_TICKED} at most: those that it helps with best.")
        return ticked


@dataclass(frozen=True, slots=True)
class ResourceForm:
    """What it is, where it is to be found, and where it belongs."""

    kind: Annotated[str, Choice(KINDS)]
    title: Annotated[str, Text(longest=TITLE_LIMIT)]
    summary: Annotated[str, Text(longest=SUMMARY_LIMIT, lines=True)]
    links: Annotated[str, Text(longest=MOST_LINKS * (LINK_LIMIT + 1), lines=True)]
    controls: Annotated[tuple[str, ...], Ticked()]
    risk_areas: Annotated[tuple[str, ...], Ticked()]
    issues: Annotated[tuple[str, ...], Ticked()]
    seen: Annotated[int, Version()]

    def resource(self) -> NewResource:
        """What it means: a link stands on a line of its own."""
        links = tuple(line.strip() for line in self.links.splitlines() if line.strip())
        return NewResource(self.kind, self.title, self.summary, links, self.controls, self.risk_areas, self.issues)


@dataclass(frozen=True, slots=True)
class WithdrawResourceForm:
    """Why it is not shown any more."""

    reason: Annotated[str, Text(longest=REASON_LIMIT, lines=True)]
    seen: Annotated[int, Version()]
