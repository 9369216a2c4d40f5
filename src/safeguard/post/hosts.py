"""Whether an address that somebody typed can be one of the public internet, before anybody is asked: host and port.

What no resolver would answer, what every program reads differently (`127.1`, `0x7f000001`), and names that mean a
neighbour wherever they are asked are refused while whoever typed them still looks at the form. Where a name leads is
seen when it is asked (`reaching`).
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

import httpx2

LONGEST: Final = 253
"""Characters of a host's name (RFC 1035 §2.3.4)."""
LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""A last label like this makes older programs read the whole as a number of an address."""
NEARBY: Final = ("localhost", "local", "internal", "lan", "home.arpa")
"""Names that never lead to the public internet: RFC 6761, 6762 and 8375, and what ICANN set apart for private use."""
PORTS: Final = range(1, 1 << 16)

BLANK: Final = "There is a blank in this address, or a character that no address has. Copy it once more."
SIGNED_IN: Final = "Leave out the name before the “@”: nobody signs in by an address."
NO_PORT: Final = "A port is a number from 1 to 65535."
NO_HOST: Final = "“{}” cannot be the name of a host. Copy the address once more."
ALONE: Final = "“{}” is a name within one network. Give the whole name, such as hooks.example.org."
NEIGHBOUR: Final = "{} is not on the public internet, so it is not asked."


def fault_of(url: str, parts: httpx2.URL) -> str | None:
    """What is wrong with the spelling of `url`, in words for whoever typed it; None where it can be an address."""
    if any(letter.isspace() or letter == "\\" or not letter.isprintable() for letter in url):
        return BLANK
    if "@" in re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]:
        return SIGNED_IN
    if parts.port is not None and parts.port not in PORTS:
        return NO_PORT
    return None if spelt_out(parts.host) else _fault_of_name(parts.host, parts.raw_host.decode("ascii").lower())


def spelt_out(host: str) -> IPv4Address | IPv6Address | None:
    """The address that stands in place of a name; names are looked up later."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _fault_of_name(shown: str, host: str) -> str | None:
    name = host.removesuffix(".")
    labels = name.split(".")
    if len(name) > LONGEST or not all(map(LABEL.fullmatch, labels)) or NUMBER.fullmatch(labels[-1]):
        return NO_HOST.format(shown)
    if any(name == near or name.endswith(f".{near}") for near in NEARBY):
        return NEIGHBOUR.format(shown)
    return ALONE.format(shown) if len(labels) == 1 else None
