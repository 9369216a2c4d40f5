"""Addresses of content, as people paste them: read as text and never fetched, and sent as they were typed.

What cannot be an address on the web is handed back to whoever pasted it, by the same rules by which the helpline puts
addresses on its list (`channel/addresses.py`): none leaves that would be listed nowhere. One that could be mistaken for
another, with letters of other alphabets, is sent in the form that shows it: `xn--`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from safeguard.channel.addresses import LONGEST, looks_like_one, quoted, read_address, words_of

WHERE: Final = (
    "An address begins with https:// and stands in the line at the top of a browser: copy it from there. The name of an"
    " account belongs with the accounts, and anything else with your words."
)


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was pasted: addresses in order, each once, and what was none: a whole line, or a word beside an address."""

    good: tuple[str, ...]
    bad: tuple[str, ...]


def read_addresses(text: str) -> Pasted:
    """The addresses among the words of a text, as `channel.addresses` reads them; a line that holds none is handed back
    whole, as it was typed, and so is what looks like one beside another."""
    good: dict[str, None] = {}
    bad: list[str] = []
    for line in filter(str.strip, text.splitlines()):
        words = words_of(line)
        read = [(said, as_sent(said)) for said in words if len(words) == 1 or looks_like_one(said)]
        good |= {address: None for _, address in read if address}
        wrong = [said for said, address in read if not address]
        bad += [line.strip()] if len(wrong) == len(read) else wrong
    return Pasted(tuple(good), tuple(bad))


def say_bad(bad: Sequence[str]) -> str:
    """What whoever pasted it can do about what is none."""
    kind = "This is no address" if len(bad) == 1 else "These are no addresses"
    return f"{kind} on the web: {quoted(bad)}. {WHERE}"


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
