"""The bank holidays in the file, worked out again from the rules."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from safeguard.tenancy.calendars.bank_holidays import load_bank_holidays
from safeguard.tenancy.nations import Nation

DAY = timedelta(days=1)
MONDAY = 0
YEARS = range(2011, 2029)
EVERYWHERE = {date(2011, 4, 29), date(2012, 6, 5), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)}
PROCLAIMED = dict.fromkeys(Nation, EVERYWHERE) | {Nation.SCOTLAND: EVERYWHERE | {date(2026, 6, 15)}}
"""By royal proclamation, for once: no rule gives them."""
MOVED = {date(2012, 5, 28): date(2012, 6, 4), date(2020, 5, 4): date(2020, 5, 8), date(2022, 5, 30): date(2022, 6, 2)}
"""For once, to lie beside a jubilee or on the day of a victory."""


def easter(year: int) -> date:
    """Gauss's rule for the Gregorian calendar, in the form that Lichtenberg corrected."""
    k = year // 100
    m = 15 + (3 * k + 3) // 4 - (8 * k + 13) // 25
    s = 2 - (3 * k + 3) // 4
    d = (19 * (year % 19) + m) % 30
    r = (d + year % 19 // 11) // 29
    limit = 21 + d - r
    first_sunday = 7 - (year + year // 4 + s) % 7
    return date(year, 3, 1) + timedelta(days=limit + 7 - (limit - first_sunday) % 7 - 1)


def first_monday(year: int, month: int) -> date:
    return next(day for day in days_of(year, month) if day.weekday() == MONDAY)


def last_monday(year: int, month: int) -> date:
    return [day for day in days_of(year, month) if day.weekday() == MONDAY][-1]


def days_of(year: int, month: int) -> Iterator[date]:
    day = date(year, month, 1)
    while day.month == month:
        yield day
        day += DAY


def taken(fixed: list[date]) -> set[date]:
    """Fixed days as they are taken: those on a weekend on the next weekday that is free."""
    days = {day for day in fixed if day.weekday() < 5}
    for day in sorted(set(fixed) - days):
        while day.weekday() >= 5 or day in days:
            day += DAY
        days.add(day)
    return days


def by_rule(nation: Nation, year: int) -> set[date]:
    fixed = [date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)]
    moving = {easter(year) - 2 * DAY, first_monday(year, 5), last_monday(year, 5)}
    if nation is Nation.SCOTLAND:
        fixed += [date(year, 1, 2), date(year, 11, 30)]
        moving |= {first_monday(year, 8)}
    else:
        moving |= {easter(year) + DAY, last_monday(year, 8)}
    if nation is Nation.NORTHERN_IRELAND:
        fixed += [date(year, 3, 17), date(year, 7, 12)]
    return taken(fixed) | moving


@pytest.mark.parametrize("nation", Nation)
def test_every_date_follows_from_the_rules_or_from_a_proclamation(nation: Nation) -> None:
    by_rules = {MOVED.get(day, day) for year in YEARS for day in by_rule(nation, year)}
    expected = by_rules | PROCLAIMED[nation]
    assert set(load_bank_holidays().of_nation[nation].names) == expected


def test_substitute_days_say_what_they_stand_for() -> None:
    days = load_bank_holidays().of_nation[Nation.ENGLAND].names
    assert days[date(2026, 12, 28)] == "Boxing Day (substitute day)"
    assert all(day.weekday() < 5 for day in days)


def test_wales_takes_the_days_of_england() -> None:
    known = load_bank_holidays().of_nation
    assert known[Nation.WALES] == known[Nation.ENGLAND]
    assert known[Nation.SCOTLAND] != known[Nation.NORTHERN_IRELAND]
