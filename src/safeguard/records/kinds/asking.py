"""Asking that records of one kind be disposed of: one, or several that are past their time, with one certificate."""

from datetime import date
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.identity import approving
from safeguard.identity.acts import Proposal
from safeguard.records.kinds.queue import Line, list_lines, years_of
from safeguard.records.kinds.registry import Kind, grounds_of
from safeguard.records.wording import GROUNDS, OBSTACLES, TOLD
from safeguard.work import Work

ADD: Final = """
insert into public.disposals (organisation_id, id, kind, subject_id, subjects, reference, ground, rule, years, due_on,
    restricted, asked_at, asked_by, asked_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
LONGEST: Final = 200
"""Records that go with one certificate."""


def find_obstacles(kind: Kind, line: Line) -> tuple[str, ...]:
    """In words, what stands in the way of its disposal whatever the ground."""
    found = (
        (line.asked_id is not None, OBSTACLES["asked"]),
        (line.is_held, OBSTACLES["held"]),
        (not line.is_settled, kind.open),
    )
    return tuple(words for stands, words in found if stands)


async def ask(work: Work, kind: Kind, ids: list[UUID], ground: str, today: date) -> Proposal:
    """Ask that these go together; raises `Invalid`, `Conflict`, and `NotFound` for a shelf that is not one's own."""
    lines = await list_lines(work, kind, ids[: LONGEST + 1])
    _check(kind, lines, ground, today)
    made, actor = clock.new_id(), work.actor
    dues = [line.due_on for line in lines if line.due_on]
    only = lines[0].id if len(lines) == 1 else made
    await work.driver.execute(
        ADD, made, kind.code, only, sorted(line.id for line in lines),
        ", ".join(sorted(line.reference for line in lines if line.reference)), ground, kind.rule,
        (await years_of(work))[kind.code], max(dues, default=None), kind.shelf.in_vault, work.now(), actor.user_id,
        actor.name,
    )  # fmt: skip
    log = "restricted" if kind.shelf.in_vault else "general"
    work.record("record.asked", made, log=log)
    return await approving.propose(
        work, kind.shelf.act, made, f"{GROUNDS[ground]}.", told=TOLD, log=log,
        concern_id=lines[0].id if kind.shelf.in_vault else None,
    )  # fmt: skip


def _check(kind: Kind, lines: tuple[Line, ...], ground: str, today: date) -> None:
    if not lines:
        raise Invalid(FieldError("picked", "Choose at least one record, after you have looked at it."))
    if len(lines) > (1 if kind.shelf.in_vault else LONGEST):
        most = "Concerns go one at a time." if kind.shelf.in_vault else f"At most {LONGEST} go together."
        raise Invalid(FieldError("picked", most))
    if standing := {words for line in lines for words in find_obstacles(kind, line)}:
        raise Conflict(" ".join(sorted(standing)))
    if ground not in grounds_of(kind):
        raise Invalid(FieldError("why", OBSTACLES["not_locked"]))
    if ground == "period" and any(line.due_on is None or line.due_on > today for line in lines):
        raise Invalid(FieldError("why", OBSTACLES["early"]))
