"""Documents are looked into whole: what is hostile or damaged comes back in time, as a file that stays."""

import re
import subprocess
import sys
import zipfile
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard.attachments.kinds import WORD
from safeguard.people.spotting import words_in
from safeguard.referrals import page_reader
from safeguard.referrals.looking import STAYS, Stays, read_words
from tests.attachments import files

pytestmark = pytest.mark.anyio

ENDLESS: Final = """
import anyio
from safeguard.attachments.kinds import WORD
from safeguard.people.spotting import words_in
from safeguard.referrals import looking, naming, page_reader, unpacking
from tests.attachments import files

for run in ("a", "<", "@", ".", "-", " ", "7", "A1 ", "a@", "a@b.c+", "0 7"):
    text = (run * 200_000)[:200_000]
    for _, pattern in naming.PATTERNS:
        list(pattern.finditer(text))
    unpacking.MARKS.sub("", text)
    words_in(text[:20_000])
for run in ("<", "<w:alias ", "name=", 'name="', "v= ", "\\n ", "<a", "&amp", "<!--", "<?xml", "-", "="):
    for place in ("word/document.xml", "customXml/item1.xml"):
        unpacking.words_of(place, run.encode() * (100_000 // len(run)))
for run in (" BI%", " BI%\\n", " BI% BI%\\n%\\n", " BI ", "%\\n"):
    page_reader.draws_inline(run.encode() * 100_000)
    page_reader._together("" for _ in range(100_000))
anyio.run(looking.read_words, files.package(files.WORD_PARTS | {"word/document.xml": b"<" * 200_000}), WORD)
"""
"""What took the square of its length, for a text that somebody made long: it ends, or it is ended."""


def test_what_never_closes_or_never_parts_is_read_once_and_not_once_from_each_letter():
    subprocess.run([sys.executable, "-P", "-c", ENDLESS], timeout=120, check=True, capture_output=True, cwd=".",
                   env={"PYTHONPATH": ":".join(sys.path)})  # fmt: skip


DRAWN: Final = re.compile(rb"(?:^|[\s\]>)}])BI(?:\s|%[^\r\n]*[\r\n])*/(?:#|W|H|BPC|CS|F|D|I|L|C)")
"""What a picture amid the words begins with, said in one expression: it takes the square of a page's length."""
parts = st.sampled_from([b"BI", b" ", b"%", b"\n", b"\r", b"/W", b"/X", b"x", b")", b"%BI", b" BI"])


@given(st.lists(parts, max_size=20).map(b"".join))
def test_a_picture_amid_the_words_is_seen_whatever_stands_between(page: bytes):
    assert page_reader.draws_inline(page) == bool(DRAWN.search(page))


CANARY: Final = {
    "word/document.xml": "<w:p><w:r><w:t>Tam</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>sin</w:t></w:r></w:p>",
    "word/header1.xml": "<w:t>seen by</w:t><w:tab/><w:t>Tamsin</w:t><w:br/><w:t>today</w:t>",
    "word/comments.xml": '<w:comment w:author="Tamsin" w:initials="T"/>',
    "word/document1.xml": '<w:t>ta</w:t><w:ins w:id="1" w:author="Tamsin"><w:t>ken</w:t></w:ins>',
    "word/document2.xml": "<wp:docPr id='1' descr='Photo of Tamsin'/>",
    "word/document3.xml": '<w:sdt><w:sdtPr><w:alias w:val="Tamsin"/></w:sdtPr></w:sdt>',
    "word/settings.xml": '<w:docVar w:name="pupil" w:val="Tamsin"/>',
    "word/people.xml": '<w15:presenceInfo w15:providerId="AD" w15:userId="S::tamsin@school.example"/>',
    "word/_rels/document.xml.rels": '<Relationship Target="https://school.example/Tamsin%20Quill"/>',
    "xl/workbook.xml": '<sheet name="Tamsin" sheetId="1"/>',
    "xl/sharedStrings.xml": "<si><r><t>Tam</t></r><r><rPr><b/></rPr><t>sin</t></r></si>",
    "xl/drawings/drawing1.xml": "<a:p><a:r><a:t>Tamsin</a:t></a:r></a:p>",
    "xl/drawings/vmlDrawing1.vml": "<v:textbox><div>Tamsin</div></v:textbox>",
    "xl/threadedComments/threadedComment1.xml": "<threadedComment><text>Ask Tamsin</text></threadedComment>",
    "xl/persons/person.xml": '<person displayName="Tamsin"/>',
    "xl/pivotCache/pivotCacheDefinition1.xml": '<sharedItems><s v="Tamsin"/></sharedItems>',
    "xl/printerSettings/printerSettings1.bin": "Tamsin".encode("utf-16-le").decode("latin-1"),
    "docProps/app.xml": "<Manager>Tamsin</Manager><Company>School</Company>",
    "docProps/core.xml": "<dc:creator>Tamsin</dc:creator><dc:title>A letter</dc:title>",
    "customXml/item1.xml": '<pupil called="Tamsin"/>',
    "styles.xml": "<style:header><text:p>T<text:span>amsin</text:span></text:p></style:header>",
    "content.xml": "<text:p>seen<text:s/>Tamsin<text:line-break/>today</text:p>",
    "meta.xml": "<meta:user-defined meta:name='pupil'><![CDATA[Tamsin]]></meta:user-defined>",
    "word/footnotes.xml": "<!-- Tamsin -->",
    "word/endnotes.xml": "<w:t>&#84;amsin</w:t>",
}
"""Where the name of somebody stands in documents of today, as their programs write it."""


async def test_a_name_is_seen_wherever_it_stands_in_a_document():
    for place, marks in CANARY.items():
        whole = files.package(files.WORD_PARTS | {place: marks.encode("latin-1")})
        assert "tamsin" in {word.plain for word in words_in(await read_words(whole, WORD))}, place
    wide = files.package(files.WORD_PARTS | {"word/header2.xml": '<?xml version="1.0"?><t>Tamsin</t>'.encode("utf-16")})
    assert "Tamsin" in await read_words(wide, WORD)


async def test_pictures_stay_however_they_are_called_and_so_does_what_cannot_be_read():
    kept = {
        "word/a.PNG": "pictures", "word/Media/1": "pictures", "word/a.jfif": "pictures", "word/a.heic": "pictures",
        "a.heif": "pictures", "a.avif": "pictures", "a.jxl": "pictures", "word/a.WDP": "pictures",
        "ObjectReplacements/Object 1": "pictures", "Thumbnails/thumbnail.png": "preview",
        "docProps/thumbnail.jpeg": "preview", "docProps/Thumbnail.emf": "preview", "word/afchunk.mht": "files",
        "xl/model/item.data": "files", "word/printed": "files",
    }  # fmt: skip
    for place, code in kept.items():
        assert await verdict_on(files.package(files.WORD_PARTS | {place: b"x"})) == code, place
        assert code in STAYS
    drawn = files.WORD_PARTS | {"word/document.xml": b"<pkg:binaryData>iVBORw0KGgo=</pkg:binaryData>"}
    assert await verdict_on(files.package(drawn)) == "pictures"
    odd = files.WORD_PARTS | {"word/document.xml": b"<?xml version='1.0' encoding='utf-7'?><w:t>+AFQ-amsin</w:t>"}
    assert await verdict_on(files.package(odd)) == "damaged"
    plain = files.WORD_PARTS | {"word/fonts/font1.odttf": b"x", "layout-cache": b"x", "Configurations2/": b""}
    assert await verdict_on(files.package(plain)) == ""


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
