"""In a school of hundreds the last of the alphabet is kept from an incident, and it is kept to a few."""

import pytest

from safeguard.access.roles import Role
from safeguard.identity.choosing import AT_ONCE
from safeguard.incidents.hiding.circle import read_circle
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.staff import make_staff
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio


async def test_the_last_of_the_alphabet_can_be_chosen(sign_in: SignIn) -> None:
    lead, names = await sign_in(Role.LEAD), [f"Colleague {n:02}" for n in range(AT_ONCE)]
    assert lead.actor
    organisation = lead.actor.organisation_id
    await make_staff(organisation, names)
    [last] = await make_staff(organisation, ["Zuzana Zeman"])
    [other_lead] = await make_staff(organisation, ["Zygmunt Zorn"], "lead")
    async with begin(lead.actor) as work:
        incident_id = (await record_incident(work, NewIncident(narrative="Words."), SCHOOL)).facts.id
    at = f"/incidents/{incident_id}/circle"
    page = (await lead.get(at)).text
    assert "Zuzana Zeman" not in page
    assert str(other_lead) in page  # whoever handles incidents is offered without a search
    found = (await lead.get(f"{at}?like=zeman")).text
    assert f'value="{last}"' in found
    assert "Zygmunt" not in found.split('id="staff"')[1].split("</form>")[0]
    assert (await lead.send(f"{at}/exclude", {"person": str(last)}, page=at)).status_code == 303
    said = {"people": str(other_lead), "reason": "Few need to know."}
    assert (await lead.send(f"{at}/confine", said, page=at)).status_code == 303
    async with begin(lead.actor) as work:
        who = await read_circle(work, incident_id)
    assert [one.user_id for one in who.excluded] == [last]
    assert {one.user_id for one in who.handlers} == {lead.actor.user_id, other_lead}
