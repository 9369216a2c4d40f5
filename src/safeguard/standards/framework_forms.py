"""The forms of frameworks of one's own: importing one, adding a control, going on with another edition."""

from dataclasses import dataclass
from typing import Annotated

from safeguard.standards.forms import LevelNumber, Version
from safeguard.standards.importing import Said
from safeguard.web.fields import Fields
from safeguard.web.forms import Setting, Text


@dataclass(frozen=True, slots=True)
class Pasted:
    """Text as it came, tabs and empty lines with it: the place of everything in it counts."""

    def read(self, fields: Fields, name: str, setting: Setting) -> str:
        """What was pasted; how long it may be is for the domain to say."""
        said = fields.get(name).replace("\r\n", "\n").replace("\r", "\n")
        if not said.strip():
            raise ValueError("Paste the framework.")
        return said


@dataclass(frozen=True, slots=True)
class ImportForm:
    """A framework, and what rows of a spreadsheet do not say."""

    text: Annotated[str, Pasted()]
    code: Annotated[str, Text(longest=40)]
    name: Annotated[str, Text(longest=200)]
    edition: Annotated[str, Text(longest=40)]
    benchmark: Annotated[int | None, LevelNumber()]
    left_out: Annotated[str, Text(longest=40)]
    """Which columns the page has told of: they are not read."""

    def said(self) -> Said:
        """What stands beside the rows."""
        return Said(self.code, self.name, self.edition, self.benchmark, self.left_out)


@dataclass(frozen=True, slots=True)
class OwnControlForm:
    """A control of one's own; its sentences are read by the number of their level."""

    objective: Annotated[str, Text(longest=40)]
    name: Annotated[str, Text(longest=200)]


@dataclass(frozen=True, slots=True)
class MoveForm:
    """The version of the review that goes on with another edition."""

    seen: Annotated[int, Version()]
