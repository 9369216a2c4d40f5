"""Keeping the filtering and monitoring register: systems, what is blocked and why, checks, who answers, the review.

After the Department for Education's filtering and monitoring standards: a named senior lead and governor, a record of
what is blocked and why, checks with who, device, user group and result, and a review every year.
"""

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.registers import feeding
from safeguard.registers.here import due_at, months_of, months_on
from safeguard.registers.rows import HERE, add, adding, document, get, shown
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

KINDS: Final = ("filtering", "monitoring")
APPROACHES: Final = ("physical", "supervisory", "technical")
STANCES: Final = ("proactive", "reactive", "both")
RESULTS: Final = ("passed", "failed", "unclear")
PARTS: Final = ("senior_lead", "governor")
NAME_LIMIT: Final = 200
WORDS_LIMIT: Final = 5_000
CLOCK: Final = "filtering_review"
WARNING: Final = timedelta(days=30)
"""How long before the next review whoever leads is told."""


class System(msgspec.Struct, frozen=True, kw_only=True):
    """What filters or monitors."""

    id: UUID
    kind: str
    name: str
    approach: str
    stance: str
    covers: str = ""
    provider: str = ""
    version: int = 1
    ended_on: date | None = None
    recorded_at: datetime
    recorded_by_name: str


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """What is blocked, and why."""

    id: UUID
    what: str
    why: str
    applies_to: str = ""
    since: date
    ended_on: date | None = None
    ended_reason: str = ""
    recorded_at: datetime
    recorded_by_name: str


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody tried it."""

    id: UUID
    system_id: UUID | None = None
    checked_on: date
    checked_by: str
    device: str
    user_group: str
    tested: str
    result: str
    done: str = ""
    recorded_at: datetime
    recorded_by_name: str


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers for it."""

    id: UUID
    part: str
    name: str
    recorded_at: datetime
    recorded_by_name: str


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """The yearly review."""

    id: UUID
    reviewed_on: date
    due_on: date
    took_part: str
    found: str
    changes: str = ""
    item_id: UUID | None = None
    recorded_at: datetime
    recorded_by_name: str


class NewSystem(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says of a system."""

    kind: str
    name: str
    approach: str
    stance: str
    covers: str = ""
    provider: str = ""
    ended_on: date | None = None


class NewCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody found when they tried it. `system_id` is one of the register, or nothing: all of it."""

    checked_on: date | None = None
    device: str
    user_group: str
    tested: str
    result: str
    checked_by: str = ""
    """Who tried it; whoever sends this when it is empty."""
    done: str = ""
    system_id: UUID | None = None


ADD_SYSTEM: Final = adding("filtering_systems", System)
ADD_BLOCK: Final = adding("filtering_blocks", Block)
ADD_CHECK: Final = adding("filtering_checks", Check)
ADD_DUTY: Final = adding("filtering_people", Duty)
ADD_REVIEW: Final = adding("filtering_reviews", Review)
SYSTEM: Final = f"select {shown(System, 's')}::text from public.filtering_systems s where s.{HERE} and s.id = $1"  # noqa: S608  our own constants
BLOCK: Final = f"""
select {shown(Block, "b")}::text from public.filtering_blocks b
where b.{HERE} and b.id = $1 and b.struck_on is null
"""  # noqa: S608  our own constants
CHANGE: Final = """
update public.filtering_systems s set kind = $3, name = $4, approach = $5, stance = $6, covers = $7, provider = $8,
    ended_on = $9, version = s.version + 1
where s.organisation_id = (select sec.current_organisation()) and s.id = $1 and s.version = $2
"""
END_BLOCK: Final = """
update public.filtering_blocks b set ended_on = $2, ended_reason = $3
where b.organisation_id = (select sec.current_organisation()) and b.id = $1 and b.ended_on is null
    and b.struck_on is null
"""


async def add_system(work: Work, new: NewSystem) -> System:
    """Record a way of filtering or monitoring; raises `Invalid`."""
    work.require(Permission.REGISTER_KEEP)
    _check_system(new)
    system = System(id=clock.new_id(), recorded_at=work.now(), recorded_by_name=work.actor.name, **_fields(new))
    await add(work, ADD_SYSTEM, system)
    work.record("filter.recorded", system.id, document=document("filter", system, system.id))
    return system


async def change_system(work: Work, system_id: UUID, new: NewSystem, seen: int) -> System:
    """Change it, or say that it is used no longer: another version, and the earlier one stays in the log."""
    work.require(Permission.REGISTER_KEEP)
    before = await get_system(work, system_id)
    _check_system(new)
    values = (new.kind, new.name, new.approach, new.stance, new.covers, new.provider, new.ended_on)
    if await work.driver.execute(CHANGE, system_id, seen, *values) != "UPDATE 1":
        raise Conflict(
            "Somebody else changed this while you had it open. What you typed is kept: look at theirs first."
        )
    after = msgspec.structs.replace(before, version=seen + 1, **_fields(new))
    work.record("filter.changed", system_id, document=document("filter", after, system_id, after.version))
    return after


async def get_system(work: Work, system_id: UUID) -> System:
    """One of them; raises `NotFound`."""
    work.require(Permission.FILTERING_READ)
    return await get(work, System, SYSTEM, system_id)


async def add_block(work: Work, what: str, why: str, applies_to: str, since: date | None) -> Block:
    """Record what is blocked and why; raises `Invalid` for one without a reason."""
    work.require(Permission.REGISTER_KEEP)
    errors = [] if what else [FieldError("what", "Say what is blocked.")]
    if not why:
        errors.append(FieldError("why", "Say why: what it protects whom from, and what people lose by it."))
    if since is None:
        errors.append(FieldError("since", "Say since when."))
    if errors or since is None:
        raise Invalid(*errors)
    block = Block(
        id=clock.new_id(), what=what, why=why, applies_to=applies_to, since=since, recorded_at=work.now(),
        recorded_by_name=work.actor.name,
    )  # fmt: skip
    await add(work, ADD_BLOCK, block)
    work.record("block.recorded", block.id, document=document("block", block, block.id))
    return block


async def end_block(work: Work, block_id: UUID, reason: str, today: date) -> None:
    """It is blocked no longer, and why."""
    work.require(Permission.REGISTER_KEEP)
    block = await get_block(work, block_id)
    if not reason:
        raise Invalid(FieldError("reason", "Say why it is open now."))
    if await work.driver.execute(END_BLOCK, block_id, today, reason) != "UPDATE 1":
        raise Conflict("This was ended before.")
    after = msgspec.structs.replace(block, ended_on=today, ended_reason=reason)
    work.record("block.ended", block_id, document=document("block", after, block_id, 2))


async def get_block(work: Work, block_id: UUID) -> Block:
    """One of them; raises `NotFound`."""
    work.require(Permission.FILTERING_READ)
    return await get(work, Block, BLOCK, block_id)


async def record_check(work: Work, new: NewCheck) -> Check:
    """Record that somebody tried it; raises `Invalid`."""
    work.require(Permission.FILTERING_CHECK)
    checked_on = _checked(new)
    if new.system_id:
        await get_system(work, new.system_id)
    check = Check(
        id=clock.new_id(), system_id=new.system_id, checked_on=checked_on, checked_by=new.checked_by or work.actor.name,
        device=new.device, user_group=new.user_group, tested=new.tested, result=new.result, done=new.done,
        recorded_at=work.now(), recorded_by_name=work.actor.name,
    )  # fmt: skip
    await add(work, ADD_CHECK, check)
    work.record("check.recorded", check.id, document=document("check", check, check.id))
    return check


async def name_duty(work: Work, part: str, name: str) -> None:
    """Name who answers for it: a senior lead, somebody who governs. Who did before stays on record."""
    work.require(Permission.REGISTER_KEEP)
    if part not in PARTS or not name:
        raise Invalid(FieldError(part if part in PARTS else "senior_lead", "Write their name."))
    duty = Duty(id=clock.new_id(), part=part, name=name, recorded_at=work.now(), recorded_by_name=work.actor.name)
    await add(work, ADD_DUTY, duty)
    work.record("filter_duty.named", duty.id, document=document("filter_duty", duty, duty.id))


async def record_review(
    work: Work, profile: Profile, reviewed_on: date | None, took_part: str, found: str, changes: str
) -> Review:
    """Record the yearly review, keep it as evidence, and set the next one's day; raises `Invalid`."""
    work.require(Permission.REGISTER_KEEP)
    errors = [] if reviewed_on else [FieldError("reviewed_on", "Say on which day it was.")]
    if not took_part:
        errors.append(FieldError("took_part", "Say who took part: the senior lead, who governs, who runs the network."))
    if not found:
        errors.append(FieldError("found", "Say what you found."))
    if errors or reviewed_on is None:
        raise Invalid(*errors)
    due_on = months_on(reviewed_on, months_of(profile, CLOCK))
    evidence = feeding.Shown(
        kind="document", title="Review of filtering and monitoring", kept_at="Registers, Filtering and monitoring",
        dated_on=reviewed_on, renew_on=due_on, description=found, told=False,
    )  # fmt: skip
    review = Review(
        id=clock.new_id(), reviewed_on=reviewed_on, due_on=due_on, took_part=took_part, found=found, changes=changes,
        item_id=await feeding.feed(work, profile, evidence, feeding.FILTERING), recorded_at=work.now(),
        recorded_by_name=work.actor.name,
    )  # fmt: skip
    await add(work, ADD_REVIEW, review)
    if not work.dated:
        run_at = max(work.now() + timedelta(minutes=1), due_at(due_on) - WARNING)
        work.ask("notice.filtering_due", review.id, key=str(review.id), run_at=run_at)
    work.record("filter_review.recorded", review.id, document=document("filter_review", review, review.id))
    return review


def _fields(new: NewSystem) -> dict[str, Any]:
    return msgspec.structs.asdict(new)


def _check_system(new: NewSystem) -> None:
    errors: list[FieldError] = []
    if new.kind not in KINDS:
        errors.append(FieldError("kind", "Choose whether it filters or monitors."))
    if not new.name:
        errors.append(FieldError("name", "Say what it is."))
    if new.approach not in APPROACHES:
        errors.append(FieldError("approach", "Choose how it works."))
    if new.stance not in STANCES:
        errors.append(FieldError("stance", "Choose when it acts."))
    if errors:
        raise Invalid(*errors)


def _checked(new: NewCheck) -> date:
    errors: list[FieldError] = []
    if new.checked_on is None:
        errors.append(FieldError("checked_on", "Say on which day it was tried."))
    if not new.device:
        errors.append(FieldError("device", "Say on which device, or kind of device."))
    if not new.user_group:
        errors.append(FieldError("user_group", "Say as whom: whose account, or which group."))
    if not new.tested:
        errors.append(FieldError("tested", "Say what was tried."))
    if new.result not in RESULTS:
        errors.append(FieldError("result", "Choose what came of it."))
    if new.result == "failed" and not new.done:
        errors.append(FieldError("done", "Say what is done about it, and who was told."))
    if errors:
        raise Invalid(*errors)
    return new.checked_on or date.max
