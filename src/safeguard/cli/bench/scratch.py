"""A scratch service: a database of its own with fsync on, one organisation, one lead, one server process.

Everything lies in a temporary directory and ends with the block. Load goes to the loopback address only.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from uuid import UUID

import psycopg

from safeguard import clock
from safeguard.database.bootstrap import Addresses, ensure_roles
from safeguard.database.context import ContextKey, load_key
from safeguard.database.embedded import EmbeddedPostgres
from safeguard.database.migrating import migrate

PATIENCE = 60.0
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Scratch:
    """A running service, and everything that a benchmark needs to act as its lead."""

    data: Path
    addresses: Addresses
    key: ContextKey
    port: int
    organisation_id: UUID
    lead_id: UUID
    session: str
    """The session cookie's value; `session_hash` is what the database knows."""
    size: int = 1_000_000
    """Incidents of the large organisation that `growth` makes."""

    @property
    def environ(self) -> dict[str, str]:
        """The settings of its processes."""
        return {
            "SAFEGUARD_DATA": str(self.data),
            "SAFEGUARD_PORT": str(self.port),
            "SAFEGUARD_REQUEST_LIMITS": "no",  # one session asks more than any person would
            "SAFEGUARD_PUBLIC_URL": f"http://localhost:{self.port}",
            **{f"SAFEGUARD_{role.upper()}_DATABASE_URL": url for role, url in self.addresses._asdict().items()},
        }

    @property
    def session_hash(self) -> bytes:
        """The hash by which the database finds the session."""
        return sha256(self.session.encode()).digest()

    @property
    def cookies(self) -> dict[str, str]:
        """The headers of a browser with that session, on a page of ours."""
        return {
            "Cookie": f"__Host-session={self.session}",
            "Origin": f"http://localhost:{self.port}",
            "Sec-Fetch-Site": "same-origin",
        }

    @contextmanager
    def as_owner(self) -> Iterator[psycopg.Connection]:
        """A connection as the owner, within the organisation's context: to fill the scratch database."""
        with psycopg.connect(self.addresses.owner) as owner:
            context = self.key.sign(self.organisation_id, None, "bench", 3600)
            owner.execute("select set_config('safeguard.context', %s, false)", (context,))
            yield owner

    def wake(self) -> None:
        """As if somebody had just been there: filling takes longer than a session stays unlocked."""
        with self.as_owner() as owner:
            owner.execute(
                "update sessions set last_seen_at = now(), authenticated_at = now() where token_hash = %s",
                (self.session_hash,),
            )

    def form_token(self, path: str) -> str:
        """The CSRF token of a form on that page."""
        connection = HTTPConnection("localhost", self.port, timeout=10)
        connection.request("GET", path, headers=self.cookies)
        answer = connection.getresponse()
        found = TOKEN.search(answer.read().decode())
        connection.close()
        if answer.status != 200 or not found:
            raise RuntimeError(f"{path} answered {answer.status} and has no form")
        return found[1]


@contextmanager
def scratch_service(size: int = 1_000_000) -> Iterator[Scratch]:
    """Run a service of its own for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="safeguard-bench-") as folder:
        data = Path(folder)
        with EmbeddedPostgres(data, purpose="a benchmark") as server:
            addresses = ensure_roles(server.url(), data / "keys")
            key = load_key(data / "keys" / "context")
            migrate(addresses.owner, key)
            port = free_port()
            made = replace(populate(data, addresses, key, port, "bench"), size=size)
            with _serving(made):
                yield made


def another(scratch: Scratch, slug: str, kind: str = "school") -> Scratch:
    """One more organisation of the same service, with a lead, of a group the group's, and a session of its own."""
    made = populate(scratch.data, scratch.addresses, scratch.key, scratch.port, slug, kind)
    return replace(made, size=scratch.size)


def token_for(scratch: Scratch) -> str:
    """An API token of a service member that records incidents."""
    token, member = clock.new_token(32), clock.new_id()
    address = f"{member}@service.example"
    with scratch.as_owner() as owner:
        owner.execute("insert into users (id, email, name) values (%s, %s, 'Sample service')", (member, address))
        owner.execute(
            "insert into memberships (organisation_id, user_id, name, email, roles, kind)"
            " values (%s, %s, 'Sample service', %s, '{lead}', 'service')",
            (scratch.organisation_id, member, address),
        )
        owner.execute(
            "insert into tokens (organisation_id, id, user_id, name, token_hash, sponsor_name, created_at, expires_at)"
            " values (%s, %s, %s, 'bench', %s, 'bench', now(), now() + interval '1 day')",
            (scratch.organisation_id, clock.new_id(), member, sha256(token.encode()).digest()),
        )
    return token


def populate(data: Path, addresses: Addresses, key: ContextKey, port: int, slug: str, kind: str = "school") -> Scratch:
    """An organisation with its logs, a lead and a session."""
    organisation_id, lead_id, session = clock.new_id(), clock.new_id(), clock.new_token(32)
    made = Scratch(data, addresses, key, port, organisation_id, lead_id, session)
    with made.as_owner() as owner:
        owner.execute(
            "insert into organisations (id, slug, name, kind, nation, time_zone, state)"
            " values (%s, %s, 'Bench School', %s, 'england', 'Europe/London', 'active')",
            (organisation_id, slug, kind),
        )
        address = f"lead@{slug}.example"
        owner.execute("insert into users (id, email, name) values (%s, %s, 'Sample Lead')", (lead_id, address))
        owner.execute(
            "insert into memberships (organisation_id, user_id, name, email, roles)"
            " values (%s, %s, 'Sample Lead', %s, array[%s])",
            (organisation_id, lead_id, address, "group_lead" if kind == "group" else "lead"),
        )
        for log in ("general", "restricted"):
            owner.execute(
                "select audit.create_log(%s, %s, %s, %s, encode(%s, 'base64'), encode(%s, 'base64'))",
                (log, clock.new_id(), clock.random_bytes(16).hex(), clock.new_request_id(), clock.random_bytes(16),
                 clock.random_bytes(32)),
            )  # fmt: skip
        owner.execute(
            "insert into sessions (token_hash, id, user_id, organisation_id, created_at, authenticated_at, factors,"
            " last_seen_at, browser) values (%s, %s, %s, %s, now(), now(), '{password,totp}', now(), 'bench')",
            (made.session_hash, clock.new_id(), lead_id, organisation_id),
        )
    return made


@contextmanager
def _serving(scratch: Scratch) -> Iterator[None]:
    log = scratch.data / "serve.log"
    with log.open("wb") as file:
        command = [sys.executable, "-m", "safeguard.cli", "serve"]
        process = subprocess.Popen(command, env=os.environ | scratch.environ, stdout=file, stderr=file)
        try:
            _await(scratch.port, process, log)
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended: {log.read_text()[-2000:]}")
        if _answers(port):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server does not answer: {log.read_text()[-2000:]}")


def _answers(port: int) -> bool:
    connection = HTTPConnection("localhost", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
