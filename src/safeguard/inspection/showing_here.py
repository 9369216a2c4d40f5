"""Inspection mode: showing an inspector records on the lead's own screen, by the references that the inspector names.

The lead first says of what: all that they may open, or what was recorded in some days, or is about one kind of issue.
Within that, a reference opens the record as an inspector with an account would read it: as the log vouches for it,
without names and without any way to change it. Incidents that are kept from somebody are never among them, and named
they are answered like one that there is not: who reads over a shoulder must not learn of them. (The road not taken: the
lead's own page. It holds names, what is restricted, and a menu that leads to everything else.)
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.model import Case
from safeguard.inspection.live import MOST, Row, midnight, tell_case
from safeguard.work import Work

LIST: Final = """
select i.id, i.reference, i.recorded_at, i.state, i.risk, i.issue_types from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.restricted_at is null
    and ($1::timestamptz is null or i.recorded_at >= $1) and ($2::timestamptz is null or i.recorded_at < $2)
    and ($3 = '' or $3 = any (i.issue_types)) and ($4 = '' or i.reference = $4) and ($5::uuid is null or i.id = $5)
order by i.recorded_at desc, i.id desc limit $6 offset $7
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the inspector may name: recorded in these days, where there are any, and of this kind, if one is chosen."""

    first: date | None = None
    last: date | None = None
    """This day included."""
    issue: str = ""
    body: str = field(default="", compare=False)
    """Whose inspector it is: only told."""

    @property
    def query(self) -> str:
        """As the address of every page of it carries it."""
        scope = {"scope": "all"}
        if self.first is not None and self.last is not None:
            scope = {"scope": "days", "first": self.first.isoformat(), "last": self.last.isoformat()}
        return urlencode({"body": self.body, **scope, "issue": self.issue})

    @property
    def dated(self) -> bool:
        """Whether it is of some days."""
        return self.first is not None and self.last is not None


async def list_cases(work: Work, shown: Shown, skip: int = 0) -> tuple[Row, ...]:
    """Up to a hundred and one of them, the latest first."""
    return await _rows(work, shown, skip=skip)


async def find(work: Work, shown: Shown, reference: str) -> UUID | None:
    """The one of this reference among them, in our spelling; None where there is none or it is not among them."""
    rows = await _rows(work, shown, reference=reference) if reference else ()
    return rows[0].id if rows else None


async def show(work: Work, shown: Shown, incident_id: UUID) -> Case:
    """One of them, names withheld, and told to the log as shown; raises `NotFound` for any other."""
    if not await _rows(work, shown, incident_id=incident_id):
        raise NotFound
    case = await tell_case(work, incident_id)
    work.record("incident.shown", incident_id)
    return case


async def _rows(
    work: Work, shown: Shown, *, reference: str = "", incident_id: UUID | None = None, skip: int = 0
) -> tuple[Row, ...]:
    work.require(Permission.INSPECTION_MANAGE)
    zone = (await get_organisation(work)).zone
    since = midnight(shown.first, zone) if shown.first else None
    until = midnight(shown.last + timedelta(days=1), zone) if shown.last else None
    values = (since, until, shown.issue, reference, incident_id, MOST + 1, skip)
    return tuple(Row(*row) for row in await work.driver.fetch(LIST, *values))
