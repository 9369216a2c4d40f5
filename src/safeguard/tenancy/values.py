"""What a setting may hold, and how what somebody typed becomes that."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from safeguard.tenancy.calendars.spans import Span, kept_span, read_span

Chosen: TypeAlias = str | int | list[str]
"""What a setting may hold."""


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence or a few."""

    longest: int = 500

    def read(self, typed: str) -> Chosen:
        """The words without blanks around them; `ValueError` says what to change."""
        said = typed.strip()
        if len(said) > self.longest:
            raise ValueError(f"This is {len(said) - self.longest} characters too long. The most is {self.longest}.")
        return said


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number within bounds."""

    least: int
    most: int
    unit: str = ""
    most_because: str = ""
    """Said to somebody who asks for more."""
    zero: str = ""
    """What none at all is called."""

    def read(self, typed: str) -> Chosen:
        """The number; `ValueError` says what it may be."""
        said = typed.strip()
        if not (said.isascii() and said.isdigit()):
            raise ValueError("Write a whole number in figures, such as 5.")
        number = int(said[:9])
        if number < self.least or number > self.most:
            because = f" {self.most_because}" if number > self.most and self.most_because else ""
            raise ValueError(f"Choose a number from {self.least} to {self.most}.{because}")
        return number


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few answers."""

    options: Mapping[str, str]

    def read(self, typed: str) -> Chosen:
        """The code of an answer; `ValueError` says what there is."""
        by_name = {name.casefold(): code for code, name in self.options.items()}
        said = typed.strip()
        code = said if said in self.options else by_name.get(said.casefold(), "")
        if not code:
            raise ValueError(f"Choose one of these: {', '.join(self.options.values())}.")
        return code


@dataclass(frozen=True, slots=True)
class Codes:
    """Some of a list, in an order of one's own: typed as names or codes, with commas."""

    options: Mapping[str, str]
    most: int = 8

    def read(self, typed: str) -> Chosen:
        """The codes, each once; `ValueError` names what is not in the list."""
        by_name = {name.casefold(): code for code, name in self.options.items()}
        wanted = [part.strip() for part in typed.replace("\n", ",").split(",") if part.strip()]
        codes = [part if part in self.options else by_name.get(part.casefold(), "") for part in wanted]
        if "" in codes:
            raise ValueError(
                f"“{wanted[codes.index('')][:40]}” is not in the list. Use the names as the form shows them."
            )
        if len(codes) > self.most:
            raise ValueError(f"Choose up to {self.most}.")
        return list(dict.fromkeys(codes))


@dataclass(frozen=True, slots=True)
class Spans:
    """Terms, or closed days: one a line, as people write them, kept in the order of their days."""

    noun: str
    nouns: str
    most: int = 60
    apart: bool = True
    """Whether no two of them may share a day."""

    def read(self, typed: str) -> Chosen:
        """Each as it is kept; `ValueError` says which line needs another look."""
        spans = sorted(read_span(line.strip()) for line in typed.splitlines() if line.strip())
        if len(spans) > self.most:
            raise ValueError(
                f"These are {len(spans)} lines. The most is {self.most}: leave out the years that are over."
            )
        for before, after in pairwise(spans):
            if self.apart and after.first <= before.last:
                raise ValueError(f"“{before.written()}” and “{after.written()}” share a day.")
        return [span.kept() for span in spans]

    def said(self, value: list[str]) -> str:
        """How many there are, from when until when."""
        if not value:
            return ""
        spans = kept_spans(value)
        count = f"{len(spans)} {self.noun if len(spans) == 1 else self.nouns}"
        return f"{count}, {Span(spans[0].first, max(span.last for span in spans)).written()}"

    def typed(self, value: list[str]) -> str:
        """One a line."""
        return "\n".join(span.written() for span in kept_spans(value))


def kept_spans(value: Chosen) -> tuple[Span, ...]:
    """The spans that a setting holds."""
    return tuple(kept_span(text) for text in value) if isinstance(value, list) else ()
