"""What an address asks a page to show, where the page does not know it.

A kept link goes on working: what is not understood is left out, and the page says so instead of showing something else
as if it had been asked for.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

SHOWN: Final = 40
"""So much of what was asked is repeated."""


def unknown(query: Mapping[str, Any], name: str, known: Collection[str]) -> str:
    """What the address asks for under this name, if it is none of what is known; else nothing."""
    value = query.get(name) or ""
    if not isinstance(value, str) or value in known:
        return ""
    return "".join(character for character in value if character.isprintable()).strip()[:SHOWN]


def number(text: str | None) -> int:
    """A small whole number that stands in an address, such as how many were recorded; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else 0
