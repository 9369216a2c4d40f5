"""Moving a case on: from state to state, from hand to hand."""

from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.helpline.case import Case, case_document
from safeguard.helpline.confiding import keep_confidence
from safeguard.helpline.endings import ending_of
from safeguard.helpline.states import ANSWERS, ENDED, State, may_follow, needs_reason
from safeguard.helpline.telling import tell_moved
from safeguard.helpline.telling_steps import tell_caught_up
from safeguard.helpline.writing import refuse_second, write_entry
from safeguard.work import Work

MOVE: Final = """
update public.helpline_cases c set state = $3, answered_at = $4, ended_at = $5, outcome = $6, queued_at = $7,
    ending = $8, referrer_ending = $9, version = c.version + 1
where c.organisation_id = (select sec.current_organisation()) and c.id = $1 and c.version = $2
"""
GIVE: Final = """
update public.helpline_cases c set assigned_to = $3, assigned_name = $4, queued_at = $5, version = c.version + 1
where c.organisation_id = (select sec.current_organisation()) and c.id = $1 and c.version = $2
"""
NOTE: Final = """
update public.helpline_cases c set referrer_ending = $3, version = c.version + 1
where c.organisation_id = (select sec.current_organisation()) and c.id = $1 and c.version = $2
"""
MEMBER: Final = """
select m.name from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id = $1 and m.state = 'active'
    and m.roles && array['practitioner', 'supervisor']
"""


async def move_case(
    work: Work, before: Case, after: State, reason: str, seen: int, *, ending: str = "", heard: bool = False
) -> Case:
    """Take a case to its next state; raises `Conflict` where it may not go there, `Invalid` for a missing reason.

    A case that is closed ended as `ending` says, or as it stood. With `heard` it follows from what whoever asked said
    themselves: the reason is theirs, nothing is said back to them here, and whoever heard them knows that it may
    follow, and tells where the case stands after it.
    """
    work.require(Permission.HELPLINE_WORK)
    if not heard and not may_follow(before.state, after):
        raise Conflict("This case has moved on, and cannot go there from where it stands. Look at it again.")
    if needs_reason(before.state, after) and not reason:
        raise Invalid(FieldError("reason", "Say why. The person who asked may read it."))
    if after is State.CLOSED and not reason and not before.outcome:
        raise Invalid(FieldError("reason", "Say in a sentence how it ended."))
    ended_as = ending_of(before.state, after, ending, heard=heard)
    if after is State.CLOSED and not ended_as and not heard:
        raise Invalid(FieldError("ending", "Choose how it ended: it is counted."))
    if before.referrer and not heard:
        await keep_confidence(work, (before.id,), reason, "reason")
    now = work.now()
    case = msgspec.structs.replace(
        before, state=after, version=seen + 1, ended_at=(before.ended_at or now) if after in ENDED else None,
        answered_at=before.answered_at or (now if after in ANSWERS else None),
        outcome=reason if after in ENDED else ("" if before.ended else before.outcome), ending=ended_as,
        referrer_ending="" if before.ended else before.referrer_ending,
    )  # fmt: skip
    stands = (case.answered_at, case.ended_at, case.outcome, case.queued_at, case.ending, case.referrer_ending)
    refuse_second(await work.driver.execute(MOVE, case.id, seen, after, *stands))
    work.record("case.moved", case.id, document=case_document(case))
    await write_entry(work, case.id, "state", state=after, words=reason)
    if not heard:
        await tell_moved(work, before, case, reason)
    if before.state is State.WITHDRAWN:
        await tell_caught_up(work, case)
    return case


async def note_their_ending(work: Work, before: Case, ending: str) -> Case:
    """Keep how it ended for whoever referred it, wherever it stands here; nothing said changes nothing."""
    work.require(Permission.HELPLINE_WORK)
    if ending in {"", before.referrer_ending}:
        return before
    case = msgspec.structs.replace(before, referrer_ending=ending, version=before.version + 1)
    refuse_second(await work.driver.execute(NOTE, case.id, before.version, ending))
    work.record("case.changed", case.id, document=case_document(case))
    return case


async def give_case(work: Work, before: Case, to: UUID | None, handover: str, seen: int) -> Case:
    """Give a case to somebody at the desk, or to nobody, with what they must know; raises `Conflict`, `Invalid`."""
    work.require(Permission.HELPLINE_WORK)
    name = await work.driver.fetchval(MEMBER, to) if to else None
    if to and name is None:
        raise Invalid(FieldError("to", "Choose somebody who works at the desk."))
    case = msgspec.structs.replace(before, assigned_to=to, assigned_name=name, version=seen + 1)
    refuse_second(await work.driver.execute(GIVE, case.id, seen, to, name, case.queued_at))
    work.record("case.assigned", case.id, document=case_document(case))
    if handover:
        await write_entry(work, case.id, "handover", words=handover)
    return case
