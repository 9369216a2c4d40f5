"""Connections that are slow on purpose are cut: a real server on a real socket, its patience made short."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest
import uvicorn

from safeguard.web import connections, counting, limits
from safeguard.web.connections import Patient

pytestmark = pytest.mark.anyio

LARGE = b"x" * 8_000_000
PATIENCE = 60
"""Seconds for what comes at once: a busy machine takes its time."""
HEAD = b"GET / HTTP/1.1\r\nHost: safeguard.test\r\n"


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """A small answer, or a large one; a body is never waited for."""
    body = LARGE if scope["path"] == "/large" else b"here"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    for name in ("SLOWEST_HEADERS", "SLOWEST_REST", "SLOWEST_READER"):
        monkeypatch.setattr(limits, name, 0.3)
    config = uvicorn.Config(answer, http=Patient, port=0, lifespan="off", log_level="critical", timeout_keep_alive=3)
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: Patient(config=config, server_state=server.server_state, app_state={}), "127.0.0.1", 0
    )
    yield listening.sockets[0].getsockname()[1]
    listening.close()
    for connection in list(server.server_state.connections):
        connection.transport.abort()


async def ended(reader: asyncio.StreamReader) -> bytes:
    """What came until the end; a reset is an end too."""
    try:
        with anyio.fail_after(PATIENCE):
            return await reader.read()
    except ConnectionError:
        return b""


async def test_headers_that_never_end_are_waited_for_no_longer(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD)
    dripping = asyncio.ensure_future(drip(writer, b"X-More: 1\r\n"))
    assert await ended(reader) == b""
    dripping.cancel()
    quiet, _ = await asyncio.open_connection("127.0.0.1", port)
    assert await ended(quiet) == b""


async def test_the_next_request_on_a_connection_has_no_more_time(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    patience = limits.SLOWEST_HEADERS
    monkeypatch.setattr(limits, "SLOWEST_HEADERS", 60)  # the first is served however busy this machine is
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD + b"\r\n")
    with anyio.fail_after(PATIENCE):
        assert (await reader.readuntil(b"here")).startswith(b"HTTP/1.1 200")
    monkeypatch.setattr(limits, "SLOWEST_HEADERS", patience)
    dripping = asyncio.ensure_future(drip(writer, b"\r\n"))  # what a parser passes over before a request
    assert await ended(reader) == b""
    dripping.cancel()


async def test_headers_without_end_are_cut_by_their_size(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SLOWEST_HEADERS", 60)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD + b"X-Large: " + b"y" * (limits.LONGEST_HEADERS + 1))
    assert await ended(reader) == b""


async def test_a_request_that_is_large_and_quick_is_served(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SLOWEST_HEADERS", 60)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = b"z" * (3 * limits.LONGEST_HEADERS)
    writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    with anyio.fail_after(PATIENCE):
        assert (await reader.readuntil(b"here")).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_the_rest_of_a_body_that_was_answered_is_not_waited_for(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SLOWEST_HEADERS", 60)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nonly this")
    dripping = asyncio.ensure_future(drip(writer, b"."))
    assert (await ended(reader)).endswith(b"here")
    dripping.cancel()


async def test_a_reader_who_reads_nothing_is_let_go(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SLOWEST_HEADERS", 60)
    _reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.transport.pause_reading()
    writer.write(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
    with anyio.fail_after(PATIENCE):
        while not LOST:  # noqa: ASYNC110  a list that the server's own end fills
            await anyio.sleep(0.05)
    assert LOST.pop() == "cut"


LOST: list[str] = []


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Note connections that the server itself cuts while it writes."""
    LOST.clear()
    own = Patient._cut

    def cut(patient: Patient) -> None:
        if patient._stalled is not None:
            LOST.append("cut")
        own(patient)

    monkeypatch.setattr(Patient, "_cut", cut)


async def test_one_address_holds_so_many_connections_and_no_more(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SLOWEST_HEADERS", 60)
    monkeypatch.setattr(limits, "MOST_CONNECTIONS", 3)
    monkeypatch.setattr(counting, "address_of", lambda client: client.encode())
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
    for _, writer in held:
        writer.write(HEAD[:10])
    await at_work(3)
    one_more, _ = await asyncio.open_connection("127.0.0.1", port)
    assert await ended(one_more) == b""
    for _, writer in held:
        writer.close()
    with anyio.fail_after(PATIENCE):
        while connections.OPEN:  # noqa: ASYNC110  the server forgets them when it hears of their end
            await anyio.sleep(0.02)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD + b"\r\n")
    with anyio.fail_after(PATIENCE):
        assert (await reader.readuntil(b"here")).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_what_rests_makes_room_so_that_a_whole_school_behind_one_address_is_served(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SLOWEST_HEADERS", 60)
    monkeypatch.setattr(limits, "MOST_CONNECTIONS", 3)
    monkeypatch.setattr(counting, "address_of", lambda client: client.encode())
    opened_ahead, answered, busy = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
    answered[1].write(HEAD + b"\r\n")
    busy[1].write(HEAD[:10])
    with anyio.fail_after(PATIENCE):
        assert (await answered[0].readuntil(b"here")).startswith(b"HTTP/1.1 200")
    await at_work(1)
    for gone in (opened_ahead, answered):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + b"\r\n")
        with anyio.fail_after(PATIENCE):
            assert (await reader.readuntil(b"here")).startswith(b"HTTP/1.1 200")
            assert await gone[0].read() == b""
    busy[1].write(HEAD[10:] + b"\r\n")
    with anyio.fail_after(PATIENCE):
        assert (await busy[0].readuntil(b"here")).startswith(b"HTTP/1.1 200"), "whoever was asking keeps their own"


async def at_work(number: int) -> None:
    """The server has heard so many begin a request that is not answered yet."""
    with anyio.fail_after(PATIENCE):
        while sum(not each.rests for held in connections.OPEN.values() for each in held) != number:  # noqa: ASYNC110
            await anyio.sleep(0.01)


async def drip(writer: asyncio.StreamWriter, piece: bytes) -> None:
    """A piece now and then, for as long as anybody listens."""
    while not writer.is_closing():
        writer.write(piece)
        await asyncio.sleep(0.05)
