"""The forms of a request."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from safeguard.records.access.wording import ASKERS, CODES, COMPETENT, GROUNDS, HARM, IDENTITIES
from safeguard.web.forms import Choice, Day, Name, Text, Tick


@dataclass(frozen=True, slots=True)
class ReceiveForm:
    """Who asks, about whom, since when."""

    person: Annotated[str, Text(longest=40)]
    named: Annotated[str, Text(longest=200)]
    """Where a head writes it down: whom it is about, when that is no lead."""
    asker: Annotated[str, Choice(tuple(ASKERS), required="Choose who asks.")]
    asker_name: Annotated[str, Name(longest=200, required="Give the name of whoever asks.")]
    asker_contact: Annotated[str, Text(longest=500, lines=True)]
    received_on: Annotated[date | None, Day(required="Give the day on which it came: the clock runs from then.")]


@dataclass(frozen=True, slots=True)
class JudgeForm:
    """How it is known who asks, and what an answer might do."""

    ground: Annotated[str, Choice(tuple(GROUNDS), required="Choose what entitles whoever asks.")]
    identity: Annotated[str, Choice(tuple(IDENTITIES), required="Choose how you made sure who asks.")]
    seen: Annotated[str, Text(longest=1000, lines=True)]
    seen_on: Annotated[date | None, Day()]
    competent: Annotated[str, Choice(tuple(COMPETENT), required="Choose whether they understand what is asked for.")]
    wishes: Annotated[str, Text(longest=2000, lines=True)]
    limits: Annotated[str, Text(longest=2000, lines=True)]
    standing: Annotated[str, Text(longest=2000, lines=True)]
    harm: Annotated[str, Choice(tuple(HARM), required="Choose whether an answer might do serious harm.")]
    harm_words: Annotated[str, Text(longest=2000, lines=True)]
    advised_by: Annotated[str, Text(longest=200)]


@dataclass(frozen=True, slots=True)
class WhyForm:
    """A reason: for stopping the clock, for more time, for refusing."""

    why: Annotated[str, Text(longest=2000, lines=True, required="Say why: it is kept with the request.")]
    do: Annotated[str, Choice(("stop", "extend", "refuse"), required="Choose what to do.")]


@dataclass(frozen=True, slots=True)
class RedactForm:
    """Words to black out, and on what ground."""

    phrase: Annotated[str, Text(longest=500, required="Write the words to black out, as they stand in the copy.")]
    code: Annotated[str, Choice(tuple(CODES), required="Choose on what ground.")]


@dataclass(frozen=True, slots=True)
class AddForm:
    """Something that is kept elsewhere, or that no search finds."""

    called: Annotated[str, Text(longest=200, required="Say what it is and where it is kept.")]
    said: Annotated[str, Text(longest=20_000, lines=True, required="Write or copy what it says.")]


@dataclass(frozen=True, slots=True)
class LookForm:
    """What else somebody is called."""

    word: Annotated[str, Text(longest=100, required="Write what they are called: a short name, an account.")]


@dataclass(frozen=True, slots=True)
class WithholdForm:
    """One thing left out whole; empty puts it in again."""

    code: Annotated[str, Choice(tuple(CODES))]


@dataclass(frozen=True, slots=True)
class EncloseForm:
    """A file that goes with the answer, and that somebody has looked at it."""

    looked: Annotated[bool, Tick()]
