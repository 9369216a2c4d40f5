"""The ledger: addresses listed, joined across cases, and every step of them."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.channel.bodies import Url as Sent
from safeguard.errors import Conflict, Invalid
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.prompts import Prompt, prompt_of
from safeguard.helpline.queries import get_url, list_cases_of, list_urls_of
from safeguard.helpline.rates import read_rates
from safeguard.helpline.takedown import list_addresses, list_sent, place_on, step_on
from safeguard.work import begin
from tests.helpline.conftest import taken

pytestmark = pytest.mark.anyio
LIMITS = {"platform_self_report": timedelta(hours=48), "platform_silent": timedelta(days=7)}


@pytest.fixture
async def practitioner(someone):
    return await someone(Role.PRACTITIONER, kind="helpline")


async def go(work, url, *steps):
    for state, at in steps:
        url = await step_on(work, url, state, at, "", "", url.version)
    return url


async def test_an_address_that_another_case_names_is_joined_and_not_listed_twice(practitioner):
    async with begin(practitioner) as work:
        one, other = await taken(work), await taken(work)
        first = await list_addresses(work, one, "https://x.com/a https://x.com/b", "x")
        second = await list_addresses(work, other, "HTTPS://X.COM/a#top, https://x.com/c", "x")
        again = await list_addresses(work, other, "https://x.com/a", "x")
        (shared,) = (url for url in await list_urls_of(work, one.id) if url.cases > 1)
        assert {case.id for case in await list_cases_of(work, shared.id)} == {one.id, other.id}
    assert [(each.added, each.known) for each in (first, second, again)] == [(2, 0), (1, 1), (0, 0)]
    assert shared.cases == 2


async def test_junk_is_left_out_and_named_and_nothing_but_junk_is_refused(practitioner):
    async with begin(practitioner) as work:
        case = await taken(work)
        listed = await list_addresses(work, case, "https://x.com/a javascript:alert(1)", "")
        assert (listed.added, len(listed.refused)) == (1, 1)
        for junk in ("javascript:alert(1)", "hello there", "ftp://x.com/a"):
            with pytest.raises(Invalid):
                await list_addresses(work, case, junk, "")


async def test_five_hundred_with_junk_among_them_are_listed_and_the_junk_is_named(practitioner):
    junk = ("javascript:alert(1)", "data:text/html,x", "ftp://x.com/file", "http://999.1.1.1/", "http://-x.com/")
    lines = [f"{number}) see https://x.com/{number}, {junk[number % 5]} <b>and</b>" for number in range(500)]
    async with begin(practitioner) as work:
        case = await taken(work)
        listed = await list_addresses(work, case, "\n".join(lines), "x")
        assert (listed.added, listed.known) == (500, 0)
        assert len(listed.refused) == len(junk)
        assert {url.host for url in await list_urls_of(work, case.id)} == {"x.com"}


async def test_a_step_of_which_only_the_day_is_known_counts_in_the_rates_and_in_no_hours(practitioner):
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    async with begin(practitioner) as work:
        case = await taken(work)
        await list_addresses(work, case, "https://x.com/a https://x.com/b", "x")
        known, vague = await list_urls_of(work, case.id)
        await go(work, known, (UrlState.REPORTED, start), (UrlState.REMOVED, start + timedelta(hours=5)))
        vague = await step_on(work, vague, UrlState.REPORTED, start, "", "", vague.version)
        await step_on(work, vague, UrlState.REMOVED, start + timedelta(days=9), "", "", vague.version, day_only=True)
        (rate,) = await read_rates(work)
    assert (rate.decided, rate.removed) == (2, 2)
    assert rate.removal == (5.0, 5.0)


async def test_naming_an_address_again_or_moving_it_leaves_the_judgement_that_it_is_of_no_platform(practitioner):
    address = "https://www.tiktok.com/legal/page"
    async with begin(practitioner) as work:
        one, other = await taken(work), await taken(work)
        await list_addresses(work, one, address)
        (url,) = await list_urls_of(work, one.id)
        url = await place_on(work, url, "", url.version)
        await list_addresses(work, other, address)
        await list_sent(work, other, [Sent(url=address, platform="tiktok")])
        await list_addresses(work, other, f"{address} https://x.com/a", "tiktok")
        assert (await get_url(work, url.id)).platform == ""
        assert (await go(work, url, (UrlState.REPORTED, clock.now()))).platform == ""
        assert (await get_url(work, url.id)).platform == ""


async def test_five_hundred_are_listed_and_one_more_is_too_many(practitioner):
    lines = [f"https://x.com/{number}" for number in range(501)]
    async with begin(practitioner) as work:
        case = await taken(work)
        assert (await list_addresses(work, case, "\n".join(lines[:500]), "x")).added == 500
        with pytest.raises(Invalid):
            await list_addresses(work, case, "\n".join(lines), "x")


async def test_an_address_is_refused_reported_again_and_removed_with_every_step_kept(practitioner):
    async with begin(practitioner) as work:
        case = await taken(work)
        await list_addresses(work, case, "https://x.com/a", "x")
        url = (await list_urls_of(work, case.id))[0]
        start = clock.now() - timedelta(days=9)
        url = await go(work, url, (UrlState.SELF_REPORTED, start), (UrlState.REPORTED, start + timedelta(days=2)),
                       (UrlState.REFUSED, start + timedelta(days=3)), (UrlState.RE_REPORTED, start + timedelta(days=4)),
                       (UrlState.REMOVED, start + timedelta(days=5)))  # fmt: skip
        found = await get_url(work, url.id)
        assert [step.state for step in found.steps] == [
            "self_reported",
            "reported",
            "refused",
            "re_reported",
            "removed",
        ]
        assert msgspec.structs.replace(found, steps=()) == msgspec.structs.replace(url, steps=())
        with pytest.raises(Conflict):
            await step_on(work, found, UrlState.GONE, clock.now(), "", "", found.version)
        with pytest.raises(Conflict):
            await step_on(work, found, UrlState.RE_REPORTED, clock.now(), "", "", 1)
        with pytest.raises(Invalid):
            await step_on(work, found, UrlState.RE_REPORTED, clock.now() + timedelta(days=1), "", "", found.version)


async def test_prompts_say_what_is_next_and_never_to_wait_where_a_child_is_at_risk(practitioner):
    async with begin(practitioner) as work:
        case = await taken(work)
        await list_addresses(work, case, "https://x.com/a", "x")
        url = (await list_urls_of(work, case.id))[0]
    now = clock.now()
    at_risk = msgspec.structs.replace(case, at_risk=True)
    told = msgspec.structs.replace(url, state=UrlState.SELF_REPORTED, self_reported_at=now - timedelta(hours=47))
    asked = msgspec.structs.replace(url, state=UrlState.REPORTED, chased_at=now - timedelta(days=7))
    assert prompt_of(url, case, now, LIMITS) is Prompt.ASK_SELF_REPORT
    assert prompt_of(told, case, now, LIMITS) is Prompt.WAIT
    assert prompt_of(told, case, now + timedelta(hours=1), LIMITS) is Prompt.REPORT
    assert prompt_of(asked, case, now, LIMITS) is Prompt.ASK_AGAIN
    assert prompt_of(asked, case, now - timedelta(minutes=1), LIMITS) is None
    assert prompt_of(url, at_risk, now, LIMITS) is prompt_of(told, at_risk, now, LIMITS) is Prompt.REPORT_NOW
    for state in (UrlState.REFUSED, UrlState.NO_RESPONSE):
        assert prompt_of(msgspec.structs.replace(asked, state=state), case, now, LIMITS) is Prompt.REPORT_ANEW
    assert prompt_of(msgspec.structs.replace(asked, state=UrlState.PASSED_IWF), at_risk, now, LIMITS) is None
    assert prompt_of(asked, at_risk, now, LIMITS) is Prompt.ASK_AGAIN


async def test_what_went_to_the_police_or_was_gone_is_in_no_rate(practitioner):
    start = clock.now() - timedelta(days=30)
    hours = (2, 4, 6, 8, 100)
    async with begin(practitioner) as work:
        case = await taken(work)
        await list_addresses(work, case, "\n".join(f"https://x.com/{number}" for number in range(12)), "x")
        urls = await list_urls_of(work, case.id)
        for url, wait in zip(urls, hours, strict=False):
            await go(work, url, (UrlState.REPORTED, start), (UrlState.REMOVED, start + timedelta(hours=wait)))
        await go(work, urls[5], (UrlState.REPORTED, start), (UrlState.REFUSED, start + timedelta(hours=1)))
        await go(work, urls[6], (UrlState.PASSED_IWF, start))
        await go(work, urls[7], (UrlState.REPORTED, start), (UrlState.PASSED_POLICE, start))
        await go(work, urls[8], (UrlState.GONE, start))
        await go(work, urls[9], (UrlState.NOT_ACTIONABLE, start))
        await go(work, urls[10], (UrlState.REPORTED, start))
        (rate,) = await read_rates(work)
    assert (rate.platform, rate.addresses, rate.decided, rate.removed, rate.left_out) == ("x", 12, 6, 5, 4)
    assert rate.removal and rate.answer and rate.share
    assert (round(rate.removal[0], 6), round(rate.removal[1], 6)) == (6.0, 63.2)
    assert round(rate.answer[0], 6) == 5.0
    assert round(rate.share, 1) == 83.3
