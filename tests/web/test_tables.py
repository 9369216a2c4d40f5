"""Tables that leave: whatever somebody typed comes back as text, and never as a formula."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard.web.directions import CONTROLS
from safeguard.web.tables import LONGEST_CELL, Form, escaped, table
from tests.exports.sheets import rows_of_csv, rows_of_xlsx

READERS: dict[Form, Callable[[bytes], list[list[str]]]] = {Form.CSV: rows_of_csv, Form.XLSX: rows_of_xlsx}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NASTY = st.one_of(
    st.text(max_size=40),
    st.builds(str.__add__, st.sampled_from(["=", "+", "-", "@", "\t", "\r", " =", "\t=", "＝"]), st.text(max_size=20)),
    st.sampled_from([
        '=HYPERLINK("http://example.invalid","x")', "@SUM(1)", "+1+1", "-2+3", "\t=1", "_x003D_1", "</t></is>",
        "=cmd|' /C calc'!A0", "\0=1", "a\r\nb", "\ufffe", "\x1b[2J", "'=1", "",
    ]),
)  # fmt: skip
PLAIN = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"], exclude_characters=CONTROLS), max_size=40).filter(
    lambda text: not text.lstrip().startswith(DANGEROUS)
)


def written(form: Form, rows: list[list[str]]) -> list[list[str]]:
    whole = table(form, ["One", "Two", "Three"])
    whole.add(rows)
    headings, *read = READERS[form](whole.file())
    assert headings == ["One", "Two", "Three"]
    return read


@pytest.mark.parametrize("form", [*Form])
@given(rows=st.lists(st.lists(NASTY, min_size=3, max_size=3), max_size=5))
def test_no_value_in_any_column_can_be_a_formula(form: Form, rows: list[list[str]]):
    read = written(form, rows)
    assert len(read) == len(rows)
    for row in read:
        assert len(row) == 3
        for value in row:
            assert not value.startswith(DANGEROUS)
            assert not value.lstrip().startswith(DANGEROUS)


@pytest.mark.parametrize("form", [*Form])
@given(rows=st.lists(st.lists(PLAIN, min_size=3, max_size=3), max_size=5))
def test_whatever_is_harmless_comes_back_as_it_was(form: Form, rows: list[list[str]]):
    assert written(form, rows) == rows


@pytest.mark.parametrize("form", [*Form])
def test_what_turns_words_round_stands_there_by_its_number(form: Form):
    assert written(form, [["Sam \u202eecilA", "\u202d=1\u202c", "\u2067x\u2069"]]) == [
        ["Sam [U+202E]ecilA", "'=1", "x"]
    ]


@pytest.mark.parametrize("sign", DANGEROUS)
def test_a_formula_is_kept_behind_an_apostrophe(sign: str):
    assert escaped(f"{sign}1") == f"'{sign}1"
    if sign.strip():
        assert escaped(f"  {sign}1") == f"'  {sign}1"


def test_a_cell_is_cut_where_a_spreadsheet_would_refuse_the_file():
    ((kept, _, _),) = written(Form.XLSX, [["a" * (LONGEST_CELL + 5), "", ""]])
    assert len(kept) == LONGEST_CELL
    assert kept.endswith("…")


def test_the_same_table_has_the_same_bytes():
    def made() -> bytes:
        whole = table(Form.XLSX, ["One"])
        whole.add([["Ana Brook"]])
        return whole.file()

    assert made() == made()


def test_what_spells_an_escape_stays_what_was_typed():
    assert written(Form.XLSX, [["_x0041_", "a_x000D_b", "_X0041_"]]) == [["_x0041_", "a_x000D_b", "_X0041_"]]


def test_a_character_that_a_sheet_cannot_hold_is_shown_as_missing():
    ((kept, _, _),) = written(Form.XLSX, [["a\x00b", "", ""]])
    assert re.fullmatch("a\ufffdb", kept)
