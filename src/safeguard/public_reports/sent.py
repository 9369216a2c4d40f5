"""What somebody wrote on the public page, and which record it becomes."""

from datetime import datetime
from typing import Final, Literal

import msgspec

from safeguard.concerns.raising import NewConcern
from safeguard.errors import FieldError
from safeguard.incidents.reports import NAME_LIMIT, Happened, NewIncident, NewPerson, tidied, tidy

About = Literal["staff", "other"]
Answer = Literal["yes", "no", "unsure", ""]
Writer = Literal["child", "parent", "visitor", ""]
LONGEST = 20_000
NOBODY: Final = "Somebody"
BY_THE_PAGE: Final = ", by the public page"
UNNAMED: Final = "Not named by whoever wrote"


def name_of_author(author: str) -> str:
    """The name that whoever wrote gave, of how a record names them; empty when they would rather not say."""
    name = author.removesuffix(BY_THE_PAGE)
    return "" if name == NOBODY else name


class More(msgspec.Struct, frozen=True):
    """What whoever wrote a held report wrote after it, with their code."""

    at: datetime
    words: str


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A report by the public page: everything but what happened may be left out."""

    about: About
    words: str
    when: str = ""
    danger: bool | None = None
    writer: Writer = ""
    name: str = ""
    """Of whoever writes; empty when they would rather not say."""
    subject_name: str = ""
    subject_work: str = ""
    in_charge: Answer | bool = ""
    """Whether the adult is the one in charge here: unless it is no, nobody in charge may read it. (Releases before this
    question had three answers kept `false` with every report that they held.)"""
    of_reader: bool = False
    """Whether it may be about one of those to whom what comes in is given: none of them may read it."""
    more: tuple[More, ...] = ()
    """Added by `public.write_to_held` while nobody has looked at it."""

    @property
    def author(self) -> str:
        """How the record names whoever wrote."""
        return f"{self.name}{BY_THE_PAGE}" if self.name else f"{NOBODY}{BY_THE_PAGE}"

    def incident(self) -> NewIncident:
        """The incident that it is."""
        people: tuple[NewPerson, ...] = ()
        if self.name:
            kind = "child" if self.writer == "child" else "adult" if self.writer else "unknown"
            people = (NewPerson(name=self.name, role="reporter", kind=kind),)
        happened = Happened(precision="about", words=self.when) if self.when else Happened()
        return NewIncident(
            narrative=self.words, happened=happened, danger_now=self.danger, people=people,
            child_words=self.words if self.writer == "child" else "",
        )  # fmt: skip

    def concern(self, *, urgent: bool = False) -> NewConcern:
        """The concern about an adult who works here that it is; `urgent` by its words, whatever was answered."""
        return NewConcern(
            subject_name=self.subject_name or UNNAMED, subject_work=self.subject_work,
            narrative=self.words, happened_words=self.when, child_at_risk=urgent or self.danger,
        )  # fmt: skip


def tidied_sent(sent: Sent) -> Sent:
    """The same without what cannot be stored."""
    texts = {name: tidy(getattr(sent, name)) for name in ("words", "when", "name", "subject_name", "subject_work")}
    return msgspec.structs.replace(sent, **texts)


def check_sent(sent: Sent) -> tuple[FieldError, ...]:
    """What needs another look, in words for a child; empty when all is well."""
    errors: list[FieldError] = []
    if not tidied(sent.incident()).narrative or not sent.words.strip("\u200b\ufeff "):
        errors.append(FieldError("words", "Tell us what happened. A few words are enough."))
    elif len(sent.words) > LONGEST:
        errors.append(FieldError("words", f"This is too long for one message. The most is {LONGEST:,} letters."))
    if sent.about == "staff" and not (sent.in_charge or sent.of_reader):
        errors.append(FieldError("in_charge", "Choose one. If you do not know, choose “I'm not sure”."))
    limits = (("when", NAME_LIMIT), ("name", 200), ("subject_name", 200), ("subject_work", NAME_LIMIT))
    for name, most in limits:
        if len(getattr(sent, name)) > most:
            errors.append(FieldError(name, f"Make this shorter. The most is {most} letters."))
    return tuple(errors)
