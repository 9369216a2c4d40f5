"""Limits of the profile that run in incidents now: the inbox and the home page count them beside days that were given.

They are computed when somebody looks, from what is recorded, the settings and the calendar of that moment: a limit that
was met, a contact that was withdrawn, a term that was moved, a child whose record says something else today are right
at once. (The road not taken: the next limit as a column of each incident. Bank holidays, settings, merged people and
corrections would all have to find every row that they move.) Two statements, each bounded by the newest few thousand
that are not closed and as many of the oldest, so the cost does not grow with the records of many years; whoever shows
them says when more is open than that. That nobody has acknowledged a report, or added to it for long, has lists of its
own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from safeguard.incidents.deadlines import Deadline
from safeguard.incidents.owing import Owed, leaves_out, list_owed
from safeguard.incidents.unanswered import Unanswered, list_unanswered
from safeguard.tenancy.calendars.counting import State
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.work import Work

DUE_WITHIN: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Running:
    """What runs: whom outside nobody has told, and who has not answered."""

    owed: tuple[Owed, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()
    overdue: Mapping[UUID, Deadline] | None = None
    """Of each incident the limit that has passed, the one of them that passed first."""
    due: Mapping[UUID, Deadline] | None = None
    """The same of those that end within a week."""
    leaves_out: bool = False
    """Whether more is open than was looked at."""

    def of(self, tab: str) -> Mapping[UUID, Deadline]:
        """What a part of the inbox goes by beside days that were given; nothing for those that go by something else."""
        return {"overdue": self.overdue, "due": self.due}.get(tab) or {}

    def days(self, tab: str) -> tuple[list[UUID], list[date]]:
        """The incidents, and the day of each: what the inbox's statements take."""
        found = {key: each.when.at.date() for key, each in self.of(tab).items() if each.when}
        return list(found), list(found.values())


NOTHING: Final = Running()


async def read_running(work: Work, clocks: Clocks) -> Running:
    """What runs in the incidents that the actor may know of; what cannot be counted is on the incident's own page."""
    owed, unanswered = await list_owed(work, clocks), await list_unanswered(work, clocks)
    until = work.now() + DUE_WITHIN
    limits = [(each.incident_id, each.deadline) for each in (*owed, *unanswered) if each.deadline.when]
    ordered = sorted(limits, key=lambda each: each[1].when.at if each[1].when else until, reverse=True)
    return Running(
        owed,
        unanswered,
        {key: each for key, each in ordered if each.is_overdue},
        {key: each for key, each in ordered if each.state is not State.OVERDUE and each.when and each.when.at <= until},
        await leaves_out(work),
    )
