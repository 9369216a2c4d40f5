"""What is held against the record of somebody who is in an incident, shown beside it.

A statement of disagreement stands with the person, through every duplicate that was merged, and is of every record that
tells of them: whoever reads an incident reads it there, and it goes with the incident wherever that goes.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.people.twins import SAME
from safeguard.work import Work

OF_INCIDENT: Final = f"""
from public.incident_people n
cross join lateral ({SAME} select same.id from same) whole
join public.disagreements d on d.organisation_id = n.organisation_id and d.person_id = whole.id
where n.organisation_id = (select sec.current_organisation()) and n.incident_id = any ($1) and n.removed_at is null
    and n.person_id is not null
"""  # noqa: S608  our own constants
"""Of incidents: `n` is whoever is in one, `d` what is held against what is kept of them."""
READ: Final = f"""
select distinct d.written_at, d.id, n.name, d.by_name, d.words, d.answer, d.written_by_name {OF_INCIDENT}
order by d.written_at, d.id
"""


class Disagreement(msgspec.Struct, frozen=True):
    """What somebody holds against what is written of one person of an incident."""

    written_at: datetime
    id: UUID
    about: str
    """Whom it is about, as they are named in the incident."""
    by_name: str
    words: str
    answer: str
    written_by_name: str


async def list_disagreed(work: Work, incident_id: UUID) -> tuple[Disagreement, ...]:
    """For whoever may read the incident, the earliest first."""
    return tuple(Disagreement(*row) for row in await work.driver.fetch(READ, [incident_id]))
