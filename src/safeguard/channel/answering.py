"""Answering: once an envelope stands in our log, a signed receipt goes back that shows where it stands.

The log is sealed first, so that the receipt leads to a checkpoint that was signed; one checkpoint and one transaction
serve every envelope of the pair that waits for its receipt.
"""

import json
from base64 import b64decode
from collections.abc import Sequence
from typing import Any, Final, cast
from uuid import UUID

from safeguard.channel import receipts
from safeguard.channel.keys import own_keys
from safeguard.channel.proving import prove
from safeguard.channel.receipts import Proven, Verdict
from safeguard.evidence.sealing import CheckpointSigner, Sealed
from safeguard.work import Work

BATCH: Final = 200
"""How many are answered in one transaction."""

UNANSWERED: Final = """
select i.id, i.hash, i.state, i.fault, i.opened_at, l.log, l.index, l.entry, d.fields, d.salt
from public.channel_inbox i
join audit.objects o on o.organisation_id = i.organisation_id and o.kind = 'envelope' and o.id = i.id
join audit.leaves l on l.organisation_id = i.organisation_id and l.object = o.handle
join audit.documents d
    on d.organisation_id = i.organisation_id and d.kind = 'envelope' and d.id = i.id and d.version = 1
where i.organisation_id = (select sec.current_organisation()) and i.other_id = $1 and i.answered_at is null
    and i.sequence is not null and l.entry like '%envelope.re%'
order by i.sequence limit 200 for update of i skip locked
"""
"""Held until they are answered: what another worker is answering already is left to it."""
CARRY: Final = "select public.carry_receipts($1, $2)"
ANSWERED: Final = """
update public.channel_inbox set answered_at = $2
where organisation_id = (select sec.current_organisation()) and id = any ($1::uuid[])
"""


async def answer(work: Work, other_id: UUID, signer: CheckpointSigner) -> int:
    """Send a receipt for every envelope from `other_id` that was received; how many that were, up to `BATCH`."""
    rows = await work.driver.fetch(UNANSWERED, other_id)
    if not rows:
        return 0
    own, made = await own_keys(work), list[bytes]()
    for log in sorted({row["log"] for row in rows}):
        sealed = await signer.seal(work.organisation_id, log)
        there = [row for row in rows if row["log"] == log]
        proofs = await prove(work, log, sealed, {row["index"]: row["entry"] for row in there})
        for row in there:
            proven = _proven(row, proofs[row["index"]], sealed)
            verdict = cast("Verdict", row["state"])
            made.append(
                receipts.make(row["hash"], verdict, row["fault"], row["opened_at"], proven, own.signing, own.id)
            )
    await _leave(work, other_id, [row["id"] for row in rows], made)
    return len(rows)


async def _leave(work: Work, other_id: UUID, answered: list[UUID], made: list[bytes]) -> None:
    await work.enter("carry")
    await work.driver.execute(CARRY, other_id, made)
    await work.enter("job")
    await work.driver.execute(ANSWERED, answered, work.now())
    if len(answered) == BATCH:
        work.ask("channel.answer", other_id)


def _proven(row: Any, proof: Sequence[bytes], sealed: Sealed) -> Proven:
    stored: dict[str, list[str]] = json.loads(row["fields"])
    fields = {name: (value, salt) for name, (value, salt) in stored.items()}
    for _, salt in fields.values():
        b64decode(salt, validate=True)
    return Proven(row["entry"], fields, row["salt"], row["index"], tuple(proof), sealed.note)
