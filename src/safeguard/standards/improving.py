"""Improving: one action plan for what comes out of reviews, of incidents' lessons and of audits."""

from datetime import date
from typing import cast
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.standards.effects import level_of
from safeguard.standards.framework import Control, Framework
from safeguard.standards.given import ask_to_tell, get_given
from safeguard.standards.origins import find_origin
from safeguard.standards.queries import get_improvement
from safeguard.standards.review import Improvement, Progress, Source, improvement_document
from safeguard.work import Work

WORDS_LIMIT = 2_000
NAME_LIMIT = 200
STATES: tuple[Progress, ...] = ("planned", "doing", "done", "dropped")
PLAN = """
insert into public.improvements (organisation_id, id, framework, control, source, words, owner_id, owner_name, due_on,
    planned_at, planned_by, planned_by_name, origin_id, level_then)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
CHANGE = """
update public.improvements m set words = $3, owner_id = $4, owner_name = $5, due_on = $6, state = $7, progress = $8,
    effect = $9, finished_at = $10, version = m.version + 1
where m.organisation_id = (select sec.current_organisation()) and m.id = $1 and m.version = $2
"""
OWNER = """
select m.user_id, m.name from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.state = 'active' and m.user_id = $1
"""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody means to do."""

    words: str
    owner: str
    """The id of a member, or the name of somebody who has no account."""
    due_on: date | None


async def plan_improvement(
    work: Work,
    framework: Framework,
    control: Control,
    plan: Plan,
    source: Source = "review",
    origin_id: UUID | None = None,
) -> Improvement:
    """Put an improvement into the action plan; raises `Invalid` for what is missing.

    What it came from is kept where whoever plans it may know of it, and left out where not.
    """
    work.require(Permission.STANDARDS_REVIEW)
    origin_id = origin_id if await find_origin(work, source, origin_id) else None
    owner_id, owner_name = await _checked(work, plan)
    improvement = Improvement(
        id=clock.new_id(), framework=framework.code, control=control.code, source=source, words=plan.words,
        origin_id=origin_id, level_then=await level_of(work, framework, control.code), owner_id=owner_id,
        owner_name=owner_name, due_on=cast("date", plan.due_on), planned_at=work.now(), planned_by_name=work.actor.name,
    )  # fmt: skip
    await work.driver.execute(
        PLAN, improvement.id, improvement.framework, improvement.control, source, improvement.words, owner_id,
        owner_name, improvement.due_on, improvement.planned_at, work.actor.user_id, improvement.planned_by_name,
        origin_id, improvement.level_then,
    )  # fmt: skip
    work.record("improvement.planned", improvement.id, document=improvement_document(improvement))
    ask_to_tell(work, improvement)
    return improvement


async def change_improvement(
    work: Work, improvement_id: UUID, plan: Plan, state: Progress, progress: str, effect: str, seen: int
) -> Improvement:
    """Say how far an improvement is; finishing one needs its effect, dropping one its reason."""
    work.require(Permission.STANDARDS_REVIEW)
    before = await get_improvement(work, improvement_id)
    owner_id, owner_name = await _checked(work, plan)
    planned = msgspec.structs.replace(
        before, words=plan.words, owner_id=owner_id, owner_name=owner_name, due_on=cast("date", plan.due_on)
    )
    return await _save(work, before, _as_far(work, planned, state, progress, effect), seen)


async def say_how_far(
    work: Work, improvement_id: UUID, state: Progress, progress: str, effect: str, seen: int
) -> Improvement:
    """Of an improvement that was given to whoever says it: whether it is begun or done. Raises `NotFound`.

    That it is not done after all is for whoever reviews to say, and so are its words, its day and whose it is.
    """
    before = await get_given(work, improvement_id)
    if not before.open:
        raise Conflict("It is finished already. Whoever leads on the standards can begin it again.")
    if state == "dropped":
        raise Invalid(FieldError("state", "Say what has happened so far, and tell whoever gave it to you."))
    return await _save(work, before, _as_far(work, before, state, progress, effect), seen)


def _as_far(work: Work, planned: Improvement, state: Progress, progress: str, effect: str) -> Improvement:
    if state == "done" and not effect:
        raise Invalid(
            FieldError("effect", "Say what it changed: a level, fewer incidents, what people do differently.")
        )
    if state == "dropped" and not progress:
        raise Invalid(FieldError("progress", "Say why it is not done after all."))
    finished = (planned.finished_at or work.now()) if state in {"done", "dropped"} else None
    return msgspec.structs.replace(planned, state=state, progress=progress, effect=effect, finished_at=finished)


async def _save(work: Work, before: Improvement, after: Improvement, seen: int) -> Improvement:
    after = msgspec.structs.replace(after, version=seen + 1)
    done = await work.driver.execute(
        CHANGE, after.id, seen, after.words, after.owner_id, after.owner_name, after.due_on, after.state,
        after.progress, after.effect, after.finished_at,
    )  # fmt: skip
    if done != "UPDATE 1":
        raise Conflict(
            "Somebody else changed this while you had it open. What you typed is kept: look at theirs first."
        )
    event = "improvement.finished" if before.open and not after.open else "improvement.changed"
    work.record(event, after.id, document=improvement_document(after))
    ask_to_tell(work, after, before)
    return after


async def _checked(work: Work, plan: Plan) -> tuple[UUID | None, str]:
    errors: list[FieldError] = []
    owner_id, owner_name = await _owner(work, plan.owner)
    if not plan.words:
        errors.append(FieldError("words", "Say what will be done."))
    if not owner_name:
        errors.append(FieldError("owner", "Say who will do it."))
    if plan.due_on is None:
        errors.append(FieldError("due_on", "Say by when."))
    if errors:
        raise Invalid(*errors)
    return owner_id, owner_name


async def _owner(work: Work, said: str) -> tuple[UUID | None, str]:
    try:
        row = await work.driver.fetchrow(OWNER, UUID(said))
    except ValueError:
        return None, said
    return (row["user_id"], row["name"]) if row else (None, "")
