"""Who is at the other end: the helplines that can be written to, and whoever wrote here."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import msgspec

from safeguard.work import Work

HELPLINES: Final = "select id, name from public.list_helplines()"
CORRESPONDENT: Final = "select name, kind, nation from public.name_correspondent($1)"

REMOVED: Final = """
select w.id from unnest($1::uuid[]) w (id)
where not exists (select from public.list_helplines() h where h.id = w.id)
    and not exists (select from public.read_channel_keys(w.id))
"""


class Helpline(msgspec.Struct, frozen=True):
    """A helpline to which organisations of this service can refer."""

    id: UUID
    name: str


class Correspondent(msgspec.Struct, frozen=True):
    """An organisation that this one has exchanged envelopes with, as its keys prove: whatever a body says of it."""

    id: UUID
    name: str
    kind: str
    nation: str


async def list_helplines(work: Work) -> tuple[Helpline, ...]:
    """Every helpline that is open for work, this organisation itself excepted."""
    rows = await work.driver.fetch(HELPLINES)
    return tuple(Helpline(row["id"], row["name"]) for row in rows if row["id"] != work.organisation_id)


async def is_removed(work: Work, helpline_id: UUID) -> bool:
    """Whether that helpline was removed from the service: it is not open for work, and its keys went with it.

    One that is only suspended has its keys, and reads later what is written to it now.
    """
    return helpline_id in await removed_among(work, (helpline_id,))


async def removed_among(work: Work, helpline_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of them that were removed, asked for at once."""
    rows = await work.driver.fetch(REMOVED, list(set(helpline_ids)))
    return frozenset(row[0] for row in rows)


async def get_correspondent(work: Work, other_id: UUID) -> Correspondent:
    """Who that is; nameless for an organisation that this service does not know."""
    row = await work.driver.fetchrow(CORRESPONDENT, other_id)
    return Correspondent(other_id, *row) if row else Correspondent(other_id, "", "", "")
