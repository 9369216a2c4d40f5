"""When somebody left, or died: the days that some periods of retention are counted from."""

from datetime import date
from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import FieldError, Invalid
from safeguard.people.queries import get_person
from safeguard.work import Work

SAY: Final = """
insert into public.record_dates as d (organisation_id, person_id, left_on, died_on, said_at, said_by, said_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6)
on conflict (organisation_id, person_id) do update set left_on = excluded.left_on, died_on = excluded.died_on,
    version = d.version + 1, said_at = excluded.said_at, said_by = excluded.said_by,
    said_by_name = excluded.said_by_name
returning version
"""
READ: Final = """
select d.left_on, d.died_on from public.record_dates d
where d.organisation_id = (select sec.current_organisation()) and d.person_id = $1
"""


async def say_dates(work: Work, person_id: UUID, left_on: date | None, died_on: date | None) -> None:
    """Write down when they left, or died; raises `NotFound`, `Invalid` for a day before they were born."""
    work.require(Permission.RECORDS_MANAGE)
    person = await get_person(work, person_id)
    errors = [
        FieldError(name, "That is before they were born. Look at both days again.")
        for name, day in (("left_on", left_on), ("died_on", died_on))
        if day and person.born_on and day < person.born_on
    ]
    if errors:
        raise Invalid(*errors)
    actor = work.actor
    version = await work.driver.fetchval(
        SAY, person_id, left_on, died_on, work.now(), actor.user_id, actor.name
    )  # fmt: skip
    fields: dict[str, JSONValue] = {
        name: day.isoformat() for name, day in (("left_on", left_on), ("died_on", died_on)) if day
    }
    work.record("dates.said", person_id, document=Document("dates", person_id, int(version or 1), fields))


async def read_dates(work: Work, person_id: UUID) -> tuple[date | None, date | None]:
    """When they left, and when they died, as far as somebody has said."""
    work.require(Permission.RECORDS_MANAGE)
    row = await work.driver.fetchrow(READ, person_id)
    return (row["left_on"], row["died_on"]) if row else (None, None)
