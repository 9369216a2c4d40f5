"""What one sees through the glass alone, in an emergency: to read, and never to write.

The database refuses every write of it, whatever the path (migrations/sql/25_restricting.sql). This is for saying so
before anything is typed: nobody else than who broke the glass is asked a question more.
"""

from typing import Final
from uuid import UUID

from safeguard.errors import OnlyRead
from safeguard.web import exchange
from safeguard.work import Work

INCIDENT: Final = """
select exists (
    select from public.incidents i
    where i.organisation_id = (select sec.current_organisation()) and i.id = $1
        and i.id = any (sec.only_read_incidents()))
"""
"""One that is kept from them for another reason too is not there at all, whatever they ask of it first."""
INCIDENTS: Final = "select unnest(sec.only_read_incidents())"
VAULT: Final = "select sec.only_reads_vault()"


async def only_reads(work: Work, incident_id: UUID) -> bool:
    """Whether the actor sees this incident in an emergency alone."""
    return _is_broken() and bool(await work.driver.fetchval(INCIDENT, incident_id))


async def list_only_read(work: Work) -> frozenset[UUID]:
    """All of those, for a list: its lines offer no change."""
    return frozenset(row[0] for row in await work.driver.fetch(INCIDENTS)) if _is_broken() else frozenset()


async def only_reads_vault(work: Work) -> bool:
    """Whether the actor reads concerns about staff in an emergency alone."""
    return _is_broken() and bool(await work.driver.fetchval(VAULT))


async def require_handling(work: Work, incident_id: UUID) -> None:
    """Raise `OnlyRead` before the form of a change that would be refused."""
    if await only_reads(work, incident_id):
        raise OnlyRead


async def require_keeping(work: Work) -> None:
    """The same of a concern about staff."""
    if await only_reads_vault(work):
        raise OnlyRead


def _is_broken() -> bool:
    viewer = exchange.current().viewer
    return viewer is not None and viewer.glass_until is not None
