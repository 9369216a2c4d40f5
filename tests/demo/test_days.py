"""Terms and holidays as they were, so that the invented past keeps school hours."""

from datetime import date

import pytest

from safeguard.demo.days import bank_holidays, easter, is_school_day, is_working_day


@pytest.mark.parametrize(
    ("year", "sunday"), [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5))]
)
def test_easter_is_when_it_was(year, sunday):
    assert easter(year) == sunday


def test_bank_holidays_of_a_year_with_a_weekend_boxing_day():
    assert bank_holidays(2026) == {
        date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25), date(2026, 8, 31),
        date(2026, 12, 25), date(2026, 12, 28),
    }  # fmt: skip


@pytest.mark.parametrize(
    "day", [date(2025, 8, 12), date(2025, 10, 29), date(2025, 12, 30), date(2026, 4, 8), date(2026, 5, 27)]
)
def test_there_is_no_school_in_the_holidays(day):
    assert not is_school_day(day)


@pytest.mark.parametrize("day", [date(2025, 9, 10), date(2025, 11, 20), date(2026, 1, 14), date(2026, 6, 17)])
def test_there_is_school_in_term(day):
    assert is_school_day(day)


def test_a_saturday_is_no_working_day():
    assert not is_working_day(date(2026, 11, 21))
