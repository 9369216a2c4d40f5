"""The days of all records, cut into stretches that a pack may hold: three years each, the last one up to today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from safeguard.evidence.requesting import LONGEST


@dataclass(frozen=True, slots=True)
class Span:
    """From one day to another, both included."""

    first: date
    last: date


def spans(first: date, today: date) -> tuple[Span, ...]:
    """Stretches from `first` to `today`, none longer than a pack may be, that follow each other without a gap."""
    return tuple(_cut(min(first, today), today))


def _cut(first: date, today: date) -> Iterator[Span]:
    while first <= today:
        last = min(first + LONGEST, today)
        yield Span(first, last)
        first = last + timedelta(days=1)
