"""What is said on a referral from this side after it was sent: messages, taking it back, closing, going on."""

from typing import Any
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.channel.bodies import URLS, Body, Closed, Message, Reopened, Url, Withdrawn
from safeguard.channel.correspondents import is_removed
from safeguard.channel.sending import send
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.referrals.record import Referral, add_step, change, held, log_of
from safeguard.referrals.travelling import drop_waiting
from safeguard.work import Work

ENDED = "This referral has ended. Reopen it first, and then say what is new."
REMOVED = (
    "This helpline is no longer on this service: nobody would read this. Close the referral, and ring whom you need."
)
MANY = f"These are more addresses than one message carries. Send {URLS} now, and the others in the next."
OPEN = "This referral goes on: there is nothing to reopen."


class Nobody(Conflict):
    """The helpline was removed: what is written to it would never be read."""


async def write(work: Work, referral_id: UUID, words: str, urls: tuple[str, ...] = ()) -> Referral:
    """Say something to the helpline; raises `Conflict` once the referral has ended, `Nobody` for a removed helpline.

    Raises `Invalid` for more addresses than one message carries.
    """
    if len(urls) > URLS:
        raise Invalid(FieldError("urls", MANY))
    referral = await _held(work, referral_id, ended=False)
    await _refuse_removed(work, referral)
    body = Message(
        referral=referral.id, id=clock.new_request_id(), author=work.actor.name, words=words,
        urls=tuple(Url(url=url) for url in urls),
    )  # fmt: skip
    answered = {"state": "triaged"} if referral.state == "awaiting_referrer" else {}
    return await _say(work, referral, body, "referral.messaged", **answered)


async def withdraw(work: Work, referral_id: UUID, reason: str) -> Referral:
    """Take it back, with every file that has not left. What was sent is known there by then, and the page says so."""
    referral = await _held(work, referral_id, ended=False)
    body = Withdrawn(referral=referral.id, reason=reason)
    await drop_waiting(work, referral)
    return await _say(work, referral, body, "referral.withdrawn", state="withdrawn", closed_at=work.now())


async def close(
    work: Work, referral_id: UUID, outcome: str, words: str = "", helpful: int | None = None, feedback: str = ""
) -> Referral:
    """Close it, with what came of it. Closing what the helpline has just closed adds our outcome and feedback."""
    work.require(Permission.REFERRAL_MAKE)
    referral = await held(work, referral_id)
    if referral.state in {"withdrawn", "declined"}:
        raise Conflict(ENDED)
    body = Closed(referral=referral.id, outcome=outcome, words=words, helpful=helpful, feedback=feedback)
    return await _say(
        work, referral, body, "referral.closed",
        state="closed", closed_at=referral.closed_at or work.now(), outcome=outcome, helpful=helpful, feedback=feedback,
    )  # fmt: skip


async def reopen(work: Work, referral_id: UUID, reason: str) -> Referral:
    """Go on with what had ended; raises `Conflict` for one that has not, `Nobody` for a removed helpline."""
    referral = await _held(work, referral_id, ended=True)
    await _refuse_removed(work, referral)
    body = Reopened(referral=referral.id, reason=reason)
    return await _say(work, referral, body, "referral.reopened", state="submitted", closed_at=None)


async def _held(work: Work, referral_id: UUID, *, ended: bool) -> Referral:
    work.require(Permission.REFERRAL_MAKE)
    referral = await held(work, referral_id)
    if referral.ended != ended:
        raise Conflict(OPEN if ended else ENDED)
    return referral


async def _refuse_removed(work: Work, referral: Referral) -> None:
    if await is_removed(work, referral.helpline_id):
        raise Nobody(REMOVED)


async def _say(work: Work, referral: Referral, body: Body, event: str, **changed: Any) -> Referral:
    log = await log_of(work, referral.incident_id)
    after = await change(work, referral, **changed)
    outbox = await send(work, referral.helpline_id, body, log=log)
    await add_step(work, after, "out", body, event, author=work.actor.name, outbox=outbox)
    return after
