"""`weight`: what a telephone fetches before the report form stands, packed as a browser asks for it.

The page, and everything that it names; what those name in turn would be a second round of waiting, and is counted too.
Faces of a font for letters beyond English are left out: a browser fetches them where a page has such letters.
"""

import gzip
import re
from http.client import HTTPConnection
from urllib.parse import urljoin

from safeguard.cli.bench.measuring import Figure, Goal, bounded
from safeguard.cli.bench.scratch import Scratch

MOST = 60_000
"""Bytes, gzipped."""
NAMED = re.compile(rb'(?:src|href)="(/assets/[^"#?]+)"')
WITHIN = re.compile(rb"""url\(["']?(?!data:)([^"')]+)["']?\)""")
FOR_OTHER_LETTERS = re.compile(rb"@font-face\s*\{[^}]*unicode-range:\s*U\+(?!0000|00-|0-)[^}]*\}", re.IGNORECASE)
GOOD = "immutable"


def weight(scratch: Scratch, pairs: int, seconds: int) -> list[Figure]:
    """Bytes of the first load of `/incidents/new`, and how many assets come late or are not kept for good."""
    page, _ = _fetch(scratch, "/incidents/new")
    named = sorted(set(NAMED.findall(page)))
    size, late, loose = len(gzip.compress(page)), set[bytes](), 0
    for path in named:
        content, kept = _fetch(scratch, path.decode())
        size += _packed(path, content)
        loose += GOOD not in kept
        if path.endswith(b".css"):
            late |= {urljoin(path, one) for one in WITHIN.findall(FOR_OTHER_LETTERS.sub(b"", content))} - set(named)
    size += sum(_packed(path, _fetch(scratch, path.decode())[0]) for path in late)
    notes = {"assets": float(len(named)), "in a second round": float(len(late)), "not kept for good": float(loose)}
    return [
        Figure("weight", "first load of the report form, gzipped", "bytes", [float(size)], bounded(MOST, [size]),
               Goal(1, "lower"), notes)
    ]  # fmt: skip


def _packed(path: bytes, content: bytes) -> int:
    """What is packed already is sent as it is."""
    return len(content) if path.endswith((b".woff2", b".png", b".webp")) else len(gzip.compress(content))


def _fetch(scratch: Scratch, path: str) -> tuple[bytes, str]:
    connection = HTTPConnection("localhost", scratch.port, timeout=30)
    connection.request("GET", path, headers=scratch.cookies)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return content, answer.headers.get("Cache-Control", "")
