"""Whether it helped: once for each case, by the link that was mailed, on the telephone, or by the channel."""

from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.helpline.case import Case
from safeguard.helpline.mail.desks import DeskDoor
from safeguard.helpline.web_form.asking import PURPOSE, visitor
from safeguard.work import Work, begin

ADD: Final = """
insert into public.helpline_feedback (organisation_id, id, case_id, helpful, words, came_by, given_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6) on conflict do nothing
"""
FIND: Final = "select * from public.find_desk_thread($1)"
OF_CASE: Final = """
select f.helpful, f.words, f.came_by from public.helpline_feedback f
where f.organisation_id = (select sec.current_organisation()) and f.case_id = $1
"""
NOTHING: Final = "Choose how much it helped, or write a word."


class Feedback(msgspec.Struct, frozen=True):
    """What a caller said of a case."""

    helpful: int | None
    words: str
    came_by: str


class Asking(msgspec.Struct, frozen=True):
    """The case that a link is about."""

    case_id: UUID
    reference: str
    said: bool


async def find_asking(door: DeskDoor, token: str) -> Asking:
    """The case of that token; raises `NotFound`."""
    async with begin(visitor(door.organisation_id), purpose=PURPOSE) as work:
        row = await work.driver.fetchrow(FIND, token)
    if row is None:
        raise NotFound
    return Asking(*row)


async def rate_by_link(door: DeskDoor, token: str, helpful: int | None, words: str, request_id: UUID) -> None:
    """Keep what somebody says who holds the link; raises `NotFound`, `Invalid`. Saying it twice keeps the first."""
    asking = await find_asking(door, token)
    async with begin(visitor(door.organisation_id), purpose=PURPOSE, request_id=request_id) as work:
        await _keep(work, asking.case_id, helpful, words, "link")


async def rate_at_desk(work: Work, case: Case, helpful: int | None, words: str) -> None:
    """Note what a caller said to somebody at the desk; raises `Invalid`."""
    work.require(Permission.HELPLINE_WORK)
    await _keep(work, case.id, helpful, words, "desk")


async def rate_by_channel(work: Work, case_id: UUID, helpful: int | None, words: str) -> None:
    """Keep what came with the closing of a referral, if anything did."""
    if helpful or words:
        await _keep(work, case_id, helpful, words, "channel")


async def find_feedback(work: Work, case_id: UUID) -> Feedback | None:
    """What the caller of a case said."""
    work.require(Permission.HELPLINE_WORK)
    row = await work.driver.fetchrow(OF_CASE, case_id)
    return Feedback(*row) if row else None


async def _keep(work: Work, case_id: UUID, helpful: int | None, words: str, came_by: str) -> None:
    if helpful is None and not words:
        raise Invalid(FieldError("helpful", NOTHING))
    feedback_id = clock.new_id()
    done = await work.driver.execute(ADD, feedback_id, case_id, helpful, words, came_by, work.now())
    if done == "INSERT 0 1":
        fields = {"case_id": str(case_id), "helpful": helpful, "words": words, "came_by": came_by}
        told = {name: value for name, value in fields.items() if value not in (None, "")}
        work.record("feedback.given", feedback_id, document=Document("feedback", feedback_id, 1, told))
