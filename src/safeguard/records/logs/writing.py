"""Complaints with their answers, breaches with their 72 hours, and disagreements that stand beside a record."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.people.queries import get_person
from safeguard.tenancy.effective import own_profile
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
ADD_BREACH: Final = """
insert into public.breaches (organisation_id, id, discovered_at, due_at, words, people_count, risk, measures,
    written_at, written_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
BREACHES: Final = f"""
select id, discovered_at, due_at, words, people_count, risk, measures, reported_at, report_reference, not_reported,
    told_at, version
from public.breaches where {OWN} and ($1::uuid is null or id = $1)
order by reported_at is not null or not_reported <> '', discovered_at desc, id limit 200
"""  # noqa: S608  our own constants
SETTLE: Final = f"""
update public.breaches set risk = $2, measures = $3, reported_at = $4, report_reference = $5, not_reported = $6,
    told_at = $7, version = version + 1
where {OWN} and id = $1
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
RISKS: Final = {
    "none": "Unlikely to harm anybody: it need not be reported",
    "some": "It might harm somebody: the Information Commissioner is told",
    "high": "It is likely to harm somebody badly: they are told too",
}
"""UK GDPR articles 33 and 34."""
HOURS: Final = 72


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


class Breach(msgspec.Struct, frozen=True):
    """One breach of personal data."""

    id: UUID
    discovered_at: datetime
    due_at: datetime
    words: str
    people_count: int | None
    risk: str
    measures: str
    reported_at: datetime | None
    report_reference: str
    not_reported: str
    told_at: datetime | None
    version: int

    @property
    def is_settled(self) -> bool:
        """Whether it was reported, or why not was written down."""
        return bool(self.reported_at or self.not_reported)


class Disagreement(msgspec.Struct, frozen=True):
    """What somebody holds against a record about them."""

    id: UUID
    by_name: str
    words: str
    answer: str
    written_at: datetime
    written_by_name: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What was done about a breach."""

    risk: str
    measures: str
    reported: bool
    report_reference: str
    not_reported: str
    told: bool


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


async def find_breach(
    work: Work, discovered_at: datetime, words: str, people_count: int | None, risk: str, measures: str
) -> UUID:
    """Write a breach down; its 72 hours run from when it was discovered. Raises `Invalid` for a time to come."""
    work.require(Permission.RECORDS_MANAGE)
    if discovered_at > work.now():
        raise Invalid(FieldError("discovered_on", "This is still to come. When was it discovered?"))
    limit = (await own_profile(work)).clocks["data_breach"]
    made, due_at = clock.new_id(), discovered_at + timedelta(hours=limit.value)
    await work.driver.execute(
        ADD_BREACH, made, discovered_at, due_at, words, people_count, risk, measures, work.now(), work.actor.name
    )
    fields: dict[str, JSONValue] = {"words": words, "risk": risk, "measures": measures, "by": work.actor.name}
    work.record("breach.found", made, document=Document("breach", made, 1, fields))
    return made


async def settle_breach(work: Work, breach_id: UUID, done: Settled) -> None:
    """What was done; raises `Invalid` when one who must be told is not, and nobody says why."""
    breach = (await list_breaches(work, breach_id))[0]
    if not done.reported and not done.not_reported and not breach.reported_at:
        raise Invalid(FieldError("not_reported", "Say why it is not reported, or tick that it was."))
    now = work.now()
    reported, told = (
        breach.reported_at or (now if done.reported else None),
        breach.told_at or (now if done.told else None),
    )
    await work.driver.execute(
        SETTLE, breach_id, done.risk, done.measures, reported, done.report_reference, done.not_reported, told
    )
    fields: dict[str, JSONValue] = {
        "risk": done.risk, "measures": done.measures, "report_reference": done.report_reference,
        "not_reported": done.not_reported, "reported": reported is not None, "told": told is not None,
        "by": work.actor.name,
    }  # fmt: skip
    work.record("breach.changed", breach_id, document=Document("breach", breach_id, breach.version + 1, fields))


async def list_breaches(work: Work, breach_id: UUID | None = None) -> tuple[Breach, ...]:
    """Those that wait first; or one of them, raises `NotFound`."""
    work.require(Permission.RECORDS_MANAGE)
    found = tuple(Breach(*row) for row in await work.driver.fetch(BREACHES, breach_id))
    if breach_id and not found:
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
