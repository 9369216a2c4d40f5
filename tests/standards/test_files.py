"""A framework sent as a file: what is in it is shown before anything is imported, and can be mended there."""

import io
import re

import pytest
from xlsxwriter import Workbook

from safeguard.access.roles import Role
from safeguard.errors import Invalid
from safeguard.standards.file_reading import text_of
from safeguard.strongbox import objects
from safeguard.strongbox.objects import open_store
from tests.standards.test_importing import ROWS, mistakes

pytestmark = pytest.mark.anyio


def workbook(text: str) -> bytes:
    """The rows as a spreadsheet program saves them."""
    whole = io.BytesIO()
    with Workbook(whole) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(text.splitlines()):
            sheet.write_row(number, 0, line.split("\t"))
    return whole.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        ROWS.encode(),
        ROWS.encode("utf-16"),
        b"\xef\xbb\xbf" + ROWS.encode(),
        ROWS.replace("\n", "\r\n").encode("cp1252"),
    ],
    ids=["utf-8", "utf-16", "with a mark", "from windows"],
)
def test_a_file_is_the_text_that_could_have_been_pasted(content):
    assert text_of(content) == ROWS


def test_a_spreadsheet_is_rows_and_what_is_broken_is_said():
    assert [line.rstrip("\t") for line in text_of(workbook(ROWS)).splitlines()] == [
        line.rstrip("\t") for line in ROWS.splitlines()
    ]
    with pytest.raises(Invalid) as refused:
        text_of(b"PK\x03\x04 and nothing more")
    assert "cannot be read" in refused.value.errors[0].message


def test_all_rows_of_a_sheet_are_read_so_that_none_is_left_out_unsaid():
    head, row, *_ = ROWS.splitlines(keepends=True)
    many = head + "".join(row.replace("A1", f"A{number}", 1) for number in range(5000))
    assert mistakes(text_of(workbook(many))) == [(1, "5,000 controls are more than anybody reviews: the most is 500.")]


async def test_a_spreadsheet_is_read_into_the_form_mended_there_and_imported(sign_in, tmp_path):
    objects.use(open_store(f"file://{tmp_path}"))
    lead = await sign_in(Role.LEAD)
    page = "/standards/frameworks/import"

    async def send(name: str, content: bytes):
        told = {"csrf_token": await lead.token(page)}
        return await lead.client.post(
            f"{page}/file", data=told, files={"file": (name, content)}, headers={"sec-fetch-site": "same-origin"}
        )

    read = await send("Trust audit.xlsx", workbook(ROWS.replace("A2", "A1")))
    assert read.status_code == 200
    assert "Trust audit.xlsx is read" in read.text
    assert 'value="trust-audit"' in read.text
    assert "One person does." in read.text
    assert "trust-audit" not in (await lead.get("/standards/frameworks")).text
    typed = {"text": ROWS.replace("A2", "A1"), "name": "Trust audit", "code": "trust-audit", "edition": "2026"}
    assert "Some columns are not used" not in read.text
    assert "Line 3" in (await lead.send(page, typed)).text
    assert (await lead.send(page, typed | {"text": ROWS})).status_code == 303
    more = ROWS.replace("Covers", "Asked by")
    read = await send("Audit 2.xlsx", workbook(more))
    assert "Some columns are not used" in read.text and "Nothing is read from “Asked by”." in read.text
    told = re.search(r'name="left_out" value="([0-9a-f]{16})"', read.text)
    typed |= {"text": more.replace("\n", "\r\n"), "edition": "2027"}
    refused = await lead.send(page, typed)
    assert refused.status_code == 422 and "Nothing is read from “Asked by”:" in refused.text and told
    assert f'name="left_out" value="{told[1]}"' in refused.text, "pressing Import again leaves it out"
    assert (await lead.send(page, typed | {"left_out": told[1]})).status_code == 303
    for name, content in (("photo.png", b"\x89PNG"), ("empty.csv", b""), ("broken.xlsx", b"PK\x03\x04")):
        refused = await send(name, content)
        assert (name, refused.status_code) == (name, 422)
        assert "file-error" in refused.text
