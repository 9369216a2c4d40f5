"""The reconciler: rings again for every job that waits, whatever became of its first ring.

Runs in the `relay` process, as the role `safeguard_relay`, which sees jobs and schedules of all organisations and
nothing that they own.
"""

from safeguard import bell
from safeguard.database.pool import COMMIT, Database

WAITING = """
update jobs.job set rung_at = sec.clock()
where id in (
    select id from jobs.job
    where (state = 'queued' and run_at <= sec.clock()
           or state = 'running' and claimed_at < sec.clock() - interval '2 minutes')
      and coalesce(rung_at, greatest(run_at, created_at)) < sec.clock() - make_interval(secs => $1)
    order by run_at limit 1000 for update skip locked)
returning id, kind
"""

AGAIN = 30.0
"""Seconds between two rings for the same job."""


async def ring_again(relay: Database, after: float = AGAIN) -> int:
    """Ring for every job that is due and was not rung for within `after` seconds; how many that were."""
    async with relay.connection() as connection:
        rows = await connection.fetch(WAITING, after)
        await connection.execute(COMMIT)
    for row in rows:
        bell.ring(row.id, row.kind)
    return len(rows)
