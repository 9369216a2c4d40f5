"""Asking for a pack: of one incident, or of the incidents recorded in a period. A job makes it."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.evidence.packs.chapters import Chapter
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.saying import day
from safeguard.work import Work

LONGEST: Final = timedelta(days=3 * 366)
EARLIEST: Final = date(2000, 1, 1)

ASK: Final = """
insert into public.packs (organisation_id, id, kind, incident_id, from_on, until_on, title, disclosure, requested_at,
                          requested_by, requested_by_name, files)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, sec.clock(), $8, $9, $10)
"""


async def request_incident_pack(
    work: Work,
    chapter: Chapter,
    incident_id: UUID,
    disclosure: Disclosure = Disclosure.MINIMAL,
    *,
    files: bool = True,
) -> UUID:
    """Ask for a pack of one incident, with its attached files unless these are to stay; raises `NotFound`."""
    work.require(Permission.EVIDENCE_EXPORT)
    title = await chapter.title(work, incident_id)
    return await _ask(work, "incident", title, disclosure, files=files, incident_id=incident_id)


async def request_period_pack(
    work: Work,
    first: date | None,
    last: date | None,
    disclosure: Disclosure = Disclosure.COMPLETE,
    *,
    files: bool = False,
) -> UUID:
    """Ask for a pack of the incidents recorded from `first` to `last`, both included; raises `Invalid`.

    Their attached files are left out unless asked for: they are many, and the records name their digests.
    """
    work.require(Permission.EVIDENCE_EXPORT)
    if first is None or last is None:
        raise Invalid(*_missing(first, last))
    today = work.now().astimezone((await get_organisation(work)).zone).date()
    if errors := _wrong(first, last, today):
        raise Invalid(*errors)
    return await _ask(
        work, "period", f"Incidents, {_said(first, last)}", disclosure, files=files, first=first, last=last
    )


def _missing(first: date | None, last: date | None) -> list[FieldError]:
    asked = (("from", first, "Give the first day of the period."), ("to", last, "Give the last day of the period."))
    return [FieldError(name, sentence) for name, given, sentence in asked if given is None]


def _wrong(first: date, last: date, today: date) -> list[FieldError]:
    if last < first:
        return [FieldError("to", "The last day is before the first. Which days do you mean?")]
    if first < EARLIEST:
        return [FieldError("from", "Nothing was recorded here that long ago. From which day?")]
    if first > today:
        return [FieldError("from", "The first day is after today. From which day?")]
    if last - first > LONGEST:
        return [FieldError("to", "That is more than three years. Ask for a shorter period, and for another one.")]
    return []


def _said(first: date, last: date) -> str:
    return day(first) if first == last else f"{day(first)} to {day(last)}"


async def _ask(
    work: Work,
    kind: str,
    title: str,
    disclosure: Disclosure,
    *,
    files: bool,
    incident_id: UUID | None = None,
    first: date | None = None,
    last: date | None = None,
) -> UUID:
    pack_id = clock.new_id()
    actor = work.actor
    await work.driver.execute(
        ASK,
        pack_id,
        kind,
        incident_id,
        first,
        last,
        title,
        disclosure.value,
        actor.user_id,
        actor.name,
        files,
    )
    work.record("pack.requested", pack_id)
    work.ask("pack.make", pack_id, key=str(pack_id))
    return pack_id
