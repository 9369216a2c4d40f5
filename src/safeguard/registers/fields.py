"""Kinds of fields that this room's forms share: a small number, a version, names one on each line."""

import re
from dataclasses import dataclass

from safeguard.registers.policies.signing import Who
from safeguard.web.fields import Fields
from safeguard.web.forms import Setting, clean

_FOR = re.compile(r"\s+for\s+|\s*;\s*")


@dataclass(frozen=True, slots=True)
class Version:
    """The version that somebody had before them; 0 where there was nothing yet."""

    def read(self, fields: Fields, name: str, setting: Setting) -> int:
        """The number; what is none counts as nothing read, which a later check refuses."""
        said = fields.get(name).strip()
        return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number from `least` to `most`, or nothing."""

    least: int = 0
    most: int = 100_000

    def read(self, fields: Fields, name: str, setting: Setting) -> int | None:
        """The number, or None when nothing was typed."""
        said = fields.get(name).strip()
        if not said:
            return None
        if not (said.isascii() and said.isdecimal() and len(said) < 8 and self.least <= int(said) <= self.most):
            raise ValueError(f"Write a whole number from {self.least:,} to {self.most:,}.")
        return int(said)


@dataclass(frozen=True, slots=True)
class Names:
    """Names, one on each line; "Mary Sample for Robin" says for whom somebody signs."""

    longest: int = 100_000

    def read(self, fields: Fields, name: str, setting: Setting) -> tuple[Who, ...]:
        """Each line that is not empty, once."""
        said = clean(fields.get(name), lines=True)
        if len(said) > self.longest:
            raise ValueError(f"This is too long. The most is {self.longest:,} characters: record it in parts.")
        lines = dict.fromkeys(" ".join(line.split()) for line in said.split("\n") if line.strip())
        return tuple(_who(line) for line in lines)


def _who(line: str) -> Who:
    name, *rest = _FOR.split(line, maxsplit=1)
    return Who(name.strip() or line, rest[0].strip()) if rest and rest[0].strip() else Who(line)
