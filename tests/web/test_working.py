"""One request, one transaction: what is kept, and what is not."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from safeguard.access.roles import Role
from tests.web.browsing import unmarked

pytestmark = pytest.mark.anyio


async def test_a_form_is_taken_once_and_leads_on(sign_in: Any, notes: Any) -> None:
    lead = await sign_in(Role.LEAD)
    _, before = await notes(lead.actor)
    answer = await lead.send("/notes", {"words": "Hello"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/notes")
    assert await notes(lead.actor) == (" [Hello]", before + 1)
    assert "Hello" in (await lead.get("/notes")).text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/late-refusal", 422), ("/domain-refusal", 409), ("/broken-template", 500), ("/broken-commit", 500)],
)
async def test_what_is_refused_or_fails_leaves_no_rows(sign_in: Any, notes: Any, path: str, status: int) -> None:
    lead = await sign_in(Role.LEAD)
    before = await notes(lead.actor)
    answer = await lead.send(path, {"words": "Typed <b>text</b>"}, page="/notes")
    assert answer.status_code == status
    assert await notes(lead.actor) == before
    assert "Typed &lt;b&gt;text&lt;/b&gt;" in answer.text


async def test_an_invalid_form_comes_back_with_everything_typed(sign_in: Any) -> None:
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/notes", {"words": "  " + "é" * 501})
    assert answer.status_code == 422
    assert "This is 1 character too long" in answer.text
    assert "é" * 501 in answer.text


async def test_a_person_without_the_permission_is_refused(sign_in: Any, notes: Any) -> None:
    reporter = await sign_in(Role.REPORTER)
    assert (await reporter.get("/notes")).status_code == 403
    answer = await reporter.send("/notes", {"words": "x"}, page="/public")
    assert answer.status_code == 403
    assert (await notes(reporter.actor))[0] == ""


async def test_another_organisation_and_nothing_at_all_look_the_same(sign_in: Any) -> None:
    lead, other = await sign_in(Role.LEAD), await sign_in(Role.LEAD)
    assert (await lead.get(f"/notes/{lead.actor.organisation_id}")).status_code == 200
    theirs = await lead.get(f"/notes/{other.actor.organisation_id}")
    nobodys = await lead.get("/notes/00000000-0000-7000-8000-000000000000")
    assert theirs.status_code == nobodys.status_code == 404
    assert unmarked(theirs) == unmarked(nobodys)


async def test_a_fault_tells_a_reference_that_is_in_the_log_and_nothing_else(sign_in: Any) -> None:
    lead = await sign_in(Role.LEAD)
    with capture_logs() as lines:
        answer = await lead.get("/fault?child=Jamie")
    assert answer.status_code == 500
    assert "RuntimeError" not in answer.text
    fault = next(line for line in lines if line["event"] == "fault")
    assert fault["reference"] in answer.text
    assert (fault["kind"], fault["route"]) == (["RuntimeError"], "/fault")
    assert "Jamie" not in answer.text + repr(lines)
    assert {"method", "ms", "request_id", "route", "status"} < lines[-1].keys()


async def test_htmx_gets_the_fragment_and_a_page_the_page(sign_in: Any) -> None:
    lead = await sign_in(Role.LEAD)
    part = await lead.get("/notes", **{"HX-Request": "true"})
    whole = await lead.get("/notes")
    assert part.text.startswith("<p>")
    assert whole.text.startswith("<!doctype html>")
    assert part.headers["vary"] == whole.headers["vary"] == "HX-Request"


async def test_a_head_is_a_get_without_its_body(stranger: Any) -> None:
    answer = await stranger.client.head("/public")
    assert (answer.status_code, answer.content) == (200, b"")


async def test_the_server_still_knows_that_it_was_a_head(service: Any) -> None:
    scope = {
        "type": "http", "method": "HEAD", "path": "/public", "raw_path": b"/public", "query_string": b"",
        "headers": [(b"host", b"safeguard.test")], "scheme": "https", "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await service(scope, receive, send)
    assert scope["method"] == "HEAD"
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
