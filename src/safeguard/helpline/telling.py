"""Telling whoever referred a case what becomes of it: its state, what was answered, every step of its addresses.

Only cases that came by the shared channel are told of, and only what somebody at the desk did: what arrived from the
referrer is not said back to them. What is noted between practitioners stays here.
"""

from collections.abc import Sequence
from typing import Final, cast
from uuid import UUID

from msgspec import UNSET

from safeguard import clock
from safeguard.access.actors import ActorKind
from safeguard.channel import bodies
from safeguard.channel.bodies import POINTED, Body, Closed, Message, Pointed, Reopened, Status, UrlStep
from safeguard.channel.sending import send
from safeguard.helpline.as_sent import turns_heard
from safeguard.helpline.case import Case, Url
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.pointing import read_pointers
from safeguard.helpline.queries import list_cases_of
from safeguard.helpline.states import State
from safeguard.tenancy.profiles import profile_of
from safeguard.work import Work

SAID: Final = {
    UrlState.PASSED_IWF: "passed_to_iwf", UrlState.PASSED_POLICE: "passed_to_police",
    UrlState.GONE: "gone_before_report",
}  # fmt: skip
NOT_TOLD: Final = frozenset({State.DRAFT, State.SUBMITTED, State.WITHDRAWN})
"""States that come from the referrer."""


async def tell_moved(work: Work, before: Case, case: Case, reason: str) -> None:
    """Say where the case stands now, and aloud that it was opened again: a state alone takes back no end."""
    referral = _referral(work, case)
    if referral is None or case.state in NOT_TOLD:
        return
    if before.ended and not case.ended:
        heard = await turns_heard(work, case.id)
        await _send(work, case, Reopened(referral=referral, reason=reason, heard=UNSET if heard is None else heard))
        return
    if case.state is State.CLOSED:
        await _send(work, case, Closed(referral=referral, words=reason))
        return
    state = cast("bodies.State", str(case.state))
    await _send(work, case, Status(referral=referral, state=state, reason=reason, case_reference=case.reference))


async def tell_answered(work: Work, case: Case, words: str, guidance: Sequence[str] = ()) -> None:
    """Send an answer as it was written, with what it points to: names, and addresses as text."""
    referral = _referral(work, case)
    if referral is None or not (words or guidance):
        return
    pointed = await _pointed(work, guidance) or UNSET
    said = Message(referral=referral, id=clock.new_request_id(), author="Helpline", words=words, pointed=pointed)
    await _send(work, case, said)


async def tell_stepped(work: Work, url: Url) -> None:
    """Say what happened to an address, to everybody who referred it."""
    step = url.steps[-1]
    for case in await list_cases_of(work, url.id):
        referral = _referral(work, case)
        if referral is None:
            continue
        state = cast("bodies.UrlState", SAID.get(url.state, str(url.state)))
        told = UrlStep(
            referral=referral, url=url.address, state=state, at=step.happened_at, words=step.answer,
            platform_reference=step.platform_reference, day_only=step.day_only or UNSET,
            platform=url.platform or None,
        )  # fmt: skip
        await _send(work, case, told)


def is_told(work: Work, case: Case) -> bool:
    """Whether what is said now in a case leaves for whoever referred it."""
    return _referral(work, case) is not None


async def _pointed(work: Work, guidance: Sequence[str]) -> tuple[Pointed, ...]:
    if not guidance:
        return ()
    known = await read_pointers(work, profile_of("helpline"))
    chosen = (known[code] for code in guidance[:POINTED] if code in known)
    return tuple(Pointed(title=each.name, links=tuple(link.words for link in each.links[:POINTED])) for each in chosen)


def _referral(work: Work, case: Case) -> UUID | None:
    """What its sender calls it; None for a case that did not come by the channel, and for what the system does."""
    if case.channel != "shared" or not case.origin or work.actor.kind is ActorKind.SYSTEM:
        return None
    return UUID(case.origin.partition("/")[2])


async def _send(work: Work, case: Case, body: Body) -> None:
    await send(work, UUID((case.origin or "").partition("/")[0]), body)
