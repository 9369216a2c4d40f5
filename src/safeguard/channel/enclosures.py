"""Which files may go with a referral, by what they are and how large: `tenants/enclosures.toml`, read once.

Both ends ask: whoever refers before a file is offered, and the helpline of the bytes that came. The list says what may
go; everything else stays, so that a type which somebody makes attachable later does not travel by that.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from safeguard import paths
from safeguard.channel.bodies import FILES

FILE: Final = paths.TENANTS / "enclosures.toml"
NEVER: Final = ("image/", "video/", "audio/")
"""What no list can let travel."""
MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Rules:
    """What may go, and how much of it."""

    types: Mapping[str, str]
    """Media type -> what it is called."""
    most_files: int
    most_bytes: int
    most_bytes_together: int
    most_characters: int

    @property
    def said(self) -> str:
        """The types, for people to read."""
        names = list(dict.fromkeys(self.types.values()))
        return f"{', '.join(names[:-1])} or {names[-1]}"


@cache
def load_rules(file: Path = FILE) -> Rules:
    """The rules; raises `ValueError` for a list that lets through what never travels."""
    told: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    types: dict[str, str] = told["types"]
    if wrong := [each for each in types if each.startswith(NEVER) or "zip" in each]:
        raise ValueError(f"{file.name}: {', '.join(wrong)} never go with a referral")
    if not 0 < int(told["most_files"]) <= FILES:
        raise ValueError(f"{file.name}: most_files is from 1 to {FILES}")
    return Rules(
        MappingProxyType(types), int(told["most_files"]), int(told["most_megabytes"]) * MEGABYTE,
        int(told["most_megabytes_together"]) * MEGABYTE, int(told["most_characters"]),
    )  # fmt: skip


def object_name_of(file_id: object) -> str:
    """Where the sealed bytes of a file lie while it is on its way: one place for each, whoever writes it again."""
    return f"enclosures/{str(file_id).replace('-', '')}"
