"""The home page of a new organisation says what is still to be done, and stops saying it once it is done."""

from datetime import timedelta

import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.identity import acts, two_person
from safeguard.identity.inviting import invite, withdraw
from safeguard.incidents.first_steps import list_first_steps
from safeguard.tenancy.choosing import change_setting
from safeguard.tenancy.profiles import profile_of
from safeguard.tenancy.registry import TERMS
from safeguard.work import begin

pytestmark = pytest.mark.anyio

HEAD, STAFF, DATES = "Invite the headteacher", "Invite the staff", "Enter the term dates"
WAITS = "Wait for agreement to the headteacher"


@pytest.fixture(autouse=True)
def bound() -> None:
    """What a role that takes two people is asked for with."""
    acts.bind(*two_person.ACTS)


async def steps(actor: Actor, kind: str = "school") -> list[str]:
    async with begin(actor) as work:
        return [step.title for step in await list_first_steps(work, profile_of(kind))]


async def test_each_step_stands_until_it_is_done_and_comes_back_when_it_came_to_nothing(someone):
    lead = await someone(Role.LEAD)
    assert await steps(lead) == [HEAD, STAFF, DATES]
    async with begin(lead) as work:
        asked = await invite(work, "head@alder.example", [Role.HEAD], reason="She leads the school.")
    assert await steps(lead) == [WAITS, DATES]
    async with begin(lead) as work:
        await withdraw(work, asked.id)
        await change_setting(work, TERMS, "Autumn term: 2 September 2026 to 18 December 2026", seen=0)
    assert STAFF in await steps(lead)
    assert DATES not in await steps(lead)
    await someone(Role.HEAD, organisation=lead.organisation_id)
    assert await steps(lead) == []


async def test_an_invitation_that_ran_out_invited_nobody(someone, monkeypatch):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        await invite(work, "coach@brook.example", [Role.REPORTER])
        assert STAFF not in [step.title for step in await list_first_steps(work, profile_of("school"))]
        later = work.now() + timedelta(days=4)
        monkeypatch.setattr(type(work), "now", lambda _: later)
        assert STAFF in [step.title for step in await list_first_steps(work, profile_of("school"))]


async def test_steps_are_in_the_words_of_the_place_and_for_those_who_can_take_them(someone):
    officer = await someone(Role.LEAD, kind="club")
    assert await steps(officer, "club") == ["Invite the chair", "Invite the coaches and volunteers"]
    assert await steps(await someone(Role.REPORTER, organisation=officer.organisation_id), "club") == []
    assert await steps(officer, "club") == ["Invite the chair"]


async def test_the_first_page_of_a_new_lead_leads_to_where_each_is_done(sign_in):
    window = await sign_in(Role.LEAD)
    page = (await window.get("/")).text
    assert "First steps" in page
    assert 'href="/settings/people"' in page
    assert f'href="/settings/{TERMS}"' in page
