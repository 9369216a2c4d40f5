"""Reading alerts: the list by state, what presses first and else the newest, and one of them."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.intake.alert import Alert, State
from safeguard.work import Work

_COLUMNS: Final = ", ".join(f"a.{name}" for name in Alert.__struct_fields__)

_MOST: Final = 100
_PRESSING: Final = """a.organisation_id = (select sec.current_organisation()) and a.state = 'new'
        and a.severity in ('high', 'urgent')"""
_FIRST: Final = f"""
        select a.id from public.alerts a where {_PRESSING}
        order by a.severity <> 'urgent', a.received_at, a.id limit {_MOST}"""  # noqa: S608  our own constants
"""Those that come before all others; of a flood of them the rest stands with the others, the latest first."""
LIST: Final = f"""
select row_to_json(r)::text from (
    select {_COLUMNS} from public.alerts a
    where a.organisation_id = (select sec.current_organisation()) and a.state = $1
        and ($2::timestamptz is null or (a.received_at, a.id) < ($2, $3))
        and (a.state <> 'new' or a.id not in ({_FIRST}))
    order by a.received_at desc, a.id desc limit $4) r
"""  # noqa: S608  our own constants
FIRST: Final = f"""
select row_to_json(r)::text from (
    select {_COLUMNS} from public.alerts a
    where {_PRESSING}
    order by a.severity <> 'urgent', a.received_at, a.id limit {_MOST}) r
"""  # noqa: S608  our own constants
PRESSING: Final = f"""
select count(*) from (select from public.alerts a where {_PRESSING} limit {_MOST}) a
"""  # noqa: S608  our own constants
COUNT: Final = """
select count(*) from (
    select from public.alerts a
    where a.organisation_id = (select sec.current_organisation()) and a.state = 'new' limit 100) a
"""
ONE: Final = f"""
select row_to_json(r)::text from (
    select {_COLUMNS} from public.alerts a
    where a.organisation_id = (select sec.current_organisation()) and a.id = $1) r
"""  # noqa: S608  our own constants
SOME: Final = f"""
select row_to_json(r)::text from (
    select {_COLUMNS} from public.alerts a
    where a.organisation_id = (select sec.current_organisation()) and a.id = any ($1)
    order by a.id for update) r
"""  # noqa: S608  our own constants

_decode = msgspec.json.Decoder(Alert).decode


async def list_alerts(work: Work, state: State, after: tuple[datetime, UUID] | None, limit: int) -> list[Alert]:
    """Alerts in this state, the latest received first; of those that wait without what `list_pressing` brings."""
    work.require(Permission.INCIDENT_TRIAGE)
    at, last = after or (None, None)
    return [_decode(row[0]) for row in await work.driver.fetch(LIST, state, at, last, limit)]


async def list_pressing(work: Work) -> list[Alert]:
    """Up to 100 that wait and that the product calls high or urgent: the urgent ones first, and then the oldest."""
    work.require(Permission.INCIDENT_TRIAGE)
    return [_decode(row[0]) for row in await work.driver.fetch(FIRST)]


async def count_pressing(work: Work) -> int:
    """How many of those wait; 100 means that many or more."""
    work.require(Permission.INCIDENT_TRIAGE)
    return int(await work.driver.fetchval(PRESSING) or 0)


async def count_new(work: Work) -> int:
    """How many nobody has settled; 100 means that many or more."""
    work.require(Permission.INCIDENT_TRIAGE)
    return int(await work.driver.fetchval(COUNT) or 0)


async def get_alert(work: Work, alert_id: UUID) -> Alert:
    """One alert; raises `NotFound`."""
    work.require(Permission.INCIDENT_TRIAGE)
    text = await work.driver.fetchval(ONE, alert_id)
    if text is None:
        raise NotFound
    return _decode(text)


async def lock_alerts(work: Work, ids: list[UUID]) -> list[Alert]:
    """These alerts, held until the work ends."""
    work.require(Permission.INCIDENT_TRIAGE)
    return [_decode(row[0]) for row in await work.driver.fetch(SOME, ids)]
