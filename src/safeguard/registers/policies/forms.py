"""The forms of policies and agreements, and what each means."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from safeguard.registers.fields import Names, Number, Version
from safeguard.registers.policies.policy import KINDS, PARTIES, READERS
from safeguard.registers.policies.publishing import (
    MOST_MONTHS,
    SUMMARY_LIMIT,
    TITLE_LIMIT,
    WORDS_LIMIT,
    NewEdition,
)
from safeguard.registers.policies.signing import NAME_LIMIT, Who
from safeguard.registers.policies.taking_back import WHICH
from safeguard.web.forms import Choice, Day, Many, Name, Text, Tick, today_here
from safeguard.web.tables import Form as FileForm

ROLES = tuple(str(role) for role in READERS)


@dataclass(frozen=True, slots=True)
class PolicyForm:
    """A policy or an agreement, or its next edition."""

    kind: Annotated[str, Choice(KINDS)]
    title: Annotated[str, Text(longest=TITLE_LIMIT)]
    readers: Annotated[tuple[str, ...], Many(ROLES)]
    parties: Annotated[tuple[str, ...], Many(PARTIES)]
    summary: Annotated[str, Text(longest=SUMMARY_LIMIT, lines=True)]
    words: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    kept_at: Annotated[str, Text(longest=500)]
    effective_on: Annotated[date | None, Day(past=False)]
    read_by: Annotated[date | None, Day(past=False)]
    renew_on: Annotated[date | None, Day(past=False)]
    lasts_months: Annotated[int | None, Number(1, MOST_MONTHS)]
    seen: Annotated[int, Version()]
    do: Annotated[str, Choice(("publish", "readers"))]

    def edition(self) -> NewEdition:
        """What it means: only those are kept whom its kind is for."""
        agreement = self.kind == "agreement"
        return NewEdition(
            title=self.title, readers=() if agreement else self.readers, parties=self.parties if agreement else (),
            summary=self.summary, words=self.words, kept_at=self.kept_at, effective_on=self.effective_on,
            read_by=self.read_by, renew_on=self.renew_on, lasts_months=self.lasts_months,
            typed_on=today_here(),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadForm:
    """That I have read this edition."""

    edition: Annotated[int, Version()]
    agreed: Annotated[bool, Tick()]


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """Why something holds no longer."""

    reason: Annotated[str, Text(longest=SUMMARY_LIMIT, lines=True)]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class ExpectForm:
    """How many there are of whom there is no list."""

    pupil: Annotated[int | None, Number(0)]
    family: Annotated[int | None, Number(0)]
    visitor: Annotated[int | None, Number(0)]
    seen: Annotated[int, Version()]


@dataclass(frozen=True, slots=True)
class PaperForm:
    """Who signed on paper."""

    party: Annotated[str, Choice(PARTIES)]
    names: Annotated[tuple[Who, ...], Names()]
    signed_on: Annotated[date | None, Day()]


@dataclass(frozen=True, slots=True)
class LinkForm:
    """For whom an address is made."""

    signer: Annotated[str, Choice(PARTIES)]
    name: Annotated[str, Text(longest=NAME_LIMIT)]
    do: Annotated[str, Choice(("once", "device"))]


@dataclass(frozen=True, slots=True)
class LastingForm:
    """For whom an address for many is made, and until when it works."""

    signing: Annotated[str, Choice(PARTIES)]
    called: Annotated[str, Text(longest=NAME_LIMIT)]
    until_on: Annotated[date | None, Day(past=False)]


@dataclass(frozen=True, slots=True)
class TakeBackForm:
    """What becomes of what was signed at an address that is taken back, and why."""

    which: Annotated[str, Choice(WHICH)]
    reason: Annotated[str, Text(longest=SUMMARY_LIMIT, lines=True)]


@dataclass(frozen=True, slots=True)
class LinksForm:
    """For whom addresses are made, and as what file they come."""

    signers: Annotated[str, Choice(PARTIES)]
    people: Annotated[tuple[Who, ...], Names()]
    do: Annotated[str, Choice(tuple(FileForm))]


@dataclass(frozen=True, slots=True)
class SignForm:
    """What somebody without an account types."""

    name: Annotated[str, Name(longest=NAME_LIMIT, required="Write your name.")]
    for_name: Annotated[str, Name(longest=NAME_LIMIT)]
    agreed: Annotated[bool, Tick(required="Tick that you have read it and agree.")]
    edition: Annotated[int, Version()]
