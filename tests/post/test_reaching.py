"""Addresses that somebody typed: only the public internet is asked, little is read, and not for long."""

import contextlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from safeguard.post import reaching
from safeguard.post.reaching import Unreachable, get_json

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/", "https://192.168.1.1/", "https://[fe80::1]/", "https://[::ffff:127.0.0.1]/", "https://0.0.0.0/",
        "https://2130706433/", "https://[fc00::1]/", "https://100.64.0.1/", "https://224.0.0.1/", "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/",
    ],
)  # fmt: skip
async def test_neighbours_are_not_asked(url: str) -> None:
    with pytest.raises(Unreachable, match=r"public internet|no host|cannot be the name"):
        await get_json(url)


@pytest.mark.parametrize(
    "url", ["http://example.org/", "ftp://example.org/", "https://", "example.org", "https://a:b@example.org/", "file:///etc/passwd"]
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_told(url: str) -> None:
    with pytest.raises(Unreachable):
        reaching.check(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        *((f"https://{host}/hook", "cannot be the name of a host") for host in (
            "a..b.example", "-a.example", "a-.example", "a" * 64 + ".example", "a." * 140 + "example", ".example.org",
            "2130706433", "0x7f000001", "0x7f.1", "127.1", "1.2.3", "exam!ple.org", "exa%6dple.org", "ex,ample.org")),
        *((f"https://{host}/hook", "not on the public internet") for host in (
            "localhost", "LOCALHOST.", "db.internal", "printer.local", "a.localhost", "nas.lan", "x.home.arpa")),
        ("https://intranet/hook", "within one network"),
        ("https://example.org:0/", "from 1 to 65535"), ("https://example.org:65536/", "from 1 to 65535"),
        ("https://@example.org/", "before the “@”"), ("https://a:b@example.org/", "before the “@”"),
        ("https://exa mple.org/", "a blank"), ("https://example.org/a b", "a blank"),
        ("https://example.org\\@evil.example/", "a blank|begins with https"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused_when_it_is_typed(url: str, said: str) -> None:
    with pytest.raises(Unreachable, match=said):
        reaching.check(url)


@pytest.mark.parametrize(
    "host", ["example.org.", "HOOKS.example.org:8443", "bücher.example", "a_b.example", "a.b.c.example"]
)
def test_an_address_that_can_be_is_taken_as_it_was_typed(host: str) -> None:
    assert reaching.check(f"https://{host}/hook?to=a@b") == f"https://{host}/hook?to=a@b"


def test_a_neighbour_that_is_spelt_out_is_refused_when_it_is_typed() -> None:
    for host in ("169.254.169.254", "10.0.0.3", "127.0.0.1", "[::1]", "[fe80::1]", "[::ffff:10.0.0.1]"):
        with pytest.raises(Unreachable, match="not on the public internet"):
            reaching.check(f"https://{host}/hook")
    for public in ("https://93.184.216.34/hook", "https://[2606:2800:220:1::1]/hook", "https://example.org/hook"):
        assert reaching.check(public) == public


@pytest.mark.parametrize("answers", [["10.0.0.7"], ["93.184.216.34", "127.0.0.1"], ["::1"], []])
async def test_a_name_that_leads_to_a_neighbour_is_not_asked(
    answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look_up(_host: str, port: int, **_: Any) -> list[Any]:
        return [(0, 0, 0, "", (address, port)) for address in answers]

    monkeypatch.setattr(reaching.anyio, "getaddrinfo", look_up)
    with pytest.raises(Unreachable, match="public internet"):
        await get_json("https://rebinding.example/")


class Hostile(BaseHTTPRequestHandler):
    """Answers as its path says."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        status = 302 if self.path == "/moved" else 500 if self.path == "/broken" else 200
        self.send_response(status)
        if status == 302:
            self.send_header("location", "/secret")
        self.end_headers()
        with contextlib.suppress(OSError):  # the other side hangs up, as it should
            self._write()

    def _write(self) -> None:
        match self.path:
            case "/endless":
                for _ in range(10_000):
                    self.wfile.write(b" " * 65_536)
            case "/slow":
                for _ in range(100):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.1)
            case "/text":
                self.wfile.write(b"hello")
            case _:
                self.wfile.write(b'{"well": true}')

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Hostile) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        reaching.allow_loopback(allowed=True)
        yield f"http://127.0.0.1:{running.server_port}"
        reaching.allow_loopback(allowed=False)
        running.shutdown()


async def test_a_document_is_read(server: str) -> None:
    assert await get_json(f"{server}/") == {"well": True}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/moved", "302"), ("/broken", "500"), ("/text", "not JSON"), ("/endless", "longer than"),
        ("/slow", "whole answer"),
    ],
)  # fmt: skip
async def test_an_answer_that_is_none_is_told_and_given_up(
    server: str, path: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaching, "SECONDS", 1.0)
    with pytest.raises(Unreachable, match=words):
        await get_json(server + path)
    assert "/secret" not in Hostile.asked


async def test_nobody_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    reaching.allow_loopback(allowed=True)
    try:
        with pytest.raises(Unreachable, match="No connection"):
            await get_json("http://127.0.0.1:9/")
    finally:
        reaching.allow_loopback(allowed=False)
