"""A program of one organisation uses the whole API; then everything it did is sent again with another's token.

The calls are made up by schemathesis from our own description of the API, each with what earlier answers gave, so that
objects are made, read and changed in chains nobody wrote down. The service is a real one, asked over a socket.
"""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import psycopg
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings

from safeguard import clock
from safeguard import settings as environment
from safeguard.access.roles import Role
from safeguard.app import create_app
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.strongbox import masters
from safeguard.web.cookies import hash_of
from tests.factories.organisations import make_organisation, make_person
from tests.factories.owning import owning
from tests.web.conftest import OPEN_TOKEN

PARAMETER: Final = re.compile(r"\{(\w+)\}")
LOGS = "select count(*) from audit.leaves where organisation_id = %s and log = 'general'"


@dataclass(frozen=True)
class Call:
    """One request as it was sent, and what came back."""

    method: str
    path: str
    query: dict[str, Any]
    body: Any
    status: int


@dataclass
class Program:
    """An organisation's program: its token, and what it did."""

    organisation: UUID
    token: str
    calls: list[Call] = field(default_factory=list[Call])

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture
def programs(addresses: Addresses, key: ContextKey, data: Path) -> tuple[Program, Program]:
    """Two organisations, each with a program that may do what a lead may."""

    async def make() -> list[Program]:
        opened = pool.Database(addresses.app, key)
        pool.use(opened)
        masters.use(masters.Masters(data / "keys"))
        try:
            return [await _with_token(addresses) for _ in range(2)]
        finally:
            pool.use(None)
            await opened.close()

    ours, theirs = asyncio.run(make())
    return ours, theirs


async def _with_token(addresses: Addresses) -> Program:
    organisation, token = await make_organisation(), clock.new_token()
    person, _ = await make_person(organisation, [Role.LEAD])
    async with owning(addresses.owner) as owner:
        await owner.execute(OPEN_TOKEN, (organisation, clock.new_id(), person, hash_of(token)))
    return Program(organisation, token)


@pytest.fixture
def address(programs: tuple[Program, Program], addresses: Addresses, data: Path) -> Iterator[str]:
    """Where the service is served, by a thread of this process."""
    listening = socket.create_server(("127.0.0.1", 0))
    app = create_app(environment.load({"SAFEGUARD_APP_DATABASE_URL": addresses.app}, data))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(15)


def use_everything(program: Program, address: str) -> None:
    """Calls in chains, as many as a minute's patience allows; every answer is noted."""
    described = httpx.get(f"{address}/api/openapi.json", timeout=60).json()
    schema = schemathesis.openapi.from_dict(described)
    schema.config.update(base_url=address)

    class Using(schema.as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": program.headers, "timeout": 10}

        def after_call(self, response: Any, case: Any) -> None:
            body = case.body if isinstance(case.body, dict | list) else None
            program.calls.append(
                Call(case.method, case.formatted_path, dict(case.query or {}), body, response.status_code)
            )

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            assert response.status_code < 500, (case.method, case.path)

    Using.run(
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
    )


ELSEWHERE: Final = frozenset({"event_id", "file_id", "policy_id", "referral_id", "run_id", "transfer_id"})
"""Made by more than one call with JSON: `isolation/test_relations` asks their routes for another's, one by one."""


def make_by_hand(program: Program, address: str) -> dict[str, str]:
    """What chance may leave out, of every kind that a call alone makes: the parameter of its address -> its id."""
    made: dict[str, str] = {}
    with httpx.Client(base_url=address, headers=program.headers, timeout=60) as client:
        described = client.get("/api/openapi.json").json()

        def send(path: str, parameter: str, body: dict[str, Any] | None = None) -> str:
            sent = body or _example(described, path)
            answer = client.post(path, json=sent)
            assert answer.status_code in {200, 201, 202}, answer.text
            program.calls.append(Call("POST", path, {}, sent, answer.status_code))
            told = answer.json()
            made[parameter] = told["reference" if parameter == "reference" else "id"]
            return made[parameter]

        incident = send("/api/v1/incidents", "incident_id", {"narrative": "Sample words."})
        send(f"/api/v1/incidents/{incident}/entries", "entry_id", {"kind": "note", "words": "Sample again."})
        send("/api/v1/evidence-packs", "pack_id", {"incident_id": incident})
        for path, parameter in (("people", "person_id"), ("concerns", "reference")):
            send(f"/api/v1/{path}", parameter)
        for path in described["paths"]:
            names = PARAMETER.findall(path)
            if "get" in described["paths"][path] and names and made.keys() >= {*names}:
                filled = PARAMETER.sub(lambda found: made[found[1]], path)
                answer = client.get(filled)
                program.calls.append(Call("GET", filled, {}, None, answer.status_code))
                assert answer.status_code in {200, 409}, (filled, answer.text)
        named = {name for path in described["paths"] for name in PARAMETER.findall(path)}
        assert made.keys() - {"entry_id"} | ELSEWHERE == named, "a new kind of object: make one"
    return made


def _example(described: dict[str, Any], path: str) -> dict[str, Any]:
    """What the description itself shows as a body that is taken."""
    schema = described["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    found = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found["example"] if "example" in found else found["examples"][0]


def replay(program: Program, other: Program, address: str) -> list[tuple[Call, httpx.Response]]:
    """Everything that went well, sent again as another."""
    answers: list[tuple[Call, httpx.Response]] = []
    with httpx.Client(base_url=address, headers=other.headers, timeout=60) as client:
        for call in program.calls:
            if call.status < 400:
                answer = client.request(call.method, call.path, params=call.query, json=call.body)
                answers.append((call, answer))
    return answers


def test_what_one_program_did_is_nothing_to_anothers(
    programs: tuple[Program, Program], address: str, addresses: Addresses
) -> None:
    ours, theirs = programs
    use_everything(ours, address)
    made = make_by_hand(ours, address).values()
    with psycopg.connect(addresses.owner) as owner:
        before = owner.execute(LOGS, (ours.organisation,)).fetchone()
    answers = replay(ours, theirs, address)
    assert len(ours.calls) > 60
    assert len({(call.method, len(call.path.split("/"))) for call, _ in answers}) >= 4
    for call, answer in answers:
        named = [one for one in made if one in call.path]
        assert answer.status_code < 500, (call.method, call.path)
        if named:
            assert answer.status_code == 404, (call.method, call.path, answer.status_code)
        assert not [one for one in made if one in answer.text and one not in call.path + str(call.body)], call.path
    with psycopg.connect(addresses.owner) as owner:
        assert owner.execute(LOGS, (ours.organisation,)).fetchone() == before
