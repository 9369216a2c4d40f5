"""One's own accounts at providers: which are linked, and taking a link back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from safeguard.errors import NotFound
from safeguard.work import Work

LIST: Final = """
select c.id, c.label, c.issuer, a.last_used_at, a.subject is not null as is_linked,
    (select greatest(c.required_from, m.created_at) + interval '14 days' from memberships m
     where m.user_id = $1 and c.required_from is not null
         and not exists (select from sign_on_exemptions e where e.user_id = $1)) as password_until
from sign_on_connections c left join sign_on_accounts a on a.connection_id = c.id and a.user_id = $1
where c.state = 'open' order by c.made_at, c.id
"""
UNLINK: Final = "delete from sign_on_accounts where connection_id = $1 and user_id = $2 returning user_id"


@dataclass(frozen=True, slots=True)
class Linked:
    """A provider, and whether one's own account there is linked."""

    id: UUID
    label: str
    issuer: str
    last_used_at: datetime | None
    is_linked: bool
    password_until: datetime | None
    """Until when a password opens the door without it (`sec.needs_provider`); None where it goes on doing so."""


async def list_own(work: Work) -> tuple[Linked, ...]:
    """Every provider that is open here."""
    return tuple(Linked(**row) for row in await work.driver.fetch(LIST, work.actor.user_id))


async def unlink(work: Work, connection_id: UUID) -> None:
    """From now on that account lets nobody in; raises `NotFound` when it was not linked."""
    person = await work.driver.fetchval(UNLINK, connection_id, work.actor.user_id)
    if person is None:
        raise NotFound("That account is not linked.")
    work.record("sign_on.unlinked", person, kind="membership")
