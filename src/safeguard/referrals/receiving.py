"""What the helpline says, as it arrives: kept as it came, and the state that follows from it.

Only the helpline that a referral went to may speak on it. Whatever arrives for a referral that has ended is still kept:
nothing that somebody wrote is lost because two closed at once. A state alone never opens what we ended, for it may have
been said before ours was heard there; that they opened it again does, unless we withdrew or opened it since, which the
count that comes with it tells.
"""

from typing import Any, Final
from uuid import UUID

from msgspec import UnsetType

from safeguard.channel import bodies
from safeguard.channel.bodies import Body, Closed, FileStands, Message, Reopened, Status, UrlStep
from safeguard.channel.correspondents import Correspondent
from safeguard.channel.dsse import Refused
from safeguard.errors import NotFound
from safeguard.referrals.record import Referral, add_step, change, held, log_of
from safeguard.referrals.travelling import hear_of_file
from safeguard.work import Work

LATER: Final = frozenset({"closed", "withdrawn"})
"""States that a helpline's status does not take back."""
TURNS: Final = """
select count(*) from public.referral_steps s
where s.organisation_id = (select sec.current_organisation()) and s.referral_id = $1 and s.direction = 'out'
    and s.kind in ('withdrawn', 'reopened')
"""


async def receive(work: Work, sender: Correspondent, body: Body) -> None:
    """Keep what the helpline said; raises `Refused` for what no helpline says, or not on this referral."""
    if not isinstance(body, bodies.FROM_HELPLINE):
        raise Refused("kind")
    referral = await _ours(work, sender, body.referral)
    await log_of(work, referral.incident_id)
    if isinstance(body, FileStands):
        await hear_of_file(work, referral, body)
        return
    changed = _changed(work, referral, body)
    if isinstance(body, Reopened) and await _opens(work, referral, body):
        changed = {"state": "triaged", "closed_at": None}
    after = await change(work, referral, **changed)
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


async def _opens(work: Work, referral: Referral, body: Reopened) -> bool:
    """Whether the helpline's word that it goes on is the latest one: it had heard of every turn of ours."""
    if not referral.ended:
        return False
    if isinstance(body.heard, UnsetType):
        return referral.state != "withdrawn"
    return body.heard >= (await work.driver.fetchval(TURNS, referral.id) or 0)


def _changed(work: Work, referral: Referral, body: Body) -> dict[str, Any]:
    """What of the referral follows from what was said."""
    match body:
        case Status() if referral.state not in LATER:
            ended = body.state == "declined"
            named = {"case_reference": body.case_reference} if body.case_reference else {}
            return {"state": body.state, "closed_at": work.now() if ended else None, **named}
        case Closed() if referral.state not in LATER:
            if body.outcome == "withdrawn":  # they told the helpline by another way that they take it back
                return {"state": "withdrawn", "closed_at": work.now()}
            return {"state": "closed", "closed_at": work.now(), "outcome": body.outcome}
        case Message(asks=True) if not referral.ended:
            return {"state": "awaiting_referrer"}
        case UrlStep() | _:
            return {}
