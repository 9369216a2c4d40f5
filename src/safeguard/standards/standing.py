"""Where an organisation stands: levels per objective, what is missing, what moved since last time, and the sentence.

Computed, never stored: from a framework and a review that was made with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from safeguard.standards.framework import Control, Framework, Level, Objective
from safeguard.standards.review import Rating, Review
from safeguard.standards.reviewing import asked


@dataclass(frozen=True, slots=True)
class Judged:
    """One control in a review: what was said of it, and its level the time before."""

    control: Control
    rating: Rating | None
    level: Level | None
    before: int | None

    @property
    def moved(self) -> int:
        """Steps up (positive) or down since the last signed review."""
        return self.before - self.level.number if self.before and self.level else 0


@dataclass(frozen=True, slots=True)
class Part:
    """One objective in a review."""

    objective: Objective
    judged: tuple[Judged, ...]
    asked: int
    """How many controls this review asks here; the others may be judged as well."""
    stands: float | None = None
    """The mean level of all its controls as they were last judged, in whichever review: the figure of every page that
    says where the organisation stands."""

    @property
    def done(self) -> int:
        """How many of the asked have a level."""
        return sum(each.level is not None for each in self.judged)

    @property
    def mean(self) -> float | None:
        """The mean level of what this review judged: None while nothing is."""
        return mean_level([each.level.number for each in self.judged if each.level])


@dataclass(frozen=True, slots=True)
class Standing:
    """A review as a whole."""

    framework: Framework
    review: Review
    parts: tuple[Part, ...]
    before: Review | None

    @property
    def asked(self) -> int:
        """How many controls this review asks."""
        return sum(part.asked for part in self.parts)

    @property
    def done(self) -> int:
        """How many of them have a level."""
        return sum(part.done for part in self.parts)

    @property
    def complete(self) -> bool:
        """Whether every control that is asked has a level."""
        return self.done == self.asked

    @property
    def below(self) -> tuple[Judged, ...]:
        """Controls below the benchmark, the weakest first."""
        found = [each for part in self.parts for each in part.judged if each.level]
        weak = [each for each in found if each.level and each.level.number > self.framework.benchmark]
        return tuple(sorted(weak, key=lambda each: -(each.level.number if each.level else 0)))

    @property
    def next(self) -> Control | None:
        """The first control that is asked and has no level."""
        return next((each.control for part in self.parts for each in part.judged if each.level is None), None)

    @property
    def commented(self) -> bool:
        """Whether every control that is asked has a level and a commentary."""
        return all(each.rating and each.level and each.rating.commentary for part in self.parts for each in part.judged)

    @property
    def meets_benchmark(self) -> bool:
        """Whether every control stands at the benchmark or above, and says why: what a mark asks for."""
        return self.complete and self.commented and not self.below


def stand(framework: Framework, review: Review, before: Review | None = None) -> Standing:
    """A review in its framework, beside the one before it."""
    wanted = {control.code for control in asked(framework, review)}
    parts = tuple(_part(framework, objective, review, before, wanted) for objective in framework.objectives)
    return Standing(framework, review, tuple(part for part in parts if part.asked), before)


def as_last_judged(reviews: Sequence[Review]) -> Mapping[str, int]:
    """The level of each control as it was last judged: in the review under way, or else in the one before.

    `reviews` are those of one framework, the newest first. A review that has only begun wipes out nothing.
    """
    return {code: level for review in reversed(reviews) for code, level in review.levels.items()}


def mean_under(framework: Framework, objective: str, levels: Mapping[str, int]) -> float | None:
    """The mean level of an objective: of its controls that have one."""
    return mean_level([levels[control.code] for control in framework.under(objective) if control.code in levels])


def _part(framework: Framework, objective: Objective, review: Review, before: Review | None, wanted: set[str]) -> Part:
    earlier = before.levels if before else {}
    known = as_last_judged((review, before) if before else (review,))
    judged: list[Judged] = []
    for control in framework.under(objective.code):
        if control.code in wanted:
            rating = review.rating(control.code)
            level = framework.level(rating.level) if rating and rating.level else None
            judged.append(Judged(control, rating, level, earlier.get(control.code)))
    return Part(objective, tuple(judged), len(judged), mean_under(framework, objective.code, known))


def mean_level(levels: Sequence[int]) -> float | None:
    """The mean, to one decimal, as the published self-reviews give a strand's level."""
    return round(mean(levels), 1) if levels else None
