"""Another program that is told: a server on this machine, which answers as it is asked to."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from safeguard.post import reaching
from safeguard.web import surroundings
from safeguard.web.surroundings import Surroundings


@dataclass
class Program:
    """What it was told, and how it answers next."""

    url: str = ""
    taken: list[tuple[str, bytes]] = field(default_factory=list[tuple[str, bytes]])
    answers: list[int] = field(default_factory=list[int])
    marks: list[str] = field(default_factory=list[str])


@pytest.fixture
def program() -> Iterator[Program]:
    told = Program()

    class Hearing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told.taken.append((self.headers["Safeguard-Signature"], body))
            told.marks.append(self.headers["CDN-Loop"])
            status = told.answers.pop(0) if told.answers else 204
            self.send_response(status)
            if status == 302:
                self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hearing)
    told.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    reaching.allow_loopback(allowed=True)
    surroundings.use(Surroundings(public_url="https://safeguard.test"))
    yield told
    reaching.allow_loopback(allowed=False)
    server.shutdown()
    server.server_close()
    thread.join(5)
