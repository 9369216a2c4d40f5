"""A helpline that was removed from the service: nobody writes to it any more, and what was begun can be ended."""

import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.channel.keys import own_keys
from safeguard.errors import Conflict
from safeguard.referrals.conversing import REMOVED, reopen, write
from safeguard.referrals.referring import refer
from safeguard.work import begin
from tests.referrals.making import OPENED

pytestmark = pytest.mark.anyio
LEFT = ">Left</"


async def test_writing_to_a_removed_helpline_is_refused_with_a_sentence_and_closing_still_works(
    sign_in, channel, incident, owner
):
    lead = await sign_in(actor=channel.school)
    async with begin(channel.school) as work:
        referral = await refer(work, incident, OPENED, channel.helpline.organisation_id, ())
    place = f"/referrals/{referral.id}"
    assert "Write to the helpline" in (await lead.get(place)).text
    async with begin(system(channel.helpline.organisation_id)) as work:
        await own_keys(work)
    owner.execute("update organisations set state = 'suspended' where id = %s", (channel.helpline.organisation_id,))
    assert "Write to the helpline" in (await lead.get(place)).text, "suspended is not removed"
    assert LEFT not in (await lead.get("/referrals")).text
    owner.execute("update organisations set state = 'active' where id = %s", (channel.helpline.organisation_id,))

    owner.execute("update referrals set helpline_id = %s where id = %s", (clock.new_id(), referral.id))
    for among in ("/referrals", f"/incidents/{incident}/referrals"):
        assert LEFT in (await lead.get(among)).text, "it is marked before it is opened"
    shown = (await lead.get(place)).text
    assert "This helpline has left" in shown
    assert "Refer it to another helpline" in shown  # there is one that has not
    assert "Or ring the helpline" not in shown
    assert "nobody there is told" in (await lead.get(f"{place}/withdraw")).text
    assert "Write to the helpline" not in shown
    sent = len(await channel.outgoing())
    refused = await lead.send(f"{place}/messages", {"words": "Typed with care."}, page=f"{place}/close")
    assert refused.status_code == 409
    assert REMOVED in refused.text
    assert "Typed with care." in refused.text
    for writing in (write, reopen):
        with pytest.raises(Conflict):
            async with begin(channel.school) as work:
                await writing(work, referral.id, "Again.")
    assert len(await channel.outgoing()) == sent

    closed = await lead.send(f"{place}/close", {"outcome": "advice_given"})
    assert closed.status_code == 303, closed.text
    ended = (await lead.get(place)).text
    assert "Close the referral when you are done with it" not in ended
    assert f'href="{place}/reopen"' not in ended
    refused = await lead.send(f"{place}/reopen", {"reason": "It posts again."})
    assert (refused.status_code, REMOVED in refused.text) == (409, True)
    assert "It posts again." in refused.text
