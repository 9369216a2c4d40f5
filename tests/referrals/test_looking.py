"""Documents are looked into whole: what is hostile or damaged comes back in time, as a file that stays."""

import subprocess
import sys
import zipfile
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard.attachments.kinds import WORD
from safeguard.referrals.looking import STAYS, Stays, read_words
from tests.attachments import files

pytestmark = pytest.mark.anyio

ENDLESS: Final = """
import anyio
from safeguard.attachments.kinds import WORD
from safeguard.people.spotting import words_in
from safeguard.referrals import looking, naming
from tests.attachments import files

for run in ("a", "<", "@", ".", "-", " ", "7", "A1 ", "a@", "a@b.c+", "0 7"):
    text = (run * 1_000_000)[:1_000_000]
    for _, pattern in naming.PATTERNS:
        list(pattern.finditer(text))
    looking.MARKS.sub("", text)
    words_in(text[:200_000])
anyio.run(looking.read_words, files.package(files.WORD_PARTS | {"word/document.xml": b"<" * 200_000}), WORD)
"""
"""What took the square of its length, for a text that somebody made long: it ends, or it is ended."""


def test_what_never_closes_or_never_parts_is_read_once_and_not_once_from_each_letter():
    subprocess.run([sys.executable, "-P", "-c", ENDLESS], timeout=120, check=True, capture_output=True, cwd=".",
                   env={"PYTHONPATH": ":".join(sys.path)})  # fmt: skip


async def verdict_on(whole):
    """The code for which a document stays; empty for one that may go."""
    try:
        await read_words(whole, WORD)
    except Stays as verdict:
        return verdict.code
    return ""


@settings(max_examples=60, deadline=None)
@given(where=st.integers(0, 10_000), instead=st.binary(min_size=1, max_size=6), cut=st.booleans())
async def test_a_document_that_is_damaged_anywhere_is_read_or_stays_and_nothing_else(where, instead, cut):
    where %= len(files.WORD)
    whole = files.WORD[:where] + instead + (b"" if cut else files.WORD[where + len(instead) :])
    assert await verdict_on(whole) in {"", *STAYS}


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
async def test_a_document_with_one_stream_that_cannot_be_unpacked_stays(method):
    assert await verdict_on(files.broken(method)) == "damaged"
