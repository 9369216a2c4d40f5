"""Forms that no page of ours would send: clear words, the right status, nothing lost, nothing leaked."""

from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from safeguard.access.roles import Role
from safeguard.web.directions import neutral

pytestmark = pytest.mark.anyio

FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}

AWKWARD = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7*7 }} {% include '/etc/passwd' %} ${7*7} #{7*7}",
    '=HYPERLINK("https://evil.example")',
    "'; drop table incidents; --",
    "../../etc/passwd",
    "%00%0d%0aSet-Cookie: a=b",
    "\u202eright to left\u202c \u0645\u0631\u062d\u0628\u0627",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 8,
    "Zo\u00eb O\u2019Brien-Nguy\u1ec5n",
    "</textarea><b>",
]


async def post(lead: Any, body: bytes | str, **headers: str) -> Any:
    token = await lead.token("/notes")
    content = body.encode() if isinstance(body, str) else body
    sent = f"csrf_token={quote(token)}&".encode() + content
    return await lead.client.post("/notes", content=sent, headers=FORM | headers)


@pytest.mark.parametrize("words", AWKWARD)
async def test_markup_and_templates_are_only_words(sign_in: Any, notes: Any, words: str) -> None:
    lead = await sign_in(Role.LEAD)
    assert (await lead.send("/notes", {"words": words})).status_code == 303
    assert (await notes(lead.actor))[0] == f" [{words}]"
    shown = (await lead.get("/notes")).text
    assert neutral(words) in unescape(shown)
    assert "<script>alert" not in shown
    assert "<svg" not in shown


async def test_ten_thousand_fields_are_refused_before_they_are_read(sign_in: Any, notes: Any) -> None:
    lead = await sign_in(Role.LEAD)
    answer = await post(lead, urlencode([(f"f{number}", "x") for number in range(10_000)]))
    assert answer.status_code == 413
    assert "more than 500 fields" in answer.text
    assert (await notes(lead.actor))[0] == ""


async def test_ten_thousand_parts_are_refused_too(sign_in: Any) -> None:
    lead = await sign_in(Role.LEAD)
    part = '--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n'
    headers = {"content-type": "multipart/form-data; boundary=b", "sec-fetch-site": "same-origin"}
    answer = await lead.client.post("/notes", content=part * 10_000 + "--b--\r\n", headers=headers)
    assert answer.status_code == 413


async def test_too_much_text_is_given_back(sign_in: Any, notes: Any) -> None:
    lead = await sign_in(Role.LEAD)
    answer = await post(lead, "words=" + "Once+upon+a+time+" * 70_000)
    assert answer.status_code == 413
    assert "more than one megabyte" in answer.text
    assert "Once upon a time" in answer.text
    assert (await notes(lead.actor))[0] == ""


async def test_far_too_much_is_not_read_at_all(sign_in: Any) -> None:
    lead = await sign_in(Role.LEAD)
    answer = await post(lead, b"words=" + b"x" * 9_000_000)
    assert answer.status_code == 413
    assert "too long to be given back" in answer.text
    assert "back button" not in answer.text


@pytest.mark.parametrize(
    "broken", [b"words=Hello+%ff%fe", b"words=Hello+\xff", b"w%ffords=Hello", b"words=Hello+%ed%a0%80"]
)
async def test_text_that_is_not_utf_8_is_refused_in_words_and_given_back(
    sign_in: Any, notes: Any, broken: bytes
) -> None:
    lead = await sign_in(Role.LEAD)
    answer = await post(lead, broken)
    assert answer.status_code == 400
    assert "not readable text" in answer.text
    assert "Hello" in answer.text
    assert (await notes(lead.actor))[0] == ""


async def test_a_nul_is_refused_in_words_and_the_rest_given_back(sign_in: Any, notes: Any) -> None:
    lead = await sign_in(Role.LEAD)
    answer = await post(lead, "words=Hello%00there")
    assert answer.status_code == 400
    assert "NUL" in answer.text
    assert "Hellothere" in answer.text
    assert (await notes(lead.actor))[0] == ""


async def test_a_file_where_none_is_taken_is_refused(sign_in: Any) -> None:
    lead = await sign_in(Role.LEAD)
    token = await lead.token("/notes")
    answer = await lead.client.post(
        "/notes",
        data={"csrf_token": token, "words": "See picture"},
        files={"picture": ("a.png", b"\x89PNG")},
        headers={"sec-fetch-site": "same-origin"},
    )
    assert answer.status_code == 400
    assert "takes no files" in answer.text
    assert "See picture" in answer.text


async def test_a_form_in_parts_without_files_is_taken(sign_in: Any, notes: Any) -> None:
    lead = await sign_in(Role.LEAD)
    fields = {"csrf_token": (None, await lead.token("/notes")), "words": (None, "In parts")}
    answer = await lead.client.post("/notes", files=fields, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 303
    assert (await notes(lead.actor))[0] == " [In parts]"


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/xml", "multipart/form-data"])
async def test_what_is_not_a_form_is_refused(sign_in: Any, kind: str) -> None:
    lead = await sign_in(Role.LEAD)
    headers = {"content-type": kind, "sec-fetch-site": "same-origin"}
    answer = await lead.client.post("/notes", content=b"words=x", headers=headers)
    assert answer.status_code in {400, 415}


async def test_a_password_is_never_given_back(sign_in: Any) -> None:
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/domain-refusal", {"words": "kept", "password": "hunter2"}, page="/notes")
    assert "kept" in answer.text
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("path", ["/notes%00", "/notes?after=%00", "/notes/%ff%fe", "/notes/" + "x" * 9000])
async def test_an_address_that_cannot_be_is_answered_plainly(sign_in: Any, path: str) -> None:
    lead = await sign_in(Role.LEAD)
    answer = await lead.get(path)
    assert answer.status_code in {400, 404, 414}
    assert "Traceback" not in answer.text


async def test_headers_that_are_too_large_are_refused(stranger: Any) -> None:
    answer = await stranger.get("/public", **{"X-Long": "x" * 40_000})
    assert answer.status_code == 431


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
async def test_a_method_that_is_not_taken_says_what_is(stranger: Any, method: str) -> None:
    answer = await stranger.client.request(method, "/notes")
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


async def test_a_cursor_of_ones_own_making_is_refused(program: Any) -> None:
    caller = await program(Role.LEAD)
    for query in (
        "after=x",
        "after=" + "A" * 54,
        "after=%27",
        "limit=0",
        "limit=-1",
        "limit=101",
        "limit=%F0%9D%9F%97",
    ):
        answer = await caller.get(f"/api/v1/api-notes?{query}")
        assert (query, answer.status_code) == (query, 400)
        assert answer.headers["content-type"] == "application/problem+json"
