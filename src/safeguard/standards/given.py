"""Improvements that were given to somebody: they say how far theirs are, whatever role they have, and see no others.

Who is told, once when it is given, once a week ahead and once when its day is over, is found here; telling is another
room's. An improvement that came from an incident is not there for whoever may not know of that incident.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.standards.cycle import due_at
from safeguard.standards.frameworks import framework_of
from safeguard.standards.owning import names_of_gone
from safeguard.standards.queries import find_improvement
from safeguard.standards.review import Improvement
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

NEAR: Final = timedelta(days=7)
"""So long before its day whoever was given an improvement is reminded: time to do something about it."""
FURTHEST: Final = timedelta(days=3660)
"""Ten years: a day that is further off is nobody's deadline, and may have none beside it in the calendar."""
MOST: Final = 20
OPEN: Final = "m.organisation_id = (select sec.current_organisation()) and m.state in ('planned', 'doing')"
MINE: Final = f"""
select m.id, m.framework, m.control, m.words, m.due_on from public.improvements m
where {OPEN} and m.owner_id = $1 order by m.due_on, m.id limit $2
"""  # noqa: S608  our own constants
LATE: Final = f"select count(*) from public.improvements m where {OPEN} and m.due_on < $1"  # noqa: S608  our own constants
DATED: Final = f"""
select m.id, m.due_on, m.owner_id is not distinct from $1 from public.improvements m
where {OPEN} and (m.owner_id = $1 or $2) and m.due_on between $3 and $4 order by m.due_on, m.id limit $5
"""  # noqa: S608  our own constants
MOST_DATED: Final = 300
DUE: Final = f"select m.owner_id, m.due_on from public.improvements m where {OPEN} and m.id = $1"  # noqa: S608  our own constants


class Given(msgspec.Struct, frozen=True):
    """Something that is mine to do."""

    id: UUID
    framework: str
    control: str
    words: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Owed:
    """An improvement that is not done yet: whose it is, where they have an account, and by when."""

    owner_id: UUID | None
    due_on: date
    state: Literal["later", "near", "late"]


async def list_given(work: Work) -> tuple[Given, ...]:
    """What was given to whoever asks and is not done, the nearest day first."""
    work.require(Permission.HOME_READ)
    if work.actor.user_id is None:
        return ()
    return tuple(Given(*row) for row in await work.driver.fetch(MINE, work.actor.user_id, MOST))


class Dated(msgspec.Struct, frozen=True):
    """The day of an improvement, and nothing of what it is about."""

    id: UUID
    due_on: date
    mine: bool


async def list_dated(work: Work, since: date) -> tuple[Dated, ...]:
    """The days from `since` on by which improvements are to be done: one's own, and every one for whoever reviews."""
    if work.actor.user_id is None or not work.may(Permission.HOME_READ):
        return ()
    everyone = work.may(Permission.STANDARDS_REVIEW)
    last = since + FURTHEST
    rows = await work.driver.fetch(DATED, work.actor.user_id, everyone, since, last, MOST_DATED)
    return tuple(Dated(*row) for row in rows)


async def get_given(work: Work, improvement_id: UUID) -> Improvement:
    """One that was given to whoever asks; raises `NotFound` for every other."""
    work.require(Permission.HOME_READ)
    found = await find_improvement(work, improvement_id)
    if found is None or found.owner_id is None or found.owner_id != work.actor.user_id:
        raise NotFound
    return found


async def count_late(work: Work, today: date) -> int:
    """How many improvements of the plan are past their day, for whoever reviews; 0 for everybody else."""
    if not work.may(Permission.STANDARDS_REVIEW):
        return 0
    return int(await work.driver.fetchval(LATE, today) or 0)


async def names_of(work: Work, profile: Profile, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """What controls are called, of the service's standards and of one's own, also for whoever reads no standards."""
    found: dict[tuple[str, str], str] = {}
    for code, wanted in pairs:
        framework = framework_of(code, profile)
        control = framework.control(wanted) if framework else None
        if control:
            found[code, wanted] = control.name
    return found | dict(await names_of_gone(work, [pair for pair in pairs if pair not in found]))


def ask_to_tell(work: Work, after: Improvement, before: Improvement | None = None) -> None:
    """Have whoever it is given to told of it, and have it looked at before its day and after.

    Whoever takes it on themselves knows it, and so does whoever types a day that is near, or over.
    """
    if work.dated or not after.open:
        return
    new_owner = after.owner_id and (before is None or before.owner_id != after.owner_id)
    if new_owner and after.owner_id != work.actor.user_id:
        work.ask("notice.improvement_given", after.id, key=f"{after.id} {after.version}")
    today = work.now().date()
    if abs(after.due_on - today) > FURTHEST:
        return
    for day in (after.due_on - NEAR, after.due_on + timedelta(days=1)):
        if day > today:
            work.ask("notice.improvement_due", after.id, key=f"{after.id} {day.isoformat()}", run_at=due_at(day))


async def what_is_owed(work: Work, improvement_id: UUID, today: date) -> Owed | None:
    """How an improvement stands; None for one that is done, dropped or gone."""
    row = await work.driver.fetchrow(DUE, improvement_id)
    if row is None:
        return None
    due_on = row["due_on"]
    return Owed(row["owner_id"], due_on, "late" if due_on < today else "near" if due_on - NEAR <= today else "later")
