"""The form that sends a file: the promise stands before the file, so that it is read first."""

from dataclasses import dataclass
from typing import Annotated

from safeguard.attachments.attaching import LONGEST_NOTE
from safeguard.web.forms import Text, Tick


@dataclass(frozen=True, slots=True)
class FileForm:
    """What is said of a file."""

    note: Annotated[str, Text(longest=LONGEST_NOTE, lines=True)]
    promise: Annotated[bool, Tick()]
