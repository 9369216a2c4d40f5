"""From the act to the other program and back: a real worker process, a receiver on a socket, and its log."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio
import pytest

from safeguard import bell
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.incidents.recording import record_incident
from safeguard.jobs.brokers import open_broker
from safeguard.jobs.ringing import Ringer
from safeguard.webhooks import hooking, telling
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.faults.running import ENVIRONMENT
from tests.webhooks.conftest import Program
from tests.webhooks.test_telling import is_signed

pytestmark = pytest.mark.anyio

PATIENCE = 120
JOBS = "select id, kind, state from jobs.job where subject_id = $1 and kind = 'webhook.send' order by created_at"
HURRY = "update jobs.job set run_at = sec.clock() where id = $1"


@pytest.fixture
def worker(addresses: Addresses, data: Path, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m workers` on the tests' database, as `safeguard worker` starts it."""
    said = tmp_path / "worker.log"
    environment = {
        **ENVIRONMENT, "SAFEGUARD_APP_DATABASE_URL": addresses.app, "SAFEGUARD_DATA": str(data),
        "SAFEGUARD_REACHES_LOOPBACK": "yes", "SAFEGUARD_PUBLIC_URL": "https://safeguard.test",
    }  # fmt: skip
    with said.open("wb") as log:
        process = subprocess.Popen([sys.executable, "-P", "-m", "workers"], stdout=log, stderr=log, env=environment)
        try:
            ends = time.monotonic() + PATIENCE
            while b"worker.ready" not in said.read_bytes():
                assert process.poll() is None and time.monotonic() < ends, said.read_text()
                time.sleep(0.1)
            yield process
        finally:
            os.kill(process.pid, signal.SIGTERM) if process.poll() is None else None
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)


@pytest.fixture
def ringer(addresses: Addresses) -> Iterator[Ringer]:
    """This process rings, as the web does."""
    ringing = Ringer(open_broker(None, addresses.app, consumes=False))
    ringing.open()
    yield ringing
    ringing.close()
    bell.answer_with(None)


async def the_delivery(lead: Actor, hook: UUID, state: str, attempts: int) -> telling.Delivery:
    """The one delivery, once it has come so far."""
    with anyio.fail_after(PATIENCE):
        while True:
            async with begin(lead) as work:
                found = await telling.list_deliveries(work, hook)
            if len(found) == 1 and (found[0].state, found[0].attempts) == (state, attempts):
                return found[0]
            await anyio.sleep(0.1)


async def test_an_act_reaches_the_other_program_once_after_a_refusal_and_again_only_by_hand(
    someone: Any, program: Program, worker: subprocess.Popen[bytes], ringer: Ringer
) -> None:
    lead = await someone(Role.LEAD)
    program.answers = [503, 204, 508, 204]
    async with begin(lead) as work:
        made = await hooking.make_hook(work, "Sample", program.url, ("incident.recorded",))
    async with begin(lead) as work:
        story = await record_incident(work, IMPERSONATION, SCHOOL)
    refused = await the_delivery(lead, made.id, "waiting", 1)
    assert refused.answer == "Answered 503"
    await ring_again(lead, ringer, refused.id)
    taken = await the_delivery(lead, made.id, "delivered", 2)
    assert taken.answer == "Answered 204"
    await ring_again(lead, ringer, refused.id)  # a doorbell that rings twice sends nothing twice
    async with begin(lead) as work:
        await telling.deliver_again(work, made.id, taken.id)
    led_back = await the_delivery(lead, made.id, "waiting", 3)
    assert "leads back to Safeguard itself" in (led_back.answer or "")
    await ring_again(lead, ringer, taken.id)
    await the_delivery(lead, made.id, "delivered", 4)
    assert worker.poll() is None
    bodies = [json.loads(body) for _, body in program.taken]
    assert len(bodies) == 4, "as often as it was refused or asked for, and not once more"
    assert all(body == bodies[0] for body in bodies), "whoever keeps ids does nothing twice"
    assert bodies[0]["subject"] == str(story.facts.id)
    assert all(is_signed(made.secret, header, body) for header, body in program.taken)
    assert set(program.marks) == {"safeguard.test"}


async def ring_again(lead: Actor, ringer: Ringer, delivery: UUID) -> None:
    """What the relay does when the wait is over: here, at once."""
    with anyio.fail_after(PATIENCE):
        while True:
            async with begin(system(lead.organisation_id)) as work:
                jobs = await work.driver.fetch(JOBS, delivery)
                for job in jobs:
                    if job["state"] == "queued":
                        await work.driver.execute(HURRY, job["id"])
            if jobs and all(job["state"] != "running" for job in jobs):
                break
            await anyio.sleep(0.1)
    for job in jobs:
        ringer.ring(job["id"], job["kind"])
