"""What the notices page shows: one's own, the latest first, and how the mail that goes with each fared."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.notifications.rules import leads_to, said
from safeguard.work import Work

COLUMNS: Final = """
    n.id, n.event, n.subject_id, n.incident_id, n.created_at, n.read_at, i.reference, i.recorded_by, o.state, o.sent_at
from public.notices n
left join public.incidents i on i.organisation_id = n.organisation_id and i.id = n.incident_id
left join public.outbox o on o.organisation_id = n.organisation_id and o.notice_id = n.id
where n.organisation_id = (select sec.current_organisation()) and n.recipient_id = $1
"""
LIST: Final = f"""
select {COLUMNS} and (n.created_at, n.id) < (coalesce($2, 'infinity'::timestamptz), $3)
order by n.created_at desc, n.id desc limit $4
"""
FIND: Final = f"select {COLUMNS} and n.id = $2"
READ: Final = """
update public.notices set read_at = $2
where organisation_id = (select sec.current_organisation()) and recipient_id = $1 and read_at is null
"""
LAST_ID: Final = UUID("ffffffff-ffff-ffff-ffff-ffffffffffff")


class Row(msgspec.Struct, frozen=True):
    """A notice as it is kept."""

    id: UUID
    event: str
    subject_id: UUID
    incident_id: UUID | None
    created_at: datetime
    read_at: datetime | None
    reference: str | None
    recorded_by: UUID | None
    mail: str | None
    mailed_at: datetime | None


class Shown(msgspec.Struct, frozen=True):
    """A notice as its reader sees it."""

    id: UUID
    words: str
    href: str
    """Empty when it leads nowhere that the reader may go."""
    reference: str
    created_at: datetime
    is_read: bool
    mail: str
    """queued, sent, refused, stopped, kept; empty when none was posted"""
    mailed_at: datetime | None


IN_VAULT: Final = frozenset({"incident.onward", "incident.kept_to_one"})
"""What leads to the vault, whose readers alone are told of it."""


async def list_notices(work: Work, *, after: tuple[datetime, UUID] | None = None, limit: int = 25) -> tuple[Shown, ...]:
    """One's own notices, the latest first."""
    at, last = after or (None, LAST_ID)
    rows = await work.driver.fetch(LIST, work.actor.user_id, at, last, limit)
    return tuple(_shown(work, Row(*row)) for row in rows)


async def open_notice(work: Work, notice_id: UUID) -> Shown:
    """Mark one as read, and say where it leads; raises `NotFound` for somebody else's."""
    row = await work.driver.fetchrow(FIND, work.actor.user_id, notice_id)
    if row is None:
        raise NotFound
    await work.driver.execute(READ + " and id = $3", work.actor.user_id, work.now(), notice_id)
    return _shown(work, Row(*row))


async def read_all(work: Work) -> None:
    """Mark all of one's own as read."""
    await work.driver.execute(READ, work.actor.user_id, work.now())


def _shown(work: Work, row: Row) -> Shown:
    opens = (
        row.incident_id is None
        or work.may(Permission.INCIDENT_READ)
        or row.recorded_by == work.actor.user_id
        or row.event in IN_VAULT
    )
    return Shown(
        row.id, said(row.event), leads_to(row.event, row.subject_id, row.incident_id) if opens else "",
        row.reference or "" if opens else "", row.created_at, row.read_at is not None, row.mail or "", row.mailed_at,
    )  # fmt: skip
