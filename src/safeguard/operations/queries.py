"""What waits, what runs and what stopped, in one organisation: kinds, times and the names of faults, never content."""

import json
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.work import Work

KNOWN: Final = """
j.subject_id <> all ((select sec.hidden_objects())::uuid[]) and not exists (
    select from public.outbox o
    left join public.notices n on n.organisation_id = o.organisation_id and n.id = o.notice_id
    where o.organisation_id = j.organisation_id and o.id = j.subject_id and j.kind = 'mail.send'
        and o.notice_id is not null
        and (n.id is null or n.subject_id = any ((select sec.hidden_objects())::uuid[])))
"""
"""Work for what the reader must not know of, the telling and the mail of it too, is not there for them: not counted."""
STOPPED: Final = f"""
select j.id, j.kind, j.attempts, j.fault, j.finished_at from jobs.job j
where j.organisation_id = (select sec.current_organisation()) and j.state = 'parked' and {KNOWN}
order by j.finished_at desc limit 50
"""  # noqa: S608  our own constants
WAITING: Final = f"""
select count(*) filter (where j.state = 'queued' and j.attempts = 0 and j.run_at <= sec.clock()),
       count(*) filter (where j.state = 'queued' and j.attempts = 0 and j.run_at > sec.clock()),
       count(*) filter (where j.state = 'queued' and j.attempts > 0),
       count(*) filter (where j.state = 'running'),
       min(j.created_at) filter (where j.state = 'queued' and j.run_at <= sec.clock())
from jobs.job j where j.organisation_id = (select sec.current_organisation()) and j.state in ('queued', 'running')
    and {KNOWN}
"""  # noqa: S608  our own constants


ALARMS: Final = """
select a.kind, min(a.raised_at) from audit.alarms a
where a.organisation_id = (select sec.current_organisation()) and a.ended_at is null group by a.kind order by a.kind
"""
"""Not of which log: that one of them is refused is nobody's secret, and what each is about may be."""
UNSIGNED: Final = """
select min(split_part(l.entry, E'\\n', 2))::timestamptz from audit.leaves l
where l.organisation_id = (select sec.current_organisation()) and l.log = 'general' and l.index = (
    select coalesce(max(c.size), 0) from audit.checkpoints c
    where c.organisation_id = l.organisation_id and c.log = l.log)
"""
LATE: Final = timedelta(minutes=5)
"""The signer signs once a minute: whatever waits longer waits for a signer that is not there."""


CONTINUED: Final = """
select split_part(e.entry, E'\\n', 2)::timestamptz as at, d.fields from audit.logs l
join audit.objects o on o.organisation_id = l.organisation_id and o.kind = 'log' and o.id = l.id
join audit.documents d on d.organisation_id = l.organisation_id and d.kind = 'log' and d.id = l.id
join audit.leaves e on e.organisation_id = l.organisation_id and e.log = l.log and e.object = o.handle
    and split_part(e.entry, E'\\n', 3) = 'log.continued' and split_part(e.entry, E'\\n', 7) = d.version::text
where l.organisation_id = (select sec.current_organisation()) and l.log = 'general' order by d.version desc
"""


class Alarm(msgspec.Struct, frozen=True):
    """Why the log is not signed any more, and since when."""

    kind: Literal["log", "gone", "clock", "memory", "late"]
    since: datetime


class Continued(msgspec.Struct, frozen=True):
    """That the log went on after a restore, as two people declared it."""

    at: datetime
    declared_by: str
    agreed_by: str
    reason: str
    missing_from: int
    """How many entries the restored log had."""
    missing_until: int
    """How many were signed before."""


class Stopped(msgspec.Struct, frozen=True):
    """A job that was tried as often as its kind allows, and waits for a person."""

    id: UUID
    kind: str
    attempts: int
    fault: str
    stopped_at: datetime


class Queue(msgspec.Struct, frozen=True):
    """How much work there is."""

    waiting: int
    later: int
    """Reminders and the like, whose time has not come."""
    trying_again: int
    running: int
    oldest: datetime | None
    """Since when the oldest due job waits."""


async def list_alarms(work: Work) -> tuple[Alarm, ...]:
    """What the signer refuses; else, whether entries have waited for it too long."""
    work.require(Permission.OPERATIONS_READ)
    raised = tuple(Alarm(*row) for row in await work.driver.fetch(ALARMS))
    waiting: datetime | None = await work.driver.fetchval(UNSIGNED)
    late = waiting is not None and waiting < work.now() - LATE
    return raised or ((Alarm("late", waiting),) if waiting and late else ())


async def list_continued(work: Work) -> tuple[Continued, ...]:
    """Each time that the log went on after a restore, the latest first."""
    work.require(Permission.OPERATIONS_READ)
    rows = await work.driver.fetch(CONTINUED)
    return tuple(_continued(row["at"], json.loads(row["fields"])) for row in rows)


def _continued(at: datetime, fields: dict[str, list[str]]) -> Continued:
    """From what the log is bound to: {name: [JCS text, base64 salt]}."""
    said = {name: json.loads(value) for name, (value, _) in fields.items() if name in Continued.__struct_fields__}
    return Continued(at=at, **said)


async def list_stopped(work: Work) -> tuple[Stopped, ...]:
    """Up to fifty parked jobs, the latest first."""
    work.require(Permission.OPERATIONS_READ)
    return tuple(Stopped(*row) for row in await work.driver.fetch(STOPPED))


async def read_queue(work: Work) -> Queue:
    """The counts of unfinished jobs."""
    work.require(Permission.OPERATIONS_READ)
    [row] = await work.driver.fetch(WAITING)
    return Queue(*row)
