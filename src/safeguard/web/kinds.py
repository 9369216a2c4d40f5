"""Kinds of fields: how what was typed under one name is read, and the sentence when it cannot be."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from safeguard.web import dates
from safeguard.web.fields import Fields
from safeguard.web.languages import ngettext

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters but tab and newline: no keyboard types them, and no document may hold them."""
_TURNING = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
"""What is not seen and moves what is, or lets two names look alike. The joiners that some scripts need stay."""
NO_NAME = "Write the name with letters, as it is spoken."


@dataclass(frozen=True, slots=True)
class Setting:
    """What a field needs to know of its surroundings to be read."""

    today: date


class Field(Protocol):
    """One kind of field: how what was typed under `name` is read."""

    def read(self, fields: Fields, name: str, setting: Setting) -> Any:
        """The value; raises `ValueError` with the sentence to show, or `Invalid` with one for each part."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """Words, in Unicode's composed form (NFC), without blanks around them."""

    longest: int = 200
    required: str | None = None
    """The sentence shown when nothing was typed; None when the field may stay empty."""
    lines: bool = False
    """Whether line breaks are kept."""

    def read(self, fields: Fields, name: str, setting: Setting) -> str:
        """The words; too many are refused, never cut."""
        said = clean(fields.get(name), lines=self.lines)
        if not said and self.required:
            raise ValueError(self.required)
        if (over := len(said) - self.longest) > 0:
            raise ValueError(_too_long(over, self.longest))
        return said


@dataclass(frozen=True, slots=True)
class Name:
    """What somebody is called: any letters of any script, with whatever else stands in people's names.

    Refused is only what nobody is called: `[]`, a number, a row of dots. It stands in lists, in the log and under what
    was signed, so what would turn the line around it is left out.
    """

    longest: int = 200
    required: str | None = None

    def read(self, fields: Fields, name: str, setting: Setting) -> str:
        """The name; see `Text`."""
        said = as_name(Text(self.longest, self.required).read(fields, name, setting))
        if said and not any(map(str.isalpha, said)):
            raise ValueError(NO_NAME)
        if not said and self.required:
            raise ValueError(self.required)
        return said


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few; `options` are the values that the page offers."""

    options: Collection[str]
    required: str | None = None

    def read(self, fields: Fields, name: str, setting: Setting) -> str:
        """The option chosen, or an empty string."""
        chosen = fields.get(name).strip()
        if not chosen and self.required:
            raise ValueError(self.required)
        if chosen and chosen not in self.options:
            raise ValueError("Choose one of the answers on the page.")
        return chosen


@dataclass(frozen=True, slots=True)
class Many:
    """Any of a few: boxes to tick."""

    options: Collection[str]
    required: str | None = None

    def read(self, fields: Fields, name: str, setting: Setting) -> tuple[str, ...]:
        """The options ticked, each once, in the order of the page."""
        ticked = dict.fromkeys(value.strip() for value in fields.all(name) if value.strip())
        if not ticked and self.required:
            raise ValueError(self.required)
        if any(value not in self.options for value in ticked):
            raise ValueError("Choose from the answers on the page.")
        return tuple(ticked)


@dataclass(frozen=True, slots=True)
class Tick:
    """A single box: ticked or not."""

    required: str | None = None

    def read(self, fields: Fields, name: str, setting: Setting) -> bool:
        """Whether it was ticked."""
        ticked = bool(fields.get(name).strip())
        if not ticked and self.required:
            raise ValueError(self.required)
        return ticked


@dataclass(frozen=True, slots=True)
class Day:
    """A day, typed as people do; see `dates.read_day`."""

    required: str | None = None
    past: bool = True

    def read(self, fields: Fields, name: str, setting: Setting) -> date | None:
        """The day, or None when nothing was typed."""
        said = clean(fields.get(name))
        if said:
            return (dates.read_past_day if self.past else dates.read_day)(said, setting.today)
        if self.required:
            raise ValueError(self.required)
        return None


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time of day, typed as people do; see `dates.read_time`."""

    required: str | None = None

    def read(self, fields: Fields, name: str, setting: Setting) -> Any:
        """The time, or None when nothing was typed."""
        said = clean(fields.get(name))
        if said:
            return dates.read_time(said)
        if self.required:
            raise ValueError(self.required)
        return None


def clean(text: str, *, lines: bool = False) -> str:
    """Composed (NFC), one kind of line break, nothing that cannot be seen, no blanks around it."""
    said = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    said = _UNSEEN.sub("", said).strip()
    return said if lines else said.replace("\n", " ")


def as_name(text: str) -> str:
    """A name as it is kept: as `clean` says, and without what would turn a line around it or hide in it."""
    return _TURNING.sub("", clean(text)).strip()


def _too_long(over: int, most: int) -> str:
    said = ngettext(
        "This is %(over)s character too long. The most is %(most)s.",
        "This is %(over)s characters too long. The most is %(most)s.",
        over,
    )
    return said % {"over": f"{over:,}", "most": f"{most:,}"}
