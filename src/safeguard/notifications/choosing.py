"""How somebody wants to be told: each by mail, gathered once a day, or in the app alone, and when not to be woken.

What somebody has to act on is mailed, at once or gathered: nobody who leads on safeguarding can switch it off.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from safeguard.errors import Conflict
from safeguard.notifications.rules import Rule, Topic
from safeguard.work import Work

Way = Literal["each", "digest", "none"]

GATHERED_AT: Final = time(7, 30)
"""Where the organisation is, in the morning: before the first lesson, after the night."""

READ: Final = """
select duty, tasks, updates, quiet_from, quiet_until, version from public.notice_choices
where organisation_id = (select sec.current_organisation()) and user_id = $1
"""
SAVE: Final = """
insert into public.notice_choices as c (
    organisation_id, user_id, duty, tasks, updates, quiet_from, quiet_until, version, changed_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7 + 1, $8)
on conflict (organisation_id, user_id) do update
set duty = excluded.duty, tasks = excluded.tasks, updates = excluded.updates, quiet_from = excluded.quiet_from,
    quiet_until = excluded.quiet_until, version = excluded.version, changed_at = excluded.changed_at
where c.version = $7
returning version
"""


@dataclass(frozen=True, slots=True)
class Choices:
    """What one member of one organisation chose. Times are the organisation's own."""

    duty: Way = "each"
    tasks: Way = "each"
    updates: Way = "each"
    quiet_from: time | None = None
    quiet_until: time | None = None
    version: int = 0

    def way_of(self, rule: Rule) -> Way:
        """How a notice by this rule reaches them beside the app."""
        if rule.pressing or rule.kept:
            return "each"
        ways: dict[Topic, Way] = {Topic.DUTY: self.duty, Topic.TASKS: self.tasks, Topic.UPDATES: self.updates}
        return ways[rule.topic]

    def loud_at(self, moment: datetime, zone: ZoneInfo, rule: Rule) -> datetime | None:
        """When mail may leave: the end of the quiet hours that `moment` falls into, or None for at once."""
        if rule.pressing or self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return None
        here = moment.astimezone(zone)
        if not _within(here.time(), self.quiet_from, self.quiet_until):
            return None
        return _next(self.quiet_until, here)


def gathered_at(moment: datetime, zone: ZoneInfo) -> datetime:
    """When the next gathered mail leaves."""
    return _next(GATHERED_AT, moment.astimezone(zone))


def _within(now: time, begin: time, end: time) -> bool:
    """Whether it is quiet; a night goes over midnight."""
    return begin <= now < end if begin < end else now >= begin or now < end


def _next(at: time, here: datetime) -> datetime:
    """The next time that a clock on the wall says `at`, in UTC."""
    today = datetime.combine(here.date(), at, here.tzinfo)
    chosen = today if today > here else datetime.combine(here.date() + timedelta(days=1), at, here.tzinfo)
    return chosen.astimezone(UTC)


async def read_choices(work: Work, user_id: object) -> Choices:
    """What somebody chose, or what holds until they do."""
    row = await work.driver.fetchrow(READ, user_id)
    return Choices(*row) if row else Choices()


async def choose(work: Work, chosen: Choices) -> None:
    """Keep one's own choices; raises `Conflict` when they were changed in another window."""
    row = await work.driver.fetchval(
        SAVE, work.actor.user_id, chosen.duty, chosen.tasks, chosen.updates, chosen.quiet_from, chosen.quiet_until,
        chosen.version, work.now(),
    )  # fmt: skip
    if row is None:
        raise Conflict("You changed this in another window meanwhile. Look at it again.")
    if work.actor.user_id:
        work.record("notices.chosen", work.actor.user_id, kind="membership")
