"""What one organisation told its group: of a year as a whole, and in short of the years before it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import mean
from typing import Final
from uuid import UUID

import msgspec

from safeguard.insights.sharing import Figures, Objective
from safeguard.web.times import written_month

LAST_MONTH: Final = "-08"
A_YEAR: Final = 7
"""As many characters has `2025/26`; what is of several years has more."""
Years = Mapping[UUID, Mapping[str, int]]
"""By organisation and school year: all incidents of those years that are over and wholly told."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one organisation told of a period."""

    member_id: UUID
    name: str
    period: str
    received_at: datetime
    figures: Figures

    @property
    def level(self) -> float | None:
        """The mean of its objectives."""
        return _mean(self.figures.objectives, lambda each: each.level)

    @property
    def moved(self) -> float | None:
        """How far its objectives rose since the review before, on the mean; below 0 where they fell."""
        return _mean(self.figures.objectives, _moved)

    @property
    def level_before(self) -> float | None:
        """The mean level in the review before; None where nothing was judged in both."""
        return None if self.level is None or self.moved is None else round(self.level + self.moved, 1)

    @property
    def signed_on(self) -> date | None:
        """When its last review was signed off."""
        return date.fromisoformat(self.figures.signed_on) if self.figures.signed_on else None

    @property
    def overdue(self) -> int:
        """Improvements past their day."""
        return sum(each.overdue for each in self.figures.objectives)

    @property
    def counted_to(self) -> str:
        """The last month that its incidents are counted to, as it is called, where the year goes on after it."""
        of_a_year = len(self.period) == A_YEAR and self.figures.total is not None
        if not of_a_year or not self.figures.until or self.figures.until.endswith(LAST_MONTH):
            return ""
        return written_month(self.figures.until)

    @property
    def grew(self) -> int | None:
        """By how many incidents there were more than in the same months a year before; None where one is left out."""
        now, then = self.figures.total, self.figures.before
        return None if now is None or then is None else now - then

    def area(self, label: str) -> int | str | None:
        """Incidents of one area of risk as they were told; None where nothing was."""
        return next((value for named, value in self.figures.areas if named == label), None)

    def stale_of(self, objective: str) -> int:
        """Items of evidence of one objective that are out of date."""
        return next((each.stale for each in self.figures.objectives if each.code == objective), 0)

    def level_of(self, objective: str) -> float | None:
        """The level of one objective, of that code."""
        return next((each.level for each in self.figures.objectives if each.code == objective), None)

    def before_of(self, objective: str) -> float | None:
        """The level of one objective in the review before."""
        return next((each.before for each in self.figures.objectives if each.code == objective), None)


def _moved(objective: Objective) -> float | None:
    if objective.level is None or objective.before is None:
        return None
    return objective.before - objective.level


def _mean(objectives: Iterable[Objective], of: Callable[[Objective], float | None]) -> float | None:
    found = [value for each in objectives if (value := of(each)) is not None]
    return round(mean(found), 1) if found else None


class Year(msgspec.Struct, frozen=True):
    """As much of what was told of a year as a trend needs."""

    until: str
    total: int | None
    before: int | None = None


def whole_years(told: Iterable[tuple[UUID, str, Year]]) -> Years:
    """The years of each organisation that are over and shown whole.

    What was told of a year when it was the latest stands before what the next one tells of it in passing.
    """
    own: dict[UUID, dict[str, int]] = {}
    passing: dict[UUID, dict[str, int]] = {}
    for member, period, year in told:
        if len(period) != A_YEAR or year.total is None or not year.until.endswith(LAST_MONTH):
            continue
        own.setdefault(member, {})[period] = year.total
        if year.before is not None:
            passing.setdefault(member, {})[year_before(period)] = year.before
    return {member: {**passing.get(member, {}), **years} for member, years in own.items()}


def year_before(period: str) -> str:
    """`2025/26` -> `2024/25`."""
    begins = int(period[:4])
    return f"{begins - 1}/{begins % 100:02d}"
