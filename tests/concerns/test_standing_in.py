"""Whoever stands in for a lead says who outside was told, and does not close over it without a word."""

import re

import pytest

from safeguard.access.roles import Role
from safeguard.incidents.hiding.reading import read_for_vault
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

pytestmark = pytest.mark.anyio

HOME = profile_of("childrens_home")


async def test_a_manager_who_stands_in_records_that_ofsted_was_told(sign_in):
    lead = await sign_in(Role.LEAD, kind="childrens_home")
    here = lead.actor.organisation_id
    head, reporter = await sign_in(Role.HEAD, organisation=here), await sign_in(Role.REPORTER, organisation=here)
    people = (
        NewPerson(name="Ana Sample", role="affected", kind="child", connection="pupil"),
        NewPerson(name=lead.actor.name, role="alleged", kind="adult", connection="staff"),
    )
    async with begin(reporter.actor, purpose="session") as work:
        new = NewIncident(narrative="Shouts at her every night.", people=people)
        incident = (await record_incident(work, new, HOME)).facts.id
    at = f"/concerns/incidents/{incident}"
    page = (await head.get(at)).text
    assert "Regulation 40 notification to Ofsted" in page
    assert f"{at}/outside/ofsted_notification" in page
    assert (await head.send(f"{at}/acknowledge", {"version": "1"}, page=at)).status_code == 303
    shut = (await head.get(f"{at}/close")).text
    assert "Something is still open" in shut and f"{at}/outside/ofsted_notification" in shut
    version = re.search(r'name="version" value="(\d+)"', shut)
    assert version
    four = {"version": version[1], "summary": "s", "follow_up": "f", "decision": "d", "outcome": "o"}
    refused = await head.send(f"{at}/close", four)
    assert refused.status_code == 422 and "Finish it first, or say why" in refused.text
    told = {"said": "told", "contact": "regulator", "reference": "OF-40"}
    wrong = await head.send(f"{at}/outside/ofsted_notification", told | {"said": ""})
    assert wrong.status_code == 422 and 'value="OF-40"' in wrong.text
    assert f'action="{at}/outside/ofsted_notification"' in wrong.text and f'href="{at}"' in wrong.text
    assert (await head.send(f"{at}/outside/ofsted_notification", told)).status_code == 303
    assert "Regulation 40" not in (await head.get(f"{at}/close")).text
    async with begin(head.actor, purpose="session") as work:
        (kept,) = [one for one in (await read_for_vault(work, incident)).entries if one.kind == "contact"]
        assert (kept.contact, kept.contact_reference, kept.author_name) == ("regulator", "OF-40", head.actor.name)
    for nobody in (lead, reporter):
        assert (await nobody.get(f"{at}/outside/ofsted_notification")).status_code == 404
    sent = await lead.send(f"{at}/outside/ofsted_notification", told, page="/concerns/new")
    assert sent.status_code == 404
