"""The forms of the report, and what each means."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from safeguard.helpline.forms import NAME_LIMIT, Codes, Version
from safeguard.helpline.report.recommending import STATES
from safeguard.web.forms import Choice, Day, Text, Tick

WORDS: Final = 20_000


@dataclass(frozen=True, slots=True)
class ThemeForm:
    """A theme, and when a case belongs to it."""

    name: Annotated[str, Text(longest=NAME_LIMIT, required="Give the theme a name that is read in the report.")]
    describes: Annotated[str, Text(longest=2_000, lines=True)]


@dataclass(frozen=True, slots=True)
class CodeForm:
    """By which themes a case is coded."""

    themes: Annotated[tuple[str, ...], Codes()]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class BeginForm:
    """A report, and the days that it is about."""

    title: Annotated[str, Text(longest=NAME_LIMIT, required="Give the report a title.")]
    code: Annotated[str, Text(longest=40, required="Say by what its address names it, such as 2025 or 2025-26.")]
    first: Annotated[date | None, Day(past=False)]
    last: Annotated[date | None, Day(past=False)]
    """It may be begun before its days are over; it is published after them."""
    theme: Annotated[str, Text(longest=40)]


@dataclass(frozen=True, slots=True)
class WordsForm:
    """What supervisors say in it."""

    title: Annotated[str, Text(longest=NAME_LIMIT, required="Give the report a title.")]
    foreword: Annotated[str, Text(longest=WORDS, lines=True)]
    trends: Annotated[str, Text(longest=WORDS, lines=True)]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class StoryForm:
    """A case as it is told."""

    reference: Annotated[str, Text(longest=20)]
    story_title: Annotated[str, Text(longest=NAME_LIMIT, required="Give the case a heading without a name in it.")]
    words: Annotated[str, Text(longest=WORDS, lines=True, required="Tell the case anew, without anybody in it.")]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class AgreeForm:
    """That nobody is in it; or that it is left out."""

    looked: Annotated[bool, Tick()]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class RecommendForm:
    """What is recommended, and to whom."""

    recommendation: Annotated[str, Text(longest=2_000, lines=True, required="Say what should be done.")]
    owner: Annotated[str, Text(longest=NAME_LIMIT, required="Say who should do it.")]


@dataclass(frozen=True, slots=True)
class OutcomeForm:
    """What became of it."""

    state: Annotated[str, Choice(STATES, required="Choose how it stands.")]
    became: Annotated[str, Text(longest=2_000, lines=True)]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class WithdrawForm:
    """Why a published report is taken back."""

    reason: Annotated[str, Text(longest=2_000, lines=True)]
    seen: Annotated[int, Version()]
