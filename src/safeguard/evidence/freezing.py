"""Freezing: the log size that a pack stands on is settled once, with its checkpoint, before anything is read.

In a transaction of its own, so that whoever makes the pack again after a crash finds it and makes the same bytes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from safeguard import __version__
from safeguard.evidence.queries import AskedPack, get_pack
from safeguard.evidence.sealing import CheckpointSigner
from safeguard.work import LogName, Work, begin

FREEZE: Final = """
update public.packs set origin = $2, log_size = $3, checkpoint = $4, vkey = $5, as_of = $6, release = $7
where organisation_id = (select sec.current_organisation()) and id = $1 and log_size is null
"""


@dataclass(frozen=True, slots=True)
class Frozen:
    """What the pack stands on."""

    origin: str
    size: int
    checkpoint: str
    as_of: datetime
    log: LogName = "general"


async def freeze(work: Work, pack: AskedPack, signer: CheckpointSigner) -> Frozen:
    """The frozen log of this pack; settled now if it never was. Of two who try, the first one's counts."""
    if pack.log_size is None:
        sealed = await signer.seal(work.organisation_id, pack.log)
        vkey = signer.signer_of(sealed.origin).vkey
        async with begin(work.actor) as apart:
            await apart.driver.execute(
                FREEZE, pack.id, sealed.origin, sealed.size, sealed.note, vkey, sealed.last_at, __version__
            )
            pack = await get_pack(apart, pack.id)
    if pack.origin is None or pack.log_size is None or pack.checkpoint is None or pack.as_of is None:
        raise RuntimeError("the pack was not frozen")
    return Frozen(pack.origin, pack.log_size, pack.checkpoint, pack.as_of, pack.log)
