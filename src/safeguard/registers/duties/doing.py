"""Recording that a duty which comes round again was done: a visit, a review. Nothing is written over.

What was recorded by mistake is struck out with a reason, and stays to be seen.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.registers import feeding
from safeguard.registers.duties.duty import Done, NewDone, get_duty
from safeguard.registers.duties.queries import get_done
from safeguard.registers.rows import add, adding, document
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

CONTROLS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"last_visit": ("S5", "S7"), "last_review": ("M3", "S7")}
)
"""Which controls of PIES it shows something of."""
NAME_LIMIT: Final = 200
NOTE_LIMIT: Final = 5_000
SOON: Final = timedelta(minutes=1)

ADD: Final = adding("recurring_duties", Done)
STRIKE: Final = """
update public.recurring_duties d set struck_on = $2, struck_reason = $3
where d.organisation_id = (select sec.current_organisation()) and d.id = $1 and d.struck_on is null
"""


async def record_done(work: Work, profile: Profile, new: NewDone, today: date) -> Done:
    """Record that it was done, and keep that as evidence; raises `Invalid`, `NotFound` for what is no duty here."""
    work.require(Permission.REGISTER_KEEP)
    duty, day = get_duty(profile, new.duty), _checked(new, today)
    evidence = feeding.Shown(
        kind="document", title=duty.name, kept_at=new.kept_at or "Registers, Visits and reviews", dated_on=day,
        description=new.note,
    )  # fmt: skip
    done = Done(
        id=clock.new_id(), duty=duty.code, done_on=day, done_by=new.done_by, kept_at=new.kept_at, note=new.note,
        item_id=await feeding.feed(work, profile, evidence, CONTROLS[duty.starts]), recorded_at=work.now(),
        recorded_by_name=work.actor.name,
    )  # fmt: skip
    await add(work, ADD, done)
    if not work.dated:
        work.ask("notice.duty_due", done.id, key=str(done.id), run_at=work.now() + SOON)
    work.record("duty.done", done.id, document=document("duty", done, done.id))
    return done


async def strike(work: Work, done_id: UUID, reason: str, today: date) -> Done:
    """It was recorded by mistake: it counts no longer, and stays to be seen with the reason; raises `Conflict`."""
    work.require(Permission.REGISTER_KEEP)
    done = await get_done(work, done_id)
    if not reason:
        raise Invalid(FieldError("reason", "Say what is wrong with it."))
    if await work.driver.execute(STRIKE, done_id, today, reason) != "UPDATE 1":
        raise Conflict("This was struck out before.")
    after = msgspec.structs.replace(done, struck_on=today, struck_reason=reason)
    if done.item_id:
        await feeding.end(work, done.item_id, reason)
    work.record("duty.struck", done_id, document=document("duty", after, done_id, 2))
    return after


def _checked(new: NewDone, today: date) -> date:
    errors: list[FieldError] = []
    if new.done_on is None:
        errors.append(FieldError("done_on", "Say on which day it was."))
    elif new.done_on > today:
        errors.append(FieldError("done_on", "This day is still to come. When was it done?"))
    if not new.done_by:
        errors.append(FieldError("done_by", "Say who did it."))
    if errors or new.done_on is None:
        raise Invalid(*errors)
    return new.done_on
