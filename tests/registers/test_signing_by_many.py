"""An address at which many sign, each wherever they are: until when it works, what it tells, and what slows a flood."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from safeguard.access.roles import Role
from safeguard.identity.secret import new_secret
from safeguard.registers.policies.publishing import publish
from safeguard.registers.policies.queries import list_links, list_signatures
from safeguard.registers.policies.signing import end_link, make_link
from safeguard.standards.queries import LATEST_ITEM
from safeguard.tenancy.profiles import profile_of
from safeguard.web import counting
from safeguard.web.limits import SIGNED_AT
from safeguard.work import begin
from tests.factories.owning import owning
from tests.registers.editions import AGREEMENT, TODAY

pytestmark = pytest.mark.anyio


async def alone(key: bytes, count: int, most: int) -> int:
    """No other process counts."""
    return count


async def test_an_address_for_many_works_until_the_day_that_was_said_and_counts_who_signs(sign_in, stranger, addresses):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        policy = await publish(work, profile_of("school"), "agreement", AGREEMENT)
    page = f"/standards/registers/policies/{policy.id}/signatures"
    until = TODAY + timedelta(days=80)
    for wrong in ("", (TODAY - timedelta(days=1)).isoformat(), (TODAY + timedelta(days=92)).isoformat()):
        refused = await lead.send(page[:-11] + "/links/lasting", {"signing": "family", "until_on": wrong}, page=page)
        assert refused.status_code == 422 and f'value="{wrong}"' in refused.text
    said = {"signing": "family", "until_on": until.isoformat()}
    made = await lead.send(page[:-11] + "/links/lasting", said, page=page)
    shown = (await lead.get(made.headers["location"])).text
    address = re.search(r"/sign/[\w-]+", shown)
    assert address and "For many: 0 have signed there" in " ".join(shown.split())
    assert address[0] not in (await lead.get(page)).text
    typed = {"edition": "1", "agreed": "yes"}
    for parent, child in (("Ana Sample", "Robin Sample"), ("Bo Sample", "Casey Sample")):
        done = await stranger.send(address[0], typed | {"name": parent, "for_name": child})
        thanks = (await stranger.get(done.headers["location"])).text
        assert "Thank you" in thanks and "Sign for another child" in thanks and "<form" not in thanks
        forwarded = (await lead.get(done.headers["location"])).text
        bare = (await stranger.get(address[0] + "?signed")).text
        assert all("Thank you" not in shown and "<form" in shown for shown in (forwarded, bare)), "not by this browser"
        assert parent not in thanks and parent not in (await stranger.get(address[0])).text
    shown = " ".join((await lead.get(page)).text.split())
    assert "For many: 2 have signed there" in shown and "By an address for many" in shown
    assert f"up to and including {until.day} {until:%B}" in shown
    async with begin(lead.actor) as work:
        (link,) = await list_links(work, policy.id)
    zone = ZoneInfo("Europe/London")
    assert link.expires_at == datetime.combine(until + timedelta(days=1), time(), zone)
    assert "By an address for many" in (await lead.get("/standards/registers/tables/agreements.csv")).text

    token = await stranger.token(address[0])
    async with owning(addresses.owner) as owner:
        await owner.execute("update agreement_links set signed = 5000 where id = %s", (link.id,))
    full = await stranger.send(address[0], typed | {"name": "Cy Sample", "for_name": "Alex Sample"}, token=token)
    assert full.status_code == 410 and "This address is over" in full.text
    async with owning(addresses.owner) as owner:
        await owner.execute("update agreement_links set signed = 2 where id = %s", (link.id,))
    assert (await stranger.get(address[0])).status_code == 200
    async with begin(lead.actor) as work:
        await end_link(work, policy.id, link.id)
    assert (await stranger.get(address[0])).status_code == 410


async def test_signing_is_slowed_for_whoever_makes_up_names_by_program(sign_in, stranger):
    lead, secret = await sign_in(Role.LEAD), new_secret()
    async with begin(lead.actor) as work:
        policy = await publish(work, profile_of("school"), "agreement", AGREEMENT)
        await make_link(work, policy.id, secret.hash, "pupil", "", many=True)
    address, typed = f"/sign/{secret.text}", {"edition": "1", "agreed": "yes"}
    counting.use(counting.Counter(alone))
    try:
        for _ in range(SIGNED_AT.minute):
            counting.count(SIGNED_AT, secret.hash)
        slowed = await stranger.send(address, typed | {"name": "Robin <b>"})
    finally:
        counting.use(None)
    assert slowed.status_code == 429 and "Robin &lt;b&gt;" in slowed.text
    async with begin(lead.actor) as work:
        assert await list_signatures(work, policy.id, LATEST_ITEM, 10) == ()
