"""Days and times as people type them."""

import re
from datetime import UTC, date, datetime, time

import pytest

from safeguard.web import dates

TODAY = date(2026, 11, 22)  # a Sunday


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("today", TODAY),
        (" Yesterday ", date(2026, 11, 21)),
        ("12/11/2026", date(2026, 11, 12)),
        ("12 11 2026", date(2026, 11, 12)),
        ("5.11.26", date(2026, 11, 5)),
        ("1/1/98", date(1998, 1, 1)),
        ("12 Nov 2026", date(2026, 11, 12)),
        ("3 Sept", date(2026, 9, 3)),
        ("1st of May 2025", date(2025, 5, 1)),
        ("2026-11-12", date(2026, 11, 12)),
        ("Monday", date(2026, 11, 16)),
        ("last sunday", date(2026, 11, 15)),
        ("29 Feb", date(2024, 2, 29)),
        ("23/11", date(2025, 11, 23)),
    ],
)
def test_a_day_is_read_as_it_is_said(typed: str, meant: date) -> None:
    assert dates.read_past_day(typed, TODAY) == meant


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("22/11/2027", "The date is after today. When did it happen?"),
        ("tomorrow", "The date is after today. When did it happen?"),
        ("14 October 1066", "The year 1066 is too long ago. Check the year."),
        ("31/6/2026", "There is no 31 June in 2026."),
        ("12/13/2026", "There is no month 13. Write the day first, like 12 11 2026."),
        ("1 Smarch", dates.UNREADABLE),
        ("12 novembre", dates.UNREADABLE),
        ("{{7*7}}", dates.UNREADABLE),
    ],
)
def test_a_day_that_cannot_be_meant_is_asked_for_again(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        dates.read_past_day(typed, TODAY)


@pytest.mark.parametrize("typed", ["31/12/9999", "9999-12-31", "31 December 9999", "1 1 2200", "0001-01-01"])
def test_a_day_without_an_end_is_no_day(typed: str) -> None:
    with pytest.raises(ValueError, match="Check the year"):
        dates.read_day(typed, TODAY)


@pytest.mark.parametrize("typed", ["9999-12-31", "0001-01-01", "2026-13-01", "20261122", "2026-W01-1", "today", ""])
def test_an_address_has_a_day_that_the_day_after_follows(typed: str) -> None:
    assert dates.read_written_day(" 2026-11-22 ") == date(2026, 11, 22)
    with pytest.raises(ValueError, match=r"Check the year|read this as a date|month|format"):
        dates.read_written_day(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14:05", time(14, 5)),
        ("2.05pm", time(14, 5)),
        ("2 pm", time(14)),
        ("0905", time(9, 5)),
        ("noon", time(12)),
        ("12am", time(0)),
        ("11h30", time(11, 30)),
    ],
)
def test_a_time_is_read_as_it_is_said(typed: str, meant: time) -> None:
    assert dates.read_time(typed) == meant


@pytest.mark.parametrize("typed", ["25:00", "13pm", "905", "half past", "9"])
def test_a_time_that_is_unclear_is_asked_for_again(typed: str) -> None:
    with pytest.raises(ValueError, match="Write it like 14:05"):
        dates.read_time(typed)


def test_a_time_that_the_clocks_skipped_was_seen_by_nobody() -> None:
    spring, london = date(2026, 3, 29), "Europe/London"
    with pytest.raises(ValueError, match=re.escape("There was no 01:30 on 29 March 2026")):
        dates.seen_moment(spring, time(1, 30), london)
    for at in (time(0, 59), time(2), None):
        assert dates.seen_moment(spring, at, london) == dates.moment(spring, at, london)
    autumn = date(2026, 10, 25)
    assert dates.seen_moment(autumn, time(1, 30), london) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_local_time_becomes_a_moment_in_utc() -> None:
    assert dates.moment(date(2026, 7, 1), time(9), "Europe/London") == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert dates.moment(date(2026, 12, 1), None, "Europe/London") == datetime(2026, 12, 1, 12, tzinfo=UTC)
