"""Cursors belong to one list with its filters, and cannot be written by hand."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from safeguard.errors import BadRequest
from safeguard.web import paging
from safeguard.web.paging import Key, Leaf, cut, leaf, read_cursor, read_limit, scope_of

KEY = Key(datetime(2026, 11, 22, 14, 5, 6, 123456, tzinfo=UTC), UUID(int=7))
SCOPE = scope_of("incidents", {"risk": "high", "text": None})


def test_a_cursor_comes_back_as_the_key_it_was_made_of() -> None:
    assert read_cursor(paging.cursor(KEY, SCOPE), SCOPE) == KEY
    early = Key(datetime(1920, 1, 1, tzinfo=UTC), UUID(int=1))
    assert read_cursor(paging.cursor(early, SCOPE), SCOPE) == early
    assert read_cursor(None, SCOPE) is None
    assert read_cursor("", SCOPE) is None


def test_a_cursor_of_another_list_or_filter_is_refused() -> None:
    made = paging.cursor(KEY, SCOPE)
    for scope in (
        scope_of("incidents", {"risk": "low"}),
        scope_of("incidents", {}),
        scope_of("audit", {"risk": "high"}),
    ):
        with pytest.raises(BadRequest):
            read_cursor(made, scope)


@pytest.mark.parametrize("position", [0, 5, 20, 40])
def test_a_cursor_that_was_changed_is_refused(position: int) -> None:
    made = paging.cursor(KEY, SCOPE)
    changed = made[:position] + ("A" if made[position] != "A" else "B") + made[position + 1 :]
    with pytest.raises(BadRequest):
        read_cursor(changed, SCOPE)


@pytest.mark.parametrize("made_up", ["x", "é", "A" * 1000, "' or 1=1", "=", "\ud800"])
def test_a_cursor_of_ones_own_making_is_refused(made_up: str) -> None:
    with pytest.raises(BadRequest):
        read_cursor(made_up, SCOPE)


def test_filters_count_whatever_their_order_and_empty_ones_not() -> None:
    assert scope_of("a", {"x": "1", "y": "2"}) == scope_of("a", {"y": "2", "x": "1", "z": ""})


def test_a_page_is_cut_where_there_is_more() -> None:
    rows = [Key(KEY.at, UUID(int=number)) for number in range(4)]
    more = cut(rows, 3, lambda row: row, SCOPE)
    assert (list(more.items), read_cursor(more.next, SCOPE)) == (rows[:3], rows[2])
    assert cut(rows[:3], 3, lambda row: row, SCOPE).next is None
    assert cut([], 3, lambda row: row, SCOPE).next is None


@pytest.mark.parametrize(("said", "meant"), [(None, 25), ("", 25), ("1", 1), (100, 100)])
def test_a_limit_is_a_number_within_reason(said: str | int | None, meant: int) -> None:
    assert read_limit(said) == meant


def same(row: UUID) -> UUID:
    return row


def test_a_leaf_goes_on_after_the_row_that_was_last_and_begins_anew_where_that_is_gone() -> None:
    rows = [UUID(int=number) for number in (9, 3, 7, 1, 5)]
    first = leaf(rows, None, 2, same)
    assert (first.items, first.next, first.first) == (rows[:2], str(rows[1]), True)
    second = leaf(rows, first.next, 2, same)
    assert (second.items, second.next, second.first) == (rows[2:4], str(rows[3]), False)
    last = leaf([*rows[:2], UUID(int=4), *rows[2:]], str(rows[3]), 2, same)
    assert (last.items, last.next) == (rows[4:], None)
    assert leaf(rows, str(UUID(int=8)), 2, same) == leaf(rows, "anything", 2, same) == first
    assert leaf([], None, 2, same) == Leaf([], None, True)
