"""An address at which many sign, each wherever they are: until when it works, what it tells, and what slows a flood."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from safeguard.access.roles import Role
from safeguard.people.recording import record_person
from safeguard.registers.policies.addressing import make_link
from safeguard.registers.policies.publishing import publish
from safeguard.registers.policies.queries import list_links, list_signatures
from safeguard.registers.policies.taking_back import end_link
from safeguard.standards.queries import LATEST_ITEM
from safeguard.tenancy.profiles import profile_of
from safeguard.web import counting
from safeguard.web.limits import SIGNED_AT
from safeguard.work import begin
from tests.factories.owning import owning
from tests.factories.people import called
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


async def test_what_came_by_one_address_is_told_apart_and_ended_together_with_a_reason(sign_in, stranger):
    lead = await sign_in(Role.LEAD)
    governor = await sign_in(Role.GOVERNOR, organisation=lead.actor.organisation_id)
    async with begin(lead.actor) as work:
        policy = await publish(work, profile_of("school"), "agreement", AGREEMENT)
        await record_person(work, called("Robin", "Sample", connection="pupil"), profile_of("school"))
    here = f"/standards/registers/policies/{policy.id}"
    page, typed = f"{here}/signatures", {"edition": "1", "agreed": "yes"}
    said = {"signing": "family", "until_on": (TODAY + timedelta(days=9)).isoformat()}
    for called_, children in (("Newsletter", ("Robin Sample", "Mickey Mouse", "Donald Duck")), ("", ("Alex Sample",))):
        made = await lead.send(f"{here}/links/lasting", said | {"called": called_}, page=page)
        address = re.search(r"/sign/[\w-]+", (await lead.get(made.headers["location"])).text)
        assert address and "Newsletter" not in (await stranger.get(address[0])).text, "it is the keeper's own note"
        for child in children:
            await stranger.send(address[0], typed | {"name": "Ana Sample", "for_name": child})
    async with begin(lead.actor) as work:
        signed = {row.for_name: row for row in await list_signatures(work, policy.id, LATEST_ITEM, 10)}
        links = {link.name: link for link in await list_links(work, policy.id)}
    letter, other = links["Newsletter"], links[""]
    assert {name for name, row in signed.items() if row.link_id == letter.id} == {
        "Robin Sample", "Mickey Mouse", "Donald Duck",
    }  # fmt: skip
    listed = (await governor.get(page)).text
    assert listed.count(f"{here}/links/{letter.id}") == 4 and listed.count(f"{here}/links/{other.id}") == 2
    only = (await lead.get(f"{page}?at={letter.id}")).text
    assert "Mickey Mouse" in only and "Alex Sample" not in only
    file = (await lead.get("/standards/registers/tables/agreements.csv")).text
    assert file.count("Newsletter") == 3 and "At the address" in file.splitlines()[0]

    at, back = f"{here}/links/{letter.id}", f"{here}/links/{letter.id}/end"
    shown = " ".join((await lead.get(at)).text.split())
    assert "3 signatures that were given here stand" in shown and "2 of them are for names" in shown
    assert "<textarea" not in (await governor.get(at)).text
    refused = await lead.send(back, {"which": "strangers", "reason": " "}, page=at)
    assert refused.status_code == 422 and "Say why" in refused.text
    ended = await lead.send(back, {"which": "strangers", "reason": "Names that were made up."}, page=at)
    assert "2 signatures are ended" in (await lead.get(ended.headers["location"])).text
    refused = await lead.send(back, {"reason": "The rest too."}, page=at)
    assert (
        refused.status_code == 422 and "The rest too." in refused.text and "Choose what is to be ended" in refused.text
    )
    assert f"{here}/links/{letter.id}" in (await lead.get(page)).text, "an address that is over is still to be found"
    await lead.send(back, {"which": "all", "reason": "The rest too."}, page=at)
    async with begin(lead.actor) as work:
        rows = {row.for_name: row for row in await list_signatures(work, policy.id, LATEST_ITEM, 10)}
        assert {name: row.ended_reason for name, row in rows.items()} == {
            "Mickey Mouse": "Names that were made up.", "Donald Duck": "Names that were made up.",
            "Robin Sample": "The rest too.", "Alex Sample": "",
        }  # fmt: skip
        assert [link.id for link in await list_links(work, policy.id)] == [other.id]
        told = "select count(*) from audit.documents where kind = 'signature' and version = 2"
        assert await work.driver.fetchval(told) == 3
    assert (await lead.get(f"{here}/links/{policy.id}")).status_code == 404


async def test_signing_is_slowed_for_whoever_makes_up_names_by_program(sign_in, stranger):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        policy = await publish(work, profile_of("school"), "agreement", AGREEMENT)
        made = await make_link(work, policy.id, "pupil", "", many=True)
    address, typed = made.path, {"edition": "1", "agreed": "yes"}
    counting.use(counting.Counter(alone))
    try:
        for _ in range(SIGNED_AT.minute):
            counting.count(SIGNED_AT, made.secret.hash)
        slowed = await stranger.send(address, typed | {"name": "Robin <b>"})
    finally:
        counting.use(None)
    assert slowed.status_code == 429 and "Robin &lt;b&gt;" in slowed.text
    async with begin(lead.actor) as work:
        assert await list_signatures(work, policy.id, LATEST_ITEM, 10) == ()
