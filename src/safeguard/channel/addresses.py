"""Addresses as text: read out of whatever was pasted, written in one way, looked at for what could deceive.

The one way of writing is the same at both ends of the channel: whoever refers keeps what they typed, the helpline lists
what it is after normalisation, and a step of an address finds every one that was typed by `key_of`.

Nothing here is ever fetched. Two addresses are the same when they are after normalisation (RFC 3986 §6.2.2): the
scheme and the host in lower case, no fragment, no default port, no user, an escape decoded where it hides a letter,
letters composed (NFC), since a copy from a PDF or another system may spell one é in two ways. A path keeps its case and
a query its order: platforms tell posts apart by both. A host is what browsers make of it (UTS 46, not transitional).
What only follows who shared an address is no part of it, nor is a slash at its end, which stays as it was first typed.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import idna

from safeguard.channel.tracking import without_tracking

LONGEST: Final = 2_000
MOST: Final = 500
"""The most addresses that one paste may hold."""
FEW, SHOWN = 3, 80
"""Of what is none, so many are named, each with so many characters."""
SCHEMES: Final = frozenset({"http", "https"})
LOOK_ALIKE, USER, NUMBER, PORT = "look_alike", "user", "number", "port"
_SPLIT: Final = re.compile(r"[\s<>\"]+|[|,;]+(?=https?://)", re.IGNORECASE)
"""Between addresses: what none holds, and what stands between two in a list. An apostrophe belongs to its address."""
_SCHEME: Final = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):")
_HOST: Final = re.compile(r"^(?=.{4,253}$)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$")
_IPV4: Final = re.compile(r"^\d{1,3}(\.\d{1,3}){3}$")
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~-]")
_DEFAULT: Final = {"http": 80, "https": 443}
_BEFORE: Final = "([{'`|*•-^"
_BEHIND: Final = ".,;:!?'`|*^"
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Address:
    """One address, and what somebody should look at before they act on it."""

    text: str
    host: str
    flags: tuple[str, ...] = ()
    typed: str = field(default="", compare=False)
    """As it was written, before it was brought into the one way of writing."""

    @property
    def digest(self) -> str:
        """By what it is found again: SHA-256 of the key, in hexadecimal."""
        return sha256(self.key.encode()).hexdigest()

    @property
    def key(self) -> str:
        """By what two addresses are the same: the text without a slash at the end of its path."""
        parts = urlsplit(self.text)
        return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") or "/", parts.query, ""))


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was found in a text: addresses, each once, and what is none."""

    addresses: tuple[Address, ...]
    refused: tuple[str, ...]
    """Whole lines that hold no address, and beside an address what looks like another and is none."""
    twice: int = 0
    """How often an address came again."""


def read_addresses(text: str) -> Pasted:
    """Every address in what somebody pasted, whatever stands around them."""
    found: dict[str, Address] = {}
    refused: list[str] = []
    twice = 0
    for line in filter(str.strip, text.splitlines()):
        read = [(said, read_address(said)) for said in words_of(line) if looks_like_one(said)]
        if not any(address for _, address in read):
            refused.append(line.strip())
            continue
        for said, address in read:
            if address is None:
                refused.append(said)
            elif address.key in found:
                twice += 1
            else:
                found[address.key] = address
    return Pasted(tuple(found.values()), tuple(dict.fromkeys(refused)), twice)


def quoted(lines: Sequence[str]) -> str:
    """What is no address, as a refusal names it: the first few, in quotation marks."""
    shown = ", ".join(f"“{line[:SHOWN]}…”" if len(line) > SHOWN else f"“{line}”" for line in lines[:FEW])
    return f"{shown} and {len(lines) - FEW} more" if len(lines) > FEW else shown


def words_of(text: str) -> list[str]:
    """A text's words, each without what a sentence or a list puts around it."""
    return [said for word in _SPLIT.split(text) if (said := _trimmed(word))]


def read_address(said: str) -> Address | None:
    """One address in its one way of writing; None for what is none, or of a scheme that no platform has."""
    typed, said = said.replace("\0", ""), unicodedata.normalize("NFC", said)
    scheme = _scheme_of(said)
    if len(said) > LONGEST or scheme not in SCHEMES:
        return None
    try:
        parts = urlsplit(said if _SCHEME.match(said) and "://" in said else f"https://{said}")
        port = parts.port
        ascii_host, flags = _host(parts.hostname or "")
    except ValueError:
        return None
    if not ascii_host or "\\" in parts.netloc:  # a browser ends the host there, and goes somewhere else
        return None
    if parts.username is not None:
        flags = (*flags, USER)
    if port not in (None, _DEFAULT[scheme]):
        flags, ascii_host_port = (*flags, PORT), f"{ascii_host}:{port}"
    else:
        ascii_host_port = ascii_host
    path = _escapes(parts.path.replace("\\", "/")) or "/"
    query = without_tracking(ascii_host, _escapes(parts.query))
    text = urlunsplit((scheme, ascii_host_port, path, query, ""))
    return Address(text, ascii_host, flags, typed) if len(text) <= LONGEST else None


def key_of(said: str) -> str:
    """By what two writings of an address are the same; what is no address is the same as itself alone."""
    address = read_address(said)
    return address.key if address else said


def _trimmed(word: str) -> str:
    """A word without what stands around it; a bracket that the word itself opened stays: `/wiki/Chat_(service)`."""
    word = word.lstrip(_BEFORE)
    while word and (word[-1] in _BEHIND or _closes_nothing(word)):
        word = word[:-1]
    return word


def _closes_nothing(word: str) -> bool:
    opened = _PAIRS.get(word[-1])
    return opened is not None and word.count(word[-1]) > word.count(opened)


def looks_like_one(said: str) -> bool:
    """Whether somebody may have meant an address: a scheme, or a name with a dot and something behind a slash."""
    if _SCHEME.match(said) and not said[0].isdigit():
        return "://" in said or said.lower().startswith(("javascript:", "data:", "vbscript:", "file:"))
    return said.lower().startswith("www.") or ("/" in said and "." in said.partition("/")[0])


def _scheme_of(said: str) -> str:
    found = _SCHEME.match(said)
    return found[1].lower() if found and "." not in found[1] else "https"


def _host(name: str) -> tuple[str, tuple[str, ...]]:
    """A host in ASCII, with flags; empty for what is none."""
    name = name.rstrip(".").lower()
    if _IPV4.match(name):
        return (name, (NUMBER,)) if all(int(part) < 256 for part in name.split(".")) else ("", ())
    written = name if name.isascii() else _in_ascii(name)
    if not _HOST.match(written):
        return "", ()
    return written, (LOOK_ALIKE,) if any(part.startswith("xn--") for part in written.split(".")) else ()


def _in_ascii(name: str) -> str:
    """A host of any letters as browsers ask for it; empty for one that would be asked for as another than is read.

    Signs such as hearts, which the newer rules leave out and browsers take, go by the older ones where nothing is lost.
    """
    try:
        return idna.encode(name, uts46=True, transitional=False).decode()
    except idna.IDNAError:
        older = name.encode("idna")
        return older.decode() if older.decode("idna") == unicodedata.normalize("NFKC", name) else ""


def _escapes(text: str) -> str:
    """Escapes of letters that need none are undone; what needs one has it, in capitals."""
    decoded = _ESCAPE.sub(lambda found: _undone(found[1]), text)
    return quote(decoded, safe="/?:@!$&'()*+,;=-._~%[]")


def _undone(digits: str) -> str:
    letter = chr(int(digits, 16))
    return letter if _PLAIN.match(letter) else f"%{digits.upper()}"


def readable(address: Address) -> str:
    """The host as a person would read it, beside the one that is meant: shown where it may deceive."""
    try:
        return idna.decode(address.host)
    except idna.IDNAError:
        pass
    try:
        return address.host.encode().decode("idna")
    except UnicodeError:
        return unquote(address.host)
