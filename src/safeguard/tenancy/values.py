"""What a setting may hold, and how what somebody typed becomes that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

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
