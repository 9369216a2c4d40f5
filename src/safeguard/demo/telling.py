"""The texts: kinds of case, what is done about them, and how different people write.

They stand in `stories/*.toml`, written for this purpose. A text has slots in braces; `Slots` fills them for one case.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

FOLDER = Path(__file__).parent / "stories"
NOT_STORIES = ("beats", "endings", "names", "voices")


class StoryKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of case in one kind of organisation."""

    code: str
    weight: int
    issues: tuple[str, ...]
    platforms: tuple[str, ...]
    device: str
    places: tuple[str, ...]
    risks: tuple[str, ...]
    people: tuple[str, ...]
    """`role connection`, with `?` when the person may be left out."""
    narratives: tuple[str, ...]
    taken: tuple[str, ...]
    reasons: tuple[str, ...]
    follow: tuple[str, ...]
    """Beats, with `?` when one may be left out."""
    decisions: tuple[tuple[str, str], ...]
    closings: tuple[tuple[str, str, str, str], ...]
    accounts: tuple[str, ...] = ()
    own_words: tuple[str, ...] = ()
    danger: bool = False


class Beat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that is done about a case."""

    kind: Literal["note", "contact", "action"]
    hours: tuple[int, int]
    words: tuple[str, ...]
    done: tuple[str, ...] = ()
    due: int = 0
    contact: str = ""
    reference: str = ""
    answers: tuple[str, ...] = ()
    """Of a contact: what comes back some days later; with none, no answer is awaited."""
    informs: bool = False


class Voice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How somebody begins and ends."""

    openings: tuple[str, ...]
    endings: tuple[str, ...]


@cache
def stories() -> Mapping[str, tuple[StoryKind, ...]]:
    """The kinds of case by the kind of organisation."""
    files = [path for path in sorted(FOLDER.glob("*.toml")) if path.stem not in NOT_STORIES]
    return {path.stem: msgspec.convert(_read(path.stem)["story"], tuple[StoryKind, ...]) for path in files}


@cache
def beats() -> Mapping[str, Beat]:
    """What may be done, by its name."""
    return msgspec.convert(_read("beats"), dict[str, Beat])


@cache
def voices() -> Mapping[str, Voice]:
    """The ways of writing, by name."""
    return msgspec.convert(_read("voices"), dict[str, Voice])


def names(which: str) -> tuple[str, ...]:
    """Names to put people and places together from."""
    return tuple(str(_read("names")[which]).split())


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
