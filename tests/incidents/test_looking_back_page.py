"""The page on which a lead looks again at what was written before somebody was called so."""

import pytest

from safeguard.access.roles import Role
from tests.isolation.test_exclusion import about, excluded, recorded
from tests.isolation.test_looking_back import forget, gathered

__all__ = ["forget"]

pytestmark = pytest.mark.anyio


async def test_a_lead_decides_on_the_page_and_whom_it_may_mean_sees_nothing_there(sign_in, forget):
    lead = await sign_in(Role.LEAD)
    meant = await sign_in(Role.DEPUTY, organisation=lead.actor.organisation_id)
    story = await recorded(lead.actor, about(meant.actor.name))
    await forget(lead.actor.organisation_id)
    before = (await lead.get("/incidents/again")).text
    assert "still being compared" in before
    assert story.facts.reference not in before
    await gathered(lead.actor.organisation_id)
    page = (await lead.get("/incidents/again")).text
    assert "still being compared" not in page
    assert f"by {lead.actor.name}" in page
    assert story.facts.reference in page
    assert story.facts.reference not in (await meant.get("/incidents/again")).text
    key = f"{story.facts.id} {meant.actor.user_id}"
    refused = await lead.send("/incidents/again", {"picked": key, "decision": "other"}, page="/incidents/again")
    assert refused.status_code == 422
    assert "Say how you know that another is meant." in refused.text
    assert "checked" in refused.text
    done = await lead.send("/incidents/again", {"picked": key, "decision": "keep"}, page="/incidents/again")
    assert done.headers["location"].endswith("/incidents/again?done=1")
    assert await excluded(lead.actor, story.facts.id) == [meant.actor.user_id]
