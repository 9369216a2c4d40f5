"""Everybody who named an address learns how it stands, however many they are, and nobody learns it twice."""

from runpy import run_path
from uuid import UUID

import msgspec
import psycopg
import pytest

from safeguard import clock, paths
from safeguard.access.roles import Role
from safeguard.channel import bodies
from safeguard.channel.bodies import Url, UrlStep
from safeguard.errors import Invalid
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.queries import list_urls_of
from safeguard.helpline.receiving import receive
from safeguard.helpline.states import State
from safeguard.helpline.takedown import list_addresses, step_on
from safeguard.helpline.telling_steps import AT_ONCE, JOB, tell_the_others
from safeguard.helpline.writing import add_to_case
from safeguard.strongbox import sealing
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.helpline.conftest import taken
from tests.helpline.test_receiving import SENDER, opened

pytestmark = pytest.mark.anyio
PROFILE = profile_of("helpline")
ADDRESS = "https://x.com/a"
OUTBOX = """
select o.id, o.body from public.channel_outbox o
where o.organisation_id = (select sec.current_organisation()) order by o.put_at, o.id
"""
ASKED = "select count(*) from jobs.job where kind = $1 and state = 'queued'"


@pytest.fixture
async def practitioner(someone):
    return await someone(Role.PRACTITIONER, kind="helpline")


async def refer(work, *addresses: str):
    body = msgspec.structs.replace(opened(clock.new_id()), urls=tuple(Url(url=each) for each in addresses))
    return await receive(work, body, sender=SENDER, profile=PROFILE)


async def told(work) -> list[UrlStep]:
    """What waits to leave, as whoever referred will read it."""
    rows = await work.driver.fetch(OUTBOX)
    opened_up = await sealing.unseal_all(work, [(row["body"], f"outgoing {row['id']}") for row in rows])
    return [said for each in opened_up if isinstance(said := bodies.decode(each), UrlStep)]


def referrals_of(cases) -> set[UUID]:
    return {case.referrer.referral for case in cases}


async def test_a_step_reaches_more_referrers_than_one_transaction_tells_each_of_them_once(practitioner):
    async with begin(practitioner) as work:
        cases = [await refer(work, ADDRESS) for _ in range(AT_ONCE * 2 + 5)]
        (url,) = await list_urls_of(work, cases[0].id)
        url = await step_on(work, url, UrlState.SELF_REPORTED, work.now(), "", "", url.version)
        await step_on(work, url, UrlState.REPORTED, work.now(), "", "", url.version)
    async with begin(practitioner) as work:
        assert len(await told(work)) < len(cases) * 2
        assert await work.driver.fetchval(ASKED, JOB) == 1
        for _ in range(3):
            await tell_the_others(work, url.id)
        said = await told(work)
    assert [each.referral for each in said].count(cases[-1].referrer.referral) == 2
    assert len(said) == len(cases) * 2
    assert {each.referral for each in said} == referrals_of(cases)
    for case in cases:
        its = [each.state for each in said if each.referral == case.referrer.referral]
        assert sorted(its) == ["reported", "self_reported"]


async def test_what_leaves_is_held_against_what_was_confided_in_every_case_of_the_address(practitioner):
    async with begin(practitioner) as work:
        confided = await refer(work, ADDRESS)
        words = "her brother took the picture in March"
        await add_to_case(work, confided, "confidence", "phone", words, (), distressing=False)
        for _ in range(AT_ONCE + 1):
            await refer(work, ADDRESS)
        (url,) = await list_urls_of(work, confided.id)
        with pytest.raises(Invalid):
            await step_on(work, url, UrlState.GONE, work.now(), "", f"We know that {words}.", url.version)


async def test_whoever_names_a_known_address_is_told_how_it_stands_and_not_what_was_answered_to_others(practitioner):
    async with begin(practitioner) as work:
        first = await refer(work, ADDRESS)
        (url,) = await list_urls_of(work, first.id)
        for state in (UrlState.REPORTED, UrlState.REFUSED):
            url = await step_on(work, url, state, work.now(), "R-77", "It is about Sam Oakes.", url.version)
        before = len(await told(work))
        second = await refer(work, ADDRESS, "https://x.com/new")
        said = (await told(work))[before:]
        assert [(each.referral, each.state) for each in said] == [(second.referrer.referral, "refused")]
        assert (said[0].words, said[0].platform_reference) == ("", "")
        await step_on(work, url, UrlState.RE_REPORTED, work.now(), "", "", url.version)
        later = (await told(work))[before + 1 :]
    assert sorted(each.state for each in later) == ["re_reported", "re_reported"]
    assert {each.referral for each in later} == referrals_of([first, second])


async def test_a_case_of_an_earlier_system_that_came_by_a_channel_there_is_worked_on_and_told_to_nobody(practitioner):
    async with begin(practitioner) as work:
        earlier = await taken(work, channel="shared", origin="import/Old desk/17", state=State.SUBMITTED)
        await add_to_case(work, earlier, "answer", "shared", "Hello.", (), distressing=False)
        await list_addresses(work, earlier, ADDRESS)
        referred = await refer(work, ADDRESS)
        (url,) = await list_urls_of(work, earlier.id)
        await step_on(work, url, UrlState.GONE, work.now(), "", "Gone.", url.version)
        assert [each.referral for each in await told(work)] == [referred.referrer.referral]


async def test_the_addresses_of_a_case_stand_in_the_order_in_which_they_were_named(practitioner):
    addresses = [f"https://x.com/{n}" for n in range(40)]
    async with begin(practitioner) as work:
        case = await refer(work, *addresses)
        assert [url.address for url in await list_urls_of(work, case.id)] == addresses


async def test_steps_that_were_told_before_there_was_a_count_are_not_told_again(practitioner, addresses):
    async with begin(practitioner) as work:
        case = await refer(work, ADDRESS, "https://x.com/untouched")
        url, untouched = await list_urls_of(work, case.id)
        for state in (UrlState.REPORTED, UrlState.REFUSED):
            url = await step_on(work, url, state, work.now(), "", "", url.version)
    (migration,) = (paths.MIGRATIONS / "versions").glob("*_told_steps.py")
    fill = run_path(str(migration))["STATEMENTS"][-1]
    async with await psycopg.AsyncConnection.connect(addresses.owner) as owner:
        await owner.execute("update helpline_case_urls set told_steps = 0 where case_id = %s", [case.id])
        await owner.execute(fill)
        rows = await owner.execute("select url_id, told_steps from helpline_case_urls where case_id = %s", [case.id])
        assert dict(await rows.fetchall()) == {url.id: 2, untouched.id: 0}
        await owner.rollback()
