"""The forms that keep drafts: their addresses, and what they are called in a list."""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from safeguard.errors import BadRequest
from safeguard.web.languages import gettext

ID: Final = r"(?P<incident>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
PLACES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"/incidents/new"), "A new report"),
    (re.compile(rf"/incidents/{ID}/entries/new"), "An addition"),
    (re.compile(rf"/incidents/{ID}/correct"), "A correction"),
    (re.compile(rf"/incidents/{ID}/close"), "Closing"),
    (re.compile(rf"/incidents/{ID}/parents"), "Who knows?"),
    (re.compile(rf"/incidents/{ID}/refer"), "A referral to the helpline"),
    (re.compile(r"/concerns/new"), "A concern about staff"),
)
"""Pattern of the path -> what is drafted there. A form that is not here keeps nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """A form's address."""

    path: str
    words: str
    incident_id: UUID | None


def place_of(path: str) -> Place:
    """The form at this path; raises `BadRequest` where there is none that keeps drafts."""
    for pattern, words in PLACES:
        if found := pattern.fullmatch(path):
            incident = found.groupdict().get("incident")
            return Place(path, words, UUID(incident) if incident else None)
    raise BadRequest("This form keeps no drafts.")


def said(path: str) -> str:
    """What is drafted there, in the reader's language."""
    return gettext(place_of(path).words)
