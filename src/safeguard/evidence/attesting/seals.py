"""What was attested of a pack, kept as it is made: a pack that is made again gets the same bytes, or the same fault.

What it is over stands beside it. A report that came out otherwise the second time, because the release changed between,
is signed anew.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from uuid import UUID

from safeguard.evidence.attesting.faults import Fault
from safeguard.evidence.attesting.talking import Answer
from safeguard.work import Work, begin

TIMESTAMP: Final = "tsa/checkpoint.tsr"

FIND: Final = """
select s.member, s.seal, s.fault, s.told from public.pack_seals s
where s.organisation_id = (select sec.current_organisation()) and s.pack_id = $1 and s.member = $2 and s.over = $3
"""
KEEP: Final = """
insert into public.pack_seals (organisation_id, pack_id, member, over, seal, fault, told, made_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, sec.clock())
on conflict (organisation_id, pack_id, member, over) do nothing
"""
LIST: Final = """
select distinct on (s.member) s.member, s.seal, s.fault, s.told from public.pack_seals s
where s.organisation_id = (select sec.current_organisation()) and s.pack_id = $1 order by s.member, s.made_at desc
"""


@dataclass(frozen=True, slots=True)
class Seal:
    """What somebody outside attested of one member, or why nobody did."""

    member: str
    content: bytes | None = field(repr=False)
    fault: Fault | None
    told: str
    """Whose it is, and the time where they state one."""

    @property
    def is_timestamp(self) -> bool:
        """Else it is a signature."""
        return self.member == TIMESTAMP


async def find(work: Work, pack_id: UUID, member: str, content: bytes) -> Seal | None:
    """What was attested of this very content before."""
    row = await work.driver.fetchrow(FIND, pack_id, member, sha256(content).digest())
    return _seal(row) if row else None


async def keep(work: Work, pack_id: UUID, member: str, content: bytes, answer: Answer) -> Seal:
    """Keep it for good, before it is used; of two who try at once, the first one's counts."""
    over = sha256(content).digest()
    async with begin(work.actor) as apart:
        await apart.driver.execute(KEEP, pack_id, member, over, answer.seal, answer.fault, answer.told)
        row = await apart.driver.fetchrow(FIND, pack_id, member, over)
    if row is None:
        raise RuntimeError("the seal was not kept")
    return _seal(row)


async def list_seals(work: Work, pack_id: UUID) -> tuple[Seal, ...]:
    """What others attested of this pack, the latest of each member."""
    return tuple(_seal(row) for row in await work.driver.fetch(LIST, pack_id))


def _seal(row: tuple[str, bytes | None, str | None, str]) -> Seal:
    member, content, fault, told = row
    return Seal(member, content, Fault(fault) if fault else None, told)
