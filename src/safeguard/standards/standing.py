"""Where an organisation stands: levels per objective, what is missing, what moved since last time, and the sentence.

Computed, never stored: from a framework and a review that was made with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from types import MappingProxyType
from typing import Final

from safeguard.standards.framework import Control, Framework, Level, Objective
from safeguard.standards.review import Rating, Review
from safeguard.standards.reviewing import asked

NONE: Final[Mapping[str, Framework]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Then:
    """A judgement in the edition that it was made with: its level and its sentence, whatever was said since."""

    framework: Framework
    control: Control
    level: Level | None

    @property
    def said(self) -> str:
        """The sentence that was chosen."""
        return self.framework.said(self.control, self.level.number) if self.level else ""


@dataclass(frozen=True, slots=True)
class Judged:
    """One control in a review: what was said of it, and its level the time before."""

    control: Control
    rating: Rating | None
    level: Level | None
    """On the scale of the framework that it stands in; None also where the scale has changed since."""
    before: int | None
    then: "Then | None" = None
    """What was read when it was judged, where that was another edition."""

    @property
    def anew(self) -> bool:
        """Whether it was judged, but on a scale that is not the review's any more."""
        return bool(self.then and self.then.level and not self.level)

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
    gone: tuple[Judged, ...] = ()
    """What was judged and is asked no more: its words stay, and no figure counts it."""

    @property
    def anew(self) -> tuple[Judged, ...]:
        """What was judged on another scale, and is to be judged again."""
        return tuple(each for part in self.parts for each in part.judged if each.anew)

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


def stand(
    framework: Framework, review: Review, before: Review | None = None, others: Mapping[str, Framework] = NONE
) -> Standing:
    """A review in its framework, beside the one before it; `others` are texts that were read then (`judged_with`)."""
    wanted = {control.code for control in asked(framework, review)}
    parts = tuple(_part(framework, objective, review, before, wanted, others) for objective in framework.objectives)
    gone = tuple(
        Judged(then.control, rating, then.level, None, then)
        for rating in review.ratings
        if framework.control(rating.control) is None and (then := then_of(rating, others))
    )
    return Standing(framework, review, tuple(part for part in parts if part.asked), before, gone)


def then_of(rating: Rating | None, others: Mapping[str, Framework]) -> Then | None:
    """What was read when it was judged; None where that is the framework of now."""
    framework = others.get(rating.control) if rating else None
    control = framework.control(rating.control) if framework and rating else None
    return Then(framework, control, framework.find_level(rating.level)) if framework and control and rating else None


def as_last_judged(framework: Framework, reviews: Sequence[Review]) -> Mapping[str, int]:
    """The level of each control as it was last judged on the scale of a framework, of whichever edition.

    `reviews` are those of one framework, the newest first. A review that has only begun wipes out nothing.
    """
    scale = len(framework.levels)
    return {code: level for review in reversed(reviews) for code, level in review.levels_of(scale).items()}


def mean_under(framework: Framework, objective: str, levels: Mapping[str, int]) -> float | None:
    """The mean level of an objective: of its controls that have one."""
    return mean_level([levels[control.code] for control in framework.under(objective) if control.code in levels])


def _part(
    framework: Framework,
    objective: Objective,
    review: Review,
    before: Review | None,
    wanted: set[str],
    others: Mapping[str, Framework],
) -> Part:
    scale = len(framework.levels)
    now, earlier = review.levels_of(scale), before.levels_of(scale) if before else {}
    known = as_last_judged(framework, (review, before) if before else (review,))
    judged: list[Judged] = []
    for control in framework.under(objective.code):
        if control.code in wanted:
            rating = review.rating(control.code)
            level = framework.find_level(now.get(control.code))
            judged.append(Judged(control, rating, level, earlier.get(control.code), then_of(rating, others)))
    return Part(objective, tuple(judged), len(judged), mean_under(framework, objective.code, known))


def mean_level(levels: Sequence[int]) -> float | None:
    """The mean, to one decimal, as the published self-reviews give a strand's level."""
    return round(mean(levels), 1) if levels else None
