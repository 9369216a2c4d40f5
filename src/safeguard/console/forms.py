"""The console's forms."""

from dataclasses import dataclass
from typing import Annotated

from safeguard.web.forms import Text


@dataclass(frozen=True, slots=True)
class EntryForm:
    """The way in."""

    email: Annotated[str, Text(required="Type your email address.", longest=254)]
    password: Annotated[str, Text(longest=500)]
    code: Annotated[str, Text(required="Type the code that your app shows.", longest=20)]


@dataclass(frozen=True, slots=True)
class EnrolForm:
    """The first time."""

    password: Annotated[str, Text(longest=500)]
    offer: Annotated[str, Text(longest=500)]
    code: Annotated[str, Text(required="Type the code that your app shows.", longest=20)]


@dataclass(frozen=True, slots=True)
class ActForm:
    """An act with its reason, and a code where one is asked for."""

    act: Annotated[str, Text(longest=20)]
    reason: Annotated[str, Text(longest=1000, lines=True)]
    code: Annotated[str, Text(longest=20)]


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """Agreeing or declining."""

    decision: Annotated[str, Text(longest=20)]
    code: Annotated[str, Text(longest=20)]


@dataclass(frozen=True, slots=True)
class AnnouncementForm:
    """A sentence for everybody."""

    words: Annotated[str, Text(longest=500)]
    hours: Annotated[str, Text(longest=4)]
