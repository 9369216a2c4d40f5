"""A scanner for tests that speaks clamd's protocol (clamd(8): zVERSION, zINSTREAM) and knows one virus: EICAR."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LIMIT = 25_000_000


@asynccontextmanager
async def scanning(socket: Path, answer: bytes | None = None) -> AsyncIterator[str]:
    """A clamd on a Unix socket; its address. `answer` is what it says to every file, whatever is in it."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = await reader.readuntil(b"\0")
        if command == b"zVERSION\0":
            writer.write(b"ClamAV 1.4.6/27000/Sun Nov 22 09:00:00 2026\0")
        elif command == b"zINSTREAM\0":
            writer.write((answer or await _scan(reader)) + b"\0")
        else:
            writer.write(b"UNKNOWN COMMAND\0")
        await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(talk, socket)
    async with server:
        yield f"unix://{socket}"


async def _scan(reader: asyncio.StreamReader) -> bytes:
    whole = b""
    while length := int.from_bytes(await reader.readexactly(4), "big"):
        if len(whole) + length > LIMIT:  # said before the piece has come, as the real one does
            return b"INSTREAM size limit exceeded. ERROR"
        whole += await reader.readexactly(length)
    return b"stream: Eicar-Test-Signature FOUND" if EICAR in whole else b"stream: OK"
