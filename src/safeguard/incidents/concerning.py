"""Concerning one person: which of the people of an incident an entry is about, with their name as it is now."""

from typing import Final
from uuid import UUID

from safeguard.errors import FieldError, Invalid
from safeguard.work import Work

PERSON: Final = """
select n.position, n.name from public.incident_people n
where n.organisation_id = (select sec.current_organisation()) and n.incident_id = $1 and n.id = $2
    and n.removed_at is null
"""


async def about_person(work: Work, incident_id: UUID, person_id: UUID | None) -> dict[str, object]:
    """What an entry keeps of the person whom it is about; raises `Invalid` for somebody not named in the incident."""
    if person_id is None:
        return {}
    person = await work.driver.fetchrow(PERSON, incident_id, person_id)
    if person is None:
        raise Invalid(FieldError("person_id", "Choose somebody who is named in this incident."))
    return {"person_id": person_id, "person_position": person["position"], "person_name": person["name"]}
