"""Complaints with their answers, and disagreements that stand beside a record."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import Conflict, NotFound
from safeguard.people.queries import get_person
from safeguard.work import Work

OWN: Final = "organisation_id = (select sec.current_organisation())"
ADD_COMPLAINT: Final = """
insert into public.complaints (organisation_id, id, received_on, by_name, about, words, written_at, written_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7)
"""
COMPLAINTS: Final = f"""
select id, received_on, by_name, about, words, answer, upheld, answered_at, answered_by_name, version
from public.complaints where {OWN} and ($1::uuid is null or id = $1)
order by answered_at is not null, received_on desc, id limit 200
"""  # noqa: S608  our own constants
ANSWER: Final = f"""
update public.complaints set answer = $2, upheld = $3, answered_at = $4, answered_by_name = $5, version = version + 1
where {OWN} and id = $1 and answered_at is null
"""  # noqa: S608  our own constants
ADD_DISAGREEMENT: Final = """
insert into public.disagreements (organisation_id, id, person_id, by_name, words, answer, written_at, written_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7)
"""
DISAGREEMENTS: Final = f"""
select id, by_name, words, answer, written_at, written_by_name from public.disagreements
where {OWN} and person_id = $1 order by written_at, id
"""  # noqa: S608  our own constants
ABOUT: Final = {
    "data": "How personal data was kept or used",
    "access": "An answer to a request",
    "handling": "How something was handled",
    "other": "Something else",
}
UPHELD: Final = {"yes": "Upheld", "partly": "Partly upheld", "no": "Not upheld"}


class Complaint(msgspec.Struct, frozen=True):
    """One complaint."""

    id: UUID
    received_on: date
    by_name: str
    about: str
    words: str
    answer: str
    upheld: str | None
    answered_at: datetime | None
    answered_by_name: str
    version: int


class Disagreement(msgspec.Struct, frozen=True):
    """What somebody holds against a record about them."""

    id: UUID
    by_name: str
    words: str
    answer: str
    written_at: datetime
    written_by_name: str


async def receive_complaint(work: Work, received_on: date, by_name: str, about: str, words: str) -> UUID:
    """Write a complaint down."""
    work.require(Permission.RECORDS_MANAGE)
    made, actor = clock.new_id(), work.actor
    await work.driver.execute(ADD_COMPLAINT, made, received_on, by_name, about, words, work.now(), actor.name)
    fields: dict[str, JSONValue] = {"received_on": received_on.isoformat(), "by_name": by_name, "about": about,
                                    "words": words, "written_by_name": actor.name}  # fmt: skip
    work.record("complaint.received", made, document=Document("complaint", made, 1, fields))
    return made


async def answer_complaint(work: Work, complaint_id: UUID, answer: str, upheld: str) -> None:
    """Answer it, once; raises `NotFound`, `Conflict`."""
    complaint = (await list_complaints(work, complaint_id))[0]
    done = await work.driver.execute(ANSWER, complaint_id, answer, upheld, work.now(), work.actor.name)
    if done != "UPDATE 1":
        raise Conflict("This complaint was answered already.")
    fields: dict[str, JSONValue] = {"answer": answer, "upheld": upheld, "answered_by_name": work.actor.name}
    document = Document("complaint", complaint_id, complaint.version + 1, fields)
    work.record("complaint.answered", complaint_id, document=document)


async def list_complaints(work: Work, complaint_id: UUID | None = None) -> tuple[Complaint, ...]:
    """Those that wait first; or one of them, raises `NotFound`."""
    work.require(Permission.RECORDS_MANAGE)
    found = tuple(Complaint(*row) for row in await work.driver.fetch(COMPLAINTS, complaint_id))
    if complaint_id and not found:
        raise NotFound
    return found


async def write_disagreement(work: Work, person_id: UUID, by_name: str, words: str, answer: str) -> UUID:
    """Keep what somebody holds against a record; it is never changed. Raises `NotFound`."""
    work.require(Permission.RECORDS_MANAGE)
    await get_person(work, person_id)
    made, actor = clock.new_id(), work.actor
    await work.driver.execute(ADD_DISAGREEMENT, made, person_id, by_name, words, answer, work.now(), actor.name)
    fields: dict[str, JSONValue] = {"by_name": by_name, "words": words, "answer": answer, "written_by_name": actor.name}
    work.record("disagreement.written", made, document=Document("disagreement", made, 1, fields))
    return made


async def list_disagreements(work: Work, person_id: UUID) -> tuple[Disagreement, ...]:
    """What somebody holds against what is kept about them, the earliest first."""
    work.require(Permission.RECORDS_MANAGE)
    return tuple(Disagreement(*row) for row in await work.driver.fetch(DISAGREEMENTS, person_id))
