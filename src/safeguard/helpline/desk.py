"""What the desk chooses from: callers, sectors, guidance, beginnings of answers. `tenants/desk.toml`, read once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from safeguard import paths

CHANNELS: Final = ("phone", "email", "web", "shared")
PRIORITIES: Final = ("urgent", "soon", "usual")
GENDERS: Final = ("female", "male", "another", "several")


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that a caller is pointed to."""

    name: str
    hint: str = ""
    resource: str = ""
    """What `resources.toml` calls the same thing; empty where it does not have it."""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beginning:
    """How an answer begins; `{reference}` stands for the case's."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The lists of the desk, by their codes, in the order of the file."""

    callers: Mapping[str, str]
    sectors: Mapping[str, str]
    guidance: Mapping[str, Resource]
    answers: Mapping[str, Beginning]
    closed: Beginning
    """What the answering machine says; nobody is written to with it."""


@cache
def load_desk(file: Path = paths.TENANTS / "desk.toml") -> Desk:
    """The lists; a key that nobody knows, or one that is missing, stops whoever reads them first."""
    told: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    return Desk(
        MappingProxyType(told["callers"]),
        MappingProxyType(told["sectors"]),
        MappingProxyType({code: _resource(each) for code, each in told["guidance"].items()}),
        MappingProxyType({code: Beginning(**each) for code, each in told["answers"].items()}),
        Beginning(**told["closed"]),
    )


def _resource(told: dict[str, Any]) -> Resource:
    rest: dict[str, str] = {name: value for name, value in told.items() if name != "links"}
    return Resource(**rest, links=tuple(told.get("links", ())))
