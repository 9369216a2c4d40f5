"""Links that were lost or ran out: others for those who are chosen, at once, and the earlier ones do nothing."""

import re

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.errors import Conflict
from safeguard.identity import approving, inviting, proposals
from safeguard.work import begin
from tests.identity.conftest import AsOwner, MakeAccount
from tests.identity.test_member_pages import invite
from tests.identity.test_pages import OpenBrowser, browser, sign_in

__all__ = ["browser"]

pytestmark = pytest.mark.anyio

AT = "/settings/people"
LINK = re.compile(r"https://safeguard\.test(/invitation/[\w-]{22})")
RUN_OUT = "update invitations set expires_at = now() - interval '1 day' where organisation_id = %s and email = any(%s)"


async def test_whoever_is_ticked_gets_another_link_at_once_and_the_one_before_is_over(
    account: MakeAccount, browser: OpenBrowser
) -> None:
    lead, tab, phone = await account(Role.LEAD), await browser(), await browser()
    await sign_in(tab, lead.email)
    here = clock.new_id().hex
    before = {name: await invite(tab, f"{name}@{here}.example", "reporter") for name in ("ana", "ben", "cy")}
    page = (await tab.get(AT)).text
    ids = {name: re.search(rf'value="([\w-]+)" form="chosen">.*?{name}@{here}', page)[1] for name in ("ana", "ben")}
    both = {"csrf_token": await tab.token(AT), "which": "ticked", "chosen": list(ids.values())}
    answer = await tab.client.post(f"{AT}/invitations/again", data=both, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 200, answer.text
    assert "2 people are invited" in answer.text
    links = LINK.findall(answer.text)
    assert len(links) == 2
    assert (await phone.get(before["ana"])).status_code == 410
    assert (await phone.get(before["cy"])).status_code == 200, "whoever was not ticked keeps theirs"
    shown = (await phone.get(links[0])).text
    assert f"ana@{here}.example" in shown
    again = await tab.send(f"{AT}/invitations/again", {"which": "ticked", "chosen": ids["ana"]}, page=AT)
    assert "1 person got no other link" in again.text
    assert "used or withdrawn already" in again.text
    nobody = await tab.send(f"{AT}/invitations/again", {"which": "ticked"}, page=AT)
    assert (nobody.status_code, inviting_words(nobody.text)) == (422, True)


def inviting_words(text: str) -> bool:
    """Whether the page says what to do, and still shows who is invited."""
    return "Tick whoever is to get another link" in text and "Invited, not here yet" in text


async def test_all_that_have_run_out_are_made_anew_and_no_other(
    account: MakeAccount, browser: OpenBrowser, as_owner: AsOwner
) -> None:
    lead, tab = await account(Role.LEAD), await browser()
    await sign_in(tab, lead.email)
    here = clock.new_id().hex
    for name in ("ana", "ben", "cy"):
        await invite(tab, f"{name}@{here}.example", "governor")
    assert "New links for all that have run out" not in (await tab.get(AT)).text
    await as_owner(RUN_OUT, lead.organisation_id, [f"ana@{here}.example", f"ben@{here}.example"])
    answer = await tab.send(f"{AT}/invitations/again", {"which": "run_out"}, page=AT)
    assert "2 people are invited" in answer.text
    assert f"cy@{here}.example" not in answer.text
    roles = "select distinct roles from invitations where organisation_id = %s and withdrawn_at is null"
    assert await as_owner(roles, lead.organisation_id) == [(["governor"],)]
    none = await tab.send(f"{AT}/invitations/again", {"which": "run_out"}, page=AT)
    assert (none.status_code, "No link has run out" in none.text) == (422, True)


async def test_a_role_that_waits_is_asked_for_anew_and_what_was_asked_before_can_be_given_to_nobody(someone) -> None:
    lead = await someone(Role.LEAD)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    administrator = await someone(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    async with begin(lead) as work:
        first = await inviting.invite(work, "new@alder.example", [Role.DEPUTY], reason="She covers the spring.")
    async with begin(administrator) as work:
        refused = await inviting.invite_again(work, [first.id])
    assert refused.invited == ()
    assert "Only a safeguarding lead" in refused.left_out[0][1]
    async with begin(lead) as work:
        [again] = (await inviting.invite_again(work, [first.id])).invited
    assert again.waits_for is not None and first.waits_for is not None
    assert again.waits_for.reason == "She covers the spring."
    async with begin(head) as work:
        [open_one] = (await proposals.list_approvals(work)).waiting
        assert open_one.id == again.waits_for.id
        with pytest.raises(Conflict):
            await approving.approve(work, first.waits_for.id)
        await approving.approve(work, again.waits_for.id)
        assert await work.driver.fetchval("select roles from invitations where id = $1", again.id) == ["deputy"]
