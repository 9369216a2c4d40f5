"""Addresses in what a caller wrote, offered for the list: nobody types them again, and nothing lists itself.

Read out as a paste is, in one way of writing, and never fetched. A practitioner ticks those that should come down: a
mail also holds the address of a school's own pages. What was said in confidence is not looked through, because each
step of an address is told to whoever referred it.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from safeguard.channel.addresses import Address, key_of, read_addresses
from safeguard.helpline.case import Case, Entry, Url

MOST_OFFERED: Final = 50
MOST_READ: Final = 200_000
"""Characters, those of the latest words first: whoever sent more pastes the rest."""


def offered(case: Case, entries: Sequence[Entry], urls: Iterable[Url]) -> tuple[Address, ...]:
    """Up to `MOST_OFFERED` addresses of a case's words that are not on its list, in the order in which they came."""
    said = [entry.words for entry in entries if entry.kind == "contact" and _may_hold(entry.words)]
    said += [case.summary] if _may_hold(case.summary) else []
    listed, found = {key_of(url.address) for url in urls}, dict[str, Address]()
    left = MOST_READ
    for words in reversed(said):
        found = {each.key: each for each in read_addresses(words[:left]).addresses} | found
        left -= len(words)
        if left <= 0:
            break
    return tuple(each for each in found.values() if each.key not in listed)[:MOST_OFFERED]


def _may_hold(words: str) -> bool:
    return "/" in words or "www." in words.lower()
