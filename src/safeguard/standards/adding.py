"""Adding a control of one's own to a framework that is not: it is judged, proved and improved like the others."""

from collections.abc import Sequence
from itertools import count
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.standards.framework import Framework
from safeguard.work import Work

MOST: Final = 50
PREFIX: Final = "OWN"
ADD: Final = """
insert into public.own_controls (organisation_id, id, framework, code, objective, name, levels, added_at, added_by,
    added_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (organisation_id, framework, code) do nothing returning id
"""
COUNT: Final = """
select count(*) from public.own_controls c
where c.organisation_id = (select sec.current_organisation()) and c.framework = $1
"""
END: Final = """
update public.own_controls c set ended_at = $2
where c.organisation_id = (select sec.current_organisation()) and c.id = $1 and c.ended_at is null returning c.code
"""


async def add_control(work: Work, framework: Framework, objective: str, name: str, levels: Sequence[str]) -> str:
    """Add a control with a sentence for every level; its code. Raises `Invalid`."""
    work.require(Permission.STANDARDS_REVIEW)
    errors = _wrong(framework, objective, name, levels)
    before = int(await work.driver.fetchval(COUNT, framework.code) or 0)
    if before >= MOST:
        errors.append(FieldError("name", f"{MOST} controls of one's own are the most. Import a framework instead."))
    if errors:
        raise Invalid(*errors)
    code, new_id = _free(framework, before + 1), clock.new_id()
    added = await work.driver.fetchval(
        ADD, new_id, framework.code, code, objective, name, list(levels), work.now(), work.actor.user_id,
        work.actor.name,
    )  # fmt: skip
    if added is None:
        raise Conflict("Somebody else added a control at the same moment. Send yours again.")
    fields: dict[str, JSONValue] = {
        "framework": framework.code, "code": code, "objective": objective, "name": name, "levels": [*levels],
    }  # fmt: skip
    work.record("control.added", new_id, document=Document("control", new_id, 1, fields))
    return code


async def end_control(work: Work, control_id: UUID) -> None:
    """Ask a control of one's own no more; what was judged of it stays in the reviews. Raises `NotFound`."""
    work.require(Permission.STANDARDS_REVIEW)
    code = await work.driver.fetchval(END, control_id, work.now())
    if code is None:
        raise NotFound
    work.record("control.ended", control_id, version=2)


def _free(framework: Framework, number: int) -> str:
    """The next code; one that the standard itself has, from a time when that could be imported, is passed over."""
    return next(code for each in count(number) if framework.control(code := f"{PREFIX}{each}") is None)


def _wrong(framework: Framework, objective: str, name: str, levels: Sequence[str]) -> list[FieldError]:
    errors: list[FieldError] = []
    if objective not in {each.code for each in framework.objectives}:
        errors.append(FieldError("objective", "Choose where it belongs."))
    if not name:
        errors.append(FieldError("name", "Give it a name."))
    for level, sentence in zip(framework.levels, levels, strict=True):
        if not sentence:
            words = f"Say what can be seen at level {level.number}."
            errors.append(FieldError(f"level_{level.number}", words))
    return errors
