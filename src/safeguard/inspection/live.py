"""Reading live: the incidents of the days that an inspector was given, as they stand now, without names.

They are told from what was committed to the log, as a pack tells them, and with the same names withheld. Restricted
incidents are never among them, and nothing can be changed from here: there is no verb.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from safeguard.errors import NotFound
from safeguard.evidence.collecting import read_case
from safeguard.evidence.packs.chapters import Scope
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.model import Case
from safeguard.incidents.chapter import IncidentTelling, bundles_of
from safeguard.incidents.controls import own_names
from safeguard.inspection.queries import Inspection
from safeguard.records.logs.chapter import TellingDisagreements, with_disagreements
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.report_forms.history import read_history
from safeguard.work import Work

MOST: Final = 100
LIST: Final = """
select i.id, i.reference, i.recorded_at, i.state, i.risk, i.issue_types from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.restricted_at is null
    and i.recorded_at >= $1 and i.recorded_at < $2 and ($3 = '' or i.reference = $3)
order by i.recorded_at desc, i.id desc limit $4 offset $5
"""
RESTRICTED: Final = """
select i.restricted_at is not null from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = $1
"""


class Row(msgspec.Struct, frozen=True):
    """An incident in the list: no words of it."""

    id: UUID
    reference: str
    recorded_at: datetime
    state: str
    risk: str
    issues: list[str]


async def list_live(work: Work, inspection: Inspection, reference: str, skip: int) -> tuple[Row, ...]:
    """Up to a hundred and one incidents within the scope, the latest first; raises `NotFound` where there is none."""
    since, until = await _span(work, inspection)
    rows = await work.driver.fetch(LIST, since, until, reference, MOST + 1, skip)
    return tuple(Row(*row) for row in rows)


async def read_live(work: Work, inspection: Inspection, incident_id: UUID) -> Case:
    """One of them; raises `NotFound` for any other."""
    return await tell_case(work, incident_id, *await _span(work, inspection))


async def tell_case(
    work: Work, incident_id: UUID, since: datetime | None = None, until: datetime | None = None
) -> Case:
    """One that was recorded between these and that the general log tells of, names withheld; raises `NotFound`."""
    zone = (await get_organisation(work)).zone
    for bundle in await with_disagreements(work, await bundles_of(work, Scope(incident_id, since, until))):
        if not await work.driver.fetchval(RESTRICTED, incident_id):
            profile = await own_profile(work)
            own, history = await own_names(work), await read_history(work, profile)
            telling = TellingDisagreements(IncidentTelling(profile, zone, history, own, in_pack=False))
            return await read_case(work, telling, bundle, redacted=True)
    raise NotFound


async def _span(work: Work, inspection: Inspection) -> tuple[datetime, datetime]:
    if inspection.live_from is None or inspection.live_until is None:
        raise NotFound
    zone = (await get_organisation(work)).zone
    return midnight(inspection.live_from, zone), midnight(inspection.live_until + timedelta(days=1), zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins there, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
