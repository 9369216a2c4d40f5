"""Asking clamd whether a file is harmful: its INSTREAM command, over TCP or a Unix socket (clamd(8)).

Each piece goes as four bytes of length and the bytes; a length of nought ends them. Whatever is not a plain "OK" or
"FOUND" is no answer, and no answer keeps the file shut.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

PIECE: Final = 1 << 17
PATIENCE: Final = 120.0
"""Seconds for one answer."""


class ScannerAway(RuntimeError):
    """There is no scanner, or it did not say clearly what it found. The file stays shut, and is checked again later."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner says."""

    clean: bool
    finding: str
    scanner: str


async def scan(url: str | None, pieces: AsyncIterator[bytes]) -> Verdict:
    """Have the pieces checked by the clamd at `url`; raises `ScannerAway`."""
    if not url:
        raise ScannerAway("no scanner is configured")
    try:
        async with asyncio.timeout(PATIENCE):
            version = (await _ask(url, b"zVERSION\0", None)).partition("/")
            answer = await _ask(url, b"zINSTREAM\0", pieces)
    except (OSError, asyncio.IncompleteReadError, TimeoutError) as fault:
        raise ScannerAway("the scanner does not answer") from fault
    return _verdict(answer, "/".join(part for part in (version[0], version[2].partition("/")[0]) if part))


def _verdict(answer: str, scanner: str) -> Verdict:
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Verdict(clean=True, finding="", scanner=scanner)
    if said.endswith(" FOUND"):
        return Verdict(clean=False, finding=said.removesuffix(" FOUND")[:200] or "unnamed", scanner=scanner)
    raise ScannerAway("the scanner could not say")


async def _ask(url: str, command: bytes, pieces: AsyncIterator[bytes] | None) -> str:
    reader, writer = await _connect(url)
    try:
        writer.write(command)
        if pieces is not None:
            await _send(writer, pieces)
        await writer.drain()
        return (await reader.readuntil(b"\0")).rstrip(b"\0").decode(errors="replace").strip()
    finally:
        writer.close()


async def _connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    where = urlsplit(url)
    if where.scheme == "unix":
        return await asyncio.open_unix_connection(unquote(where.path))
    return await asyncio.open_connection(where.hostname, where.port or 3310)


async def _send(writer: asyncio.StreamWriter, pieces: AsyncIterator[bytes]) -> None:
    async for piece in pieces:
        for start in range(0, len(piece), PIECE):
            part = piece[start : start + PIECE]
            writer.write(len(part).to_bytes(4, "big") + part)
            await writer.drain()
    writer.write(b"\0\0\0\0")
