"""What somebody typed into a record that was closed meanwhile is given back, with the way to the record."""

from html import unescape

import pytest

from safeguard.access.roles import Role
from safeguard.incidents.closing import Closing, close
from safeguard.incidents.recording import record_incident
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.web.browsing import token_of

pytestmark = pytest.mark.anyio

CLOSING = Closing(summary="a", follow_up="b", decision="c", outcome="d")
WORDS = "Her mother rang back and will come on Monday."


@pytest.mark.parametrize(
    "typed",
    [
        {"kind": "note", "words": WORDS}, {"kind": "decision", "words": WORDS, "reason": "Because."},
        {"kind": "action", "words": WORDS, "owner": "Sam", "due_on": "2027-03-01"}, {"kind": "lesson", "words": WORDS},
        {"kind": "contact", "words": WORDS, "contact": "police"},
    ],
    ids=lambda typed: typed["kind"],
)  # fmt: skip
async def test_words_for_a_record_that_was_closed_meanwhile_come_back_with_a_link_to_it(sign_in, typed) -> None:
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor, purpose="session") as work:
        facts = (await record_incident(work, SHORT, SCHOOL)).facts
    at = f"/incidents/{facts.id}"
    page = (await lead.get(f"{at}/entries/new?kind={typed['kind']}")).text
    async with begin(lead.actor, purpose="session") as work:
        await close(work, facts.id, 1, CLOSING)
    answer = await lead.send(f"{at}/entries", typed, token=token_of(page))
    assert answer.status_code == 409, answer.text
    said = unescape(answer.text)
    main = said.partition("<main")[2].partition("</main>")[0]
    assert WORDS in main
    assert "closed" in main
    assert f'href="{at}">Open it again' in main
