"""What the forms ask about who may know."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from safeguard.incidents.forms import Codes, Known
from safeguard.incidents.reports import WORDS_LIMIT
from safeguard.web.forms import Choice, Text

Words = Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]


@dataclass(frozen=True, slots=True)
class LiftForm:
    """Why somebody may know now."""

    ground: Annotated[str, Choice(("told", "mistaken"), required="Say whether they were told, or another is meant.")]
    told_how: Words
    reason: Words


@dataclass(frozen=True, slots=True)
class ExcludeForm:
    """Somebody more to keep from it."""

    person: Annotated[UUID | None, Known()]


@dataclass(frozen=True, slots=True)
class AgainForm:
    """What the ticked ones of those that may be about somebody here are."""

    decision: Annotated[str, Choice(("keep", "other"), required="Say whether they are meant.")]
    reason: Words


@dataclass(frozen=True, slots=True)
class ConfineForm:
    """The few who may know."""

    people: Annotated[tuple[str, ...], Codes()]
    reason: Words


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """A reason, and nothing else."""

    reason: Words
