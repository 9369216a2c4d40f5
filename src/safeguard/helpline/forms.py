"""The forms of the desk, and what each means."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard.channel.addresses import LONGEST
from safeguard.errors import FieldError, Invalid
from safeguard.helpline.case import ToldOn
from safeguard.helpline.desk import CHANNELS, GENDERS, PRIORITIES
from safeguard.helpline.endings import ENDINGS
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.states import State
from safeguard.helpline.taking import STARTS, Facts, Taken
from safeguard.helpline.writing import KINDS, WORDS_LIMIT
from safeguard.web.fields import Fields
from safeguard.web.forms import Choice, Day, Setting, Text, Tick, TimeOfDay

NAME_LIMIT: Final = 200
PASTE_LIMIT: Final = 200_000
MOST_CODES: Final = 100


@dataclass(frozen=True, slots=True)
class Codes:
    """Any of a list that the domain knows."""

    def read(self, fields: Fields, name: str, setting: Setting) -> tuple[str, ...]:
        """The codes, each once; whether there are such is for the domain to say."""
        return tuple(dict.fromkeys(value.strip()[:100] for value in fields.all(name)[:MOST_CODES] if value.strip()))


@dataclass(frozen=True, slots=True)
class Version:
    """The version that somebody had before them."""

    def read(self, fields: Fields, name: str, setting: Setting) -> int:
        """The number; what is none counts as nothing read, which a later check refuses."""
        said = fields.get(name).strip()
        return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0


@dataclass(frozen=True, slots=True)
class Last:
    """The last of a list that somebody had before them."""

    def read(self, fields: Fields, name: str, setting: Setting) -> UUID | None:
        """Its id; what is none counts as nothing said."""
        try:
            return UUID(fields.get(name).strip())
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class FactsForm:
    """What is known of a case."""

    summary: Annotated[
        str, Text(longest=WORDS_LIMIT, lines=True, required="Say what the caller told you, even in one sentence.")
    ]
    priority: Annotated[str, Choice(PRIORITIES)]
    at_risk: Annotated[bool, Tick()]
    caller: Annotated[str, Text(longest=NAME_LIMIT)]
    sector: Annotated[str, Text(longest=NAME_LIMIT)]
    caller_name: Annotated[str, Text(longest=NAME_LIMIT)]
    caller_organisation: Annotated[str, Text(longest=NAME_LIMIT)]
    caller_contact: Annotated[str, Text(longest=NAME_LIMIT)]
    gender: Annotated[str, Choice(GENDERS)]
    issues: Annotated[tuple[str, ...], Codes()]
    platforms: Annotated[tuple[str, ...], Codes()]
    seen: Annotated[int, Version()]

    def facts(self) -> Facts:
        """What the domain is told."""
        return Facts(
            summary=self.summary, priority=self.priority or "usual", at_risk=self.at_risk, caller=self.caller,
            sector=self.sector, caller_name=self.caller_name, caller_organisation=self.caller_organisation,
            caller_contact=self.caller_contact, gender=self.gender, issues=self.issues, platforms=self.platforms,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallForm(FactsForm):
    """A call as it is noted: the facts, and what was done at once."""

    channel: Annotated[str, Choice(CHANNELS, required="Choose how they reached you.")]
    state: Annotated[str, Choice(STARTS)]
    confidence: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    answer: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    guidance: Annotated[tuple[str, ...], Codes()]
    distressing: Annotated[bool, Tick()]
    addresses: Annotated[str, Text(longest=PASTE_LIMIT, lines=True)]
    keep: Annotated[bool, Tick()]

    def taken(self) -> Taken:
        """How it came, and what was done at once."""
        return Taken(
            channel=self.channel, state=State(self.state or State.ACKNOWLEDGED), answer=self.answer,
            confidence=self.confidence, guidance=self.guidance, distressing=self.distressing, mine=self.keep,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lines:
    """Any number of lines that a page offered."""

    def read(self, fields: Fields, name: str, setting: Setting) -> tuple[str, ...]:
        """Each once; what they are is for the domain to say."""
        return tuple(dict.fromkeys(value.strip()[:LONGEST] for value in fields.all(name)[:MOST_CODES] if value.strip()))


@dataclass(frozen=True, slots=True)
class EntryForm:
    """Something to write to a case."""

    kind: Annotated[str, Choice(KINDS, required="Choose what you are writing.")]
    channel: Annotated[str, Choice(CHANNELS)]
    words: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    guidance: Annotated[tuple[str, ...], Codes()]
    distressing: Annotated[bool, Tick()]
    mails: Annotated[bool, Tick()]
    after: Annotated[UUID | None, Last()]
    """The last entry that the page showed."""


@dataclass(frozen=True, slots=True)
class ToldOnForm:
    """What was told on because somebody is at risk: to whom, why, when, and what was said."""

    told_to: Annotated[str, Text(longest=NAME_LIMIT)]
    told_why: Annotated[str, Text(longest=2_000, lines=True)]
    told_words: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    told_on: Annotated[date | None, Day()]
    told_at: Annotated[time | None, TimeOfDay()]

    def told(self, now: datetime, zone: ZoneInfo) -> ToldOn:
        """When nothing is said of the time: now, or noon of an earlier day."""
        here = now.astimezone(zone)
        day = self.told_on or here.date()
        at = datetime.combine(day, self.told_at or time(12), zone)
        return ToldOn(to=self.told_to, why=self.told_why, at=at if self.told_at or day != here.date() else now)


@dataclass(frozen=True, slots=True)
class MoveForm:
    """Where a case goes next."""

    state: Annotated[str, Choice(tuple(State), required="Choose what comes next.")]
    reason: Annotated[str, Text(longest=2_000, lines=True)]
    ending: Annotated[str, Choice(ENDINGS)]
    """How it ended, where it is closed and did not end as it stood."""
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class GiveForm:
    """Who goes on with a case, and what they must know."""

    to: Annotated[str, Text(longest=NAME_LIMIT)]
    handover: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class NotedForm:
    """What a caller said when they were asked whether it helped."""

    helpful: Annotated[str, Choice(("1", "2", "3", "4", "5"))]
    said: Annotated[str, Text(longest=2_000, lines=True)]


@dataclass(frozen=True, slots=True)
class PasteForm:
    """Addresses to put on a case's list, with whatever stands around them."""

    addresses: Annotated[str, Text(longest=PASTE_LIMIT, lines=True)]
    found: Annotated[tuple[str, ...], Lines()]
    """Those that were offered, and ticked."""
    platform: Annotated[str, Text(longest=NAME_LIMIT)]

    @property
    def text(self) -> str:
        """All of them; raises `Invalid` for none."""
        if not self.addresses and not self.found:
            raise Invalid(FieldError("addresses", "Paste at least one address, or tick one that was found."))
        return "\n".join((self.addresses, *self.found))


@dataclass(frozen=True, slots=True)
class StepForm:
    """What happened to an address."""

    state: Annotated[str, Choice(tuple(UrlState), required="Choose what happened.")]
    on: Annotated[date | None, Day()]
    at: Annotated[time | None, TimeOfDay()]
    reference: Annotated[str, Text(longest=NAME_LIMIT)]
    answer: Annotated[str, Text(longest=2_000, lines=True)]
    seen: Annotated[int, Version()]
    reaches: Annotated[str, Text(longest=16)]
    """The mark of those whom the page named as told; empty where it said nothing of it."""
    without: Annotated[tuple[str, ...], Codes()]
    """Cases whose referrers are left out."""

    def when(self, now: datetime, zone: ZoneInfo) -> tuple[datetime, bool]:
        """When it happened, and whether only the day is known: nothing said of the time is now, on another day noon."""
        today = now.astimezone(zone).date()
        day = self.on or today
        if self.at is None and day == today:
            return now, False
        return datetime.combine(day, self.at or time(12), zone), self.at is None


@dataclass(frozen=True, slots=True)
class TakeBackForm:
    """What was wrong with the last step of an address."""

    why: Annotated[str, Text(longest=2_000, lines=True)]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class PlatformForm:
    """Of which platform an address is; empty for none that is known."""

    platform: Annotated[str, Text(longest=NAME_LIMIT)]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class WaveForm:
    """One cause of many cases."""

    name: Annotated[str, Text(longest=NAME_LIMIT, required="Give the wave a name that everybody will recognise.")]
    cause: Annotated[str, Text(longest=2_000, lines=True, required="Say what it is and how to recognise it.")]


@dataclass(frozen=True, slots=True)
class AnswerWaveForm:
    """What every caller of a wave is told."""

    answer: Annotated[str, Text(longest=WORDS_LIMIT, lines=True, required="Write what every caller is told.")]
    state: Annotated[str, Choice((State.ADVICE_GIVEN, State.SIGNPOSTED, State.ESCALATED))]
    guidance: Annotated[tuple[str, ...], Codes()]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class JoinForm:
    """To which wave a case belongs; empty for none."""

    wave: Annotated[str, Text(longest=NAME_LIMIT)]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class SeenForm:
    """The version of what is about to end."""

    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class DebriefForm:
    """With whom somebody talked."""

    practitioner: Annotated[str, Text(longest=NAME_LIMIT, required="Choose with whom you talked.")]
    words: Annotated[str, Text(longest=2_000, lines=True)]
