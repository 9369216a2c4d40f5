"""Two years of one organisation: which cases, when, and every step of them in order."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Final

from safeguard.demo.acts import Step
from safeguard.demo.casing import steps_until, tell
from safeguard.demo.cast import House
from safeguard.demo.days import DAY, LONDON, RHYTHMS
from safeguard.demo.telling import StoryKind, stories
from safeguard.tenancy.profiles import profile_of

DAYS = 730
GROWTH = 0.35
"""By how much more is reported at the end of the two years than at the beginning."""

LIES_SINCE: Final = timedelta(days=28)
LIES_FROM: Final = timedelta(days=90)
"""Some of what was reported between these, before the end, was begun and never ended: what users of today's products
complain of, and what somebody should see to now. Older ones were seen to: nobody lets a child wait for two years."""


def begins(until: datetime) -> datetime:
    """The moment at which the organisation is set up: some days before anything is reported."""
    return until - timedelta(days=DAYS + 10)


def plan(house: House, seed: int, until: datetime) -> list[Step]:
    """Every step of every case, the earliest first: the same for the same seed and end."""
    random = Random(f"{seed} {house.new.slug} plan")  # noqa: S311  a story, not a secret
    profile = profile_of(house.kind, house.new.nation)
    steps: list[Step] = []
    kinds = deal(stories()[house.kind], house.incidents, random)
    for number, (at, story) in enumerate(zip(moments(house, until, random), kinds, strict=True)):
        like = _like(kinds, number) if number % 6 == 4 else None
        lies = number % 4 == 1 and LIES_SINCE < until - at < LIES_FROM
        told = tell(house, profile, story, number, at, Random(random.random()), like, lies=lies)  # noqa: S311  invented
        steps += steps_until(told, until)
    return sorted(steps, key=lambda step: step.at)


def _like(kinds: list[StoryKind], number: int) -> int | None:
    """The last case of the same kind before this one."""
    return next((earlier for earlier in range(number - 1, -1, -1) if kinds[earlier].code == kinds[number].code), None)


def deal(kinds: tuple[StoryKind, ...], count: int, random: Random) -> list[StoryKind]:
    """So many kinds of case in the proportion of their weights, shuffled: every kind once before any is rare."""
    if count < len(kinds):
        return random.sample(kinds, count)
    total = sum(kind.weight for kind in kinds)
    dealt = [kind for kind in kinds for _ in range(max(1, int(count * kind.weight / total)))][:count]
    dealt += random.choices(kinds, [kind.weight for kind in kinds], k=count - len(dealt))
    random.shuffle(dealt)
    return dealt


def moments(house: House, until: datetime, random: Random) -> Iterator[datetime]:
    """When each case is reported, in order: spread evenly over what each day weighs, the last ones just now."""
    rhythm, last = RHYTHMS[house.kind], until.astimezone(LONDON).date() - DAY
    days = [last - DAY * back for back in range(DAYS, -1, -1)]
    weights = {day: rhythm.weight(day) * (1 + GROWTH * place / DAYS) for place, day in enumerate(days)}
    open_days = [day for day in days if weights[day]]
    sums = list(accumulate(weights[day] for day in open_days))
    recent = min(2, house.incidents // 4)
    drawn = [(turn + random.random()) / max(1, house.incidents - recent) for turn in range(house.incidents - recent)]
    chosen = [open_days[_place(sums, share * sums[-1])] for share in drawn]
    chosen += [day for day in open_days if rhythm.is_open(day)][-1:] * recent
    return iter(sorted(rhythm.report_at(day, random) for day in chosen))


def _place(sums: list[float], wanted: float) -> int:
    return next((place for place, total in enumerate(sums) if total >= wanted), len(sums) - 1)
