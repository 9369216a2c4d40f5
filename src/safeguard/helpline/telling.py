"""Telling whoever referred a case what becomes of it: its state, and what was answered.

Only cases that came by the shared channel are told of. What arrived from the referrer is not said back to them, but
where the case stands after it is: both sides show the same. What is noted between practitioners stays here. Every step
of the addresses is told by `telling_steps`.
"""

from collections.abc import Sequence
from typing import Final, cast

from msgspec import UNSET

from safeguard import clock
from safeguard.channel import bodies
from safeguard.channel.bodies import POINTED, Closed, Message, Pointed, Reopened, Status
from safeguard.channel.sending import send
from safeguard.helpline.as_sent import turns_heard
from safeguard.helpline.case import Case
from safeguard.helpline.pointing import read_pointers
from safeguard.helpline.states import State
from safeguard.tenancy.profiles import profile_of
from safeguard.work import Work

BEFORE: Final = frozenset({State.DRAFT, State.SUBMITTED})
"""Where a case stands before anybody here has taken it up: there is nothing to tell."""
ENDS: Final = frozenset({State.CLOSED, State.WITHDRAWN})


async def tell_moved(work: Work, before: Case, case: Case, reason: str) -> None:
    """Say where the case stands now, and aloud that it was opened again: a state alone takes back no end."""
    told = case.referrer
    if told is None:
        return
    if before.ended and not case.ended:
        heard = await turns_heard(work, case.id)
        said = Reopened(referral=told.referral, reason=reason, heard=heard.turns, closings=heard.closings)
        await send(work, told.sender, said)
        return
    if case.state in ENDS:
        outcome = "withdrawn" if case.state is State.WITHDRAWN else case.ending
        heard = (await turns_heard(work, case.id)).turns
        await send(work, told.sender, Closed(referral=told.referral, outcome=outcome, words=reason, heard=heard))
        return
    await tell_state(work, case, reason)


async def tell_state(work: Work, case: Case, reason: str = "") -> None:
    """Say how a case stands that goes on, or was declined."""
    told = case.referrer
    if told is None or case.state in BEFORE:
        return
    state = cast("bodies.State", str(case.state))
    heard = (await turns_heard(work, case.id)).turns if case.state is State.DECLINED else UNSET
    said = Status(referral=told.referral, state=state, reason=reason, case_reference=case.reference, heard=heard)
    await send(work, told.sender, said)


async def tell_answered(work: Work, case: Case, words: str, guidance: Sequence[str] = ()) -> None:
    """Send an answer as it was written, with what it points to: names, and addresses as text."""
    told = case.referrer
    if told is None or not (words or guidance):
        return
    pointed = await _pointed(work, guidance) or UNSET
    said = Message(referral=told.referral, id=clock.new_request_id(), author="Helpline", words=words, pointed=pointed)
    await send(work, told.sender, said)


async def _pointed(work: Work, guidance: Sequence[str]) -> tuple[Pointed, ...]:
    if not guidance:
        return ()
    known = await read_pointers(work, profile_of("helpline"))
    chosen = (known[code] for code in guidance[:POINTED] if code in known)
    return tuple(Pointed(title=each.name, links=tuple(link.words for link in each.links[:POINTED])) for each in chosen)
