"""A PDF is looked into by a process that can be harmed by it alone: its words go on, and what it carries keeps it here.

What is hostile is read by that process as the service runs it; what is only unwelcome, here.
"""

import subprocess
import zlib

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard.attachments.kinds import PDF
from safeguard.referrals import paging
from safeguard.referrals.looking import STAYS, Stays, read_words
from safeguard.referrals.page_reader import look, verdict_on
from safeguard.referrals.paging import read_pages
from tests.attachments import files
from tests.referrals.papers import LETTER, PICTURE, SCAN, WORDS, letter, paper, stream

pytestmark = pytest.mark.anyio
LOOP = stream(b"/X0 Do /X0 Do", b"/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</X0 6 0 R>>>>")


def why(whole: bytes) -> str:
    """The code for which a document stays; empty for one that may go."""
    return verdict_on(whole).get("fault", "")


def test_what_a_document_carries_keeps_it_here_however_it_is_hidden():
    carried = {
        SCAN: "pictures",
        letter(WORDS, stream(b"x", b"/Subtype/#49mage/Width 1/Height 1")): "pictures",
        letter(PICTURE + WORDS): "pictures",
        letter(PICTURE + WORDS, packed=True): "pictures",
        letter(WORDS, stream(b"q BI %\n/W 1 ID x EI Q", b"/Subtype/Form", packed=True)): "pictures",
        LETTER + LETTER.replace(b"/Type/Font", b"/Type/Font/Was/Image"): "pictures",
        letter(WORDS, stream(b"x", b"/Type/EmbeddedFile")): "files",
        letter(WORDS, b"<</Type/Filespec/EF<</F 4 0 R>>>>"): "files",
        letter(WORDS, b"<</Subtype/RichMedia>>"): "files",
        letter(catalogue=b"/OpenAction<</S/JavaScript/JS(app.alert)>>"): "programs",
        letter(WORDS, b"<</A<</S/L#61unch/F(calc)>>>>"): "programs",
        letter(b"0 0 m 5 5 l S"): "wordless",
        letter(b""): "wordless",
    }
    assert [why(whole) for whole in carried] == [*carried.values()]
    assert set(carried.values()) <= set(STAYS)


def test_the_words_of_pages_notes_forms_and_authors_are_all_looked_through():
    note = b"<</Type/Annot/Subtype/Text/Contents(Ask Morgan about it)/T(Sam Teacher)>>"
    field = b"<</FT/Tx/T(name)/V(Ravi Underhill)>>"
    author = b"<</Author(Jo Quill)>>"
    words = look(letter(WORDS, note, field, author, packed=True))
    for said in ("Thank you for your call", "Ask Morgan about it", "Sam Teacher", "Ravi Underhill", "Jo Quill"):
        assert said in words
    set_by_us = typst.compile(b"= A letter\nDear #strong[Mor];gan, thank you.", pdf_standards=["a-3b"])
    assert "Dear Morgan" in look(set_by_us), "half of a name in bold is still a name"


@settings(max_examples=40, deadline=None)
@given(where=st.integers(0, len(LETTER) - 1), instead=st.binary(max_size=12), rest=st.booleans())
def test_a_damaged_document_is_read_or_stays_and_nothing_else(where, instead, rest):
    whole = LETTER[:where] + instead + (LETTER[where + len(instead) :] if rest else b"")
    ((kind, said),) = verdict_on(whole).items()
    assert kind == "words" or (kind == "fault" and said in STAYS)


async def test_a_hostile_document_ends_its_own_process_or_is_refused_by_it():
    many = b"0" * 40_000_000
    twice = zlib.compress(zlib.compress(many))
    hostile = {
        "a bomb": letter(WORDS + many, packed=True),
        "a bomb in a bomb": letter(WORDS, stream(twice, b"/Filter[/FlateDecode/FlateDecode]")),
        "depth": letter(catalogue=b"/X " + b"[" * 100_000 + b"]" * 100_000),
        "pages in a loop": paper([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"]),
        "objects that are each other": paper([b"2 0 R", b"1 0 R"]),
        "a form in itself": letter(b"/X0 Do " + WORDS, LOOP, resources=b"/XObject<</X0 6 0 R>>"),
        "more objects than a letter has": paper([b"<</Type/Catalog/Pages 2 0 R>>", *[b"1"] * 50_001]),
        "locked": letter(trailer=b"/Encrypt 5 0 R"),
        "no document": b"%PDF-1.7\n" + bytes(range(256)),
        "nothing": b"",
    }  # fmt: skip
    found = {name: await read_pages(whole) for name, whole in hostile.items()}
    assert found["a form in itself"]["words"].strip(), "a loop that is seen through harms nobody"
    assert found["more objects than a letter has"] == {"fault": "long"}
    for name in hostile.keys() - {"a form in itself", "more objects than a letter has"}:
        assert found[name]["fault"] in {"damaged", "locked", "wordless"}, name


async def test_a_process_that_takes_too_long_or_too_much_is_ended_and_the_file_stays(monkeypatch, tmp_path):
    for program, code in (
        ("import time; time.sleep(600)", "late"), ("raise SystemExit(3)", "damaged"), ("print('[]')", "damaged"),
    ):  # fmt: skip
        place = tmp_path / f"{code}.py"
        place.write_text(program, "utf-8")
        monkeypatch.setattr(paging.page_reader, "__file__", str(place))
        monkeypatch.setattr(paging, "PATIENCE", 1.0 if code == "late" else 45.0)
        with pytest.raises(Stays) as verdict:
            await read_words(LETTER, PDF)
        assert (verdict.value.code, verdict.value.sentence) == (code, STAYS[code])


def test_the_process_has_so_much_memory_and_not_more():
    hungry = "import sys; sys.path.insert(0, sys.argv[1]); import page_reader as r; r._bound(); b = b'x' * 900_000_000"
    folder = paging.page_reader.__file__.rpartition("/")[0]
    order = [paging.sys.executable, "-P", "-c", hungry, folder]
    done = subprocess.run(order, capture_output=True, timeout=60, check=False)
    assert b"MemoryError" in done.stderr


async def test_a_letter_goes_whatever_stands_after_it():
    for whole in (LETTER, LETTER + files.LETTER, letter(padding=2_000_000)):
        assert "Thank you" in await read_words(whole, PDF)
