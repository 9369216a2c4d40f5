"""What comes out of a meeting, a visit or a review goes into the one action plan, and is tied to where it came from."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.registers.rows import HERE, fetch
from safeguard.standards.framework import Control, Framework
from safeguard.standards.improving import Plan, plan_improvement
from safeguard.standards.review import Improvement
from safeguard.work import Work

MOST: Final = 500


class Act(msgspec.Struct, frozen=True):
    """An improvement, as the page of where it came from shows it."""

    id: UUID
    words: str
    owner_name: str
    due_on: date
    state: str


@dataclass(frozen=True, slots=True)
class Link:
    """The table that ties improvements to one kind of record; its names are constants of ours."""

    table: str
    key: str
    """The column that names the record."""
    get: Callable[[Work, UUID], Awaitable[object]]
    """The record; raises `NotFound`."""

    @property
    def adding(self) -> str:
        """SQL that adds a row: its id, the record, the improvement, when, and by whom."""
        return (
            f"insert into public.{self.table} (organisation_id, id, {self.key}, improvement_id, recorded_at, "  # noqa: S608  our own names
            "recorded_by_name, recorded_by) values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6)"
        )

    @property
    def listing(self) -> str:
        """SQL for the improvements of one record as JSON."""
        return f"""
select json_build_object('id', i.id, 'words', i.words, 'owner_name', i.owner_name, 'due_on', i.due_on,
    'state', i.state)::text
from public.{self.table} a
join public.improvements i on i.organisation_id = a.organisation_id and i.id = a.improvement_id
where a.{HERE} and a.{self.key} = $1 order by i.due_on, i.id limit {MOST}
"""  # noqa: S608  our own names


async def plan_action(
    work: Work, link: Link, record_id: UUID, framework: Framework, control: Control, plan: Plan
) -> Improvement:
    """Put what came out of it into the action plan, so that it is chased where everything is.

    Raises `NotFound`, and `Invalid` as `plan_improvement` does.
    """
    work.require(Permission.REGISTER_KEEP)
    await link.get(work, record_id)
    improvement = await plan_improvement(work, framework, control, plan, "other")
    await work.driver.execute(
        link.adding, clock.new_id(), record_id, improvement.id, work.now(), work.actor.name, work.actor.user_id
    )
    return improvement


async def list_actions(work: Work, link: Link, record_id: UUID) -> tuple[Act, ...]:
    """What came out of it, the first that is due first."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Act, link.listing, record_id)
