"""What the helpline says, as it arrives: kept as it came, and the state that follows from it.

Only the helpline that a referral went to may speak on it. Whatever arrives for a referral that has ended is still kept:
nothing that somebody wrote is lost because two closed at once.
"""

from typing import Any, Final
from uuid import UUID

from safeguard.channel import bodies
from safeguard.channel.bodies import Body, Closed, FileStands, Message, Status, UrlStep
from safeguard.channel.correspondents import Correspondent
from safeguard.channel.dsse import Refused
from safeguard.errors import NotFound
from safeguard.referrals.record import Referral, add_step, change, held, log_of
from safeguard.referrals.travelling import hear_of_file
from safeguard.work import Work

LATER: Final = frozenset({"closed", "withdrawn"})
"""States that a helpline's status does not take back."""


async def receive(work: Work, sender: Correspondent, body: Body) -> None:
    """Keep what the helpline said; raises `Refused` for what no helpline says, or not on this referral."""
    if not isinstance(body, bodies.FROM_HELPLINE):
        raise Refused("kind")
    referral = await _ours(work, sender, body.referral)
    await log_of(work, referral.incident_id)
    if isinstance(body, FileStands):
        await hear_of_file(work, referral, body)
        return
    after = await change(work, referral, **_changed(work, referral, body))
    author = body.author if isinstance(body, Message) else referral.helpline_name
    await add_step(work, after, "in", body, "referral.answered", author=author, outbox=None)


async def _ours(work: Work, sender: Correspondent, referral_id: UUID) -> Referral:
    try:
        referral = await held(work, referral_id)
    except NotFound:
        raise Refused("referral") from None
    if referral.helpline_id != sender.id:
        raise Refused("referral")
    return referral


def _changed(work: Work, referral: Referral, body: Body) -> dict[str, Any]:
    """What of the referral follows from what was said."""
    match body:
        case Status() if referral.state not in LATER:
            ended = body.state == "declined"
            named = {"case_reference": body.case_reference} if body.case_reference else {}
            return {"state": body.state, "closed_at": work.now() if ended else None, **named}
        case Closed() if referral.state not in LATER:
            return {"state": "closed", "closed_at": work.now(), "outcome": body.outcome}
        case Message(asks=True) if not referral.ended:
            return {"state": "awaiting_referrer"}
        case UrlStep() | _:
            return {}
