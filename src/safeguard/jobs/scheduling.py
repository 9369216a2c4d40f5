"""The schedule: rows of cron expressions; a due row becomes one job, in the transaction that moves it on.

Its own table and cronsim rather than a scheduler's memory: several relays may run, and each due time makes exactly one
job, because the job's key is the schedule's name and that time.
"""

from datetime import datetime
from typing import Any, Final

from cronsim import CronSim

from safeguard import bell, clock
from safeguard.database.context import PLATFORM
from safeguard.database.pool import COMMIT, Connection, Database

SCHEDULE: Final[dict[str, tuple[str, str]]] = {
    "sweep-drafts": ("17 * * * *", "drafts.sweep"),
    "share-figures": ("41 2 * * *", "figures.share"),
    "report-access": ("11 4 * * 1", "access.due"),
    "make-reports": ("23 3 2 3,6,9,12 *", "reports.due"),
    "place-addresses": ("7 3 * * *", "platforms.place"),
    "fold-counts": ("*/5 * * * *", "counts.fold"),
    "keep-channel": ("* * * * *", "channel.keep"),
    "join-signals": ("*/5 * * * *", "signals.join"),
    "ask-readers": ("13 5 * * *", "policies.due"),
    "relieve-deputies": ("*/10 * * * *", "deputies.due"),
    "look-again": ("27 * * * *", "again.due"),
    "watch-promises": ("37 5 * * *", "promises.due"),
    "seal-logs": ("* * * * *", "logs.seal"),
}
"""Name -> (cron in UTC, kind of job). Lives here; the table holds when each is next due."""

ADD = """
insert into jobs.schedule (name, cron, job, next_at) values ($1, $2, $3, $4)
on conflict (name) do update set cron = excluded.cron, job = excluded.job
"""
DUE = "select name, cron, job, next_at from jobs.schedule where next_at <= $1 order by next_at for update skip locked"
ASK = """
insert into jobs.job (organisation_id, id, kind, subject_id, key, run_at, created_at)
values (cast($1 as uuid), $2, $3, cast($1 as uuid), $4, $5, $5) on conflict (organisation_id, kind, key) do nothing
"""
MOVE_ON = "update jobs.schedule set next_at = $2, last_at = $3 where name = $1"


async def write_schedule(relay: Database) -> None:
    """Bring the table up to what this release schedules."""
    async with relay.connection() as connection:
        for name, (cron, job) in SCHEDULE.items():
            await connection.execute(ADD, name, cron, job, next_time(cron, clock.now()))
        await connection.execute(COMMIT)


async def ask_for_due(relay: Database) -> int:
    """Turn every due row into a job and move it on; how many that were. Missed times are made up by one job."""
    moment = clock.now()
    async with relay.connection() as connection:
        rows = await connection.fetch(DUE, moment)
        asked = [await _ask(connection, row, moment) for row in rows]
        await connection.execute(COMMIT)
    for job_id, kind in asked:
        bell.ring(job_id, kind)
    return len(asked)


def next_time(cron: str, after: datetime) -> datetime:
    """The first time after `after` that the expression names."""
    return next(CronSim(cron, after))


async def _ask(connection: Connection, row: Any, moment: datetime) -> tuple[Any, str]:
    job_id, key = clock.new_request_id(), f"{row.name} {row.next_at.isoformat()}"
    await connection.execute(ASK, PLATFORM, job_id, row.job, key, moment)
    await connection.execute(MOVE_ON, row.name, next_time(row.cron, moment), moment)
    return job_id, row.job
