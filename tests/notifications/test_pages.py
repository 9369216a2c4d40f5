"""The notices page, the count on every page, and how somebody says how they want to be told."""

import re

import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.incidents.recording import record_incident
from safeguard.notifications.reporting import tell_above
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.notifications.telling import hide
from tests.post.conftest import Mailbox
from tests.post.working import work_off

pytestmark = pytest.mark.anyio

COUNT = re.compile(r'sg-bell__count">([^<]+)<')
OPEN = re.compile(r'action="(/notices/[^"]+/open)"')
CHOSEN = {"duty": "digest", "tasks": "none", "updates": "each", "quiet_from": "6pm", "quiet_until": "7:00"}


async def reported(reader, someone, times: int = 1, url: str | None = None):
    """So many reports by a colleague; gives the last one's facts."""
    here = reader.actor.organisation_id
    reporter = await someone(Role.REPORTER, organisation=here)
    facts = None
    for _ in range(times):
        async with begin(reporter) as work:
            facts = (await record_incident(work, SHORT, SCHOOL)).facts
    await work_off(here, url)
    return facts


async def test_a_notice_shows_the_reference_and_leads_to_the_report(sign_in, someone):
    lead = await sign_in(Role.LEAD)
    facts = await reported(lead, someone)
    page = (await lead.get("/notices")).text
    assert facts.reference in page
    assert "A new report was recorded" in page
    assert SHORT.narrative not in page
    [path] = OPEN.findall(page)
    answer = await lead.send(path, {}, page="/notices")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/incidents/{facts.id}")


async def test_every_page_says_how_many_are_not_read(sign_in, someone):
    lead = await sign_in(Role.LEAD)
    assert COUNT.findall((await lead.get("/account/notices")).text) == []
    await reported(lead, someone, 3)
    assert COUNT.findall((await lead.get("/account/notices")).text) == ["3"]
    [path, *_] = OPEN.findall((await lead.get("/notices")).text)
    await lead.send(path, {}, page="/notices")
    assert COUNT.findall((await lead.get("/account/notices")).text) == ["2"]
    await lead.send("/notices/read", {}, page="/notices")
    assert COUNT.findall((await lead.get("/account/notices")).text) == []


async def test_what_is_hidden_afterwards_is_neither_shown_nor_counted(sign_in, someone):
    lead = await sign_in(Role.LEAD)
    facts = await reported(lead, someone)
    await hide(facts.id, lead.actor)
    page = (await lead.get("/notices")).text
    assert facts.reference not in page
    assert "No notices" in page
    assert COUNT.findall(page) == []


async def test_somebody_elses_notice_cannot_be_opened(sign_in, someone):
    lead = await sign_in(Role.LEAD)
    await reported(lead, someone)
    [path] = OPEN.findall((await lead.get("/notices")).text)
    for other in (await someone(Role.LEAD, organisation=lead.actor.organisation_id), await someone(Role.LEAD)):
        stranger = await sign_in(actor=other)
        assert (await stranger.send(path, {}, page="/account/notices")).status_code == 404
    assert COUNT.findall((await lead.get("/notices")).text) == ["1"]


async def test_a_head_is_led_to_no_report_that_a_lead_has_to_read(sign_in, someone):
    lead = await sign_in(Role.LEAD)
    head = await sign_in(Role.HEAD, organisation=lead.actor.organisation_id)
    facts = await reported(lead, someone)
    async with begin(system(lead.actor.organisation_id)) as work:
        await tell_above(work, facts.id)
    page = (await head.get("/notices")).text
    assert "has waited for long" in page
    assert facts.reference not in page


async def test_a_head_is_led_to_what_nobody_else_is_left_to_read(sign_in, someone):
    head = await sign_in(Role.HEAD)
    facts = await reported(head, someone)
    page = (await head.get("/notices")).text
    assert "Something new waits for you to read" in page
    [path] = OPEN.findall(page)
    answer = await head.send(path, {}, page="/notices")
    assert answer.headers["location"] == f"/concerns/incidents/{facts.id}"


async def test_the_list_goes_on_page_by_page(sign_in, someone):
    lead = await sign_in(Role.LEAD)
    await reported(lead, someone, 27)
    first = (await lead.get("/notices")).text
    older = re.search(r'href="(/notices\?after=[^"]+)"', first)
    assert older
    second = (await lead.get(older[1])).text
    assert (len(OPEN.findall(first)), len(OPEN.findall(second))) == (25, 2)
    assert not set(OPEN.findall(first)) & set(OPEN.findall(second))


async def test_the_page_says_how_the_mail_fared(sign_in, someone, mailbox: Mailbox):
    lead = await sign_in(Role.LEAD)
    mailbox.answers = ["550 no such mailbox"]
    await reported(lead, someone, 1, mailbox.url)
    assert "the mail was refused" in (await lead.get("/notices")).text
    await reported(lead, someone, 1, mailbox.url)
    assert "mailed" in (await lead.get("/notices")).text


async def test_choices_are_kept_and_shown_again(sign_in):
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/account/notices", {**CHOSEN, "version": "0"})
    assert answer.headers["location"] == "/account/notices?done=yes"
    page = (await lead.get("/account/notices?done=yes")).text
    assert "Saved." in page
    for value in ('value="18:00"', 'value="07:00"', 'name="version" value="1"'):
        assert value in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"duty": "none"}, "Choose one"),
        ({"duty": ""}, "cannot be switched off"),
        ({"quiet_until": ""}, "Give both times, or neither."),
        ({"quiet_until": "18:00"}, "whole day"),
        ({"quiet_from": "half past never"}, "half past never"),
    ],
)
async def test_choices_that_need_another_look_come_back_as_typed(sign_in, wrong, sentence):
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/account/notices", {**CHOSEN, "version": "0", **wrong})
    assert answer.status_code == 422
    assert sentence in answer.text


async def test_two_windows_do_not_overwrite_each_other(sign_in):
    lead = await sign_in(Role.LEAD)
    first = await lead.send("/account/notices", {**CHOSEN, "version": "0"})
    second = await lead.send("/account/notices", {**CHOSEN, "version": "0", "tasks": "each"})
    assert (first.status_code, second.status_code) == (303, 409)


async def test_choices_are_told_to_the_log(sign_in):
    lead = await sign_in(Role.LEAD)
    await lead.send("/account/notices", {**CHOSEN, "version": "0"})
    async with begin(lead.actor) as work:
        entry = await work.driver.fetchval("select entry from audit.leaves order by index desc limit 1")
    assert "notices.chosen" in entry
