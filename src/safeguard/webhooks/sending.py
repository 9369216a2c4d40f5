"""Sending one delivery: signed, with a moment, to a public address, without following anything.

    Safeguard-Signature: t=<seconds since 1970>,v1=<hex>[,v1=<hex>]

`v1` is HMAC-SHA-256, keyed with the webhook's secret, over `<t>.<body>`; there are two while a secret is being
replaced. The body's `id` stays the same however often it is sent, so that a program which keeps the ids it has seen
does nothing twice; the moment is new each time, so that it can refuse what is old. Anything but 2xx is tried again, for
half a day, then waits to be sent by hand.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.actors import system
from safeguard.intake.signing import sign
from safeguard.jobs.claiming import Job
from safeguard.jobs.kinds import kind_of
from safeguard.post import reaching
from safeguard.post.reaching import Unreachable
from safeguard.strongbox import sealing
from safeguard.web import looping
from safeguard.webhooks.hooking import ITSELF, about, is_our_own
from safeguard.work import Work, begin

HEADER: Final = "Safeguard-Signature"

FIND: Final = """
select d.webhook_id, d.event, d.subject_id, d.at, d.state, w.url, w.sealed_secret,
       case when w.earlier_until > $2 then w.earlier_secret end as earlier_secret,
       w.ended_at is null and m.state = 'active' as is_open
from webhook_deliveries d
join webhooks w on w.organisation_id = d.organisation_id and w.id = d.webhook_id
join memberships m on m.organisation_id = w.organisation_id and m.user_id = w.made_by
where d.id = $1
"""
SETTLE: Final = """
update webhook_deliveries set state = $2, attempts = attempts + 1, tried_at = $3, answer = $4 where id = $1
"""
OVER: Final = "Not sent: the webhook was ended, or whoever answered for it has left."


LOOP: Final = "Answered 508: the address leads back to Safeguard itself, by another name."


class NotTaken(Exception):
    """The address did not take it: it is tried again."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be sent, and where."""

    webhook_id: UUID
    event: str
    subject_id: UUID
    at: datetime
    state: str
    url: str
    sealed_secret: bytes
    earlier_secret: bytes | None
    is_open: bool


async def send_delivery(work: Work, job: Job) -> None:
    """Send the delivery that the job is about, unless that was done; raises `NotTaken`, to be tried again."""
    row = await work.driver.fetchrow(FIND, job.subject_id, work.now())
    if row is None or row["state"] != "waiting":
        return
    parcel = Parcel(**row)
    if not parcel.is_open:
        await work.driver.execute(SETTLE, job.subject_id, "failed", work.now(), OVER)
        return
    try:
        answer = await _post(work, job.subject_id, parcel)
    except (Unreachable, NotTaken) as refusal:
        await _note(job, str(refusal.args[0]), work.now())
        raise NotTaken(str(refusal.args[0])) from None
    await work.driver.execute(SETTLE, job.subject_id, "delivered", work.now(), answer)


def body_of(work: Work, delivery_id: UUID, parcel: Parcel) -> bytes:
    """What the address is told: ids, the event and when it was."""
    return msgspec.json.encode({
        "id": delivery_id, "event": parcel.event, "organisation": work.organisation_id,
        "subject": parcel.subject_id, "at": parcel.at,
    })  # fmt: skip


async def _post(work: Work, delivery_id: UUID, parcel: Parcel) -> str:
    """How it was answered; raises `NotTaken`, `Unreachable`."""
    if is_our_own(parcel.url):
        raise Unreachable(ITSELF)
    body, at = body_of(work, delivery_id, parcel), int(work.now().timestamp())
    signed = [f"v1={sign(secret, body, at)}" for secret in await _secrets(work, parcel)]
    headers = {"content-type": "application/json", HEADER: ",".join([f"t={at}", *signed])}
    status = await reaching.post(parcel.url, body, headers)
    if status == looping.STATUS:
        raise NotTaken(LOOP)
    if not 200 <= status < 300:
        raise NotTaken(f"Answered {status}")
    return f"Answered {status}"


async def _secrets(work: Work, parcel: Parcel) -> list[bytes]:
    sealed = [one for one in (parcel.sealed_secret, parcel.earlier_secret) if one]
    return [await sealing.unseal(work, one, about(parcel.webhook_id)) for one in sealed]


async def _note(job: Job, answer: str, at: datetime) -> None:
    """Keep how it went, in a transaction of its own: the job's is about to be undone."""
    over = job.attempts >= kind_of(job.kind).attempts
    async with begin(system(job.organisation_id)) as work:
        await work.driver.execute(SETTLE, job.subject_id, "failed" if over else "waiting", at, answer)
