"""No key and no password stands anywhere but in its file: not in a log, a traceback, an answer or the database.

Every key of a deployment is hunted for, as bytes and in each spelling that a program would give it, after a life in
which things went wrong on purpose.
"""

import json
import logging
import traceback
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from structlog.testing import capture_logs

from safeguard import settings as environment
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.app import create_app
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.errors import Unavailable
from safeguard.identity import inviting, issuing
from safeguard.identity.factors import sealing
from safeguard.identity.scoping import EVERYTHING
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident
from safeguard.keys.wrapping import CannotOpen, Key
from safeguard.provisioning import connecting
from safeguard.strongbox import masters
from safeguard.strongbox.sealing import organisation_key
from safeguard.web import keys
from safeguard.web.keys import Tampered
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.web.browsing import open_browser

pytestmark = pytest.mark.anyio

TABLES = """
select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname in ('public', 'sec', 'audit', 'jobs', 'identity', 'console', 'dramatiq')
"""


def spellings(secret: bytes) -> set[bytes]:
    """As bytes, hex, base64 of both kinds, a list of numbers and what Python writes for bytes."""
    written = {
        secret.hex(), secret.hex().upper(), b64encode(secret).decode().rstrip("="),
        urlsafe_b64encode(secret).decode().rstrip("="), ", ".join(map(str, secret)), repr(secret)[2:-1],
    }  # fmt: skip
    return {secret, *(text.encode() for text in written)}


def secrets_of(folder: Path) -> dict[str, set[bytes]]:
    """Every key and password of a deployment, by the name of its file."""
    found = {file.name: spellings(file.read_bytes()) for file in folder.iterdir() if file.stat().st_size == 32}
    passwords = json.loads((folder / "database.json").read_text())["passwords"]
    return found | {f"password of {role}": {word.encode()} for role, word in passwords.items()}


def told(text: bytes, secrets: dict[str, set[bytes]]) -> list[str]:
    """Which of them stand in it."""
    return sorted(name for name, ways in secrets.items() if any(way in text for way in ways))


async def dumped(addresses: Addresses) -> bytes:
    """Everything that the database holds, as a dump would write it."""
    owner = await asyncpg.connect(addresses.owner)
    text = bytearray()

    async def keep(piece: bytes) -> None:
        text.extend(piece)

    try:
        for row in await owner.fetch(TABLES):
            await owner.copy_from_query(f"select * from {row['name']}", output=keep)
    finally:
        await owner.close()
    return bytes(text)


async def mishaps(addresses: Addresses, key: ContextKey, lead: Actor) -> str:
    """What goes wrong with keys at hand, as tracebacks with everything that stood around."""
    other = Key(b"o" * 32)
    ways: list[Callable[[], Any]] = [
        lambda: masters.current().open_below(b"x" * 60, b"place"),
        lambda: keys.current().open("purpose", "A" * 60),
        lambda: sealing.current().open(b"x" * 60, UUID(int=1), UUID(int=2)),
        lambda: other.open(b"x" * 60, b"place"),
        lambda: ContextKey(secret="not bytes").sign(UUID(int=1), None, "page"),
    ]
    written = ""
    for way in ways:
        try:
            way()
        except (CannotOpen, Tampered, TypeError, AttributeError, ValueError, Unavailable) as fault:
            lines = traceback.TracebackException.from_exception(fault, capture_locals=True)
            written += "".join(lines.format())
    for wrong in (
        addresses.app.replace("safeguard_app:", "safeguard_app:x"),
        addresses.app.replace("/safeguard?", "/no?"),
    ):
        try:
            await asyncpg.connect(wrong)
        except (asyncpg.PostgresError, OSError) as fault:
            written += "".join(traceback.TracebackException.from_exception(fault).format())
    try:
        async with begin(lead) as work:
            await work.driver.fetch("select set_config('safeguard.context', 'x', true), 1/0")
    except asyncpg.PostgresError as fault:
        written += "".join(traceback.TracebackException.from_exception(fault).format())
    holders = (
        masters.current(),
        keys.current(),
        sealing.current(),
        key,
        pool.current(),
        environment.load({}, Path("/")),
    )
    return written + repr(holders) + str([vars(one) if hasattr(one, "__dict__") else one for one in holders[3:4]])


async def test_no_key_and_no_password_is_told_anywhere(
    someone: Callable[..., Awaitable[Actor]], addresses: Addresses, key: ContextKey, data: Path,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    lead = await someone(Role.LEAD)
    with capture_logs() as lines:
        app = create_app(environment.load({}, data))
        async with begin(lead) as work:
            await record_incident(work, NewIncident(narrative="Sample."), SCHOOL)
            await organisation_key(work)
        async with open_browser(app) as client:
            answers = [
                await client.get(path) for path in ("/sign-in", "/nothing", "/health/ready", "/api/openapi.json")
            ]
        written = await mishaps(addresses, key, lead)
    secrets = secrets_of(data / "keys")
    assert {"master", "context", "cookie", "factors"} <= secrets.keys()
    assert len([name for name in secrets if name.startswith("password")]) >= 6
    shown = capfd.readouterr()
    told_of = {
        "a log": repr(lines) + caplog.text + shown.out + shown.err,
        "a traceback or a representation": written,
        "an answer": "".join(answer.text + repr(answer.headers) for answer in answers),
    }
    for where, text in told_of.items():
        assert told(text.encode("utf-8", "replace"), secrets) == [], where
    assert told(await dumped(addresses), secrets) == []
    for file in (one for one in data.rglob("*.log") if one.is_file()):  # noqa: ASYNC240
        assert told(file.read_bytes(), secrets) == [], file.name


async def test_what_lets_somebody_in_is_kept_as_a_hash_alone(
    someone: Callable[..., Awaitable[Actor]], addresses: Addresses
) -> None:
    """Invitations, programs' tokens, directories' tokens: 128 bits at least, and nothing in the database is them."""
    lead = await someone(Role.LEAD)
    administrator = await someone(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    async with begin(lead) as work:
        invited = await inviting.invite(work, f"{UUID(int=7).hex}@alder.example", [Role.REPORTER])
        issued = await issuing.issue(work, "Sample", Role.REPORTER, EVERYTHING)
    async with begin(administrator) as work:
        directory = await connecting.connect(work, "Sample directory", None)
    given = {"invitation": invited.token, "token": issued[0], "directory": directory.text}
    everything = await dumped(addresses)
    for name, text in given.items():
        secret = text if name == "invitation" else text[4:]
        assert len(urlsafe_b64decode(secret + "==")) * 8 >= 128, name
        hashed = sha256(text.encode()).digest()
        assert hashed.hex().encode() in everything, f"the hunt finds the hash of the {name}"
        raw = secret.encode()
        assert raw not in everything and raw.hex().encode() not in everything, name


def test_the_hunt_would_notice(tmp_path: Path) -> None:
    (tmp_path / "master").write_bytes(bytes(range(32)))
    (tmp_path / "database.json").write_text('{"passwords": {"safeguard_app": "otters"}}')
    secrets = secrets_of(tmp_path)
    for text in (bytes(range(32)), repr(bytes(range(32))).encode(), bytes(range(32)).hex().encode()):
        assert told(b"before " + text + b" after", secrets) == ["master"]
    assert told(b"postgresql://safeguard_app:otters@/", secrets) == ["password of safeguard_app"]
