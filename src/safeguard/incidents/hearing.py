"""Whoever reported it by the public page wrote again: that waits in triage until somebody says that they read it.

A closed incident, one that somebody handles who is away, one of low risk: whichever it is, the words may be of today.
Since when they wait is kept with the incident (`heard_at`, written by `public.hear_again`), so that the inbox and the
home page find them along an index of their own. An answer says that it was read, as of a new report; so does one press.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.incidents.changing import held
from safeguard.incidents.needs import Need, for_heard
from safeguard.work import Work

MOST: Final = 99
HEARD: Final = """
select i.heard_at, i.heard_urgent from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = $1 and i.heard_at is not null
"""
WAITING: Final = """
select i.id, i.reference, i.risk, i.heard_at, i.heard_urgent, (
    select left(e.words, 90) from public.entries e
    where e.organisation_id = i.organisation_id and e.incident_id = i.id and e.kind = 'message' and e.author_id is null
    order by e.written_at desc, e.id desc limit 1) as words
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.heard_at is not null
order by i.heard_at, i.id
limit $1
"""
READ: Final = """
update public.incidents i set heard_at = null, heard_urgent = false
where i.organisation_id = (select sec.current_organisation()) and i.id = $1 and i.heard_at is not null
    and not exists (
        select from public.entries e
        where e.organisation_id = i.organisation_id and e.incident_id = i.id and e.kind = 'message'
            and e.author_id is null and e.written_at > $2)
returning true
"""
"""What came after the page was shown has not been read: it waits on."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Words that nobody has read yet."""

    since: datetime
    urgent: bool
    """Whether they, or earlier ones that nobody read either, say that somebody may be in danger."""


async def find_heard(work: Work, incident_id: UUID) -> Heard | None:
    """Whether words of whoever reported this incident wait to be read."""
    row = await work.driver.fetchrow(HEARD, incident_id)
    return Heard(*row) if row else None


async def list_heard(work: Work) -> list[tuple[bool, Need]]:
    """Lines for the home page, whether each is urgent beside it; the one that has waited longest first."""
    rows = await work.driver.fetch(WAITING, MOST)
    return [(row["heard_urgent"], for_heard(row, work.now())) for row in rows]


async def say_read(work: Work, incident_id: UUID, seen: datetime) -> bool:
    """Somebody read what was written up to `seen`; says whether nothing waits any more. Raises `NotFound`.

    A closed incident stays closed: whoever reads decides whether to reopen it.
    """
    work.require(Permission.INCIDENT_FOLLOW_UP)
    await held(work, incident_id)
    if not await work.driver.fetchval(READ, incident_id, seen):
        return await find_heard(work, incident_id) is None
    work.record("incident.heard", incident_id)
    return True
