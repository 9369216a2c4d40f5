"""The load: plain HTTP/1.1 over kept connections, with so little work of its own that it hardly shows.

A browser's client would cost more processor time than the server that it measures, on a machine that they share.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Request = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Served:
    """Requests a second, and the median time of one in milliseconds."""

    per_second: float
    p50: float


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of one request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def drive(port: int, make: Request, *, expect: int, connections: int, seconds: float) -> Served:
    """Send requests one after another on each connection; raises `RuntimeError` at the first unexpected status."""
    return asyncio.run(_drive(port, make, expect, connections, seconds))


async def _drive(port: int, make: Request, expect: int, connections: int, seconds: float) -> Served:
    started = time.perf_counter()
    until = started + seconds
    times = await asyncio.gather(*(_one(port, make, expect, until) for _ in range(connections)))
    took = time.perf_counter() - started
    every = [each for connection in times for each in connection]
    return Served(len(every) / took, median(every) * 1000)


async def _one(port: int, make: Request, expect: int, until: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    times: list[float] = []
    while (began := time.perf_counter()) < until:
        writer.write(make())
        status, body = await _answer(reader)
        if status != expect:
            raise RuntimeError(f"the server answered {status} where {expect} was expected: {body[:600]!r}")
        times.append(time.perf_counter() - began)
    writer.close()
    return times


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    if b"transfer-encoding: chunked" in head:
        raise RuntimeError("the answer has no length")
    at = head.find(b"content-length:")
    length = int(head[at + 15 : head.index(b"\r", at)]) if at >= 0 else 0
    return status, await reader.readexactly(length)
