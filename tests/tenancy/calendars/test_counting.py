"""When a limit runs out, whatever it is counted in: what must hold for every start."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard.tenancy.calendars.calendar import Calendar, Uncountable, calendar_of
from safeguard.tenancy.calendars.counting import Limit, State, due, later_day, left, open_between, state
from safeguard.tenancy.calendars.openings import openings_of
from safeguard.tenancy.calendars.saying import due_said, left_said
from safeguard.tenancy.calendars.spans import Span
from safeguard.tenancy.limits import Unit
from safeguard.tenancy.nations import Nation

LONDON = ZoneInfo("Europe/London")
TERMS = (
    Span(date(2025, 9, 1), date(2025, 12, 19), "Autumn"),
    Span(date(2026, 1, 5), date(2026, 3, 27), "Spring"),
    Span(date(2026, 4, 13), date(2026, 7, 21), "Summer"),
    Span(date(2026, 9, 2), date(2026, 12, 18), "Autumn"),
    Span(date(2027, 1, 4), date(2027, 3, 25), "Spring"),
)
CLOSURES = (
    Span(date(2026, 10, 26), date(2026, 10, 30), "Half-term"),
    Span(date(2026, 11, 2), date(2026, 11, 2), "Inset"),
)
SCHOOL = calendar_of(Nation.ENGLAND, "Europe/London", TERMS, CLOSURES)
BARE = calendar_of(Nation.ENGLAND, "Europe/London")

starts = st.datetimes(datetime(2026, 1, 10), datetime(2026, 11, 20), timezones=st.just(UTC))
nations = st.sampled_from(Nation)
units = st.sampled_from([unit for unit in Unit if unit is not Unit.AT_ONCE])
values = st.integers(1, 12)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LONDON)


def limit(value: int, unit: Unit) -> Limit:
    return Limit(value, unit)


def calendar(nation: Nation) -> Calendar:
    return calendar_of(nation, "Europe/London", TERMS, CLOSURES)


@given(starts, st.timedeltas(timedelta(), timedelta(days=20)), values, units, nations)
def test_who_begins_later_is_never_due_earlier(start, later, value, unit, nation) -> None:
    counted, limit = calendar(nation), Limit(value, unit)
    assert due(counted, limit, start).at <= due(counted, limit, min(start + later, at(2026, 11, 20))).at or (
        start > at(2026, 11, 20)
    )


@given(starts, st.timedeltas(timedelta(), timedelta(days=400)))
def test_open_hours_are_those_of_each_day_between(start, length) -> None:
    end, counted = start + length, timedelta()
    for day in (start.astimezone(LONDON).date() + timedelta(days=ahead) for ahead in range(length.days + 2)):
        if day.weekday() < 5 and day not in BARE.helpline.holidays:
            opens, closes = (datetime.combine(day, time(hour), LONDON) for hour in (10, 16))
            counted += max(timedelta(), min(closes, end) - max(opens, start))
    assert open_between(BARE.helpline, start, end) == counted
    since = openings_of(BARE.helpline).longest_ago(end, timedelta(hours=6))
    assert open_between(BARE.helpline, since, end) == timedelta(hours=6)
    assert open_between(BARE.helpline, since - timedelta(microseconds=1), end) > timedelta(hours=6)


@given(starts, values, units, nations)
def test_a_longer_limit_is_never_due_earlier_and_none_is_due_before_it_begins(start, value, unit, nation) -> None:
    counted = calendar(nation)
    shorter, longer = (due(counted, Limit(length, unit), start).at for length in (value, value + 1))
    assert start < shorter <= longer


@given(starts, values, values, st.sampled_from([Unit.DAYS, Unit.WORKING_DAYS, Unit.SCHOOL_DAYS]), nations)
def test_days_add_up(start, first, then, unit, nation) -> None:
    counted, day = calendar(nation), start.astimezone(LONDON).date()
    halfway = later_day(counted, Limit(first, unit), day)
    assert later_day(counted, Limit(then, unit), halfway) == later_day(counted, Limit(first + then, unit), day)


@given(starts, values, values, st.sampled_from([Unit.HOURS, Unit.HELPLINE_HOURS]))
def test_hours_add_up_across_every_change_of_the_clocks(start, first, then, unit) -> None:
    halfway = due(BARE, Limit(first, unit), start).at
    assert due(BARE, Limit(then, unit), halfway).at == due(BARE, Limit(first + then, unit), start).at


@given(starts, values)
def test_the_helpline_is_open_for_exactly_the_hours_that_a_limit_counts(start, value) -> None:
    end = due(BARE, Limit(value, Unit.HELPLINE_HOURS), start).at
    assert open_between(BARE.helpline, start, end) == timedelta(hours=value)


@given(starts, values, st.sampled_from([Unit.DAYS, Unit.WORKING_DAYS, Unit.SCHOOL_DAYS]), nations)
def test_when_it_begins_all_of_it_is_left(start, value, unit, nation) -> None:
    counted, limit = calendar(nation), Limit(value, unit)
    assert left(counted, limit, due(counted, limit, start), start) == value


@given(starts, values, units, st.timedeltas(timedelta(), timedelta(days=40)))
def test_it_is_overdue_from_the_moment_it_is_due_and_not_before(start, value, unit, passed) -> None:
    limit, now = Limit(value, unit), start + passed
    when = due(SCHOOL, limit, start)
    assert (state(SCHOOL, limit, start, when, now) is State.OVERDUE) == (now >= when.at)


@given(starts, values, units)
def test_it_ends_at_midnight_or_by_the_clock(start, value, unit) -> None:
    limit = Limit(value, unit)
    when = due(SCHOOL, limit, start)
    if not limit.by_the_clock:
        local = when.at.astimezone(LONDON)
        assert (local.hour, local.minute, local.date() - timedelta(days=1)) == (0, 0, when.day)


def test_72_hours_are_72_hours_when_the_clocks_change() -> None:
    spring, autumn = at(2026, 3, 27, 12), at(2026, 10, 23, 12)
    assert due(BARE, limit(72, Unit.HOURS), spring).at == at(2026, 3, 30, 13)
    assert due(BARE, limit(72, Unit.HOURS), autumn).at == at(2026, 10, 26, 11)


def test_days_end_at_midnight_on_either_side_of_a_change() -> None:
    when = due(BARE, limit(7, Unit.DAYS), at(2026, 10, 20, 9))
    assert (when.day, when.at) == (date(2026, 10, 27), at(2026, 10, 28))


def test_one_working_day_from_a_friday_is_all_of_monday() -> None:
    assert due(BARE, limit(1, Unit.WORKING_DAYS), at(2026, 11, 20, 16)).day == date(2026, 11, 23)
    assert due(BARE, limit(1, Unit.WORKING_DAYS), at(2026, 11, 21, 16)).day == date(2026, 11, 23)


def test_nations_differ() -> None:
    friday = at(2026, 11, 27, 16)
    days = {nation: due(calendar(nation), limit(1, Unit.WORKING_DAYS), friday).day for nation in Nation}
    assert days[Nation.ENGLAND] == date(2026, 11, 30)
    assert days[Nation.SCOTLAND] == date(2026, 12, 1)  # St Andrew's Day


def test_school_days_pass_over_holidays_half_terms_and_inset_days() -> None:
    assert due(SCHOOL, limit(5, Unit.SCHOOL_DAYS), at(2026, 10, 21)).day == date(2026, 11, 5)
    assert due(SCHOOL, limit(5, Unit.SCHOOL_DAYS), at(2026, 7, 20)).day == date(2026, 9, 7)


@pytest.mark.parametrize(
    ("terms", "start", "said"),
    [
        ((), at(2026, 10, 21), "No term dates are entered yet"),
        (TERMS, at(2027, 3, 24), "No term dates are entered after 25 March 2027"),
        (TERMS, at(2025, 8, 1), "No term dates are entered before 1 September 2025"),
        (TERMS[:3] + TERMS[4:], at(2026, 7, 20), "No term dates are entered between 21 July 2026 and 4 January 2027"),
    ],
)
def test_a_calendar_with_a_gap_says_so_and_guesses_nothing(terms, start, said) -> None:
    with pytest.raises(Uncountable) as refusal:
        due(calendar_of(Nation.ENGLAND, "Europe/London", terms), limit(5, Unit.SCHOOL_DAYS), start)
    assert said in refusal.value.sentence


def test_a_half_term_that_was_forgotten_is_no_holiday() -> None:
    """Half of a term with the holidays on both sides: shorter than a summer, longer than any other holiday."""
    terms = (Span(date(2027, 1, 4), date(2027, 2, 12)), Span(date(2027, 4, 5), date(2027, 5, 28)))
    counted = calendar_of(Nation.ENGLAND, "Europe/London", terms)
    with pytest.raises(Uncountable, match="between 12 February 2027 and 5 April 2027"):
        due(counted, limit(5, Unit.SCHOOL_DAYS), at(2027, 2, 11))


def test_a_long_holiday_that_is_entered_as_closed_is_no_gap() -> None:
    away = (Span(date(2026, 7, 22), date(2027, 1, 3), "Building works"),)
    counted = calendar_of(Nation.ENGLAND, "Europe/London", TERMS[:3] + TERMS[4:], away)
    assert due(counted, limit(3, Unit.SCHOOL_DAYS), at(2026, 7, 20)).day == date(2027, 1, 5)


def test_years_whose_bank_holidays_nobody_knows_are_not_guessed() -> None:
    with pytest.raises(Uncountable):
        due(BARE, limit(2, Unit.WORKING_DAYS), at(2028, 12, 28))


def test_a_month_ends_on_the_same_day_or_on_the_last() -> None:
    assert due(BARE, limit(1, Unit.MONTHS), at(2026, 1, 31)).day == date(2026, 2, 28)
    assert due(BARE, limit(12, Unit.MONTHS), at(2027, 2, 28)).day == date(2028, 2, 28)


def test_an_answer_in_the_evening_waits_for_the_helpline_to_open() -> None:
    assert due(BARE, limit(2, Unit.HELPLINE_HOURS), at(2026, 12, 24, 15)).at == at(2026, 12, 29, 11)


@pytest.mark.parametrize(
    ("value", "unit", "now", "words", "stands"),
    [
        (5, Unit.SCHOOL_DAYS, at(2026, 11, 18, 9), "3 school days left", State.DUE),
        (5, Unit.SCHOOL_DAYS, at(2026, 11, 20, 9), "1 school day left", State.AT_RISK),
        (5, Unit.SCHOOL_DAYS, at(2026, 11, 23, 9), "due today", State.AT_RISK),
        (5, Unit.SCHOOL_DAYS, at(2026, 11, 25, 9), "overdue by 2 school days", State.OVERDUE),
        (4, Unit.SCHOOL_DAYS, at(2026, 11, 21, 9), "overdue since yesterday", State.OVERDUE),
        (72, Unit.HOURS, at(2026, 11, 16, 10), "2 days left", State.DUE),
        (72, Unit.HOURS, at(2026, 11, 19, 7, 30), "1 hour left", State.AT_RISK),
        (72, Unit.HOURS, at(2026, 11, 19, 9, 30), "overdue by 30 min", State.OVERDUE),
        (6, Unit.HELPLINE_HOURS, at(2026, 11, 16, 12), "4 helpline hours left", State.DUE),
        (1, Unit.MONTHS, at(2026, 11, 17), "29 days left", State.DUE),
    ],
)
def test_what_is_left_is_said_as_people_say_it(value, unit, now, words, stands) -> None:
    start = at(2026, 11, 16, 9)
    when = due(SCHOOL, limit(value, unit), start)
    assert left_said(SCHOOL, limit(value, unit), when, now) == words
    assert state(SCHOOL, limit(value, unit), start, when, now) is stands


@given(st.integers(46, 4000), st.sampled_from([Unit.WORKING_DAYS, Unit.SCHOOL_DAYS, Unit.HELPLINE_HOURS]))
def test_what_is_long_over_is_said_by_its_date_in_whatever_it_was_counted(days, unit) -> None:
    start = at(2026, 1, 12, 9)
    when = due(SCHOOL, limit(1, unit), start)
    said = left_said(SCHOOL, limit(1, unit), when, at(2026, 1, 14) + timedelta(days=days))
    assert said.startswith("overdue since "), said
    assert str(when.day.day) in said, said


def test_the_end_is_said_too() -> None:
    start = at(2026, 11, 16, 9)
    days, hours = limit(1, Unit.WORKING_DAYS), limit(2, Unit.HOURS)
    assert due_said(days, due(SCHOOL, days, start), start, SCHOOL) == "by the end of tomorrow"
    assert due_said(hours, due(SCHOOL, hours, start), start, SCHOOL) == "by 11:00 today"
