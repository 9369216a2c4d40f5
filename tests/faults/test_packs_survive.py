"""kill -9 of the worker while it makes packs: each is made, whole, and once."""

import json
import time
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

import psycopg

from safeguard.database.embedded.server import address_of
from tests.faults.recording import ask
from tests.faults.running import Up, make_token, run

PACKS = 4

# Two minutes pass in which nobody heard of whoever had the job: it may be claimed anew, and is rung for at once.
TIME_PASSES = """
update jobs.job set claimed_at = claimed_at - interval '3 minutes', rung_at = rung_at - interval '3 minutes'
where kind = 'pack.make' and state <> 'done' and claimed_at > now() - interval '2 minutes'
"""
MADE = """
select count(*) from audit.objects o
join audit.leaves l on (l.organisation_id, l.object) = (o.organisation_id, o.handle)
where o.kind = 'pack' and o.id = %s and l.entry like '%%pack.made%%'
"""


class Jobs:
    """A look at the packs' jobs, past all policies."""

    def __init__(self, data: Path) -> None:
        self.url = address_of(data).url(database="safeguard")

    def states(self) -> list[str]:
        """Of each, in no order."""
        with psycopg.connect(self.url) as connection:
            return [state for (state,) in connection.execute("select state from jobs.job where kind = 'pack.make'")]

    def made(self, pack: str) -> int:
        """How often the log says that the pack was made."""
        with psycopg.connect(self.url) as connection:
            return (connection.execute(MADE.encode(), (pack,)).fetchone() or (0,))[0]

    def do(self, statement: LiteralString) -> None:
        """What only time can do, done at once."""
        with psycopg.connect(self.url) as connection:
            connection.execute(statement)


def test_packs_whose_worker_was_killed_are_made_whole_and_once(service: Up, tmp_path: Path) -> None:
    token, jobs = make_token(service.data, "packs"), Jobs(service.data)
    packs = [ask_for_pack(service.port, token) for _ in range(PACKS)]
    service.wait_for(lambda: "running" in jobs.states(), every=0.02)
    service.kill("worker")
    assert set(jobs.states()) != {"done"}
    time.sleep(0.5)  # the dead worker's connections end, so that no transaction of its is left
    jobs.do(TIME_PASSES)
    service.wait_for(lambda: set(jobs.states()) == {"done"})
    assert [jobs.made(pack) for pack in packs] == [1] * PACKS
    for pack in packs:
        assert is_valid(service.port, token, pack, tmp_path)


def ask_for_pack(port: int, token: str) -> str:
    """Record an incident and ask for its pack; the pack's id."""
    report = {"narrative": "A synthetic report: a class account was taken over."}
    _, incident = ask(port, token, "POST", "/api/v1/incidents", report, str(uuid4()))
    wish = {"incident_id": json.loads(incident)["id"]}
    status, pack = ask(port, token, "POST", "/api/v1/evidence-packs", wish, str(uuid4()))
    assert status == 201, pack
    return json.loads(pack)["id"]


def is_valid(port: int, token: str, pack: str, folder: Path) -> bool:
    """Whether it can be downloaded and verifies."""
    status, content = ask(port, token, "GET", f"/api/v1/evidence-packs/{pack}/download")
    file = folder / f"{pack}.zip"
    file.write_bytes(content)
    return status == 200 and bool(run("verify", str(file)))
