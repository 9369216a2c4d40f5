"""Reaching an address that somebody here typed: an organisation's provider, a program that wants to be told.

Whoever types an address must not make this service ask its own neighbours. Each name is looked up here, once, and only
addresses of the public internet are connected to - the very ones that were looked up, so that a name which answers
differently the second time gains nothing. What we send is marked, so that a name which leads back here is noticed by
this service itself (`web.looping`). HTTPS only, no redirects followed, little is read, and not for long.
"""

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final

import anyio
import httpx2

from safeguard.errors import DomainError
from safeguard.post import hosts
from safeguard.post.hosts import NEIGHBOUR
from safeguard.web import looping

OK: Final = 200
MOST: Final = 256 * 1024
"""Bytes of one answer."""
SECONDS: Final = 10.0
"""For one answer, from the look-up of the name to its last byte."""

TRANSLATED: Final = tuple(map(ip_network, ("64:ff9b::/96", "2002::/16", "2001::/32")))
"""IPv6 addresses that hold an IPv4 address (RFC 6052, 3056, 4380), which may be a neighbour's."""

_loopback = False


class Unreachable(DomainError):
    """The address did not answer as it must, or is none that we ask."""

    status = 502
    code = "unreachable"
    title = "That address does not answer"
    sentence = "The address did not answer. Nothing was changed."


def allow_loopback(*, allowed: bool) -> None:
    """Whether addresses of this very machine may be asked, without TLS: for a trial on one's own machine."""
    global _loopback  # noqa: PLW0603  one deployment per process
    _loopback = allowed


def check(url: str) -> str:
    """`url`, when it is one that we would ask; raises `Unreachable` otherwise."""
    try:
        parts = httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError) as fault:
        raise Unreachable("This is not a web address.") from fault
    here = _loopback and parts.host in ("localhost", "127.0.0.1", "::1")
    if not parts.host or parts.scheme not in ("https", "http"):
        raise Unreachable("Give an address that begins with https:// and names a host.")
    if parts.scheme == "http" and not here:
        raise Unreachable("Give an address that begins with https://.")
    if not here and (fault := hosts.fault_of(url, parts)):
        raise Unreachable(fault)
    if (spelt := hosts.spelt_out(parts.host)) and not _is_public(spelt):
        raise Unreachable(NEIGHBOUR.format(parts.host))
    return url


def transport() -> httpx2.AsyncBaseTransport:
    """What reaches public addresses and nothing else, for a client of one's own."""
    return _Guarded(httpx2.AsyncHTTPTransport(trust_env=False))


@asynccontextmanager
async def patience() -> AsyncIterator[None]:
    """The time that one exchange may take; every failure on the way is an `Unreachable` in words."""
    try:
        with anyio.fail_after(SECONDS):
            yield
    except TimeoutError as fault:
        raise Unreachable(f"There was no whole answer within {SECONDS:.0f} seconds.") from fault
    except httpx2.ConnectError as fault:
        raise Unreachable("No connection could be made. Is the address right, and its certificate in order?") from fault
    except (httpx2.HTTPError, ValueError) as fault:
        raise Unreachable("The connection broke before there was a whole answer.") from fault


async def get_json(url: str) -> Any:
    """The JSON document at `url`; raises `Unreachable` and says what came instead."""
    check(url)
    async with patience(), httpx2.AsyncClient(transport=transport(), timeout=SECONDS, trust_env=False) as client:
        answer = await client.get(url, headers={"accept": "application/json"})
    if answer.status_code != OK:
        raise Unreachable(f"{url} answered {answer.status_code}, where 200 and a JSON document were expected.")
    try:
        return answer.json()
    except ValueError as fault:
        raise Unreachable(f"{url} answered with something that is not JSON.") from fault


async def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send `body` there; how it was answered. Nothing that it leads to is followed, and of the answer nothing is kept.

    Raises `Unreachable` when nobody answered, or the address is none that we ask.
    """
    check(url)
    async with (
        patience(),
        httpx2.AsyncClient(transport=transport(), timeout=SECONDS, trust_env=False) as client,
        client.stream("POST", url, content=body, headers=dict(headers)) as answer,
    ):
        return answer.status_code


class _Guarded(httpx2.AsyncBaseTransport):
    """Connects to the address that was looked up and found public, and reads no more than it should."""

    def __init__(self, inner: httpx2.AsyncHTTPTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        check(str(request.url))
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.headers[looping.HEADER] = looping.mark()
        request.url = request.url.copy_with(host=await _address_of(host, request.url.port))
        answer = await self._inner.handle_async_request(request)
        assert isinstance(answer.stream, httpx2.AsyncByteStream)  # noqa: S101  an asynchronous transport's answer
        answer.stream = _Short(answer.stream)
        return answer

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Short(httpx2.AsyncByteStream):
    """A body that ends, or is given up."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        length = 0
        async for piece in self._stream:
            length += len(piece)
            if length > MOST:
                raise Unreachable(f"The answer is longer than {MOST // 1024} KB.")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _address_of(host: str, port: int | None) -> str:
    """The first address of a name, when every address of it is one of the public internet."""
    try:
        found = await anyio.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise Unreachable(f"There is no host called {host}.") from fault
    addresses = [ip_address(address[0].partition("%")[0]) for *_, address in found]
    if not addresses or not all(map(_is_public, addresses)):
        raise Unreachable(NEIGHBOUR.format(host))
    return str(addresses[0])


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is one machine of the public internet, and not a neighbour in another spelling."""
    if _loopback and address.is_loopback:
        return True
    translated = any(address in network for network in TRANSLATED)
    return address.is_global and not address.is_multicast and not address.is_reserved and not translated
