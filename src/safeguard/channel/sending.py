"""Sending: put a body into the outbox within one's own work; a worker seals, signs, numbers and carries it.

Until then it lies sealed with the organisation's own key. Numbers are given under the pair's lock, in the order in
which bodies were put, so what is written first arrives first, whichever worker takes it. Sealing, the log's entry and
the move into the other's inbox are one transaction: it happened, or it did not.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.audit.documents import Document
from safeguard.channel import bodies, envelopes
from safeguard.channel.bodies import Body
from safeguard.channel.envelopes import Place
from safeguard.channel.keys import others_keys, own_keys
from safeguard.errors import Unavailable
from safeguard.strongbox import sealing
from safeguard.work import LogName, Work

PUT: Final = """
insert into public.channel_outbox (organisation_id, id, other_id, subject_id, log, body, put_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6)
"""
BEGIN_PAIR: Final = """
insert into public.channel_pairs (organisation_id, other_id) values ((select sec.current_organisation()), $1)
on conflict do nothing
"""
LOCK_PAIR: Final = """
select sent, sent_hash, received, received_hash from public.channel_pairs
where organisation_id = (select sec.current_organisation()) and other_id = $1 for update
"""
WAITING: Final = """
select id, body, log from public.channel_outbox
where organisation_id = (select sec.current_organisation()) and other_id = $1 and delivered_at is null
    and envelope is null
order by put_at, id limit 200 for update
"""
SEALED: Final = """
update public.channel_outbox set body = null, sequence = $2, envelope = $3, hash = $4, expires_at = $5
where organisation_id = (select sec.current_organisation()) and id = $1
"""
SENT: Final = """
update public.channel_pairs set sent = $2, sent_hash = $3
where organisation_id = (select sec.current_organisation()) and other_id = $1
"""
GONE: Final = """
select exists (select from public.channel_pairs p
               where p.organisation_id = (select sec.current_organisation()) and p.other_id = $1)
    and not exists (select from public.name_correspondent($1))
"""
BATCH: Final = 200
"""How many go in one transaction."""
CARRY: Final = "select public.carry_envelopes($1)"


class NobodyThere(Unavailable):
    """The other organisation has no keys yet: it is tried again."""


class _Pair(msgspec.Struct, frozen=True):
    sent: Place
    received: Place


async def send(work: Work, other_id: UUID, body: Body, *, log: LogName = "general") -> UUID:
    """Let a body go to another organisation once this work commits; the id of its row in the outbox.

    `log` is where its journey is told: the restricted one for what is about a restricted incident.
    """
    (outbox_id,) = await send_all(work, other_id, (body,), log=log)
    return outbox_id


async def send_all(work: Work, other_id: UUID, said: Sequence[Body], *, log: LogName = "general") -> tuple[UUID, ...]:
    """Let bodies go in their order, as `send` does, put by one statement."""
    ids = tuple(sorted(clock.new_id() for _ in said))
    plain = [(bodies.encode(body), _about(outbox_id)) for outbox_id, body in zip(ids, said, strict=True)]
    sealed = await sealing.seal_all(work, plain)
    rows = zip(ids, (body.referral for body in said), sealed, strict=True)
    await work.driver.executemany(PUT, [(one, other_id, about, log, each, work.now()) for one, about, each in rows])
    work.ask("channel.carry", other_id)
    return ids


async def carry(work: Work, other_id: UUID) -> int:
    """Seal what waits for `other_id`, and carry it into their inbox; how many that were, up to `BATCH`."""
    pair = await lock_pair(work, other_id)
    if await _seal_waiting(work, other_id, pair.sent) == BATCH:
        work.ask("channel.carry", other_id)
    await work.enter("carry")
    carried = int(await work.driver.fetchval(CARRY, other_id) or 0)
    await work.enter("job")
    return carried


async def is_gone(work: Work, other_id: UUID) -> bool:
    """Whether that organisation, with which this one has exchanged something, was removed since."""
    return bool(await work.driver.fetchval(GONE, other_id))


async def lock_pair(work: Work, other_id: UUID) -> _Pair:
    """How far the two have got, held until the end of this work."""
    await work.driver.execute(BEGIN_PAIR, other_id)
    row = await work.driver.fetchrow(LOCK_PAIR, other_id)
    if row is None:
        raise RuntimeError("a pair was neither found nor made")
    return _Pair(Place(row["sent"], row["sent_hash"]), Place(row["received"], row["received_hash"]))


async def _seal_waiting(work: Work, other_id: UUID, last: Place) -> int:
    rows = await work.driver.fetch(WAITING, other_id)
    if not rows:
        return 0
    theirs, own = await others_keys(work, other_id), await own_keys(work)
    if not theirs and await is_gone(work, other_id):
        return 0  # nobody will ever open it: the page says that it was not delivered
    if not theirs:
        raise NobodyThere
    sealed: list[tuple[UUID, int, bytes, bytes | None, datetime]] = []
    opened = await sealing.unseal_all(work, [(row["body"], _about(row["id"])) for row in rows])
    for row, body in zip(rows, opened, strict=True):
        envelope = envelopes.make(body, own, other_id, theirs[0], last, work.now())
        last = Place(last.sequence + 1, envelopes.hash_of(envelope))
        sealed.append((row["id"], last.sequence, envelope, last.hash, work.now() + envelopes.LASTS))
        fields = {"hash": last.previous, "sequence": last.sequence}
        work.record("envelope.sent", row["id"], document=Document("envelope", row["id"], 1, fields), log=row["log"])
    await work.driver.executemany(SEALED, sealed)
    await work.driver.execute(SENT, other_id, last.sequence, last.hash)
    return len(rows)


def _about(outbox_id: UUID) -> str:
    return f"outgoing {outbox_id}"
