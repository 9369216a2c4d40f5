"""The benchmarks: what is done, against which limit, and the goal.

The limit of a page is pgbench with the very statements that the page sends, as the same role. The limit of the log is a
bare loop of SHA-256 over the same bytes.
"""

import hashlib
import json
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Final
from urllib.parse import urlencode

from safeguard import clock
from safeguard.cli.bench import load, pgbench
from safeguard.cli.bench.capturing import FRESH_REFERENCE, FRESH_UUID, Statement, script_of
from safeguard.cli.bench.filling import fill, lengthen
from safeguard.cli.bench.growing import growth
from safeguard.cli.bench.inside import statements_of
from safeguard.cli.bench.measuring import Figure, Goal, in_pairs
from safeguard.cli.bench.scratch import Scratch, token_for
from safeguard.cli.bench.weighing import weight
from safeguard.evidence.merkle import extend, leaf_hash, root_of

INCIDENTS = 10_000
TO_THE_LOG = ("audit.finish", "safeguard.unit")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def record(scratch: Scratch, pairs: int, seconds: int) -> list[Figure]:
    """A report sent by the form: session, CSRF, row security, log entry."""
    path, token = "/incidents/new", scratch.form_token("/incidents/new")
    headers = scratch.cookies | FORM
    statements = statements_of(scratch, "POST", path, headers, partial(_report, token))
    script = script_of(statements, _fresh_of(statements))

    def ours() -> float:
        make = partial(_report_request, path, headers, token)
        return load.drive(scratch.port, make, expect=303, connections=16, seconds=seconds).per_second

    def limit() -> float:
        return pgbench.run(scratch.addresses.app, script, clients=16, seconds=seconds).per_second

    figure = Figure(
        "record", "reports by the form, 16 at once", "per second", *in_pairs(pairs, ours, limit), Goal(0.55, "higher"),
        {"statements": float(len(statements))},
    )  # fmt: skip
    return [figure]


def intake(scratch: Scratch, pairs: int, seconds: int) -> list[Figure]:
    """A report sent as JSON by a program, named by a key of its own so that it is done once."""
    path = "/api/v1/incidents"
    fixed = {"Authorization": f"Bearer {token_for(scratch)}", "Content-Type": "application/json"}

    def headers() -> dict[str, str]:
        return fixed | {"Idempotency-Key": clock.new_token()}

    statements = statements_of(scratch, "POST", path, headers, _told)
    script = script_of(statements, _fresh_of(statements))

    def make() -> bytes:
        return load.request("POST", path, headers(), _told())

    def ours() -> float:
        return load.drive(scratch.port, make, expect=201, connections=16, seconds=seconds).per_second

    def limit() -> float:
        return pgbench.run(scratch.addresses.app, script, clients=16, seconds=seconds).per_second

    return [
        Figure(
            "intake", "reports as JSON, 16 at once", "per second", *in_pairs(pairs, ours, limit), Goal(0.65, "higher"),
            {"statements": float(len(statements))},
        )
    ]  # fmt: skip


def listing(scratch: Scratch, pairs: int, seconds: int) -> list[Figure]:
    """The list of incidents: 25 rows of ten thousand."""
    return _page(scratch, "list", "/incidents", pairs, seconds, Goal(2.5, "lower")) + _throughput(
        scratch, "list-rate", "/incidents", pairs, seconds, Goal(0.3, "higher")
    )


def read(scratch: Scratch, pairs: int, seconds: int) -> list[Figure]:
    """One incident with its timeline, the reading told to the log."""
    with scratch.as_owner() as owner:
        [newest] = owner.execute("select incident_id from entries limit 1").fetchall()
    return _page(scratch, "read", f"/incidents/{newest[0]}", pairs, seconds, Goal(3.0, "lower"))


def audit(scratch: Scratch, pairs: int, seconds: int) -> list[Figure]:
    """The log: recomputing its root from the database, and what appending adds to a transaction."""
    with scratch.as_owner() as owner:
        for _ in range(40):
            lengthen(owner, scratch, 500)

    def verify() -> float:
        with scratch.as_owner() as owner:
            began = perf_counter()
            frontier: list[bytes] = []
            size = 0
            with owner.cursor("entries") as cursor:
                cursor.itersize = 5_000
                cursor.execute("select entry from audit.leaves where organisation_id = %s and log = 'general'"
                               " order by index", (scratch.organisation_id,))  # fmt: skip
                frontier, size = extend(frontier, size, (leaf_hash(row[0].encode()) for row in cursor))
            root_of(frontier)
            return size / (perf_counter() - began)

    with scratch.as_owner() as owner:
        entries = [row[0].encode() for row in owner.execute("select entry from audit.leaves limit 20000")]

    def bare() -> float:
        began = perf_counter()
        for entry in entries:
            hashlib.sha256(b"\0" + entry).digest()
            hashlib.sha256(b"\1" + bytes(64)).digest()
        return len(entries) / (perf_counter() - began)

    verified = Figure("audit", "entries verified from the database", "per second", *in_pairs(pairs, verify, bare),
                      Goal(0.25, "higher"))  # fmt: skip
    return [verified, _append(scratch, pairs, seconds)]


def _append(scratch: Scratch, pairs: int, seconds: int) -> Figure:
    path, token = "/incidents/new", scratch.form_token("/incidents/new")
    statements = statements_of(scratch, "POST", path, scratch.cookies | FORM, partial(_report, token))
    fresh = _fresh_of(statements)
    without = script_of([one for one in statements if not any(word in one[0] for word in TO_THE_LOG)], fresh)

    def run(script: str) -> Callable[[], float]:
        return lambda: pgbench.run(scratch.addresses.app, script, clients=1, seconds=seconds).p50

    pairs_of_figures = in_pairs(pairs, run(script_of(statements, fresh)), run(without))
    return Figure("audit-append", "a recording with its log entry, against one without", "ms", *pairs_of_figures,
                  Goal(1.15, "lower"))  # fmt: skip


def _page(scratch: Scratch, name: str, path: str, pairs: int, seconds: int, goal: Goal) -> list[Figure]:
    """The median time of a page on one connection, against its statements alone."""
    statements = statements_of(scratch, "GET", path, scratch.cookies)
    script, request = script_of(statements, _fresh_of(statements)), load.request("GET", path, scratch.cookies)

    def ours() -> float:
        return load.drive(scratch.port, lambda: request, expect=200, connections=1, seconds=seconds).p50

    def limit() -> float:
        return pgbench.run(scratch.addresses.app, script, clients=1, seconds=seconds).p50

    notes = {"statements": float(len(statements))}
    what = f"the page {path.split('/')[1]}, one at a time"
    return [Figure(name, what, "ms", *in_pairs(pairs, ours, limit), goal, notes)]


def _throughput(scratch: Scratch, name: str, path: str, pairs: int, seconds: int, goal: Goal) -> list[Figure]:
    statements = statements_of(scratch, "GET", path, scratch.cookies)
    script, request = script_of(statements, _fresh_of(statements)), load.request("GET", path, scratch.cookies)

    def ours() -> float:
        return load.drive(scratch.port, lambda: request, expect=200, connections=16, seconds=seconds).per_second

    def limit() -> float:
        return pgbench.run(scratch.addresses.app, script, clients=16, seconds=seconds).per_second

    return [Figure(name, "the same page, 16 at once", "per second", *in_pairs(pairs, ours, limit), goal)]


def _report(token: str) -> bytes:
    """A report as a browser sends it, different every time."""
    fields = {
        "csrf_token": token,
        "danger_now": "no",
        "narrative": f"A group chat was shown to a member of staff after lesson five. Sample {clock.new_token()}",
        "people-0-name": "Sample Person",
        "people-0-role": "affected",
        "happened_words": "yesterday evening",
        "immediate_action": "Spoke with them and told the year team.",
    }
    return urlencode(fields).encode()


def _told() -> bytes:
    """A report as a program sends it, different every time."""
    report = {
        "narrative": f"A group chat was shown to a member of staff after lesson five. Sample {clock.new_token()}",
        "danger_now": False,
        "people": [{"name": "Sample Person", "role": "affected", "kind": "child"}],
        "immediate_action": "Spoke with them and told the year team.",
    }
    return json.dumps(report).encode()


def _report_request(path: str, headers: dict[str, str], token: str) -> bytes:
    return load.request("POST", path, headers, _report(token))


def _fresh_of(statements: list[Statement]) -> dict[str, str]:
    """Ids, references and keys that one recording drew: each transaction of the limit draws its own."""
    fresh: dict[str, str] = {}
    for query, args in statements:
        if "into public.incidents" in query:
            fresh[str(args[0])] = FRESH_UUID
            fresh[str(args[1])] = FRESH_REFERENCE
        if "into public.incident_people" in query:
            fresh |= {"{" + f'"{one}"' + "}": f"array[{FRESH_UUID}]" for one in _ids(args)}
        if "into public.idempotency" in query:
            fresh[str(args[3])] = f"cast({FRESH_UUID} as text)"
    return fresh


def _ids(args: object) -> list[object]:
    lists = [one for one in args if isinstance(one, list)] if isinstance(args, (list, tuple)) else []
    return [one[0] for one in lists if one and hasattr(one[0], "hex")]


IN_SCRATCH: Final[dict[str, Callable[[Scratch, int, int], list[Figure]]]] = {
    "record": record,
    "intake": intake,
    "list": listing,
    "read": read,
    "audit": audit,
    "growth": growth,
    "weight": weight,
}
"""Those that share one scratch service with ten thousand incidents."""


def prepare(scratch: Scratch) -> None:
    """What all of them need: ten thousand incidents."""
    fill(scratch, INCIDENTS)
