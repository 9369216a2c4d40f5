"""What became of the addresses that were referred, as the board counts it."""

from datetime import timedelta
from typing import Literal

import pytest

from safeguard.channel.bodies import UrlStep
from safeguard.insights.casework import read_casework
from safeguard.work import begin
from tests.referrals.test_pages import ready, sent

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("state", ["gone_before_report", "passed_to_iwf", "passed_to_police", "not_actionable"])
async def test_an_address_that_no_platform_was_asked_to_remove_is_in_no_rate(
    lead,
    channel,
    incident,
    state: Literal["gone_before_report", "passed_to_iwf", "passed_to_police", "not_actionable"],
):
    await ready(channel)
    await sent(lead, channel, incident)
    await channel.all()
    ((_, body),) = channel.at_helpline.bodies
    today = channel.now().date()
    for url, said in zip(body.urls, ("removed", state), strict=True):
        await channel.reply(UrlStep(referral=body.referral, url=url.url, state=said, at=channel.now()))
    await channel.reply_all()
    async with begin(channel.school) as work:
        found = await read_casework(work, today, today - timedelta(days=2), today + timedelta(days=2))
        assert (found.addresses_gone, found.addresses) == (1, 1)
