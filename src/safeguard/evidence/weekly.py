"""The weekly report of who looked at what, with the log's checkpoint, so that people hold one outside.

It tells of the entries since the report before, whatever the clock said: no entry can fall between two of them. The
figures are read from the log whenever the report is; only the two sizes and the checkpoint are kept.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.errors import NotFound
from safeguard.evidence.log_reading import READING
from safeguard.evidence.sealing import CheckpointSigner
from safeguard.evidence.verifying.notes import parse_key
from safeguard.work import Work, begin

AT_WORK: Final = "select id from public.list_organisations_at_work()"
LAST: Final = """
select coalesce(max(r.log_size), 0) from public.access_reports r
where r.organisation_id = (select sec.current_organisation())
"""
KEEP: Final = """
insert into public.access_reports (organisation_id, id, from_size, origin, log_size, checkpoint, vkey, made_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7)
on conflict (organisation_id, from_size) do nothing returning id
"""
COLUMNS: Final = "r.id, r.from_size, r.log_size, r.origin, r.checkpoint, r.vkey, r.made_at"
LIST: Final = f"""
select {COLUMNS} from public.access_reports r where r.organisation_id = (select sec.current_organisation())
order by r.made_at desc limit 110
"""  # noqa: S608  our own constants
READ: Final = f"""
select {COLUMNS} from public.access_reports r
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""  # noqa: S608  our own constants
WHO: Final = """
with acts as (
    select split_part(l.entry, E'\\n', 4) as actor, split_part(l.entry, E'\\n', 3) as event, l.object
    from audit.leaves l
    where l.organisation_id = (select sec.current_organisation()) and l.log = 'general' and l.index >= $1
        and l.index < $2
)
select coalesce(m.name, ''), a.user_id, count(*) filter (where c.event ~ $3), count(*) filter (where c.event !~ $3),
    count(*) filter (where c.event ~ $4),
    count(distinct c.object) filter (where c.event in ('incident.viewed', 'person.viewed'))
from acts c
left join audit.actors a
    on a.organisation_id = (select sec.current_organisation()) and a.handle = decode(c.actor, 'base64')
left join public.memberships m on m.organisation_id = a.organisation_id and m.user_id = a.user_id
group by 1, 2 order by 3 desc, 4 desc, 1 limit 500
"""
TAKEN: Final = r"\.(exported|downloaded)$"


class Report(msgspec.Struct, frozen=True):
    """One report: the entries from one size of the log to another."""

    id: UUID
    from_size: int
    log_size: int
    origin: str
    checkpoint: str
    vkey: str
    made_at: datetime

    @property
    def fingerprint(self) -> str:
        """Of the key that signed."""
        return parse_key(self.vkey).fingerprint


class Share(msgspec.Struct, frozen=True):
    """What one person did in that week."""

    who: str
    user_id: UUID | None
    reads: int
    changes: int
    taken: int
    """Lists, prints and packs that were taken out."""
    records: int
    """Different incidents and people whose records were read."""


async def ask_for_all(work: Work) -> int:
    """Ask for every organisation's report, by the schedule; how many that were. Safe to repeat within a week."""
    members = [row["id"] for row in await work.driver.fetch(AT_WORK)]
    week = work.now().strftime("%G-W%V")
    for member in members:
        async with begin(system(member)) as theirs:
            theirs.ask("access.report", member, key=week)
    return len(members)


async def make_report(work: Work, signer: CheckpointSigner) -> UUID | None:
    """Keep the checkpoint that stands now; None when nothing was logged since the report before."""
    start = int(await work.driver.fetchval(LAST) or 0)
    sealed = await signer.seal(work.organisation_id)
    report_id = clock.new_id()
    values = (start, sealed.origin, sealed.size, sealed.note, signer.signer_of(sealed.origin).vkey, work.now())
    if sealed.size <= start or await work.driver.fetchval(KEEP, report_id, *values) is None:
        return None
    fields = {"from_size": start, "log_size": sealed.size, "checkpoint": sealed.note}
    work.record("access_report.made", report_id, document=Document("access_report", report_id, 1, fields))
    return report_id


async def list_reports(work: Work) -> tuple[Report, ...]:
    """Up to two years of them, the latest first."""
    work.require(Permission.AUDIT_READ)
    return tuple(Report(*row) for row in await work.driver.fetch(LIST))


async def get_report(work: Work, report_id: UUID) -> Report:
    """One of them; raises `NotFound`."""
    work.require(Permission.AUDIT_READ)
    row = await work.driver.fetchrow(READ, report_id)
    if row is None:
        raise NotFound
    return Report(*row)


async def list_shares(work: Work, report: Report) -> tuple[Share, ...]:
    """Who did how much, the most reading first."""
    rows = await work.driver.fetch(WHO, report.from_size, report.log_size, READING, TAKEN)
    return tuple(Share(row[0] or ("Safeguard" if row[1] and row[1].int == 0 else ""), *row[1:]) for row in rows)
