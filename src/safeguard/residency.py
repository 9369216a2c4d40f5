"""Residency: a deployment that says where its data may be kept does not start with an address anywhere else.

What is compared is what is configured: names of hosts, regions and buckets. Where a machine of that name stands is for
whoever runs it to know, and the contract with whoever owns it to hold.
"""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qs, urlsplit

ALLOWED: Final = "SAFEGUARD_RESIDENCY"
REGIONS: Final = ("AWS_REGION", "AWS_DEFAULT_REGION")
"""Where an S3 client takes its region from."""
ENDPOINTS: Final = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT", "AWS_ENDPOINT_URL_S3")
STORES: Final = ("s3", "az", "gs")


def outside(named: str, addresses: Mapping[str, str | None], environ: Mapping[str, str]) -> str | None:
    """What is wrong with the first of `addresses` (setting -> address) outside; None where all are in, or all may be.

    `named` lists, parted by commas: hosts (`db.example.org`), their suffixes (`.example.org`), regions
    (`eu-west-2`) and whole stores (`gs://a-bucket`).
    """
    allowed = frozenset(part.strip().lower() for part in named.split(",") if part.strip())
    if not allowed:
        return None
    for setting, address in addresses.items():
        for place in _places(address or "", environ):
            if not _is_inside(place, allowed):
                return (
                    f"{setting} leads to {place}, and {ALLOWED} names no such place. Data are kept only where it says:"
                    f" choose an address there, or name this host, region or store in it."
                )
    return None


def _places(address: str, environ: Mapping[str, str]) -> Iterator[str]:
    """The hosts, the region or the store that an address leads to; nothing of one on this machine."""
    parts = urlsplit(address)
    if parts.scheme in STORES:
        yield from _of_store(address, parts.scheme, environ)
        return
    if parts.scheme in ("", "file", "unix"):
        return
    named = [part.rpartition(":")[0] or part for part in parts.netloc.rpartition("@")[2].split(",") if part]
    for host in (*named, *parse_qs(parts.query).get("host", ())):
        name = host.strip("[]").lower()
        if not _is_here(name):
            yield name


def _of_store(address: str, scheme: str, environ: Mapping[str, str]) -> Iterator[str]:
    endpoint = next((environ[name] for name in ENDPOINTS if environ.get(name)), "") if scheme == "s3" else ""
    region = next((environ[name] for name in REGIONS if environ.get(name)), "") if scheme == "s3" else ""
    if endpoint:
        yield from _places(endpoint, environ)
    else:
        yield region.lower() or address.lower()


def _is_inside(place: str, allowed: frozenset[str]) -> bool:
    return place in allowed or any(place.endswith(part) for part in allowed if part.startswith("."))


def _is_here(name: str) -> bool:
    """Whether it is this very machine: a socket, or the loopback."""
    if not name or name.startswith("/") or name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
