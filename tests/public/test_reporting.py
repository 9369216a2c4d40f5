"""Somebody without an account writes, gets a code, and reads the answer with it."""

import re
from html import unescape

import pytest

from safeguard.access.roles import Role
from safeguard.public_reports import forms
from tests.factories.owning import owning
from tests.public.writing import CODE, WORDS, code_from, write

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("unhurried")]


async def test_a_report_lands_in_the_inbox_and_is_answered_by_its_code(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    code = await code_from(visitor, f"{at}/b", words=WORDS, writer="child", danger="no", when="since Monday")
    inbox = (await lead.get("/incidents")).text
    assert "horrible messages" in inbox
    found = re.search(r'href="(/incidents/[0-9a-f-]{36})', inbox)
    assert found
    page = (await lead.get(found[1])).text
    assert "Somebody, by the public page" in page
    assert f"{found[1]}/messages" in page
    answer = await lead.send(f"{found[1]}/messages", {"words": "We read it. You did well to write."})
    assert answer.status_code == 303
    talk = await visitor.send(f"{at}/back", {"code": code.lower().replace("-", " ")})
    assert "You did well to write." in talk.text
    assert "Somebody here has read what you sent." in talk.text
    assert "Acknowledge" not in (await lead.get(found[1])).text  # an answer says that it was received
    again = await visitor.send(f"{at}/back/message", {"code": code, "words": "It is <b>Sam</b>."}, page=f"{at}/back")
    assert "We have your new message" in again.text
    assert "It is &lt;b&gt;Sam&lt;/b&gt;." in (await lead.get(f"{found[1]}/messages")).text


async def test_a_form_sent_again_with_other_words_keeps_those_too(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    page = (await visitor.get(f"{at}/b")).text
    opened = re.search(r'name="opened" value="([^"]+)"', page)[1]
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    for words in (WORDS, WORDS + " And Tom was there.", WORDS + " And Tom was there."):
        sent = await visitor.send(f"{at}/b", {"opened": opened, "words": words}, token=token)
    talk = (await visitor.send(f"{at}/back", {"code": CODE.findall(sent.text)[0]})).text
    assert talk.count("And Tom was there.") == 1


async def test_words_of_danger_count_in_the_first_report_whatever_was_answered(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    await code_from(visitor, f"{at}/b", words="Somebody took my ruler.")
    await code_from(visitor, f"{at}/b", words="I want to kill myself tonight.")
    inbox = (await lead.get("/incidents/inbox?show=new")).text
    assert "Emergency" in inbox
    assert inbox.index("kill myself") < inbox.index("my ruler")
    found = re.search(r'href="(/incidents/[0-9a-f-]{36})"', inbox)[1]
    assert "By its words somebody may be in danger" in (await lead.get(found)).text


async def test_a_form_sent_twice_is_kept_once_with_one_code(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}/b"
    page = (await visitor.get(at)).text
    opened = re.search(r'name="opened" value="([^"]+)"', page)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert opened
    assert token
    sent = {"opened": opened[1], "words": WORDS}
    first, second = [await visitor.send(at, sent, token=token[1]) for _ in range(2)]
    assert CODE.findall(first.text) == CODE.findall(second.text) != []
    assert (await lead.get("/incidents")).text.count("horrible messages") == 1


@pytest.mark.parametrize("words", ["", "   ", "\u200b", "x" * 20_001])
async def test_what_needs_another_look_is_said_and_kept(sign_in, visitor, slug_of, words):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}/b"
    answer = await write(visitor, at, words=words, name="Sam")
    assert answer.status_code == 422
    assert 'value="Sam"' in answer.text


async def test_many_reports_wait_to_be_looked_at_and_none_is_refused(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    codes = [await code_from(visitor, f"{at}/b", words=f"Message number {n}.") for n in range(1, 6)]
    listed = (await lead.get("/incidents")).text
    assert "Message number 3." in listed
    assert "Message number 4." not in listed
    held = (await lead.get("/incidents/held")).text
    ids = re.findall(r'action="/incidents/held/([0-9a-f-]{36})"', held)
    assert len(ids) == 2
    taken = await lead.send(f"/incidents/held/{ids[0]}", {}, page="/incidents/held")
    assert taken.status_code == 303
    assert "Somebody, by the public page" in (await lead.get(taken.headers["location"])).text
    assert (await lead.send("/incidents/held", {"report": ids[1]})).status_code == 422
    assert (await lead.send("/incidents/held", {"report": ids[1], "reason": "The same again."})).status_code == 303
    assert "Nothing is held" in (await lead.get("/incidents/held")).text
    story = (await lead.get(taken.headers["location"])).text
    assert "held back until somebody looked, and let through" in story
    back = [(await visitor.send(f"{at}/back", {"code": code})).status_code for code in codes]
    assert back == [200] * 5


async def test_the_trap_and_a_forged_time_hold_a_report_back(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}/b"
    await code_from(visitor, at, words="A trap.", website="https://example.org")
    assert CODE.search((await visitor.send(at, {"words": "No time.", "opened": "x"})).text)
    assert "Nothing is here" not in (await lead.get("/incidents/held")).text
    held = (await lead.get("/incidents/held")).text
    assert "A trap." in held
    assert "No time." in held


AS_KEPT_BEFORE = """
update public_reports set held_words = (held_words::jsonb || '{"in_charge": false}')::text where organisation_id = %s
"""


async def test_what_an_earlier_release_held_back_is_read_and_taken_in(sign_in, visitor, slug_of, addresses):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    await code_from(visitor, f"/r/{slug_of(here)}/b", words="Held before.", website="https://example.org")
    async with owning(addresses.owner) as owner:
        await owner.execute(AS_KEPT_BEFORE, (here,))
    held = (await lead.get("/incidents/held")).text
    assert "Held before." in held
    (report,) = re.findall(r'action="/incidents/held/([0-9a-f-]{36})"', held)
    taken = await lead.send(f"/incidents/held/{report}", {}, page="/incidents/held")
    assert "Held before." in (await lead.get(taken.headers["location"])).text


async def test_another_organisations_code_opens_nothing(sign_in, visitor, slug_of):
    one, other = await sign_in(Role.LEAD), await sign_in(Role.LEAD)
    code = await code_from(visitor, f"/r/{slug_of(one.actor.organisation_id)}/b", words=WORDS)
    elsewhere = f"/r/{slug_of(other.actor.organisation_id)}/back"
    answer = await visitor.send(elsewhere, {"code": code})
    assert answer.status_code == 422
    assert "find that code" in answer.text
    more = await visitor.send(f"{elsewhere}/message", {"code": code, "words": "Hello"}, page=elsewhere)
    assert more.status_code == 422


async def test_no_code_is_asked_for_in_other_words_than_a_wrong_one(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}/back"
    for lang, code, said in (
        ("en", "", "Write your code here first."),
        ("en", "0000-0000-0000-0000", "We can't find that code."),
        ("cy", "", "Ysgrifenna dy god yma yn gyntaf."),
    ):
        answer = await visitor.send(f"{at}?lang={lang}", {"code": code}, page=at)
        assert answer.status_code == 422
        assert said in unescape(answer.text)


def test_a_moment_that_the_server_did_not_seal_tells_nothing():
    assert forms.took("2026-01-01T00:00:00+00:00") is None
