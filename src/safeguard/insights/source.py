"""What a board is made from, and what of it may be shown to whoever looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from safeguard.figures.suppressing import SMALLEST
from safeguard.insights.casework import NONE, Casework
from safeguard.insights.counting import Counts
from safeguard.insights.narrowing import Narrowed
from safeguard.insights.periods import Period, moved
from safeguard.insights.pictures import FEW, LEFT, Value
from safeguard.insights.releasing import Parts, Released
from safeguard.insights.stating import NOTHING, Statement
from safeguard.standards.framework import Framework
from safeguard.standards.queries import Beside
from safeguard.standards.review import Improvement, Review
from safeguard.standards.standing import as_last_judged
from safeguard.tenancy.profile import Profile


@dataclass(frozen=True, slots=True)
class Source:
    """Everything that was read for one reader."""

    profile: Profile
    framework: Framework
    period: Period
    today: date
    counts: Counts
    earlier: Counts
    """The same months a year before, without the one that is not over yet: half a month is set beside no whole one."""
    reviews: tuple[Review, ...]
    """The latest reviews of the framework, the newest first."""
    beside: Beside
    released: Released | None = None
    """What may be shown of the period to those for whom small figures are left out; None for whoever sees them all."""
    released_before: Released | None = None
    """The same of the year before."""
    casework: Casework = NONE
    statement: Statement = NOTHING
    """What the lead says of the period, in their own words."""
    narrowed: tuple[Narrowed, ...] = ()
    """What all of these counts are narrowed to: incidents that have all of it in common."""
    cut: bool = False
    """Whether the period is only the latest months of the one that was asked for: as many as can be counted at once."""
    whole: int = 0
    """All incidents of the period, where the counts are narrowed."""
    began: str = ""
    """The month in which the organisation came here: what it did not record before says nothing."""
    unjudged: int = 0
    """Open incidents of the period whose risk nobody has judged; for those who see every figure."""

    planned_elsewhere: tuple[Improvement, ...] = ()
    """Improvements of other standards: they belong to the one plan, and to none of the four objectives."""

    @property
    def planned(self) -> tuple[Improvement, ...]:
        """Every improvement of the one plan."""
        return (*self.beside.improvements, *self.planned_elsewhere)

    @property
    def before_us(self) -> bool:
        """Whether the period was over before the organisation came, and nothing of it was brought along."""
        return bool(self.months) and self.months[-1] < self.began and not self.total

    @property
    def exact(self) -> bool:
        """Whether this reader sees every figure."""
        return self.released is None

    @property
    def months(self) -> tuple[str, ...]:
        """The months that are counted: where figures are left out, the last ones may have to wait."""
        return self.released.atoms if self.released else self.period.months

    def touched(self, code: str) -> int:
        """How many incidents touched a control: each once, when a lesson of it first named the control."""
        return self.counts.total("touched", code)

    @property
    def finished(self) -> tuple[str, ...]:
        """Those of these months that are over."""
        return tuple(month for month in self.months if "/" in month or month < f"{self.today:%Y-%m}")

    @property
    def unfinished(self) -> bool:
        """Whether the last month is not over yet, for whoever sees every figure."""
        return not self.released and bool(self.months) and self.months[-1] >= f"{self.today:%Y-%m}"

    def settled(self, dimension: str, *codes: str) -> int | None:
        """How often these codes occurred in the months that are over; None where all of them are."""
        if not self.unfinished:
            return None
        found = (self.counts.months(dimension, code) for code in codes)
        return sum(sum(months.values()) - months.get(self.months[-1], 0) for months in found)

    @property
    def settled_total(self) -> int:
        """All incidents of the months that are over."""
        found = self.counts.months("total")
        return sum(found.get(month, 0) for month in self.finished)

    @property
    def total(self) -> int:
        """All incidents of these months."""
        return sum(self.counts.months("total").get(month, 0) for month in self.months)

    @property
    def total_before(self) -> int | None:
        """All incidents of the same months a year before; None where they are not comparable."""
        if self.released_before and self.released_before.atoms != tuple(moved(month, -12) for month in self.months):
            return None
        if self.released and not self.released_before:
            return None
        return self.earlier.total("total")

    @property
    def levels(self) -> Mapping[str, int]:
        """The level of each control as it was last judged."""
        return as_last_judged(self.framework, self.reviews)

    @property
    def levels_before(self) -> Mapping[str, int]:
        """The levels of the review before the latest."""
        return self.reviews[1].levels_of(len(self.framework.levels)) if len(self.reviews) > 1 else {}

    def each_month(self) -> Mapping[str, Value]:
        """The incidents of each month."""
        if self.released:
            return {month: LEFT if value is None else value for month, value in self.released.each_atom().items()}
        return {month: self.counts.months("total").get(month, 0) for month in self.months}

    def each_month_before(self) -> Mapping[str, Value]:
        """The incidents of each month a year before."""
        if self.released_before:
            found = self.released_before.each_atom()
            return {month: LEFT if value is None else value for month, value in found.items()}
        return {} if self.released else dict(self.earlier.months("total"))

    def parts(self, dimension: str, groups: Mapping[str, Sequence[str]] | None = None) -> Parts | None:
        """Figures of a family that adds up to all incidents; None where they have to wait."""
        if self.released:
            return self.released.parts(dimension, groups)
        totals = self.counts.totals(dimension)
        if groups:
            totals = {name: sum(totals.get(code, 0) for code in codes) for name, codes in groups.items()}
        return Parts(dict(totals), self.months[-1] if self.months else "")

    def parts_before(
        self, dimension: str, until: str, groups: Mapping[str, Sequence[str]] | None = None
    ) -> Mapping[str, int | None]:
        """The same of the same months a year before, as they were shown then; nothing where they are not comparable.

        So whoever compares two years sees, of each, what they could have noted when it was shown by itself.
        """
        if self.released is None:
            found = replace(self, counts=self.earlier).parts(dimension, groups) if self.total_before else None
            return found.cells if found else {}
        last = moved(until, -12) if until and "/" not in until else ""
        then = self.released_before.through(last) if self.released_before and last else None
        parts = then.parts(dimension, groups) if then else None
        return parts.cells if parts and parts.until == last else {}

    def occurring(self, dimension: str) -> Mapping[str, int]:
        """The codes that occur in the months that are counted: a row of another would tell of what has to wait."""
        return {code: number for code, number in self.counts.totals(dimension, self.months).items() if number}

    def alone(self, dimension: str, code: str) -> Value:
        """How often this code occurs."""
        if self.released is None:
            return self.counts.total(dimension, code)
        return told(self.released, dimension, code)

    def alone_until(self, dimension: str, code: str) -> tuple[int, str]:
        """What of a figure that is left out was shown before the last of it had to wait, and its last month; or none.

        So the greatest figures of a year are not missing because their last quarter holds a few.
        """
        if self.released is None or self.alone(dimension, code) != LEFT:
            return 0, ""
        shown, until = self.released.alone_until(dimension, (code,))
        return (shown, until[-1]) if shown and until else (0, "")

    def alone_before(self, dimension: str) -> Mapping[str, Value]:
        """How often each code occurred in the same months a year before; nothing where they are not comparable."""
        if not self.total_before:
            return {}
        codes = self.earlier.totals(dimension)
        if self.released_before is None:
            return codes
        return {code: told(self.released_before, dimension, code) for code in codes}

    def waits_before(self, step: str) -> Mapping[str, int]:
        """How long a step took in the same months a year before, as counts in steps."""
        return self.earlier.totals(step) if self.total_before else {}


def told(released: Released, dimension: str, code: str) -> Value:
    """A figure that overlaps with others; what waits beside something that was shown already is more than a few."""
    found = released.alone(dimension, (code,))
    if found is not None:
        return found
    months = released.counts.months(dimension, code)
    return FEW if sum(months.get(atom, 0) for atom in released.atoms) < SMALLEST else LEFT
