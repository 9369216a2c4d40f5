"""The forms of this room, and what each means."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from safeguard.standards.improving import NAME_LIMIT, STATES
from safeguard.standards.improving import WORDS_LIMIT as PLAN_LIMIT
from safeguard.standards.origins import SOURCES
from safeguard.standards.proving import KINDS, TITLE_LIMIT, WORDS_LIMIT, NewItem
from safeguard.standards.reviewing import COMMENTARY_LIMIT
from safeguard.web.fields import Fields
from safeguard.web.forms import Choice, Day, Setting, Text

SEPARATOR: Final = "/"
MOST_SUPPORTED: Final = 40


@dataclass(frozen=True, slots=True)
class Version:
    """The version that somebody had before them; 0 where there was nothing yet."""

    def read(self, fields: Fields, name: str, setting: Setting) -> int:
        """The number; what is none counts as nothing read, which a later check refuses."""
        said = fields.get(name).strip()
        return int(said) if said.isdecimal() and len(said) < 10 else 0


@dataclass(frozen=True, slots=True)
class LevelNumber:
    """The number of a level, or nothing."""

    def read(self, fields: Fields, name: str, setting: Setting) -> int | None:
        """The number; whether the framework has such a level is for the domain to say."""
        said = fields.get(name).strip()
        if not said:
            return None
        if not said.isdecimal() or len(said) > 1:
            raise ValueError("Choose one of the sentences on the page.")
        return int(said)


@dataclass(frozen=True, slots=True)
class Supports:
    """The controls that were ticked: `framework/control` each."""

    def read(self, fields: Fields, name: str, setting: Setting) -> Any:
        """Pairs of framework and control, each once."""
        ticked = dict.fromkeys(value.strip() for value in fields.all(name) if value.strip())
        if len(ticked) > MOST_SUPPORTED:
            raise ValueError(f"One item supports {MOST_SUPPORTED} controls at most. Choose those that it shows best.")
        pairs = [tuple(value.split(SEPARATOR, 1)) for value in ticked]
        if any(len(pair) != 2 for pair in pairs):
            raise ValueError("Choose from the controls on the page.")
        return tuple(pairs)


@dataclass(frozen=True, slots=True)
class BeginForm:
    """Which framework, and how much of it."""

    framework: Annotated[str, Text(longest=100, required="Choose what to review against.")]
    scope: Annotated[str, Choice(("first", "full"), required="Choose how much to review.")]


@dataclass(frozen=True, slots=True)
class JudgeForm:
    """Where one control stands."""

    level: Annotated[int | None, LevelNumber()]
    commentary: Annotated[str, Text(longest=COMMENTARY_LIMIT, lines=True)]
    seen: Annotated[int, Version()]
    do: Annotated[str, Choice(("save", "next"))]


@dataclass(frozen=True, slots=True)
class WidenForm:
    """The version of the review that is to ask more."""

    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class SignForm:
    """What was agreed, and by whom."""

    statement: Annotated[str, Text(longest=PLAN_LIMIT, lines=True)]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class PlanForm:
    """Something to do."""

    control: Annotated[str, Text(longest=100, required="Choose the control that it improves.")]
    source: Annotated[str, Choice(SOURCES)]
    origin: Annotated[str, Text(longest=36)]
    words: Annotated[str, Text(longest=PLAN_LIMIT, lines=True)]
    owner: Annotated[str, Text(longest=NAME_LIMIT)]
    owner_name: Annotated[str, Text(longest=NAME_LIMIT)]
    due_on: Annotated[date | None, Day(past=False)]
    state: Annotated[str, Choice(STATES)]
    progress: Annotated[str, Text(longest=PLAN_LIMIT, lines=True)]
    effect: Annotated[str, Text(longest=PLAN_LIMIT, lines=True)]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class GivenForm:
    """How far something is that was given to whoever says it."""

    state: Annotated[str, Choice(STATES)]
    progress: Annotated[str, Text(longest=PLAN_LIMIT, lines=True)]
    effect: Annotated[str, Text(longest=PLAN_LIMIT, lines=True)]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class ItemForm:
    """Something that shows where we stand."""

    kind: Annotated[str, Choice(KINDS)]
    title: Annotated[str, Text(longest=TITLE_LIMIT)]
    description: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    kept_at: Annotated[str, Text(longest=500)]
    dated_on: Annotated[date | None, Day()]
    renew_on: Annotated[date | None, Day(past=False)]
    supports: Annotated[tuple[tuple[str, str], ...], Supports()]
    seen: Annotated[int, Version()]

    def item(self) -> NewItem:
        """What it means."""
        return NewItem(
            kind=self.kind, title=self.title, description=self.description, kept_at=self.kept_at,
            dated_on=self.dated_on, renew_on=self.renew_on, supports=self.supports,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class WithdrawForm:
    """Why an item shows nothing any more."""

    reason: Annotated[str, Text(longest=PLAN_LIMIT, lines=True)]
    seen: Annotated[int, Version()]
