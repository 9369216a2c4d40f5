"""Counting the figures of a span of days from incidents as they stand now, with the reader's own rights."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from safeguard.access.policy import Permission
from safeguard.registers.home.annex_a import AnnexA
from safeguard.work import Work

INCIDENTS: Final = """
select json_build_object('risk_areas', i.risk_areas, 'issue_types', i.issue_types, 'place', i.place,
    'danger_now', i.danger_now, 'people', (
        select coalesce(json_agg(json_build_object('role', p.role, 'kind', p.kind, 'connection', p.connection,
            'person_id', p.person_id) order by p.position), '[]')
        from public.incident_people p
        where p.organisation_id = i.organisation_id and p.incident_id = i.id and p.removed_at is null))::text
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.restricted_at is null
    and i.recorded_at >= $1 and i.recorded_at < $2
"""


async def count_annex_a(work: Work, from_on: date, until_on: date, zone: ZoneInfo) -> AnnexA:
    """The figures of these days, the last one included; restricted incidents are not among them, as in a pack."""
    work.require(Permission.INCIDENT_READ)
    figures = AnnexA()
    since, until = midnight(from_on, zone), midnight(until_on + timedelta(days=1), zone)
    for row in await work.driver.fetch(INCIDENTS, since, until):
        figures.take(_values(msgspec.json.decode(row[0])))
    return figures


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins where the organisation is."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _values(incident: dict[str, Any]) -> dict[str, Any]:
    """As a committed version names them."""
    people = enumerate(incident.pop("people"), start=1)
    return incident | {f"people.{n}.{name}": value for n, person in people for name, value in person.items()}
