"""Addresses of content, as people paste them: read as text and never fetched, and sent as they were typed.

What cannot be an address on the web is handed back to whoever pasted it, by the same rules by which the helpline puts
addresses on its list (`channel/addresses.py`): none leaves that would be listed nowhere. One that could be mistaken for
another, with letters of other alphabets, is sent in the form that shows it: `xn--`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from safeguard.channel.addresses import LONGEST, read_address, words_of


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was pasted: addresses in order, each once, and what was none."""

    good: tuple[str, ...]
    bad: tuple[str, ...]


def read_addresses(text: str) -> Pasted:
    """The addresses among the words of a text."""
    good: dict[str, None] = {}
    bad: list[str] = []
    for said in words_of(text):
        address = as_sent(said)
        if address:
            good[address] = None
        else:
            bad.append(said[:80])
    return Pasted(tuple(good), tuple(bad))


def as_sent(said: str) -> str | None:
    """An address as it was typed, with its scheme, and its host in ASCII; None for what would be listed nowhere.

    One without a scheme gets https.
    """
    read = read_address(said)
    if read is None:
        return None
    scheme, _, normal = read.text.partition("://")
    behind = said.partition("://")[2] if "://" in said else said
    ends = min((at for mark in "/?#" if (at := behind.find(mark)) >= 0), default=len(behind))
    written = f"{scheme}://{urlsplit(f'//{normal}').netloc}{behind[ends:]}"
    return written if len(written) <= LONGEST else None


def one_each(urls: Sequence[str]) -> tuple[str, ...] | None:
    """Addresses of which each was said by itself, as they are sent, each once; None where one is none."""
    written = [as_sent(url) if len(url.split()) == 1 else None for url in urls]
    return tuple(dict.fromkeys(each for each in written if each)) if all(written) else None
