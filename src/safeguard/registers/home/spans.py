"""The days of which a home's notifications and figures are shown: those of the address, or the last year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

A_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are shown, the last one included, and what is wrong with those that were asked for."""

    from_on: date
    until_on: date
    wrong: str = ""


def read_span(asked: Mapping[str, str], today: date) -> Span:
    """What `from` and `until` of an address say; the last year where they are no days."""
    usual = Span(today - A_YEAR, today)
    said = [(asked.get(name) or "").strip() for name in ("from", "until")]
    try:
        from_on = date.fromisoformat(said[0]) if said[0] else usual.from_on
        until_on = date.fromisoformat(said[1]) if said[1] else usual.until_on
    except ValueError:
        return Span(usual.from_on, usual.until_on, "One of these is no day. The last year is shown.")
    if from_on > until_on or until_on > today + A_YEAR or from_on.year < 1900:
        return Span(usual.from_on, usual.until_on, "The first day has to be before the last. The last year is shown.")
    return Span(from_on, until_on)
