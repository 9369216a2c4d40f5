"""Counting everything anew, past the organisations: for the owner of the database, from the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

LOCK: Final = "lock table public.incidents, public.incident_people, public.entries in share row exclusive mode"
"""Readers go on; whoever writes waits, so that nothing is counted twice or not at all."""
COUNTED: Final = "select count(*) from public.incidents i where i.restricted_at is null"
MEND: Final = """
select m.organisation, o.slug, m.figure, m.was, m.now
from (
    select * from public.mend_incident_counts(null) union all select * from public.mend_involvement(null)
) m
join public.organisations o on o.id = m.organisation
order by o.slug, m.figure
"""


@dataclass(frozen=True, slots=True)
class Mended:
    """A figure that was wrong: what it was, and what it is."""

    organisation_id: UUID
    slug: str
    figure: str
    """`2026-11 platform tiktok`, `platform tiktok: 2026-11 risk high`, `2026/27 affected|2`."""
    was: int
    now: int


@dataclass(frozen=True, slots=True)
class Recounted:
    """How many incidents were counted, and what was mended."""

    incidents: int
    mended: Sequence[Mended]


async def rebuild(owner: asyncpg.Connection) -> Recounted:
    """Count every incident and whoever is involved again, of every organisation, and mend what is wrong."""
    async with owner.transaction():
        await owner.execute(LOCK)
        mended = [Mended(*row) for row in await owner.fetch(MEND)]
        return Recounted(int(await owner.fetchval(COUNTED) or 0), mended)
