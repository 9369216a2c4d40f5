"""kill -9 of web, worker and PostgreSQL while incidents are recorded: what was acknowledged is there, once, audited.

`SAFEGUARD_FAULT_RECORDINGS=500` makes it longer, `SAFEGUARD_FAULT_SEED` repeats a run's order of kills.
"""

import os
import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import pytest

from safeguard.database.embedded.server import address_of
from safeguard.evidence.verifying.merkle import Tree, leaf_hash
from tests.faults.recording import Journal, Recorders, digest, outcomes
from tests.faults.running import Up, make_token

TOTAL = int(os.environ.get("SAFEGUARD_FAULT_RECORDINGS", "150"))
SEED = int(os.environ.get("SAFEGUARD_FAULT_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
SLUG = "recording"
AHEAD = 40
"""Reports that may be sent beyond the moment of a kill: enough to be under way when it comes."""
VICTIMS = ("web", "worker", "database")

ROWS = """
select i.id::text, i.narrative, (
    select count(*) from audit.objects o
    join audit.leaves l on (l.organisation_id, l.object) = (o.organisation_id, o.handle)
    where (o.organisation_id, o.kind, o.id) = (i.organisation_id, 'incident', i.id)
      and l.entry like '%%incident.recorded%%')
from public.incidents i where i.organisation_id = (select id from public.organisations where slug = %s)
"""
Rows = dict[str, list[tuple[str, int]]]
"""Hash of the narrative -> (id, audit entries of its recording) of every row that has it."""

RECORDED = """
select count(*) from audit.leaves where entry like '%%incident.recorded%%'
    and organisation_id = (select id from public.organisations where slug = %s)
"""


@dataclass(frozen=True)
class Aftermath:
    """What the journal and the database say when all is over."""

    journal: dict[str, dict[str, str]]
    rows: Rows
    entries: int
    recoveries: int
    kills: Counter[str]
    answers: dict[str, int]
    """What the service answered when each unknown recording was sent again with the same idempotency key."""
    rows_then: Rows

    def found(self, outcome: str) -> Counter[int]:
        """How often recordings of that outcome are stored: {times: recordings}."""
        chosen = [facts for facts in self.journal.values() if facts.get("outcome", "unknown") == outcome]
        return Counter(len(self.rows.get(facts["hash"], [])) for facts in chosen)


@pytest.fixture(scope="module")
def aftermath(service: Up, tmp_path_factory: pytest.TempPathFactory) -> Aftermath:
    """The service, killed piece by piece while people record."""
    journal = Journal(tmp_path_factory.mktemp("recording") / "journal")
    token = make_token(service.data, SLUG)
    recorders = Recorders(service.port, token, journal, TOTAL, pause=lambda: service.wait_for(service.answers))
    before, chance, kills = recoveries(service), random.Random(SEED), Counter[str]()
    recorders.run(beside=lambda: kills.update(kill_at_random(service, recorders, chance)))
    service.wait_for(service.answers)
    rows, entries = read_database(service.data)
    known = journal.read()
    answers = {key: recorders.send(key)[0] for key, facts in known.items() if facts["outcome"] == "unknown"}
    after = recoveries(service) - before
    return Aftermath(known, rows, entries, after, kills, answers, read_database(service.data)[0])


def recoveries(service: Up) -> int:
    """How often the database made good for a crash, as it says itself."""
    return (service.data / "logs" / "postgres.log").read_text().count("automatic recovery in progress")


def read_database(data: Path) -> tuple[Rows, int]:
    """The rows with how often each is in the log, and how many recordings the log has; the log is sound."""
    with psycopg.connect(address_of(data).url(database="safeguard")) as connection:
        check_logs(connection)
        rows: Rows = {}
        for number, narrative, audited in connection.execute(ROWS.encode(), (SLUG,)).fetchall():
            rows.setdefault(digest(narrative), []).append((number, audited))
        (entries,) = connection.execute(RECORDED.encode(), (SLUG,)).fetchone() or (0,)
    return rows, entries


def kill_at_random(up: Up, recorders: Recorders, chance: random.Random) -> list[str]:
    """Kill each victim at least twice, in random order, after random numbers of reports were sent."""
    victims = [*VICTIMS] * max(2, TOTAL // 125)
    chance.shuffle(victims)
    moments = sorted(chance.sample(range(TOTAL // 20, TOTAL * 9 // 10), len(victims)))
    for moment, victim in zip(moments, victims, strict=True):
        if victim == "database":  # one that was not up yet would have nothing to recover from
            up.wait_for(lambda: takes_connections(up.data))
        process = up.find(victim)
        recorders.limit = moment + AHEAD
        up.wait_for(lambda moment=moment: recorders.sent >= moment, every=0.02)
        time.sleep(chance.uniform(0, 0.05))
        try:
            process.kill()
        except psutil.NoSuchProcess:  # it ended by itself, and was started again
            up.kill(victim)
    recorders.limit = TOTAL
    return victims


def takes_connections(data: Path) -> bool:
    """Whether the database does, at this moment."""
    try:
        psycopg.connect(address_of(data).url(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def check_logs(connection: psycopg.Connection) -> None:
    """Every log's leaves are its entries' hashes, without a gap, and grow the head that the log keeps."""
    for organisation, log, size, frontier in connection.execute(
        "select organisation_id, log, size, frontier from audit.logs"
    ).fetchall():
        tree, subtrees = Tree(), Tree()
        leaves = connection.execute(
            "select index, entry, hash from audit.leaves where (organisation_id, log) = (%s, %s) order by index",
            (organisation, log),
        ).fetchall()
        assert [index for index, _, _ in leaves] == list(range(size))
        for _, entry, kept in leaves:
            assert leaf_hash(entry.encode()) == kept
            tree.add(kept)
        subtrees._subtrees = [(0, node) for node in frontier]
        assert tree.root() == subtrees.root()


def test_what_was_acknowledged_is_there_once_as_it_was_sent(aftermath: Aftermath) -> None:
    tell(aftermath)
    acknowledged = {facts["hash"]: facts["id"] for facts in aftermath.journal.values() if "id" in facts}
    assert acknowledged
    assert {key: [each for each, _ in aftermath.rows.get(key, [])] for key in acknowledged} == {
        key: [number] for key, number in acknowledged.items()
    }


def test_what_is_unknown_is_there_once_or_not_at_all(aftermath: Aftermath) -> None:
    assert set(aftermath.found("unknown")) <= {0, 1}


def test_what_is_unknown_is_there_once_when_it_is_sent_again(aftermath: Aftermath) -> None:
    assert set(aftermath.answers.values()) <= {201}
    assert {len(aftermath.rows_then.get(facts["hash"], [])) for facts in aftermath.journal.values()} == {1}


def test_what_was_refused_is_not_there(aftermath: Aftermath) -> None:
    assert set(aftermath.found("refused")) <= {0}


def test_no_row_is_unexplained(aftermath: Aftermath) -> None:
    intended = {facts["hash"] for facts in aftermath.journal.values()}
    assert set(aftermath.rows) <= intended
    assert len(aftermath.journal) == TOTAL


def test_every_row_has_its_entry_in_the_log_and_every_entry_its_row(aftermath: Aftermath) -> None:
    assert {audited for rows in aftermath.rows.values() for _, audited in rows} == {1}
    assert aftermath.entries == sum(map(len, aftermath.rows.values()))


def test_the_database_did_recover_from_each_kill(aftermath: Aftermath) -> None:
    assert aftermath.recoveries == aftermath.kills["database"] >= 2


def tell(aftermath: Aftermath) -> None:
    """The four numbers, and under what they came about."""
    ended = outcomes(aftermath.journal)
    print(
        f"\n{TOTAL} recordings (seed {SEED}), kill -9 of {dict(aftermath.kills)}, {aftermath.recoveries} recoveries:"
        f"\n  acknowledged {ended['acknowledged']}, stored {dict(aftermath.found('acknowledged'))}"
        f"\n  refused      {ended['refused']}, stored {dict(aftermath.found('refused'))}"
        f"\n  unknown      {ended['unknown']}, stored {dict(aftermath.found('unknown'))}"
        f"\n  rows         {sum(map(len, aftermath.rows.values()))}, unexplained "
        f"{len(set(aftermath.rows) - {facts['hash'] for facts in aftermath.journal.values()})}"
    )
