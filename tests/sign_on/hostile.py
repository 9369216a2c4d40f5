"""A provider that lies: real HTTP on loopback, honest until a test tells it otherwise."""

import base64
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import RSAKey

from safeguard import clock

CLIENT: Final = "safeguard"
SUBJECT: Final = "of-the-lead"
KEY: Final = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
STRANGER: Final = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


@dataclass
class Provider:
    """What it says, to be changed by a test; `answers` replaces whole answers by path: (status, headers, body)."""

    issuer: str
    nonce: str = ""
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    keys: list[dict[str, Any]] = field(default_factory=lambda: [KEY.as_dict(private=False)])
    claims: dict[str, Any] = field(default_factory=dict[str, Any])
    make: Callable[["Provider"], str] | None = None
    """Makes the ID token; none: signed with the honest key."""
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(
        default_factory=dict[str, tuple[int, dict[str, str], bytes]]
    )
    delay: float = 0.0
    """Seconds before the token endpoint answers."""
    asked: list[str] = field(default_factory=list[str])

    def behave(self) -> None:
        """Be honest again."""
        self.metadata, self.claims, self.answers, self.make, self.delay = {}, {}, {}, None, 0.0
        self.keys = [KEY.as_dict(private=False)]

    def says(self) -> dict[str, Any]:
        """The claims of the next ID token; `...` leaves one out."""
        now = int(clock.now().timestamp())
        said = {
            "iss": self.issuer, "aud": CLIENT, "sub": SUBJECT, "nonce": self.nonce, "iat": now, "exp": now + 300,
        }  # fmt: skip
        return {name: value for name, value in (said | self.claims).items() if value is not ...}

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """The answer at this path."""
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]
        body: dict[str, Any] = {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
            } | self.metadata,
            "/keys": {"keys": self.keys},
            "/userinfo": {"sub": "somebody-else"},
        }  # fmt: skip
        if path == "/token":
            time.sleep(self.delay)
            token = (self.make or signed)(self)
            body[path] = {"access_token": "a", "token_type": "Bearer", "id_token": token}
        return 200, {}, json.dumps(body[path]).encode()


def signed(provider: Provider, key: RSAKey = KEY) -> str:
    """The claims under an RSA signature."""
    return jwt.encode({"alg": "RS256", "kid": "one"}, provider.says(), key)


def by_a_stranger(provider: Provider) -> str:
    """Another key under the honest one's name."""
    return signed(provider, STRANGER)


def part(value: Any) -> str:
    """One part of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned(provider: Provider) -> str:
    """Algorithm none."""
    return f"{part({'alg': 'none'})}.{part(provider.says())}."


def by_the_public_key(provider: Provider) -> str:
    """HS256, the public key taken for a shared secret."""
    text = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(provider.says())}"
    mark = hmac.digest(KEY.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


def of_a_list(_provider: Provider) -> str:
    """Well signed, and no claims at all."""
    header, body = part({"alg": "RS256", "kid": "one"}), part(["sub", SUBJECT])
    made = jwt.encode({"alg": "RS256", "kid": "one"}, {"a": 1}, KEY).rpartition(".")[2]
    return f"{header}.{body}.{made}"


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, listening on loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self._answer()

        def _answer(self) -> None:
            status, headers, body = provider.answer(self.path.partition("?")[0])
            self.send_response(status)
            for name, value in {"content-type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:  # given up meanwhile: what the test is about
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
