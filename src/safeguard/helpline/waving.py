"""Waves: one cause, hundreds of cases. They are gathered, and answered together."""

from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.helpline.case import Case, Wave, case_document, wave_document
from safeguard.helpline.confiding import keep_confidence
from safeguard.helpline.mail.posting import mail_of
from safeguard.helpline.moving import move_case
from safeguard.helpline.queries import FIRST, get_wave, list_queue
from safeguard.helpline.states import State, may_follow
from safeguard.helpline.writing import add_to_case, refuse_second
from safeguard.work import Work

MOST: Final = 500
"""Cases that one answer goes to at once."""
OPEN: Final = """
insert into public.helpline_waves (organisation_id, id, name, cause, opened_at, opened_by, opened_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6)
"""
CHANGE: Final = """
update public.helpline_waves w set answer = $3, state = $4, closed_at = $5, version = w.version + 1
where w.organisation_id = (select sec.current_organisation()) and w.id = $1 and w.version = $2
"""
HAD: Final = """
select e.case_id from public.helpline_entries e
join public.helpline_cases c on c.organisation_id = e.organisation_id and c.id = e.case_id
where e.organisation_id = (select sec.current_organisation()) and c.wave_id = $1 and c.ended_at is null
    and e.kind = 'answer' and e.words = replace($2, '{reference}', c.reference)
    and not exists (
        select from public.helpline_mail_out o
        where o.organisation_id = e.organisation_id and o.entry_id = e.id
            and o.state in ('kept', 'refused', 'stopped', 'bounced'))
"""
"""Who has been answered with these words, whatever happened since; not those whom the mail did not reach."""
JOIN: Final = """
update public.helpline_cases c set wave_id = $3, version = c.version + 1
where c.organisation_id = (select sec.current_organisation()) and c.id = $1 and c.version = $2
"""


async def open_wave(work: Work, name: str, cause: str) -> Wave:
    """Open a wave; for supervisors."""
    work.require(Permission.HELPLINE_SUPERVISE)
    wave = Wave(id=clock.new_id(), name=name, cause=cause, opened_at=work.now(), opened_by_name=work.actor.name)
    await work.driver.execute(OPEN, wave.id, name, cause, wave.opened_at, work.actor.user_id, wave.opened_by_name)
    work.record("wave.opened", wave.id, document=wave_document(wave))
    return wave


async def join_wave(work: Work, before: Case, wave_id: UUID | None, seen: int) -> Case:
    """Put a case into an open wave, or, with None, take it out; raises `Conflict` for a wave that is closed."""
    work.require(Permission.HELPLINE_WORK)
    if wave_id and (await get_wave(work, wave_id)).state != "open":
        raise Conflict("This wave is closed. A supervisor can open another.")
    case = msgspec.structs.replace(before, wave_id=wave_id, version=seen + 1)
    refuse_second(await work.driver.execute(JOIN, case.id, seen, wave_id))
    work.record("wave.joined" if wave_id else "case.changed", wave_id or case.id,
                document=None if wave_id else case_document(case))  # fmt: skip
    if wave_id:
        work.record("case.changed", case.id, document=case_document(case))
    return case


class Told(NamedTuple):
    """How many were told, and how many can still be told the same."""

    told: int
    left: int


async def answer_wave(
    work: Work, wave_id: UUID, answer: str, guidance: tuple[str, ...], state: State, seen: int
) -> Told:
    """Answer the open cases of a wave, up to `MOST` at once, each in its own record. For supervisors.

    Whoever has had these very words is not told them twice: asked again, it goes on with the others. Who can only be
    rung is not told by this: their case stays as it is, with its clocks, until somebody has rung.
    """
    work.require(Permission.HELPLINE_SUPERVISE)
    wave = await get_wave(work, wave_id)
    if wave.state != "open":
        raise Conflict("This wave is closed.")
    untold = await _list_untold(work, wave_id, answer)
    written_to = untold[:MOST]
    await keep_confidence(work, [case.id for case in written_to], answer, "answer")
    for case in written_to:
        moved = await _bring(work, case, state)
        words = answer.replace("{reference}", case.reference)
        mails = _is_mailed(case)
        await add_to_case(work, moved, "answer", case.channel, words, guidance, distressing=False, mails=mails)
    after = msgspec.structs.replace(wave, answer=answer, version=seen + 1)
    refuse_second(await work.driver.execute(CHANGE, wave_id, seen, answer, wave.state, None))
    work.record("wave.answered", wave_id, document=wave_document(after))
    return Told(len(written_to), len(untold) - len(written_to))


async def close_wave(work: Work, wave_id: UUID, seen: int) -> Wave:
    """Close a wave; its cases go on by themselves. For supervisors."""
    work.require(Permission.HELPLINE_SUPERVISE)
    wave = await get_wave(work, wave_id)
    after = msgspec.structs.replace(wave, state="closed", closed_at=work.now(), version=seen + 1)
    if wave.state != "open":
        raise Conflict("This wave is closed already.")
    refuse_second(await work.driver.execute(CHANGE, wave_id, seen, wave.answer, "closed", after.closed_at))
    work.record("wave.closed", wave_id, document=wave_document(after))
    return after


async def _list_untold(work: Work, wave_id: UUID, answer: str) -> list[Case]:
    """Every open case of a wave that can be written to and has not had these words; raises `Invalid` for none."""
    cases: list[Case] = []
    while page := await list_queue(work, (cases[-1].queued_at, cases[-1].id) if cases else FIRST, MOST, wave=wave_id):
        cases += page
    if not cases:
        raise Invalid(FieldError("answer", "No open case is in this wave, so nobody would be answered."))
    had = {row[0] for row in await work.driver.fetch(HAD, wave_id, answer)}
    untold = [case for case in cases if case.id not in had and (case.referrer or _is_mailed(case))]
    if had and not untold:
        raise Invalid(FieldError("answer", "Everybody who can be written to has had these words."))
    return untold


def _is_mailed(case: Case) -> bool:
    """Whether an answer leaves by mail: they came in writing, and gave an address."""
    return case.channel in {"email", "web"} and mail_of(case) != ""


async def _bring(work: Work, case: Case, state: State) -> Case:
    """Take a case to a state by the way that it must go; where it cannot go there, it stays and is answered all the
    same."""
    for after in (State.ACKNOWLEDGED, State.TRIAGED, state):
        direct = after is not state and may_follow(case.state, state)
        if may_follow(case.state, after) and case.state is not state and not direct:
            case = await move_case(work, case, after, "", case.version)
    return case
