"""`helpline`: the desk with very many cases - the queue, what has ended, and what a caller asked before.

Each page against its own statements alone (pgbench, the same role, the same row security), and against the same page of
a desk with a fifth of the cases: what a practitioner opens while somebody talks may not slow down with the years. The
search is for a name that one case has and for a word that thousands have.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

import psycopg

from safeguard.cli.bench import load, pgbench
from safeguard.cli.bench.capturing import script_of
from safeguard.cli.bench.inside import statements_of
from safeguard.cli.bench.measuring import Figure, Goal, in_pairs
from safeguard.cli.bench.scratch import Scratch, populate, scratch_service

FEWER: Final = 5
"""How many times the small desk's cases the large one has."""
PAGES: Final = {
    "queue": ("/helpline", "the queue"),
    "ended": ("/helpline?show=ended", "cases that have ended"),
    "caller": ("/helpline/earlier?q=caller%2077%20", "what one caller asked before"),
    "common": ("/helpline/earlier?q=school", "what stands in every case"),
}
AGAINST_SQL: Final = Goal(2.5, "lower")
AGAINST_FEWER: Final = Goal(1.3, "lower")
ROLE: Final = "update memberships set roles = '{supervisor}' where organisation_id = %s"
CASES: Final = """
insert into helpline_cases (organisation_id, id, reference, channel, state, priority, at_risk, caller, sector,
    caller_name, caller_organisation, caller_contact, summary, issues, platforms, received_at, queued_at,
    received_by_name, answered_at, ended_at)
select %(here)s, gen_random_uuid(), 'T' || lpad(n::text, 7, '0'),
    (array['phone', 'email', 'web', 'shared'])[n %% 4 + 1],
    case when n > %(many)s / 100 then 'closed' else 'triaged' end, 'usual', n %% 97 = 0, 'teacher', 'secondary',
    'Caller ' || n || ' Sample', 'School ' || n %% 3000, 'caller' || n || '@school.example',
    'An account pretends to be a member of staff. Sample text ' || md5(n::text), '{impersonation}', '{tiktok}',
    now() - n * interval '20 minutes', now() - n * interval '20 minutes', 'Sample',
    now() - n * interval '19 minutes', case when n > %(many)s / 100 then now() - n * interval '18 minutes' end
from generate_series(1, %(many)s) n
"""
ENTRIES: Final = """
insert into helpline_entries (organisation_id, id, case_id, kind, channel, words, written_at, written_by_name)
select c.organisation_id, gen_random_uuid(), c.id, k.kind, c.channel, c.summary, c.received_at + k.after, 'Sample'
from helpline_cases c, (values ('contact', interval '0'), ('answer', interval '1 minute')) k (kind, after)
where c.organisation_id = %(here)s
"""


def helpline(pairs: int, seconds: int, cases: int) -> list[Figure]:
    """The pages of a desk with so many cases."""
    with scratch_service() as scratch:
        few, many = _desk(scratch, "few", cases // FEWER), _desk(scratch, "many", cases)
        figures: list[Figure] = []
        for name, (path, what) in PAGES.items():
            ours, small = (partial(_page, desk, path, seconds) for desk in (many, few))
            figures.append(
                Figure(f"helpline-{name}", f"{what}, {cases:,} cases, one at a time", "ms",
                       *in_pairs(pairs, ours, _alone(many, path, seconds)), AGAINST_SQL)
            )  # fmt: skip
            figures.append(
                Figure(f"helpline-{name}-growth", f"the same against {cases // FEWER:,} cases", "ms",
                       *in_pairs(pairs, ours, small), AGAINST_FEWER)
            )  # fmt: skip
    return figures


def _desk(scratch: Scratch, slug: str, cases: int) -> Scratch:
    """A helpline of its own with a supervisor and so many cases, one in a hundred of them open."""
    made = populate(scratch.data, scratch.addresses, scratch.key, scratch.port, slug, "helpline")
    values = {"here": made.organisation_id, "many": cases}
    with made.as_owner() as owner:
        owner.execute(ROLE, (made.organisation_id,))
        owner.execute(CASES, values)
        owner.execute(ENTRIES, values)
    with psycopg.connect(scratch.addresses.owner, autocommit=True) as owner:
        owner.execute("vacuum analyze")
    return replace(made, size=scratch.size)


def _page(desk: Scratch, path: str, seconds: int) -> float:
    request = load.request("GET", path, desk.cookies)
    return load.drive(desk.port, lambda: request, expect=200, connections=1, seconds=seconds).p50


def _alone(desk: Scratch, path: str, seconds: int) -> Callable[[], float]:
    script = script_of(statements_of(desk, "GET", path, desk.cookies), {})
    return lambda: pgbench.run(desk.addresses.app, script, clients=1, seconds=seconds).p50
