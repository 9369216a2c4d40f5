"""A teacher who is impersonated agrees to send their name; the case joins a wave of two hundred, answered together."""

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.helpline.queries import FIRST as BEGINNING
from safeguard.helpline.queries import get_case, get_wave, list_entries, list_queue, list_urls_of
from safeguard.helpline.states import State
from safeguard.helpline.takedown import place_on
from safeguard.helpline.taking import Facts, Taken, take_case
from safeguard.helpline.waving import answer_wave, join_wave, open_wave
from safeguard.referrals.queries import list_referrals, read_conversation
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.referrals.test_ending import settle
from tests.referrals.test_pages import hidden, sent

pytestmark = pytest.mark.anyio
OTHERS = 199
ANSWER = "TikTok takes these accounts down together. Your reference is {reference}. Tell us of further ones."


async def test_a_named_teacher_is_answered_with_two_hundred_others(lead, both, incident, someone, sign_in):
    form = hidden((await lead.get(f"/incidents/{incident}/refer")).text)
    people = {name: value for name, value in form.items() if name.startswith("people-0-")}
    agreed = {"people-0-send": "yes", "people-0-age_band": "adult", "people-0-agreed": "yes"}
    _, answer = await sent(lead, both, incident, **people, **agreed)
    assert answer.status_code == 303, answer.text
    await settle(both)
    supervisor = await someone(Role.SUPERVISOR, organisation=both.helpline.organisation_id)
    async with begin(supervisor) as work:
        (case,) = await list_queue(work, BEGINNING, 10)
        assert "Morgan Hale" in (await list_entries(work, case.id))[0].words
        (url, *_) = await list_urls_of(work, case.id)
        await place_on(work, url, "tiktok", url.version)
    desk = await sign_in(actor=supervisor)
    assert "agreed to be named: Morgan Hale" in (await desk.get(f"/helpline/cases/{case.id}")).text
    page = (await desk.get(f"/helpline/addresses/{url.id}")).text
    assert "agreed that you are told their name: Morgan Hale." in page.partition('id="prepared-words"')[2]
    async with begin(supervisor) as work:
        wave = await open_wave(work, "False accounts on TikTok", "Accounts in the names of teachers.")
        await join_wave(work, case, wave.id, case.version)
        facts = Facts(summary="An account in my name.", caller="teacher", issues=("impersonation",))
        for number in range(OTHERS):
            wrote = msgspec.structs.replace(facts, caller_contact=f"teacher{number}@alder.example")
            other = await take_case(work, profile_of("helpline"), wrote, Taken(channel="web", mine=False))
            await join_wave(work, other, wave.id, other.version)
        assert (await get_wave(work, wave.id)).open_cases == OTHERS + 1
    async with begin(supervisor) as work:
        assert await answer_wave(work, wave.id, ANSWER, ("reputation",), State.ADVICE_GIVEN, wave.version) == (200, 0)
    async with begin(supervisor) as work:
        case = await get_case(work, case.id)
        said = [entry.words for entry in await list_entries(work, case.id) if entry.kind == "answer"]
        assert said == [ANSWER.replace("{reference}", case.reference)]
        assert case.state is State.ADVICE_GIVEN
        assert {each.state for each in await list_queue(work, BEGINNING, 500, wave=wave.id)} == {State.ADVICE_GIVEN}
    await settle(both)
    async with begin(both.school) as work:
        (referral,) = await list_referrals(work, incident_id=incident)
        conversation = await read_conversation(work, referral.id)
    assert any(case.reference in getattr(step.body, "words", "") for step in conversation.steps)
    assert conversation.referral.state == State.ADVICE_GIVEN
