"""An incident says which of its referrals still run, and is not closed over them without a reason."""

import re
from collections.abc import Iterator

import pytest

from safeguard.access.roles import Role
from safeguard.incidents import referred
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident
from safeguard.referrals.unfinished import list_unfinished
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.referrals.making import make_referral

pytestmark = pytest.mark.anyio

END = "update referrals set state = 'closed', closed_at = now(), outcome = 'resolved' where id = %s"


@pytest.fixture(autouse=True)
def bound() -> Iterator[None]:
    """The room that refers, asked as the application binds it."""
    before = referred.bound()
    referred.bind(list_unfinished)
    yield
    referred.bind(before)


async def test_an_open_referral_stands_on_the_page_and_asks_for_a_reason_when_it_is_closed(sign_in, owner):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        incident = (await record_incident(work, NewIncident(narrative="An account pretends."), SCHOOL)).facts.id
        await acknowledge(work, incident, 1)
    at = f"/incidents/{incident}"
    quiet = (await lead.get(f"{at}/close")).text
    assert "Something is still open" not in quiet
    referral = await make_referral(lead.actor, incident)
    shown = (await lead.get(at)).text
    assert f'href="/referrals/{referral}"' in shown and "Referral to" in shown
    form = (await lead.get(f"{at}/close")).text
    assert "Something is still open" in form and f'href="/referrals/{referral}"' in form
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version
    four = {"version": version[1], "summary": "s", "follow_up": "f", "decision": "d", "outcome": "o"}
    refused = await lead.send(f"{at}/close", four)
    assert refused.status_code == 422 and "Finish it first, or say why it is closed" in refused.text
    owner.execute(END, (referral,))
    assert f'href="/referrals/{referral}"' not in (await lead.get(at)).text
    assert "Something is still open" not in (await lead.get(f"{at}/close")).text
    second = await make_referral(lead.actor, incident)
    assert f'href="/referrals/{second}"' in (await lead.get(f"{at}/close")).text
    closed = await lead.send(f"{at}/close", four | {"left_open": "The helpline goes on by itself."})
    assert closed.status_code == 303
