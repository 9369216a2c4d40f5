"""Whom a step of an address reaches is seen before it is noted, and some may be left out; who withdrew is not told."""

import json
import re

import pytest

from safeguard.access.roles import Role
from safeguard.channel.bodies import Reopened, Withdrawn
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.queries import list_urls_of
from safeguard.helpline.reaching import how_named, list_reached
from safeguard.helpline.receiving import receive
from safeguard.helpline.takedown import step_on
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.helpline.conftest import taken
from tests.helpline.test_receiving import SENDER
from tests.helpline.test_telling_steps import ADDRESS, refer, told

pytestmark = pytest.mark.anyio
PROFILE = profile_of("helpline")
KEPT = "select fields from audit.documents where kind = 'url' and id = $1 order by version"


@pytest.fixture
async def practitioner(someone):
    return await someone(Role.PRACTITIONER, kind="helpline")


async def say(work, case, kind):
    return await receive(work, kind(referral=case.referrer.referral), sender=SENDER, profile=PROFILE)


async def read_by(work, case) -> list[tuple[str, str]]:
    return [(each.state, each.platform_reference) for each in await told(work)
            if each.referral == case.referrer.referral]  # fmt: skip


async def test_who_took_a_referral_back_is_told_of_no_step_and_of_how_it_stands_once_they_go_on(practitioner):
    async with begin(practitioner) as work:
        one, gone = await refer(work, ADDRESS), await refer(work, ADDRESS)
        await say(work, gone, Withdrawn)
        (url,) = await list_urls_of(work, one.id)
        for state in (UrlState.REPORTED, UrlState.REFUSED):
            url = await step_on(work, url, state, work.now(), "R-77", "Not against our rules.", url.version)
        assert await read_by(work, one) == [("reported", "R-77"), ("refused", "R-77")]
        assert await read_by(work, gone) == []
        await say(work, gone, Reopened)
        assert await read_by(work, gone) == [("refused", "")]
        await step_on(work, url, UrlState.RE_REPORTED, work.now(), "R-78", "", url.version)
        assert (await read_by(work, gone))[1:] == [("re_reported", "R-78")]


async def test_who_is_left_out_learns_of_the_next_step_and_not_of_this_one(practitioner):
    async with begin(practitioner) as work:
        one, other = await refer(work, ADDRESS), await refer(work, ADDRESS)
        (url,) = await list_urls_of(work, one.id)
        url = await step_on(work, url, UrlState.REPORTED, work.now(), "R-1", "", url.version, without=[other.id])
        await step_on(work, url, UrlState.REFUSED, work.now(), "R-2", "", url.version)
        assert await read_by(work, one) == [("reported", "R-1"), ("refused", "R-2")]
        assert await read_by(work, other) == [("refused", "R-2")]


async def test_the_page_and_the_log_keep_who_was_left_out_of_which_step(practitioner, service, sign_in):
    desk = await sign_in(actor=practitioner)
    async with begin(practitioner) as work:
        one, other = await refer(work, ADDRESS), await refer(work, ADDRESS)
        (url,) = await list_urls_of(work, one.id)
        url = await step_on(work, url, UrlState.REPORTED, work.now(), "R-1", "", url.version, without=[other.id])
        url = await step_on(work, url, UrlState.REFUSED, work.now(), "R-2", "Parody.", url.version)
        first, second = url.steps
        (left,) = (await how_named(work, url.id)).left_out[first.id]
        assert (left.case_id, set((await how_named(work, url.id)).left_out)) == (other.id, {first.id})
    at = (await desk.get(f"/helpline/addresses/{url.id}")).text
    (_, noted) = at.split("not told of this step:")
    assert f">{other.reference}</a>" in noted.partition("</p>")[0] and one.reference not in noted.partition("</p>")[0]
    async with begin(practitioner) as work:
        kept = [json.loads(row["fields"]) for row in await work.driver.fetch(KEPT, url.id)]
    (_, reported, refused) = kept
    assert json.loads(reported["left_out"][0]) == [str(other.id)] and "left_out" not in refused
    assert json.loads(refused["step"][0])["answer"] == "Parody."
    assert json.loads(refused["step"][0])["id"] == str(second.id)


async def test_the_page_names_whom_it_reaches_and_refuses_when_as_many_others_came_between(
    practitioner, service, sign_in
):
    desk = await sign_in(actor=practitioner)
    async with begin(practitioner) as work:
        one, other, gone = [await refer(work, ADDRESS) for _ in range(3)]
        call = await taken(work)
        (url,) = await list_urls_of(work, one.id)
        assert {each.case_id for each in await list_reached(work, url.id)} == {one.id, other.id, gone.id}
    at = f"/helpline/addresses/{url.id}"
    shown = (await desk.get(at)).text
    assert all(f'name="without" type="checkbox" value="{case.id}"' in shown for case in (one, other, gone))
    assert call.reference not in shown
    fields = {"state": "reported", "reference": "R-1", "seen": "1", "without": str(other.id)}
    async with begin(practitioner) as work:
        third = await refer(work, ADDRESS)
        await say(work, gone, Withdrawn)
    late = await desk.send(at, fields | {"reaches": marked(shown)}, page=at)
    assert late.status_code == 409
    assert "See whom your words reach now." in late.text and 'value="R-1"' in late.text
    assert (await desk.send(at, fields | {"reaches": marked(late.text)}, page=at)).status_code == 303
    async with begin(practitioner) as work:
        read = [await read_by(work, case) for case in (one, other, gone, third)]
    assert read == [[("reported", "R-1")], [], [], [("reported", "R-1")]]


def marked(html: str) -> str:
    return re.findall(r'name="reaches" value="([^"]*)"', html)[0]
