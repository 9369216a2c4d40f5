"""What the helpline says, as it arrives: kept as it came, and the state that follows from it.

Only the helpline that a referral went to may speak on it. Whatever arrives for a referral that has ended is still kept:
nothing that somebody wrote is lost because two closed at once. A state alone never opens what we ended, for it may have
been said before ours was heard there; that they opened it again does, unless we ended or opened it since, which the
counts that come with it tell. In the same way what they closed before they heard that we opened it again stays open.
Where both ended it, each by another end, a withdrawal stands before all, and that they declined it before closing.
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
"""States that a helpline's closing does not take back."""
TURNS: Final = """
select count(*) filter (where s.kind in ('withdrawn', 'reopened')) as turns,
    count(*) filter (where s.kind = 'closed') as closings
from public.referral_steps s
where s.organisation_id = (select sec.current_organisation()) and s.referral_id = $1 and s.direction = 'out'
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
    late = isinstance(body, (Closed, Reopened, Status)) and await _was_said_before(work, referral, body)
    changed = _late(referral, body) if late else _changed(work, referral, body)
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


async def _was_said_before(work: Work, referral: Referral, body: Closed | Reopened | Status) -> bool:
    """Whether the helpline had not heard of our latest turn when it said that it ends, or goes on."""
    if isinstance(body, Status) and body.state != "declined":
        return False
    ours = await work.driver.fetchrow(TURNS, referral.id)
    if ours is None:
        raise RuntimeError("a count has one row")
    if isinstance(body.heard, UnsetType):
        return referral.state == "withdrawn" or (isinstance(body, Status) and referral.ended)
    if isinstance(body, Reopened) and not isinstance(body.closings, UnsetType) and body.closings < ours["closings"]:
        return True
    return body.heard < ours["turns"]


def _late(referral: Referral, body: Body) -> dict[str, Any]:
    """What we closed before we heard that they declined it stays closed, where they have gone on with it since."""
    return {"state": "closed"} if isinstance(body, Reopened) and referral.state == "declined" else {}


def _changed(work: Work, referral: Referral, body: Body) -> dict[str, Any]:
    """What of the referral follows from what was said."""
    match body:
        case Status(state="declined") if referral.state == "closed":  # both ended it at once
            return {"state": "declined"}
        case Reopened() if referral.ended:
            return {"state": "triaged", "closed_at": None}
        case Status() if not referral.ended:
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
