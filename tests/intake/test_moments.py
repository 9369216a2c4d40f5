"""Dates as other products write them."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard.intake.moments import Unclear, order_of, read_moment

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2024-03-31", "2024-03-31T11:00:00+00:00"),
        ("2024-03-31T09:30", "2024-03-31T08:30:00+00:00"),
        ("2024-03-31 09:30:15Z", "2024-03-31T09:30:15+00:00"),
        ("2024-03-31T09:30:00.123+05:30", "2024-03-31T04:00:00+00:00"),
        ("31/03/2024", "2024-03-31T11:00:00+00:00"),
        ("03/31/2024 1:05 PM", "2024-03-31T12:05:00+00:00"),
        ("31.3.24 12:05 am", "2024-03-31T00:05:00+00:00"),
        ("07/07/2024", "2024-07-07T11:00:00+00:00"),
        ("2 March 2024", "2024-03-02T12:00:00+00:00"),
        ("Saturday, 2nd Mar 2024 14:00", "2024-03-02T14:00:00+00:00"),
        ("March 2, 2024", "2024-03-02T12:00:00+00:00"),
        ("02-Mar-2024", "2024-03-02T12:00:00+00:00"),
    ],
)
def test_a_date_that_is_one_day_is_read(text: str, said: str) -> None:
    assert read_moment(text, None, LONDON).at.isoformat() == said


@pytest.mark.parametrize(
    "text",
    ["", "soon", "31/31/2024", "2024-02-30", "03/04/2024", "12", "2024-03-31 25:00", "31 Foo 2024", "45123",
     "0001-01-01 00:30 +01:00", "9999-12-31 23:59 -05:00", "29/03/2026 01:30"],
)  # fmt: skip
def test_what_is_no_date_or_two_is_not_guessed(text: str) -> None:
    with pytest.raises(Unclear):
        read_moment(text, None, LONDON)


def test_a_date_against_the_chosen_order_is_not_turned_round() -> None:
    with pytest.raises(Unclear):
        read_moment("03/31/2024", "day_first", LONDON)


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_each_order_reads_what_it_writes(day: date) -> None:
    for order, written in (("day_first", f"{day:%d/%m/%Y}"), ("month_first", f"{day:%m/%d/%Y}")):
        assert read_moment(written, order, LONDON).at.astimezone(LONDON).date() == day  # type: ignore[arg-type]


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_without_an_order_a_day_is_read_right_or_asked_about(day: date) -> None:
    for written in (f"{day:%d/%m/%Y}", f"{day:%m/%d/%Y}"):
        if max(day.day, day.month) <= 12 and day.day != day.month:
            with pytest.raises(Unclear):
                read_moment(written, None, LONDON)
        else:
            assert read_moment(written, None, LONDON).at.astimezone(LONDON).date() == day


def test_a_column_shows_its_order_by_a_number_above_twelve() -> None:
    assert order_of(["03/04/2024", "13/04/2024"]) == "day_first"
    assert order_of(["03/04/2024", "04/13/2024"]) == "month_first"
    assert order_of(["03/04/2024"]) is None
    assert order_of(["13/04/2024", "04/13/2024"]) is None
