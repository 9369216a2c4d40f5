"""A step noted by mistake is taken back: it stays to be read, counts nowhere, and whoever was told hears of it."""

from datetime import timedelta

import pytest

from safeguard.access.roles import Role
from safeguard.errors import Conflict, Invalid
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.platforms.tracking import list_escalations
from safeguard.helpline.prompts import prompt_of
from safeguard.helpline.queries import get_url, list_urls_of
from safeguard.helpline.rates import read_rates
from safeguard.helpline.takedown import list_addresses, place_on, step_on
from safeguard.helpline.undoing import take_back
from safeguard.work import begin
from tests.helpline.conftest import taken
from tests.helpline.test_telling_steps import ADDRESS, refer, told

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)
STANDS = ("state", "platform_reference", "self_reported_at", "reported_at", "chased_at", "answered_at", "ended_at",
          "hours_known", "seen_again_at")  # fmt: skip


@pytest.fixture
async def practitioner(someone):
    return await someone(Role.PRACTITIONER, kind="helpline")


def how(url):
    return {name: getattr(url, name) for name in STANDS}


async def listed(work):
    await list_addresses(work, case := await taken(work), "https://social.example/fake", "tiktok")
    [url] = await list_urls_of(work, case.id)
    return url


async def test_after_each_step_taking_it_back_leaves_the_address_as_it_stood(practitioner):
    way = (UrlState.SELF_REPORTED, UrlState.REPORTED, UrlState.REFUSED, UrlState.RE_REPORTED, UrlState.REMOVED,
           UrlState.LISTED, UrlState.REPORTED, UrlState.REMOVED, UrlState.PASSED_IWF)  # fmt: skip
    async with begin(practitioner) as work:
        url, at = await listed(work), work.now() - 40 * HOUR
        for state in way:
            before, at = how(url), at + HOUR
            wrong = await step_on(work, url, state, at, f"R-{state}", "They said so.", url.version, day_only=False)
            back = await take_back(work, wrong, "Another address was meant.", wrong.version)
            assert how(back) == before == how(await get_url(work, url.id)), state
            assert [step.id for step in back.standing] == [step.id for step in url.standing]
            url = await step_on(work, back, state, at, f"R-{state}", "They said so.", back.version)
        assert len(url.steps) == 3 * len(way) and len(url.standing) == len(way)


async def test_a_mistake_counts_in_no_rate_no_prompt_and_not_as_having_been_asked(practitioner):
    async with begin(practitioner) as work:
        url, now = await listed(work), work.now()
        url = await step_on(work, url, UrlState.REPORTED, now - 200 * HOUR, "R-1", "", url.version)
        url = await step_on(work, url, UrlState.REMOVED, now - 2 * HOUR, "", "", url.version)
        url = await take_back(work, url, "It stands there still.", url.version)
        [rate] = await read_rates(work)
        assert (rate.addresses, rate.decided, rate.removed, rate.removal) == (1, 0, 0, None)
        [waits] = await list_escalations(work, "tiktok")
        assert (waits.asked, waits.silent_days(now)) == (1, 8)
        limits = {"platform_self_report": 48 * HOUR, "platform_silent": 168 * HOUR}
        assert prompt_of(url, await taken(work), now, limits) == "ask_again"


async def test_whoever_was_told_hears_that_it_was_a_mistake_and_who_was_left_out_hears_of_neither(practitioner):
    async with begin(practitioner) as work:
        one, other = await refer(work, ADDRESS), await refer(work, ADDRESS)
        [url] = await list_urls_of(work, one.id)
        at = work.now() - 3 * HOUR
        url = await step_on(work, url, UrlState.REPORTED, at, "R-1", "", url.version)
        url = await step_on(work, url, UrlState.REMOVED, work.now(), "", "", url.version, without=[other.id])
        await take_back(work, url, "We looked at another account.", url.version)
        said = await told(work)
        [mine, theirs] = [[s for s in said if s.referral == case.referrer.referral] for case in (one, other)]
    assert [(step.state, step.taken_back is True) for step in mine] == [
        ("reported", False), ("removed", False), ("reported", True),
    ]  # fmt: skip
    assert (mine[-1].at, mine[-1].words, mine[-1].platform_reference) == (at, "We looked at another account.", "")
    assert [step.state for step in theirs] == ["reported"]


async def test_nothing_is_taken_back_without_a_reason_or_twice_and_what_nobody_noted_cannot_be(practitioner):
    async with begin(practitioner) as work:
        url = await listed(work)
        with pytest.raises(Conflict):
            await take_back(work, url, "A slip.", url.version)
        url = await step_on(work, url, UrlState.PASSED_IWF, work.now(), "", "", url.version)
        with pytest.raises(Invalid):
            await take_back(work, url, "", url.version)
        back = await take_back(work, url, "A slip.", url.version)
        with pytest.raises(Conflict):
            await take_back(work, url, "A slip.", url.version)
        await place_on(work, back, "x", back.version)


async def test_a_step_before_the_one_that_it_follows_is_refused_with_its_day_and_what_was_typed(
    practitioner, service, sign_in
):
    desk = await sign_in(actor=practitioner)
    async with begin(practitioner) as work:
        url = await listed(work)
        url = await step_on(work, url, UrlState.REPORTED, work.now() - 30 * HOUR, "R-1", "", url.version)
        early = (work.now() - 72 * HOUR).date().isoformat()
    at = f"/helpline/addresses/{url.id}"
    fields = {"state": "removed", "on": early, "reference": "R-9", "seen": str(url.version)}
    refused = await desk.send(at, fields, page=at)
    assert refused.status_code == 422
    assert "and this came after it" in refused.text and 'value="R-9"' in refused.text and early in refused.text
    same_day = (url.steps[0].happened_at).date().isoformat()
    assert (await desk.send(at, fields | {"on": same_day}, page=at)).status_code == 303
    empty = await desk.send(f"{at}/take-back", {"why": "", "seen": "3"}, page=at)
    assert empty.status_code == 422 and "Say what was wrong." in empty.text
    done = await desk.send(f"{at}/take-back", {"why": "It was another day.", "seen": "3"}, page=at)
    assert done.status_code == 303, done.text
    shown = (await desk.get(at)).text
    assert "noted by mistake" in shown and "It was another day." in shown
