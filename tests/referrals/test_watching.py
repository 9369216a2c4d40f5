"""An open page of a referral asks for what is new, and is told only of that."""

import re
from html import unescape

import psycopg
import pytest

from safeguard.access.actors import system
from safeguard.channel.bodies import Status
from safeguard.channel.keys import own_keys
from safeguard.work import begin
from tests.referrals.test_pages import sent

pytestmark = pytest.mark.anyio

ASKS = re.compile(r'hx-get="(/referrals/[^"]+)"')
PAGE = {"hx-request": "true"}
VIEWS = "select count(*) from audit.leaves where organisation_id = %s"


def asked_by(html: str) -> str:
    found = ASKS.search(html)
    assert found
    return unescape(found[1])


async def test_a_referral_is_told_of_when_its_receipt_or_the_helpline_comes_and_else_not(
    sign_in, channel, incident, addresses
):
    for there in (channel.school, channel.helpline):
        async with begin(system(there.organisation_id)) as work:
            await own_keys(work)
    lead = await sign_in(actor=channel.school)
    _preview, answer = await sent(lead, channel, incident)
    at = answer.headers["location"].partition("?")[0]
    asks = asked_by((await lead.get(at)).text)
    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        before = owner.execute(VIEWS, (channel.school.organisation_id,)).fetchone()
        again = await lead.get(asks, **PAGE)
        assert (again.status_code, again.content) == (204, b"")
        assert owner.execute(VIEWS, (channel.school.organisation_id,)).fetchone() == before
    await channel.all()
    delivered = (await lead.get(asks, **PAGE)).text
    assert "Delivered" in delivered
    referral = channel.at_helpline.bodies[0][1].referral
    await channel.reply(Status(referral=referral, state="declined", reason="Ring the police: this is theirs."))
    await channel.reply_all()
    declined = (await lead.get(asked_by(delivered), **PAGE)).text
    assert "Ring the police: this is theirs." in declined  # why they do not take it
    assert 'data-announce="New from the helpline. It stands at: Declined."' in declined
    assert "Ring the police: this is theirs." in (await lead.get(at)).text
    assert (await lead.get(asked_by(declined), **PAGE)).status_code == 204
