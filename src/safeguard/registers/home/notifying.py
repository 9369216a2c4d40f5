"""Regulation 40: what was notified, when, to whom, and what was judged not to be notifiable and why.

It is written once, in the incident: a contact with the inspectorate, or a decision about telling it and its reason. The
register reads those, so that nobody keeps a second list. Beside them stand incidents of which nothing is said yet and
which look as if they could be notifiable; a person judges that, and a prompt is all that this is.
"""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.tenancy.limits import Clock
from safeguard.work import Work

CLOCK: Final = "ofsted_notification"
"""The clock of the profile that says of which incidents the inspectorate may have to hear."""
REGULATORS: Final = ("ofsted", "regulator")
"""Codes of contacts that are the inspectorate."""
MOST: Final = 200
IS_TOLD: Final = """
e.kind in ('contact', 'decision') and (e.contact = any ($1) or e.contact = 'other' and e.contact_name ilike '%ofsted%')
and (e.kind = 'contact' or e.referral is not null)
and not exists (select from public.entries l
    where l.organisation_id = e.organisation_id and l.supersedes_id = e.id)
"""
TOLD: Final = f"""
select json_build_object('entry_id', e.id, 'incident_id', i.id, 'reference', i.reference,
    'known_at', coalesce(i.discovered_at, i.recorded_at), 'issues', i.issue_types,
    'state', case when e.kind = 'contact' then 'told' else e.referral end,
    'at', coalesce(e.took_place_at, e.written_at),
    'whom', e.contact_name, 'their_reference', e.contact_reference, 'words', e.words, 'reason', e.reason,
    'by', e.author_name)::text
from public.entries e
join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id
where e.organisation_id = (select sec.current_organisation()) and e.written_at >= $2 and e.written_at < $3 and {IS_TOLD}
order by e.written_at desc, e.id desc limit $4
"""  # noqa: S608  our own constants
UNSAID: Final = f"""
select json_build_object('incident_id', i.id, 'reference', i.reference,
    'known_at', coalesce(i.discovered_at, i.recorded_at), 'issues', i.issue_types)::text
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.recorded_at >= $2 and i.recorded_at < $3
    and i.imported_at is null
    and (i.risk = any ($4) or i.issue_types && $5 or i.risk_areas && $6 or $7 and exists (
        select from public.incident_people p
        where p.organisation_id = i.organisation_id and p.incident_id = i.id and p.removed_at is null
            and p.role = 'alleged' and p.connection = 'staff'))
    and exists (
        select from public.incident_people p
        where p.organisation_id = i.organisation_id and p.incident_id = i.id and p.removed_at is null
            and p.role = 'affected' and (p.connection is null or p.connection = any ($8)))
    and not exists (
        select from public.entries e
        where e.organisation_id = i.organisation_id and e.incident_id = i.id and {IS_TOLD})
order by i.recorded_at desc, i.id desc limit {MOST}
"""  # noqa: S608  our own constants
OBJECTS: Final = f"""
select e.id from public.entries e
join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id and i.restricted_at is null
where e.organisation_id = (select sec.current_organisation())
    and ($2::timestamptz is null or e.written_at >= $2) and ($3::timestamptz is null or e.written_at < $3) and {IS_TOLD}
order by e.written_at, e.id
"""  # noqa: S608  our own constants
REFERENCES: Final = f"""
select distinct i.id, i.reference from public.entries e
join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id
where e.organisation_id = (select sec.current_organisation()) and {IS_TOLD}
"""  # noqa: S608  our own constants


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """The inspectorate was told of an incident, or somebody decided whether it has to be."""

    entry_id: UUID
    incident_id: UUID
    reference: str
    known_at: datetime
    issues: tuple[str, ...]
    state: Literal["told", "made", "not_made"]
    """Told; it was decided to tell; it was decided that this is not needed."""
    at: datetime
    whom: str
    their_reference: str
    words: str
    reason: str
    by: str


class Unsaid(msgspec.Struct, frozen=True):
    """An incident that looks notifiable, of which nothing is said yet."""

    incident_id: UUID
    reference: str
    known_at: datetime
    issues: tuple[str, ...]


async def list_notifications(
    work: Work, since: datetime, until: datetime, most: int = MOST
) -> tuple[Notification, ...]:  # fmt: skip
    """What was told and decided in this time, the latest first, as far as the reader may know of it."""
    work.require(Permission.INCIDENT_READ)
    rows = await work.driver.fetch(TOLD, list(REGULATORS), since, until, most)
    return tuple(msgspec.json.decode(row[0], type=Notification) for row in rows)


async def list_unsaid(work: Work, clock: Clock, since: datetime, until: datetime) -> tuple[Unsaid, ...]:
    """Incidents of this time that look as the clock's profile says: somebody should look at them."""
    work.require(Permission.INCIDENT_READ)
    begins = clock.begins
    rows = await work.driver.fetch(
        UNSAID, list(REGULATORS), since, until, list(begins.risks), list(begins.issues), list(begins.risk_areas),
        begins.staff, [*begins.connections, "unknown"],
    )  # fmt: skip
    return tuple(msgspec.json.decode(row[0], type=Unsaid) for row in rows)
