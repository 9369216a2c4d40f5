"""When whom a low-level concern is about left: from then its period counts (KCSIE part four)."""

from datetime import date
from typing import Final
from uuid import UUID

from safeguard.audit.documents import Document
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.records.kinds.registry import VAULT, require_shelf
from safeguard.work import Work

SAY: Final = """
update public.concerns set subject_left_on = $2, subject_left_version = subject_left_version + 1
where organisation_id = (select sec.current_organisation()) and id = $1 returning subject_left_version
"""


async def say_left(work: Work, concern_id: UUID, left_on: date | None, today: date) -> None:
    """Write the day down, or take it back; raises `NotFound`, `Invalid` for a day to come."""
    await require_shelf(work, VAULT)
    if left_on and left_on > today:
        raise Invalid(FieldError("left_on", "This is still to come. Write it down when they have left."))
    version = await work.driver.fetchval(SAY, concern_id, left_on)
    if version is None:
        raise NotFound
    document = Document("dates", concern_id, int(version), {"left_on": left_on.isoformat()} if left_on else {})
    work.record("dates.said", concern_id, document=document, log="restricted")
