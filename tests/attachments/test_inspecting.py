"""A file is what its content says, one thing only, and something that can be checked; everything else is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard.attachments.inspecting import (
    ARCHIVE,
    DISGUISED,
    LOCKED,
    MARKUP,
    NOT_TAKEN,
    PROGRAM,
    TOO_MUCH_INSIDE,
    TWO_THINGS,
    UNREADABLE,
    FileInspection,
)
from safeguard.attachments.kinds import KINDS, file_name_for
from safeguard.web.uploading import Refused
from tests.attachments import files


def inspect(name: str, whole: bytes, size: int = 60_000) -> str:
    inspection = FileInspection(name, 25_000_000)
    for start in range(0, len(whole), size):
        inspection.see(whole[start : start + size])
    return inspection.end()


@pytest.mark.parametrize(
    ("name", "whole", "media_type"),
    [
        ("letter.pdf", files.PDF, "application/pdf"),
        ("screen.png", files.PNG, "image/png"),
        ("photo.JPG", files.JPEG, "image/jpeg"),
        ("letter.txt", files.LETTER, "text/plain"),
        ("letter", files.LETTER * 5000, "text/plain"),
        ("letter.docx", files.WORD, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("list.xlsx", files.SHEET, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("letter.odt", files.OPEN_DOCUMENT, "application/vnd.oasis.opendocument.text"),
        ("letter.odt", files.OPEN_WITH_PICTURES, "application/vnd.oasis.opendocument.text"),
        ("photo.pdf", files.JPEG, "image/jpeg"),
    ],
)
def test_a_file_is_what_its_content_says(name: str, whole: bytes, media_type: str) -> None:
    assert inspect(name, whole) == media_type
    assert inspect(name, whole, size=7 if len(whole) < 1_000_000 else 4097) == media_type


@pytest.mark.parametrize(
    ("name", "whole", "why"),
    [
        ("a.svg", files.SVG, MARKUP),
        ("a.png", files.SVG, MARKUP),
        ("a.html", files.HTML, MARKUP),
        ("a.txt", files.LETTER * 100 + b"<script>alert(1)</script>", MARKUP),
        ("a.exe", files.PROGRAM, NOT_TAKEN),
        ("a.pdf", files.PROGRAM, NOT_TAKEN),
        ("a.pdf", files.LOCKED_PDF, LOCKED),
        ("a.pdf", files.LOCKED_BY_NUMBERS, LOCKED),
        ("a.docx", files.LOCKED_WORD, LOCKED),
        ("a.docx", files.LOCKED_PART, LOCKED),
        ("a.odt", files.LOCKED_OPEN, LOCKED),
        ("a.odt", files.LOCKED_WIDE, LOCKED),
        ("a.odt", files.LOCKED_WHOLLY, LOCKED),
        ("a.odt", files.LOCKED_LONG, LOCKED),
        ("a.odt", files.open_document(files.OPEN_PARTS | {"META-INF/manifest.xml": b"\xa7\x81"}), UNREADABLE),
        ("a.zip", files.ARCHIVE, ARCHIVE),
        ("a.docx", files.ARCHIVE, ARCHIVE),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + b"\0" * 60, ARCHIVE),
        ("a.docx", files.BOMB, TOO_MUCH_INSIDE),
        ("a.docx", files.WITH_MACROS, PROGRAM),
        ("a.docx", files.NESTED, PROGRAM),
        ("a.docx", files.WORD[:-40], UNREADABLE),
        ("a.pdf", files.WORD, DISGUISED),
        ("a.png", files.POLYGLOT, TWO_THINGS),
        ("a.pdf", files.PDF + files.ARCHIVE + files.FAR_BEHIND, TWO_THINGS),
        ("a.pdf", files.PDF + files.FAR_BEHIND + b"7z\xbc\xaf\x27\x1c\0\4" + files.FAR_BEHIND, TWO_THINGS),
        ("invoice.js", files.LETTER, DISGUISED),
        ("invoice.pdf", files.LETTER, DISGUISED),
        ("a.txt", b"text then \0 nought" * 500, NOT_TAKEN),
    ],
)
def test_what_can_harm_or_cannot_be_checked_is_refused_in_words(name: str, whole: bytes, why: str) -> None:
    with pytest.raises(Refused) as refused:
        inspect(name, whole)
    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("whole", "why"),
    [(files.LOCKED_BY_NUMBERS, LOCKED), (files.PDF + files.ARCHIVE + files.FAR_BEHIND[:900], TWO_THINGS)],
    ids=["locked", "archive"],
)
def test_what_comes_in_small_pieces_is_seen_through_too(whole: bytes, why: str) -> None:
    with pytest.raises(Refused) as refused:
        inspect("a.pdf", whole, size=5)
    assert str(refused.value) == why


def test_what_chance_writes_into_a_large_picture_is_no_archive() -> None:
    picture = files.JPEG + b"\x91PK\x03\x04\xd2\x77\x10" * 20_000 + b"\0PK\x05\x06\x9c\1" + b"\x55" * 70_000
    assert inspect("a.jpg", picture) == "image/jpeg"


def test_an_older_word_document_is_told_what_to_do() -> None:
    with pytest.raises(Refused, match="in today's format"):
        inspect("a.doc", files.OLD_WORD)


@given(st.binary(max_size=3000), st.sampled_from(["a.pdf", "a.docx", "a.png", "a", "a.txt"]), st.integers(1, 4000))
@settings(deadline=None, max_examples=200)
def test_any_bytes_are_taken_as_a_known_type_or_refused(whole: bytes, name: str, size: int) -> None:
    try:
        found = inspect(name, whole, size)
    except Refused as refusal:
        assert str(refusal)
    else:
        assert found in {kind.media_type for kind in KINDS}


@given(st.binary(max_size=2000), st.sampled_from(["a.docx", "a.xlsx"]))
@settings(deadline=None, max_examples=100)
def test_a_broken_document_never_breaks_the_inspection(rest: bytes, name: str) -> None:
    with pytest.raises(Refused):
        inspect(name, b"PK\x03\x04" + rest)


def test_a_copy_is_called_as_it_came_with_an_ending_that_tells_what_it_is() -> None:
    assert file_name_for("Letter of 3 March.pdf", "application/pdf") == "Letter of 3 March.pdf"
    assert file_name_for("photo.pdf", "image/jpeg") == "photo.jpg"
    assert file_name_for("notes", "text/plain") == "notes.txt"
    assert file_name_for("run.exe.txt", "text/plain") == "run.exe.txt"
