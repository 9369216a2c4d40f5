"""`channel`: what a school says to the helpline, sealed, carried, opened, and its receipt verified.

By the service's own worker; the times are those that the rows tell, from the message's commit to the proof of its
delivery. One after another for the time that one takes. For how many there are in a second, a backlog lies in the
outbox, as after an hour in which no worker ran, and one more message sets it going: that is the channel's own work, and
not the pages' by which messages are written. How many come through when they are written over HTTP meanwhile is noted.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import median
from typing import Any
from uuid import UUID

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.cli.bench.measuring import Figure, Goal, bounded
from safeguard.cli.bench.packing import REPORT
from safeguard.cli.bench.scratch import Scratch
from safeguard.cli.bench.whole import PATIENCE, Whole, scratch_whole
from safeguard.database import pool
from safeguard.referrals.conversing import write
from safeguard.strongbox import masters
from safeguard.work import begin

P50 = 200.0
"""Milliseconds."""
A_SECOND = 200.0
AT_ONCE = 300
"""Written over HTTP."""
BACKLOG = 2_000
REFER = {
    "asked": ["mediation"], "question": "Please ask the platform to take the account down.", "urgency": "soon",
    "lawful_basis": "public_task", "condition": "safeguarding", "contact_name": "Sam Sample", "names_checked": True,
    "reason": "The account harms a member of staff, and the platform did not answer.",
}  # fmt: skip
COUNT = "select count(*) from channel_outbox where organisation_id = %s and delivered_at is not null"
DELIVERED = """
select extract(epoch from delivered_at - put_at) * 1000, extract(epoch from put_at), extract(epoch from delivered_at)
from channel_outbox where organisation_id = %s and delivered_at is not null order by put_at
"""


def channel(pairs: int) -> list[Figure]:
    """Milliseconds of one message, and how many are delivered in a second."""
    with scratch_whole() as service:
        service.organisation("desk", "helpline")
        school, token = service.organisation("school")
        incident = service.ask(token, "POST", "/api/v1/incidents", REPORT)["id"]
        referral = service.ask(token, "POST", f"/api/v1/incidents/{incident}/referrals", REFER)["id"]
        _delivered(school, 1)
        single = _one_by_one(service, school, token, referral, 5 * pairs)
        written = _many(service, school, token, referral)
        rate = _backlog(service, school, token, referral)
    return [
        Figure("channel", "a message to the helpline, until its receipt is verified", "ms", single,
               bounded(P50, single), Goal(1, "lower"), {"p50": median(single)}),
        Figure("channel-rate", f"{BACKLOG} messages that waited", "per second", [rate], [A_SECOND], Goal(1, "higher"),
               {"written over HTTP meanwhile": written}),
    ]  # fmt: skip


def _one_by_one(service: Whole, school: Scratch, token: str, referral: str, number: int) -> list[float]:
    before = len(_rows(school))
    for sent in range(1, number + 1):
        _say(service, token, referral, sent)
        _delivered(school, before + sent)
    return [float(row[0]) for row in _rows(school)[before:]]


def _backlog(service: Whole, school: Scratch, token: str, referral: str) -> float:
    """Delivered messages a second, once somebody comes for them."""
    before = _count(school)
    asyncio.run(_write(school, UUID(referral)))
    began = time.perf_counter()
    _say(service, token, referral, BACKLOG)
    delivered = _wait_for(school, before + BACKLOG + 1) - before
    return delivered / (time.perf_counter() - began)


async def _write(school: Scratch, referral_id: UUID) -> None:
    """Many messages by the verb that the page uses, in one transaction; nobody's bell is rung for them."""
    database = pool.Database(school.addresses.app, school.key, size=1, overflow=0)
    pool.use(database)
    masters.use(masters.Masters(school.data / "keys"))
    lead = Actor(ActorKind.PERSON, school.organisation_id, school.lead_id, frozenset({Role.LEAD}), "Sample Lead")
    try:
        async with begin(lead) as work:
            for number in range(BACKLOG):
                await write(work, referral_id, f"It has posted again ({number}).")
    finally:
        masters.use(None)
        pool.use(None)
        await database.close()


def _count(school: Scratch) -> int:
    with school.as_owner() as owner:
        row = owner.execute(COUNT, (school.organisation_id,)).fetchone()
        return int(row[0]) if row else 0


def _many(service: Whole, school: Scratch, token: str, referral: str) -> float:
    """Delivered messages a second, from the first that was written to the last receipt."""
    before = len(_rows(school))
    with ThreadPoolExecutor(16) as writers:
        list(writers.map(partial(_say, service, token, referral), range(AT_ONCE)))
    rows = _delivered(school, before + AT_ONCE)[before:]
    return AT_ONCE / (max(float(row[2]) for row in rows) - min(float(row[1]) for row in rows))


def _say(service: Whole, token: str, referral: str, number: int) -> None:
    service.ask(token, "POST", f"/api/v1/referrals/{referral}/messages", {"words": f"It has posted again ({number})."})


def _delivered(school: Scratch, number: int) -> list[Any]:
    """The rows, once so many are delivered."""
    _wait_for(school, number)
    return _rows(school)


def _wait_for(school: Scratch, number: int) -> int:
    """How many are delivered, once they are so many; a slow machine may take long, as long as something comes."""
    delivered, until = _count(school), time.monotonic() + PATIENCE
    while delivered < number:
        time.sleep(0.02)
        if (now := _count(school)) > delivered:
            delivered, until = now, time.monotonic() + PATIENCE
        elif time.monotonic() > until:
            raise RuntimeError(f"{delivered} of {number} were delivered, and nothing more for {PATIENCE} seconds")
    return delivered


def _rows(school: Scratch) -> list[Any]:
    with school.as_owner() as owner:
        return owner.execute(DELIVERED, (school.organisation_id,)).fetchall()
