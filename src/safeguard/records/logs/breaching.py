"""Breaches of personal data, each with its 72 hours from when it was discovered (UK GDPR articles 33 and 34).

Every version that the log is told holds when it was discovered and by when it is reported: the beginning of a clock is
what somebody would change who was late.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.tenancy.calendars.counting import Limit
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.limits import Unit
from safeguard.work import Work

OWN: Final = "organisation_id = (select sec.current_organisation())"
ADD: Final = """
insert into public.breaches (organisation_id, id, discovered_at, due_at, words, people_count, risk, measures,
    written_at, written_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
READ: Final = f"""
select id, discovered_at, due_at, words, people_count, risk, measures, reported_at, report_reference, not_reported,
    told_at, not_told, version
from public.breaches where {OWN} and ($1::uuid is null or id = $1)
order by reported_at is not null or not_reported <> '', discovered_at desc, id limit 200
"""  # noqa: S608  our own constants
SETTLE: Final = f"""
update public.breaches set risk = $2, measures = $3, reported_at = $4, report_reference = $5, not_reported = $6,
    told_at = $7, not_told = $8, version = version + 1
where {OWN} and id = $1
"""  # noqa: S608  our own constants
RISKS: Final = {
    "none": "Unlikely to harm anybody: it need not be reported",
    "some": "It might harm somebody: the Information Commissioner is told",
    "high": "It is likely to harm somebody badly: they are told too",
}
"""UK GDPR articles 33 and 34."""
HOURS: Final = Limit(72, Unit.HOURS)
"""How its time is said; by when it is reported stands in each."""
DUE: Final = "notice.breach_due"
"""The job that looks whether its 72 hours are nearly over."""


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
    not_told: str
    version: int

    @property
    def is_settled(self) -> bool:
        """Whether it was reported, or why not was written down."""
        return bool(self.reported_at or self.not_reported)


@dataclass(frozen=True, slots=True)
class Settled:
    """What was done about a breach."""

    risk: str
    measures: str
    reported_at: datetime | None = None
    """When the Information Commissioner was told; None when they were not, or when that is known already."""
    report_reference: str = ""
    not_reported: str = ""
    told: bool = False
    """Whether the people whose data it is were told."""
    not_told: str = ""


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
        ADD, made, discovered_at, due_at, words, people_count, risk, measures, work.now(), work.actor.name
    )
    (found,) = await list_breaches(work, made)
    _tell(work, "breach.found", found)
    work.ask(DUE, made, key=str(made))
    return made


async def settle_breach(work: Work, breach_id: UUID, done: Settled) -> None:
    """What was done; raises `Invalid` when one who must be told is not and nobody says why, and for an impossible time.

    What was reported has a reference, and no reason for not reporting it beside it.

    Where harm is likely to be grave the people are told as well (article 34), or it says why they are not.
    """
    (breach,) = await list_breaches(work, breach_id)
    reported = breach.reported_at or done.reported_at
    told = breach.told_at or (work.now() if done.told else None)
    if errors := [*_wrong_report(breach, done, work.now()), *_wrong_telling(done, told)]:
        raise Invalid(*errors)
    await work.driver.execute(
        SETTLE, breach_id, done.risk, done.measures, reported, done.report_reference, done.not_reported, told,
        done.not_told,
    )  # fmt: skip
    (after,) = await list_breaches(work, breach_id)
    _tell(work, "breach.changed", after)


async def list_breaches(work: Work, breach_id: UUID | None = None) -> tuple[Breach, ...]:
    """Those that wait first; or one of them, raises `NotFound`."""
    work.require(Permission.RECORDS_MANAGE)
    found = tuple(Breach(*row) for row in await work.driver.fetch(READ, breach_id))
    if breach_id and not found:
        raise NotFound
    return found


def _wrong_report(breach: Breach, done: Settled, now: datetime) -> list[FieldError]:
    if (breach.reported_at or done.reported_at) and done.not_reported:
        return [FieldError("not_reported", "It was reported. Take this away, or write it under what you have done.")]
    if (breach.reported_at or done.reported_at) and not done.report_reference:
        said = "Give the reference of the report. Where they gave none, write who took it and how."
        return [FieldError("report_reference", said)]
    if breach.reported_at:
        return []
    if done.reported_at is None:
        said = "Say why it is not reported, or tick that it was."
        return [] if done.not_reported else [FieldError("not_reported", said)]
    if done.reported_at > now:
        return [FieldError("reported_on", "This is still to come. When was it reported?")]
    if done.reported_at < breach.discovered_at:
        return [FieldError("reported_on", "This is before it was discovered. When was it reported?")]
    return []


def _wrong_telling(done: Settled, told: datetime | None) -> list[FieldError]:
    if done.risk != "high" or told or done.not_told:
        return []
    return [FieldError("not_told", "They are likely to be harmed badly. Tick that they were told, or say why not.")]


def _tell(work: Work, event: str, breach: Breach) -> None:
    """Tell the log everything that is known of it in this version."""
    fields: dict[str, JSONValue] = {
        "discovered_at": breach.discovered_at.isoformat(), "due_at": breach.due_at.isoformat(), "words": breach.words,
        "people_count": breach.people_count, "risk": breach.risk, "measures": breach.measures,
        "reported_at": breach.reported_at.isoformat() if breach.reported_at else None,
        "report_reference": breach.report_reference, "not_reported": breach.not_reported,
        "told_at": breach.told_at.isoformat() if breach.told_at else None, "not_told": breach.not_told,
        "by": work.actor.name,
    }  # fmt: skip
    work.record(event, breach.id, document=Document("breach", breach.id, breach.version, fields))
