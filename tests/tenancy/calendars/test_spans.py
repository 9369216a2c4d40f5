"""Terms as people write and paste them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard.tenancy.calendars.spans import Span, kept_span, read_span
from safeguard.tenancy.values import Spans, kept_spans

AUTUMN = Span(date(2026, 9, 2), date(2026, 12, 18), "Autumn term")


@pytest.mark.parametrize(
    "line",
    [
        "Autumn term: 2 September 2026 to 18 December 2026",
        "Autumn term: 2 September to 18 December 2026",
        "Autumn term: 2/9/2026 - 18/12/2026",
        "Autumn  term: 02.09.2026–18.12.2026",
        "Autumn term\t2/9/2026\t18/12/2026",
        "Autumn term: 2026-09-02..2026-12-18",
    ],
)
def test_a_term_is_read_as_people_write_it(line: str) -> None:
    assert read_span(line) == AUTUMN


def test_a_day_or_two_of_one_month_need_no_more_than_that() -> None:
    assert read_span("Inset: 2 November 2026") == Span(date(2026, 11, 2), date(2026, 11, 2), "Inset")
    assert read_span("26 to 30 October 2026") == Span(date(2026, 10, 26), date(2026, 10, 30))


def test_a_first_day_without_a_year_may_be_of_the_year_before() -> None:
    assert read_span("19 December to 3 January 2028") == Span(date(2027, 12, 19), date(2028, 1, 3))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Autumn term: 2 September to 18 December", "Write the year"),
        ("Autumn term: soon", "Write the year"),
        ("Autumn: 18 December 2026 to 2 September 2026", "the last day is before the first"),
        ("Autumn: 18 December to 2 September 2026", "the last day is before the first"),
        ("Autumn: 2 September 2024 to 18 December 2026", "longer than a year"),
        ("31 February 2026", "There is no 31 February in 2026"),
        ("1 May 2026 to 2 May 2026 to 3 May 2026", "more than a first and a last day"),
        ("x" * 80 + ": 1 May 2026", "under 60 characters"),
        ("1 May 1066", "looks like a slip"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_span(line)


days = st.dates(date(2001, 1, 1), date(2099, 1, 1))
names = st.from_regex(r"[A-Za-z][A-Za-z0-9 :'é-]{0,40}[a-z]", fullmatch=True).map(lambda name: " ".join(name.split()))


@given(days, st.integers(0, 300), st.one_of(st.just(""), names))
def test_what_was_kept_reads_the_same_as_it_is_written(first: date, length: int, name: str) -> None:
    span = Span(first, first + timedelta(days=length), name)
    assert kept_span(span.kept()) == span
    assert read_span(span.written()) == span


def test_terms_are_kept_in_order_and_may_not_share_a_day() -> None:
    reads = Spans("term", "terms")
    kept = reads.read("Spring: 4 January 2027 to 25 March 2027\n\nAutumn term: 2 September 2026 to 18 December 2026\n")
    assert [span.name for span in kept_spans(kept)] == ["Autumn term", "Spring"]
    assert reads.read(reads.typed(kept)) == kept
    assert reads.said(kept) == "2 terms, 2 September 2026 to 25 March 2027"
    with pytest.raises(ValueError, match="share a day"):
        reads.read("2 September 2026 to 18 December 2026\n18 December 2026 to 4 January 2027")
