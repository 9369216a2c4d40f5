"""A story without end: refused in words that help, on every way in, and given back whole to whoever typed it."""

from html import unescape

import pytest

from safeguard.access.roles import Role
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NARRATIVE_LIMIT, WORDS_LIMIT
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio

FORM = "/incidents/new"
COUNT = "select count(*) from incidents"


def story(length: int) -> str:
    """Words of exactly this length, of which the first and the last can be told."""
    middle = "It went on and on, and " * (length // 23 + 1)
    return f"First {middle}"[: length - 5] + " last"


@pytest.mark.parametrize(
    "length", [NARRATIVE_LIMIT + 1, 1_000_000, 1_050_015], ids=["one too many", "a million", "over a megabyte"]
)
async def test_a_report_without_end_is_refused_in_words_and_comes_back_in_its_form_to_be_shortened(
    sign_in: SignIn, length: int
) -> None:
    lead = await sign_in(Role.LEAD)
    answer = await lead.send(FORM, {"narrative": story(length), "place_detail": "behind the gym"})
    assert answer.status_code == 422
    assert "too long" in answer.text
    again = unescape(answer.text).partition('name="narrative"')[2].partition("</textarea>")[0]
    assert "readonly" not in again.partition(">")[0]
    assert again.partition(">")[2].strip() == story(length)
    assert "behind the gym" in answer.text
    assert lead.actor
    async with begin(lead.actor) as work:
        assert await work.driver.fetchval(COUNT) == 0


async def test_a_report_of_exactly_the_most_is_kept_whole_and_found(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    answer = await lead.send(FORM, {"narrative": story(NARRATIVE_LIMIT)})
    assert answer.status_code == 303, answer.text
    assert story(NARRATIVE_LIMIT) in unescape((await lead.get(answer.headers["location"])).text)


async def test_a_program_is_told_which_field_is_too_long(program: SignIn) -> None:
    caller = await program(Role.LEAD)
    answer = await caller.client.post("/api/v1/incidents", json={"narrative": story(1_000_000)})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["narrative"]


@pytest.mark.parametrize("length", [WORDS_LIMIT + 1, 1_000_000, 1_050_015], ids=["one too many", "a million", "more"])
async def test_an_entry_without_end_is_refused_and_comes_back_whole(sign_in: SignIn, length: int) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    async with begin(lead.actor) as work:
        incident = (await record_incident(work, SHORT, SCHOOL)).facts.id
    at = f"/incidents/{incident}/entries"
    answer = await lead.send(at, {"kind": "note", "words": story(length)}, page=f"{at}/new")
    assert answer.status_code == 422
    assert story(length) in unescape(answer.text)
