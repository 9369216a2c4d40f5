"""Tables as people have them: what is read, and what is refused in words."""

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard.incidents.reports import tidy
from safeguard.intake.columns import FIELDS
from safeguard.intake.importing.reading import guess
from safeguard.intake.sheets import MOST_ROWS, NotATable, read_sheet
from safeguard.web.tables import Form, table

CELLS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=20)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5))
def test_what_a_spreadsheet_writes_is_read_back_word_for_word(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([["one", "two", "three"], *rows])
    wanted = [tuple(tidy(cell.replace("\0", "")) for cell in row) for row in rows]
    while wanted and not any(wanted[-1]):
        wanted.pop()
    if not wanted:
        return
    assert list(read_sheet(written.getvalue().encode("utf-8")).rows) == wanted


def test_a_workbook_is_read_as_text() -> None:
    whole = table(Form.XLSX, ("id", "description"))
    whole.add([("1", "Café"), ("2", "Words")])
    assert read_sheet(whole.file()).rows == [("1", "Café"), ("2", "Words")]


def test_fifty_thousand_rows_are_read_and_one_more_is_refused() -> None:
    lines = ["id,description", *(f"{number},Words" for number in range(MOST_ROWS))]
    assert len(read_sheet("\n".join(lines).encode()).rows) == MOST_ROWS
    with pytest.raises(NotATable, match="more than 50,000 rows"):
        read_sheet("\n".join([*lines, "1,More"]).encode())


def test_a_workbook_that_unpacks_to_far_more_is_not_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        for number in range(3):
            bomb.writestr(f"xl/worksheets/sheet{number}.xml", b" " * 100_000_000)
    with pytest.raises(NotATable):
        read_sheet(packed.getvalue())


@pytest.mark.parametrize(
    "whole", [b"", b"\n\n", b"only,headings\n", b"a,a\n1,2\n", b"a,b\n1,2,3\n", b"\xff\xfe\x00", b"PK\x03\x04"]
)
def test_what_is_no_table_is_refused(whole: bytes) -> None:
    with pytest.raises(NotATable):
        read_sheet(whole)


def test_a_column_is_guessed_by_our_own_words_and_by_those_of_other_products() -> None:
    headings = ("Ref:", "Date of concern", "Who wrote it", "Pupil name(s)", "DETAILS_OF_CONCERN", "Date of birth")
    assert guess(FIELDS, headings) == {
        "original_id": "Ref:", "happened": "Date of concern", "author": "Who wrote it", "affected": "Pupil name(s)",
        "narrative": "DETAILS_OF_CONCERN",
    }  # fmt: skip


def test_a_column_is_guessed_once() -> None:
    assert guess(FIELDS, ("ID", "Date", "Description", "Student Name", "Colour")) == {
        "original_id": "ID", "happened": "Date", "narrative": "Description", "affected": "Student Name"
    }  # fmt: skip


def test_numbers_and_what_was_said_are_guessed_in_the_words_of_older_products() -> None:
    assert guess(FIELDS, ["No.", "What was said"]) == {"narrative": "What was said", "original_id": "No."}


def test_a_quotation_mark_that_is_never_closed_swallows_no_row() -> None:
    with pytest.raises(NotATable, match="row 3 is never closed"):
        read_sheet(b'one,two\n1,a\n2,"b\n3,c\n4,d\n')
    assert read_sheet(b'one,two\n1,"a\nb"').rows == [("1", "a\nb")]
