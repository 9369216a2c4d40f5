"""Reading alerts: the list by state, what presses first and else the newest, and one of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.intake.alert import Alert, State
from safeguard.work import Work

_COLUMNS: Final = ", ".join(f"a.{name}" for name in Alert.__struct_fields__)

_PRESSING: Final = """a.organisation_id = (select sec.current_organisation()) and a.state = 'new'
        and a.severity in ('high', 'urgent')"""
Rank = Literal["urgent", "high", "rest"]
RANKS: Final[tuple[Rank, ...]] = ("urgent", "high", "rest")
"""In which order those that wait are shown: what a product calls urgent, then high, each the oldest first; then the
rest, the latest first, as of those that are settled."""


def _listed(which: str, sign: str, order: str) -> str:
    return f"""
select row_to_json(r)::text from (
    select {_COLUMNS} from public.alerts a
    where a.organisation_id = (select sec.current_organisation()) and a.state = $1 and {which}
        and ($2::timestamptz is null or (a.received_at, a.id) {sign} ($2, $3))
    order by a.received_at {order}, a.id {order} limit $4) r
"""  # noqa: S608  our own constants


LIST: Final = _listed("true", "<", "desc")
WAITING: Final[Mapping[Rank, str]] = {
    "urgent": _listed("a.severity = 'urgent'", ">", "asc"),
    "high": _listed("a.severity = 'high'", ">", "asc"),
    "rest": _listed("(a.severity is null or a.severity not in ('high', 'urgent'))", "<", "desc"),
}
PRESSING: Final = f"""
select count(*) from (select from public.alerts a where {_PRESSING} limit 100) a
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
    """Alerts in this state, the latest received first."""
    work.require(Permission.INCIDENT_TRIAGE)
    at, last = after or (None, None)
    return [_decode(row[0]) for row in await work.driver.fetch(LIST, state, at, last, limit)]


async def list_waiting(work: Work, rank: Rank, after: tuple[datetime, UUID] | None, limit: int) -> list[Alert]:
    """Alerts that wait, from this rank on and in it after that place: what presses most comes first (`RANKS`)."""
    work.require(Permission.INCIDENT_TRIAGE)
    found: list[Alert] = []
    for each in RANKS[RANKS.index(rank) :]:
        at, last = after or (None, None)
        rows = await work.driver.fetch(WAITING[each], "new", at, last, limit - len(found))
        found += [_decode(row[0]) for row in rows]
        if len(found) == limit:
            break
        after = None
    return found


def rank_of(alert: Alert) -> Rank:
    """Among which of those that wait it stands."""
    match alert.severity:
        case "urgent":
            return "urgent"
        case "high":
            return "high"
        case _:
            return "rest"


async def count_pressing(work: Work) -> int:
    """How many wait that a product calls high or urgent; 100 means that many or more."""
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
