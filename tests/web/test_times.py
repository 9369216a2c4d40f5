"""Times as people say them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard.web.times import Telling, ago, day_said, exact, machine, said

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 22, 9, 10, tzinfo=UTC), "today 09:10"),
        (datetime(2026, 11, 21, 9, 10, tzinfo=UTC), "yesterday 09:10"),
        (datetime(2026, 11, 18, 9, 10, tzinfo=UTC), "Wednesday 09:10"),
        (datetime(2026, 11, 12, 9, 10, tzinfo=UTC), "12 November 09:10"),
        (datetime(2025, 7, 12, 9, 10, tzinfo=UTC), "12 July 2025 10:10"),
    ],
)
def test_a_moment_is_said_as_people_say_it(moment: datetime, words: str) -> None:
    assert said(moment, NOW, LONDON) == words


def test_a_day_is_the_organisations_own() -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert said(late, late + timedelta(minutes=1), LONDON) == "today 00:30"
    assert exact(late, LONDON) == "Wednesday 1 July 2026, 00:30:00 BST"


def test_days_near_today_have_names() -> None:
    today = date(2026, 11, 22)
    assert [day_said(date(2026, 11, d), today) for d in (23, 22, 21, 16, 15)] == [
        "tomorrow", "today", "yesterday", "Monday", "15 November",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=9), "9 days ago"),
    ],
)
def test_how_long_ago(passed: timedelta, words: str) -> None:
    assert ago(NOW - passed, NOW) == words


def test_machines_get_utc() -> None:
    assert machine(datetime(2026, 7, 1, 14, 5, tzinfo=LONDON)) == "2026-07-01T13:05:00Z"


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    st.sampled_from(["Europe/London", "America/St_Johns", "Pacific/Apia"]),
)
def test_many_moments_are_told_as_each_would_be(moment: datetime, now: datetime, place: str) -> None:
    zone, moment, now = ZoneInfo(place), moment.replace(tzinfo=UTC), now.replace(tzinfo=UTC)
    told = Telling.at(now, zone).times(moment)
    assert told == (machine(moment), exact(moment, zone), said(moment, now, zone))
