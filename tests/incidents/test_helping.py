"""What helps stands beside an incident once somebody has said its kind."""

import pytest

from safeguard.access.roles import Role
from safeguard.standards.contributed import BESIDE_INCIDENT
from safeguard.standards.contributing import Belonging, NewResource, add_resource, withdraw_resource
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.incidents.casework import recorded

pytestmark = pytest.mark.anyio

KNOWN = Belonging(frozenset(), frozenset(SCHOOL.risk_areas), frozenset(SCHOOL.issues))
NEW = NewResource("guidance", "Our quiet room", "Walk there together.", ("Room 4",), issues=("nudes",))


async def test_ones_own_and_the_services_stand_beside_an_incident_of_their_kind(sign_in):
    lead, other = await sign_in(Role.LEAD), await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        own = await add_resource(work, NEW, KNOWN)
    for browser in (lead, other):
        at = f"/incidents/{(await recorded(browser.actor)).facts.id}"
        assert str(own) not in (await browser.get(at)).text
        done = await browser.send(f"{at}/classes", {"issue_types": "nudes", "version": "1"})
        assert done.status_code == 303, done.text
        beside = (await browser.get(at)).text
        assert 'href="/resources#nudes"' in beside
        assert beside.count('href="/resources#') <= BESIDE_INCIDENT
        assert ("Our own" in beside) is (f'href="/resources#own-{own}"' in beside) is (browser is lead)
    ours = f"/incidents/{(await recorded(lead.actor)).facts.id}"
    await lead.send(f"{ours}/classes", {"issue_types": "nudes", "version": "1"})
    async with begin(lead.actor) as work:
        await withdraw_resource(work, own, "The room is gone.", 1)
    after = (await lead.get(ours)).text
    assert 'href="/resources#nudes"' in after
    assert str(own) not in after
