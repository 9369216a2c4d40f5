"""Whoever reported by the public page writes again: that waits in triage until somebody says that they read it."""

import re

import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.incidents.adding import add_entry
from safeguard.incidents.assigning import assign
from safeguard.incidents.closing import close, reopen
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.queries import read_incident
from safeguard.public_reports.urgency import says_danger
from safeguard.tenancy.profiles import load_profiles, profile_of
from safeguard.work import begin
from tests.incidents.casework import CLOSING
from tests.notifications.telling import hide, told
from tests.post.working import work_off
from tests.public.writing import code_from

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("unhurried")]

CALM, SCARED = "There is one more thing: it is on Snapchat too.", "He came back today and I am scared tonight."
FOUND = "select id from incidents order by recorded_at desc limit 1"
EARLIER = "update incidents set heard_at = heard_at - interval '5 hours' where heard_at is not null"
WAITS = """
select (extract(epoch from run_at - created_at) / 60)::integer from jobs.job where kind = 'notice.message_waiting'
order by created_at desc limit 1
"""


@pytest.fixture
def report(visitor, slug_of):
    """Somebody reports, a lead closes it or gives it to somebody, and the writer writes again by their code."""

    async def report_and_return(lead, words=CALM, *, closed=False, handler=None):
        at = f"/r/{slug_of(lead.organisation_id)}"
        code = await code_from(visitor, f"{at}/b", words="Somebody sends me messages.", writer="child", danger="no")
        async with begin(lead) as work:
            incident_id = await work.driver.fetchval(FOUND)
            story = await read_incident(work, incident_id)
            if handler:
                await assign(work, incident_id, story.facts.version, handler.user_id)
            if closed:
                await close(work, incident_id, story.facts.version, CLOSING)
        await work_off(lead.organisation_id, None)
        await again(lead, code, words)
        return incident_id, code

    async def again(lead, code, words):
        at = f"/r/{slug_of(lead.organisation_id)}/back"
        sent = await visitor.send(f"{at}/message", {"code": code, "words": words}, page=at)
        assert "We have your new message" in sent.text

    report_and_return.again = again
    return report_and_return


async def seen_on(lead, incident_id):
    """Where the words wait: the figure of the tab, its line, the home page, the list, and the incident."""
    inbox = (await lead.get("/incidents/inbox?show=heard")).text
    figure = re.search(r'show=heard"[^>]*>Wrote again \((\d+)\)', inbox)
    return (
        figure and int(figure[1]),
        f'href="/incidents/{incident_id}/messages"' in inbox,
        f'href="/incidents/{incident_id}/messages"' in (await lead.get("/")).text,
        ">Wrote again</span>" in (await lead.get("/incidents?state=all")).text,
        "wrote again, and nobody has read it yet" in (await lead.get(f"/incidents/{incident_id}")).text,
    )


async def test_words_in_a_closed_incident_wait_in_triage_until_somebody_says_that_they_read_them(sign_in, report):
    lead = await sign_in(Role.LEAD)
    incident_id, _code = await report(lead.actor, SCARED, closed=True)
    assert await seen_on(lead, incident_id) == (1, True, True, True, True)
    assert "Somebody may be in danger" in (await lead.get("/incidents/inbox?show=heard")).text
    at = f"/incidents/{incident_id}/messages"
    page = (await lead.get(at)).text
    assert await seen_on(lead, incident_id) == (1, True, True, True, True), "looking alone says nothing"
    [seen] = set(re.findall(r'name="seen" value="([^"]+)"', page))
    assert (await lead.send(at, {"read": "yes", "seen": seen}, page=at)).status_code == 303
    assert await seen_on(lead, incident_id) == (0, False, False, False, False)
    async with begin(lead.actor) as work:
        assert (await read_incident(work, incident_id)).facts.state == "closed"
        await reopen(work, incident_id, (await read_incident(work, incident_id)).facts.version, "It goes on.")
        await add_entry(work, incident_id, NewEntry(words="Rang home."))


async def test_an_answer_says_that_it_was_read_but_not_of_what_came_while_it_was_written(sign_in, report):
    lead = await sign_in(Role.LEAD)
    incident_id, code = await report(lead.actor)
    at = f"/incidents/{incident_id}/messages"
    [seen] = set(re.findall(r'name="seen" value="([^"]+)"', (await lead.get(at)).text))
    await report.again(lead.actor, code, "And he waits outside.")
    said = {"words": "We read it.", "seen": seen}
    assert (await lead.send(at, said, page=at)).status_code == 303
    assert (await seen_on(lead, incident_id))[0] == 1
    [seen] = set(re.findall(r'name="seen" value="([^"]+)"', (await lead.get(at)).text))
    assert (await lead.send(at, said | {"seen": seen, "words": "We come."}, page=at)).status_code == 303
    assert (await seen_on(lead, incident_id))[0] == 0


async def test_nobody_sees_or_counts_what_was_written_to_an_incident_that_is_hidden_from_them(sign_in, report):
    lead = await sign_in(Role.LEAD)
    deputy = await sign_in(Role.DEPUTY, organisation=lead.actor.organisation_id)
    incident_id, _code = await report(lead.actor, SCARED)
    assert (await seen_on(deputy, incident_id))[:3] == (1, True, True)
    await hide(incident_id, deputy.actor)
    inbox = (await deputy.get("/incidents/inbox?show=heard")).text
    assert "Wrote again (0)" in inbox
    assert str(incident_id) not in inbox + (await deputy.get("/")).text
    assert (await deputy.get(f"/incidents/{incident_id}/messages")).status_code == 404


async def test_it_is_told_again_to_everybody_who_handles_incidents_and_then_to_the_head(sign_in, someone, report):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    deputy, head = [await someone(role, organisation=here) for role in (Role.DEPUTY, Role.HEAD)]
    await report(lead.actor, handler=deputy)
    await work_off(here, None)
    assert (await told(lead.actor)).count("incident.written_to") == 0
    assert (await told(deputy)).count("incident.written_to") == 1
    assert await waits(here) == 240
    await pass_hours(here)
    assert [(await told(each)).count("incident.unread") for each in (lead.actor, deputy, head)] == [1, 1, 0]
    await pass_hours(here)
    assert "incident.unread_long" in await told(head)


async def test_words_of_danger_are_told_to_all_at_once_and_wait_a_quarter_of_an_hour(sign_in, someone, report):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    deputy = await someone(Role.DEPUTY, organisation=here)
    incident_id, _code = await report(lead.actor, SCARED, handler=deputy)
    await work_off(here, None)
    assert [(await told(each)).count("incident.urgent") for each in (lead.actor, deputy)] == [1, 1]
    assert await waits(here) == 15
    at = f"/incidents/{incident_id}/messages"
    [seen] = set(re.findall(r'name="seen" value="([^"]+)"', (await lead.get(at)).text))
    await lead.send(at, {"read": "yes", "seen": seen}, page=at)
    await pass_hours(here)
    assert "incident.unread" not in await told(lead.actor)


async def waits(organisation):
    async with begin(system(organisation)) as work:
        return await work.driver.fetchval(WAITS)


async def pass_hours(organisation):
    async with begin(system(organisation)) as work:
        await work.driver.execute(EARLIER)
    await work_off(organisation, None, ahead=True)


@pytest.mark.parametrize(
    ("words", "danger"),
    [
        (SCARED, True), ("He\u2019ll KILL me", True), ("can\u2019t breathe", True), ("mae gen i ofn", True),
        (CALM, False), ("Thank you for reading it.", False), ("", False),
    ],
)  # fmt: skip
def test_what_says_danger_is_found_by_the_words_of_the_profile(words, danger):
    assert says_danger(words, profile_of("school").emergency.words) is danger


def test_every_kind_has_the_words_and_without_any_nothing_is_urgent():
    assert all(profile.emergency.words for profile in load_profiles().values())
    assert not says_danger(SCARED, ())
