"""Addresses of content, as people paste them: read as text and never fetched.

What cannot be an address on the web is handed back to whoever pasted it. One that could be mistaken for another, with
letters of other alphabets, is sent in the form that shows it: `xn--`.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 2_000
HOST: Final = re.compile(r"[^\s/?#:@]+\.[^\s/?#:@.]{2,}")


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was pasted: addresses in order, each once, and what was none."""

    good: tuple[str, ...]
    bad: tuple[str, ...]


def read_addresses(text: str) -> Pasted:
    """The addresses among the words of a text."""
    good: dict[str, None] = {}
    bad: list[str] = []
    for word in text.split():
        address = _address(word.strip("<>\"'(),;"))
        if address:
            good[address] = None
        elif word.strip("<>\"'(),;-*•"):
            bad.append(word[:80])
    return Pasted(tuple(good), tuple(bad))


def _address(word: str) -> str | None:
    """An http or https address with its host in ASCII; one without a scheme gets https."""
    typed = word if "://" in word else f"https://{word}"
    try:
        parts = urlsplit(typed)
        host, port = parts.hostname or "", parts.port
        plain = host.encode("idna").decode()
    except (ValueError, UnicodeError):
        return None
    if parts.scheme.lower() not in {"http", "https"} or not HOST.fullmatch(plain) or len(typed) > LONGEST:
        return None
    tail = typed.partition("://")[2]
    after = tail[len(tail.split("/", 1)[0].split("?", 1)[0].split("#", 1)[0]) :]
    return f"{parts.scheme.lower()}://{plain}{f':{port}' if port else ''}{after}"
