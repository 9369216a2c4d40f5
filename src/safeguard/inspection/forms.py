"""The forms of the reading room and of those who open it."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from safeguard.errors import FieldError, Invalid
from safeguard.evidence.bodies import load_bodies
from safeguard.web.forms import Choice, Day, Text, Tick

BODIES = tuple(load_bodies())
DAYS = ("1", "3", "5", "10", "30")


@dataclass(frozen=True, slots=True)
class InviteInspector:
    """Who comes, from whom, what for, how long."""

    inspector: Annotated[str, Text(longest=200, required="Give the inspector's name.")]
    email: Annotated[str, Text(longest=254, required="Give the inspector's email address.")]
    body: Annotated[str, Choice(BODIES, required="Choose whose inspector it is.")]
    purpose: Annotated[
        str, Text(longest=2000, lines=True, required="Say what they come for: they read it, and it is kept.")
    ]
    days: Annotated[str, Choice(DAYS, required="Choose for how long.")]
    live: Annotated[bool, Tick()]
    live_from: Annotated[date | None, Day(past=False)]
    live_until: Annotated[date | None, Day(past=False)]

    def scope(self) -> tuple[date, date] | None:
        """The days whose incidents may be read as they stand; raises `Invalid` where one is missing."""
        if not self.live:
            return None
        if self.live_from is None or self.live_until is None:
            name = "live_until" if self.live_from else "live_from"
            raise Invalid(FieldError(name, "Give both days, or take the tick away."))
        return self.live_from, self.live_until


@dataclass(frozen=True, slots=True)
class GivePack:
    """A pack, and the heading it belongs under."""

    pack: Annotated[str, Text(longest=40, required="Choose a pack.")]
    heading: Annotated[str, Text(longest=60, required="Choose the heading that it belongs under.")]


@dataclass(frozen=True, slots=True)
class Answering:
    """An answer to one question."""

    words: Annotated[str, Text(longest=10_000, required="Write your answer first.", lines=True)]
    pack: Annotated[str, Text(longest=40)]
    """Further evidence, by its id; empty for none."""


@dataclass(frozen=True, slots=True)
class Noting:
    """A note of one's own, or a question."""

    words: Annotated[str, Text(longest=10_000, required="Write something first.", lines=True)]
    sort: Annotated[str, Choice(("question", "note"), required="Choose whether you ask or note.")]


@dataclass(frozen=True, slots=True)
class ShowHere:
    """What an inspector beside the lead may name."""

    scope: Annotated[str, Choice(("all", "days"), required="Choose what the inspector may name.")]
    first: Annotated[date | None, Day(past=False)]
    last: Annotated[date | None, Day(past=False)]
    issue: Annotated[str, Text(longest=60)]
    """A kind of issue; empty for all."""
    body: Annotated[str, Text(longest=60)]
    """Whose inspector it is; asked where more than one inspects this kind of organisation."""

    def days(self) -> tuple[date | None, date | None]:
        """The days, where some were chosen; raises `Invalid` where one is missing or they are the wrong way round."""
        if self.scope != "days":
            return None, None
        if self.first is None or self.last is None:
            raise Invalid(FieldError("last" if self.first else "first", "Give both days, or choose all."))
        if self.last < self.first:
            raise Invalid(FieldError("last", "The last day is before the first. Which days do you mean?"))
        return self.first, self.last
