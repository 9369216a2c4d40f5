"""Following up a visit or a review: to whom its report was sent, and what it recommends, in the one action plan.

After the Children's Homes (England) Regulations 2015: the independent person's report goes to Ofsted (44), and so does
the review of the quality of care (45). That it was done stands in the register of duties that come round again.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.registers.acting import Link
from safeguard.registers.duties.duty import Done
from safeguard.registers.duties.queries import get_done
from safeguard.registers.rows import HERE, add, adding, document, fetch, shown
from safeguard.work import Work

VISIT: Final = "independent_visit"
REVIEW: Final = "quality_review"
NAME_LIMIT: Final = 200
MOST: Final = 300


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """That a report was sent on."""

    id: UUID
    duty_id: UUID
    sent_on: date
    sent_to: str
    recorded_at: datetime
    recorded_by_name: str


class Followed(msgspec.Struct, frozen=True):
    """A visit or a review, how many recommendations came of it and are open, its files, the last sending."""

    done: Done
    actions: int
    open: int
    files: int
    sent_on: date | None
    sent_to: str | None


ACTIONS: Final = Link("duty_actions", "duty_id", get_done)
ADD: Final = adding("duty_sendings", Sending)
SENDINGS: Final = f"""
select {shown(Sending, "s")}::text from public.duty_sendings s where s.{HERE} and s.duty_id = $1
order by s.sent_on, s.id limit {MOST}
"""  # noqa: S608  our own constants
FOLLOWED: Final = f"""
select json_build_object('done', {shown(Done, "d")},
    'actions', (select count(*) from public.duty_actions a
        where a.organisation_id = d.organisation_id and a.duty_id = d.id),
    'open', (select count(*) from public.duty_actions a
        join public.improvements i on i.organisation_id = a.organisation_id and i.id = a.improvement_id
        where a.organisation_id = d.organisation_id and a.duty_id = d.id and i.state in ('planned', 'doing')),
    'files', (select count(*) from public.evidence_files f
        where f.organisation_id = d.organisation_id and f.item_id = d.item_id),
    'sent_on', s.sent_on, 'sent_to', s.sent_to)::text
from public.recurring_duties d
left join lateral (
    select l.sent_on, l.sent_to from public.duty_sendings l
    where l.organisation_id = d.organisation_id and l.duty_id = d.id
    order by l.sent_on desc, l.id desc limit 1) s on true
where d.{HERE} and d.duty = $1 and d.struck_on is null order by d.done_on desc, d.id desc limit {MOST}
"""  # noqa: S608  our own constants


async def record_sending(work: Work, done_id: UUID, sent_on: date | None, sent_to: str) -> Sending:
    """Its report was sent on, when and to whom; raises `Invalid`, `NotFound`."""
    work.require(Permission.REGISTER_KEEP)
    done = await get_done(work, done_id)
    errors = [] if sent_on else [FieldError("sent_on", "Say on which day it was sent.")]
    if sent_on and sent_on < done.done_on:
        errors.append(FieldError("sent_on", "This is before the day on which it was done."))
    if not sent_to:
        errors.append(FieldError("sent_to", "Say to whom: Ofsted, the placing authority."))
    if errors or sent_on is None:
        raise Invalid(*errors)
    sending = Sending(
        id=clock.new_id(), duty_id=done_id, sent_on=sent_on, sent_to=sent_to, recorded_at=work.now(),
        recorded_by_name=work.actor.name,
    )  # fmt: skip
    await add(work, ADD, sending)
    work.record("duty_report.sent", sending.id, document=document("duty_report", sending, sending.id))
    return sending


async def list_followed(work: Work, duty: str) -> tuple[Followed, ...]:
    """Visits, or reviews, that stand, the latest first."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Followed, FOLLOWED, duty)


async def list_sendings(work: Work, done_id: UUID) -> tuple[Sending, ...]:
    """To whom its report was sent."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Sending, SENDINGS, done_id)
