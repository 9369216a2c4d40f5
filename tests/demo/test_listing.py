"""Whoever is invented is as old as their group says."""

from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from safeguard.demo.listing import born

DAYS = st.dates(date(2024, 1, 1), date(2034, 12, 31))


def age_on(day: date, birthday: date) -> int:
    return day.year - birthday.year - ((day.month, day.day) < (birthday.month, birthday.day))


@given(DAYS, st.integers(1, 13), st.integers())
def test_whoever_is_in_a_year_of_school_turns_that_age_in_it(today, year, seed):
    birthday = born(f"{year}E", "school", Random(seed), today)
    before = date(today.year - (today.month < 9), 8, 31)  # who is born on the first day turns that age on it
    assert age_on(before, birthday) == year + 4
    assert birthday < today


@given(DAYS, st.integers(8, 18), st.integers())
def test_whoever_plays_under_an_age_was_under_it_as_the_season_began(today, under, seed):
    birthday = born(f"Under {under}s", "club", Random(seed), today)
    begun = date(today.year - (today.month < 9), 9, 1)
    assert age_on(begun, birthday) in (under - 2, under - 1)


@given(DAYS, st.sampled_from(["childrens_home", "care"]), st.integers())
def test_whoever_lives_in_a_home_has_an_age_that_fits_it(today, kind, seed):
    age = age_on(today, born("", kind, Random(seed), today))
    assert 9 <= age <= 17 if kind == "childrens_home" else 27 <= age <= 89
