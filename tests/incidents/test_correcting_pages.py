"""Changing what stands there: corrections, two people at once, and the same form twice."""

import re
from html import unescape

import pytest

from safeguard.access.roles import Role
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION
from tests.incidents.sending import FILLED, record
from tests.web.browsing import token_of

pytestmark = pytest.mark.anyio


async def test_a_correction_starts_with_what_stands_there_and_shows_the_difference(sign_in):
    lead = await sign_in(Role.LEAD)
    at = f"/incidents/{(await record(lead)).id}"
    page = (await lead.get(f"{at}/correct")).text
    assert IMPERSONATION.narrative in page
    ids = re.findall(r'name="(people-\d-id)" value="([^"]+)"', page)
    assert len(ids) == 3
    fields = dict(ids) | {"version": "1", "narrative": "An account in his name.", "happened_words": "last week"}
    for number, person in enumerate(IMPERSONATION.people):
        fields |= {f"people-{number}-{name}": str(getattr(person, name)) for name in ("name", "role", "connection")}
    fields["people-2-removed"] = "yes"
    answer = await lead.send(f"{at}/correct", fields, token=token_of(page))
    assert answer.status_code == 303, answer.text
    page = (await lead.get(at)).text
    assert f"<del>{IMPERSONATION.narrative}</del>" in page
    assert "<ins>An account in his name.</ins>" in page
    assert "Person 3: taken out" in page
    assert IMPERSONATION.narrative in (await lead.get(f"{at}/versions/1")).text
    assert (await lead.get(f"{at}/versions/3")).status_code == 404


async def test_a_stale_form_is_a_conflict_that_gives_back_what_was_typed(sign_in):
    lead = await sign_in(Role.LEAD)
    at = f"/incidents/{(await record(lead)).id}"
    page = (await lead.get(f"{at}/risk")).text
    await lead.send(f"{at}/acknowledge", {"version": "1"}, page=at)
    fields = {"version": "1", "risk": "high", "reason": "My long and careful reason."}
    answer = await lead.send(f"{at}/risk", fields, token=token_of(page))
    assert answer.status_code == 409
    assert "My long and careful reason." in answer.text
    assert "Somebody else changed this incident" in answer.text
    again = re.findall(r'name="version" value="(\d+)"', answer.text)
    assert again == ["2"]
    fields["version"] = again[0]
    assert (await lead.send(f"{at}/risk", fields, token=token_of(answer.text))).status_code == 303


async def test_of_two_corrections_at_once_the_second_sees_both_texts_and_chooses(sign_in):
    lead = await sign_in(Role.LEAD)
    at = f"/incidents/{(await record(lead)).id}"
    page = (await lead.get(f"{at}/correct")).text
    fields = {
        name: unescape(value) for name, value in re.findall(r'name="(people-\d-\w+|version)" value="([^"]*)"', page)
    }
    fields |= {f"people-{number}-role": "other" for number in range(3) if f"people-{number}-name" in fields}
    theirs, mine = (
        {"narrative": "What they wrote."},
        {"narrative": "Mine, as I saw it.", "reason": "I was there."},
    )
    assert (await lead.send(f"{at}/correct", fields | theirs, token=token_of(page))).status_code == 303
    answer = await lead.send(f"{at}/correct", fields | mine, token=token_of(page))
    assert answer.status_code == 409
    for words in ("What they wrote.", "Mine, as I saw it.", "I was there.", "What it says now"):
        assert words in answer.text, words
    fields["version"] = re.findall(r'name="version" value="(\d+)"', answer.text)[0]
    assert (await lead.send(f"{at}/correct", fields | mine, token=token_of(answer.text))).status_code == 303
    shown = (await lead.get(at)).text
    assert "What they wrote." in shown  # the version between stays in the record
    assert "Mine, as I saw it." in shown


async def test_a_double_click_records_once(sign_in):
    lead = await sign_in(Role.LEAD)
    token = await lead.token("/incidents/new")
    first = await lead.send("/incidents/new", FILLED, token=token)
    second = await lead.send("/incidents/new", FILLED, token=token)
    assert first.headers["location"] == second.headers["location"]
    async with begin(lead.actor) as work:
        assert await work.driver.fetchval("select count(*) from incidents") == 1


async def test_of_two_corrections_of_one_entry_the_second_sees_theirs_and_sends_its_own_again(sign_in):
    lead = await sign_in(Role.LEAD)
    incident = await record(lead)
    at = f"/incidents/{incident.id}"
    said = {"kind": "decision", "words": "No referral.", "reason": "No harm.", "referral": "not_made"}
    said |= {"contact": "police"}
    added = await lead.send(f"{at}/entries", said, page=f"{at}/entries/new?kind=decision")
    entry = added.headers["location"].rpartition("#entry-")[2]
    page = (await lead.get(f"{at}/entries/{entry}/correct")).text
    fields = said | {"supersedes_id": entry}
    theirs, mine = {"words": "They rang first."}, {"words": "Mine, as I saw it.", "contact": "lado"}
    assert (await lead.send(f"{at}/entries", fields | theirs, token=token_of(page))).status_code == 303
    answer = await lead.send(f"{at}/entries", fields | mine, token=token_of(page))
    assert answer.status_code == 409
    for words in ("They rang first.", "What it says now", "Mine, as I saw it.", "No harm."):
        assert words in answer.text, words
    (now,) = re.findall(r'name="supersedes_id" value="([^"]+)"', answer.text)
    assert now != entry
    again = await lead.send(f"{at}/entries", fields | mine | {"supersedes_id": now}, token=token_of(answer.text))
    assert again.status_code == 303
    shown = (await lead.get(at)).text
    assert "They rang first." in shown
    assert "Mine, as I saw it." in shown
