"""No file goes, because: a choice with its reason, instead of a limit that runs for ever.

Not every child who leaves goes to a place that must have the file. Whoever sees to records says so, in the words that
an inspector will read; the log keeps it, the limit ends, and taking it back lets it run again from the day they left.
It is said of that one leaving: when the day is changed, the question is asked again.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.people.queries import get_person
from safeguard.transfers.wording import STAYS
from safeguard.work import Work

Why = Literal["no_next", "unknown", "not_theirs", "went_already", "other"]
LONGEST: Final = 2_000

SAY: Final = """
update public.record_dates d set stays = $2, stays_because = $3, stays_for = d.left_on, stays_at = $4,
    stays_by_name = $5, version = d.version + 1
where d.organisation_id = (select sec.current_organisation()) and d.person_id = $1 and d.left_on is not null
returning d.version, d.left_on, d.died_on
"""
UNDO: Final = """
update public.record_dates d set stays = null, stays_because = '', stays_for = null, stays_at = null,
    stays_by_name = '', version = d.version + 1
where d.organisation_id = (select sec.current_organisation()) and d.person_id = $1 and d.stays is not null
returning d.version, d.left_on, d.died_on
"""
READ: Final = """
select d.stays, d.stays_because, d.stays_at, d.stays_by_name from public.record_dates d
where d.organisation_id = (select sec.current_organisation()) and d.person_id = $1 and d.stays_for = d.left_on
"""
LEFT: Final = """
select d.left_on from public.record_dates d
where d.organisation_id = (select sec.current_organisation()) and d.person_id = $1
"""


class Stays(msgspec.Struct, frozen=True):
    """What was said instead of sending it."""

    why: Why
    because: str
    said_at: datetime
    said_by: str


async def say_it_stays(work: Work, person_id: UUID, why: str, because: str) -> None:
    """No file of theirs goes; raises `NotFound`, `Invalid`, and `Conflict` while nobody said that they left."""
    work.require(Permission.RECORDS_MANAGE)
    person = await get_person(work, person_id)
    words = because.strip()
    if errors := _wrong(why, words):
        raise Invalid(*errors)
    row = await work.driver.fetchrow(SAY, person.id, why, words, work.now(), work.actor.name)
    if row is None:
        raise Conflict("Nobody has said when they left. Write that down first: the file stays until then anyway.")
    _tell(work, "file.stays", person_id, row, {"stays": why, "stays_because": words})


async def take_it_back(work: Work, person_id: UUID) -> None:
    """Their file is to go after all; raises `NotFound`, and `Conflict` when nobody said otherwise."""
    work.require(Permission.RECORDS_MANAGE)
    person = await get_person(work, person_id)
    row = await work.driver.fetchrow(UNDO, person.id)
    if row is None:
        raise Conflict("Nobody has said that no file goes, so there is nothing to take back.")
    _tell(work, "file.goes", person_id, row, {})


async def find_stays(work: Work, person_id: UUID) -> Stays | None:
    """What was said of their leaving, if anything."""
    work.require(Permission.RECORDS_MANAGE)
    row = await work.driver.fetchrow(READ, person_id)
    return Stays(*row) if row else None


async def find_left(work: Work, person_id: UUID) -> date | None:
    """When they left, as far as somebody said."""
    work.require(Permission.RECORDS_MANAGE)
    return await work.driver.fetchval(LEFT, person_id)


def _wrong(why: str, words: str) -> list[FieldError]:
    errors = [] if why in STAYS else [FieldError("stays", "Choose why no file goes.")]
    if not words:
        errors.append(FieldError("because", "Say it in a sentence: whoever inspects the record reads it."))
    elif len(words) > LONGEST:
        errors.append(FieldError("because", f"The most is {LONGEST:,} characters."))
    return errors


def _tell(work: Work, event: str, person_id: UUID, row: Mapping[str, object], said: dict[str, JSONValue]) -> None:
    days = {name: day.isoformat() for name in ("left_on", "died_on") if isinstance(day := row[name], date)}
    work.record(event, person_id, document=Document("dates", person_id, int(str(row["version"])), {**days, **said}))
