"""At least one person can always take care of a record: past the leads to the head, and past the head outside."""

from uuid import UUID

import pytest

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.errors import Conflict, NotFound
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry
from safeguard.incidents.closing import Closing, close
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.hiding.reading import read_for_vault
from safeguard.incidents.hiding.standing_in import is_in_reach, standing_in
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.notifications.deciding import tell_of_concern
from safeguard.notifications.reporting import tell_of_report
from safeguard.public_reports.arriving import Envelope, arrive
from safeguard.public_reports.doors import find_door
from safeguard.public_reports.sent import Sent
from safeguard.public_reports.telling import find_told
from safeguard.work import begin
from tests.factories.incidents import SCHOOL

pytestmark = pytest.mark.anyio

OWN = "select event from notices where recipient_id = $1 order by created_at, id"
OUTSIDE = "select template, address from outbox where address is not null order by created_at, id"
ROLES = "select split_part(entry, E'\\n', 3) as event, split_part(entry, E'\\n', 5) as role from audit.leaves"


async def recorded(actor: Actor, *alleged: Actor) -> UUID:
    people = tuple(NewPerson(name=one.name, role="alleged", kind="adult") for one in alleged)
    async with begin(actor, purpose="session") as work:
        new = NewIncident(narrative="A message was sent late at night.", people=people)
        return (await record_incident(work, new, SCHOOL)).facts.id


async def told(actor: Actor) -> list[str]:
    async with begin(actor, purpose="session") as work:
        return [row["event"] for row in await work.driver.fetch(OWN, actor.user_id)]


async def outside(here: UUID) -> list[tuple[str, str]]:
    async with begin(system(here)) as work:
        return [tuple(row) for row in await work.driver.fetch(OUTSIDE)]


@pytest.fixture
async def lead(someone) -> Actor:
    return await someone(Role.LEAD)


async def test_when_every_lead_is_alleged_the_head_is_told_and_the_lead_is_not(someone, lead):
    here = lead.organisation_id
    deputy = await someone(Role.DEPUTY, organisation=here)
    head, reporter = await someone(Role.HEAD, organisation=here), await someone(Role.REPORTER, organisation=here)
    incident_id = await recorded(reporter, lead, deputy)
    async with begin(system(here)) as work:
        await tell_of_report(work, incident_id)
        await tell_of_report(work, incident_id)  # safe to run twice
    assert await told(head) == ["incident.onward"]
    assert (await told(lead), await told(deputy), await told(reporter)) == ([], [], [])
    assert await outside(here) == []


async def test_when_the_head_is_alleged_too_somebody_outside_is_asked_once(someone, lead):
    here = lead.organisation_id
    head, reporter = await someone(Role.HEAD, organisation=here), await someone(Role.REPORTER, organisation=here)
    incident_id = await recorded(reporter, lead, head)
    async with begin(system(here)) as work:
        await tell_of_report(work, incident_id)
        await tell_of_report(work, incident_id)
    assert (await told(head), await told(lead)) == ([], [])
    assert await outside(here) == [("nobody_here", "chair@example.org")]
    async with begin(reporter, purpose="session") as work:
        assert not await is_in_reach(work, incident_id)
    for nobody in (lead, head):
        async with begin(nobody, purpose="session") as work:
            assert await work.driver.fetchval("select count(*) from outbox") == 0
            assert await work.driver.fetchval("select count(*) from jobs.job where kind = 'mail.send'") == 0


async def test_somebody_who_is_made_head_then_finds_it(someone, lead):
    here = lead.organisation_id
    head, reporter = await someone(Role.HEAD, organisation=here), await someone(Role.REPORTER, organisation=here)
    incident_id = await recorded(reporter, lead, head)
    second = await someone(Role.HEAD, organisation=here)
    async with begin(second, purpose="session") as work:
        assert (await read_for_vault(work, incident_id)).facts.id == incident_id
    async with begin(reporter, purpose="session") as work:
        assert await is_in_reach(work, incident_id)


async def test_a_concern_about_the_only_head_is_said_outside_and_not_to_them(someone, lead):
    here = lead.organisation_id
    head = await someone(Role.HEAD, organisation=here)
    async with begin(lead, purpose="session") as work:
        concern_id = (await raise_concern(work, NewConcern(subject_name=head.name, narrative="Seen twice."))).id
    async with begin(system(here)) as work:
        await tell_of_concern(work, concern_id)
    assert await told(head) == []
    assert await outside(here) == [("nobody_here", "chair@example.org")]


async def test_a_concern_that_somebody_may_read_goes_nowhere_else(someone, lead):
    here = lead.organisation_id
    head = await someone(Role.HEAD, organisation=here)
    async with begin(lead, purpose="session") as work:
        concern_id = (await raise_concern(work, NewConcern(subject_name="Somebody", narrative="Seen twice."))).id
    async with begin(system(here)) as work:
        await tell_of_concern(work, concern_id)
    assert await told(head) == ["concern.raised"]
    assert await outside(here) == []


async def test_the_head_takes_care_of_it_to_its_end_under_their_own_role(someone, lead):
    here = lead.organisation_id
    head, reporter = await someone(Role.HEAD, organisation=here), await someone(Role.REPORTER, organisation=here)
    incident_id = await recorded(reporter, lead)
    async with begin(head, purpose="session") as work, standing_in(work, incident_id):
        await acknowledge(work, incident_id, 1)
    async with begin(head, purpose="session") as work, standing_in(work, incident_id):
        await add_entry(work, incident_id, NewEntry(kind="decision", words="Rang the LADO.", reason="As we must."))
    async with begin(head, purpose="session") as work:
        version = (await read_for_vault(work, incident_id)).facts.version
        said = Closing(summary="s", follow_up="f", decision="d", outcome="o", left_open="Nothing more to do.")
        async with standing_in(work, incident_id):
            facts = await close(work, incident_id, version, said)
    assert (facts.state, facts.closed_by) == ("closed", head.user_id)
    async with begin(reporter, purpose="session") as work:
        assert (await read_incident(work, incident_id)).facts.acknowledged_at
    async with begin(head, purpose="session") as work:
        roles = {row["role"] for row in await work.driver.fetch(ROLES) if row["event"] == "incident.closed"}
    assert roles == {"head"}


async def test_while_a_lead_is_left_it_is_theirs(someone, lead):
    here = lead.organisation_id
    other = await someone(Role.LEAD, organisation=here)
    head = await someone(Role.HEAD, organisation=here)
    incident_id = await recorded(other, lead)
    async with begin(head, purpose="session") as work:
        with pytest.raises(Conflict, match="it is theirs"):
            async with standing_in(work, incident_id):
                await acknowledge(work, incident_id, 1)


async def test_whom_it_is_hidden_from_stands_in_for_nobody(someone, lead):
    here = lead.organisation_id
    head, reporter = await someone(Role.HEAD, organisation=here), await someone(Role.REPORTER, organisation=here)
    incident_id = await recorded(reporter, lead, head)
    for nobody in (lead, head, reporter):
        async with begin(nobody, purpose="session") as work:
            with pytest.raises(NotFound):
                async with standing_in(work, incident_id):
                    await acknowledge(work, incident_id, 1)


async def test_by_the_public_page_whoever_wrote_hears_that_nobody_can_read_it(someone, lead):
    here = lead.organisation_id
    door = await find_door(f"sample-{here.hex[-12:]}")
    envelope = Envelope("2222-3333-4444-5555", bytes(16), "en_GB", clock.new_request_id(), None)
    sent = Sent(about="staff", in_charge="no", words="It is the lead.", writer="child", subject_name=lead.name)
    assert not (await arrive(door, sent, envelope)).readable
    await someone(Role.HEAD, organisation=here)
    again = await find_told(door, envelope.code)
    assert again
    assert again.readable
