"""What the home page says of the vault: figures and limits for those to whom it is open, and never a name."""

from datetime import UTC, datetime, timedelta

import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.concerns import awaiting, handling
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.incidents import apart
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.today import Today, read_today
from safeguard.work import begin
from tests.factories.incidents import SCHOOL

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def vault():
    before = apart.bound()
    apart.bind(awaiting)
    yield
    apart.bind(before)


async def raised(actor: Actor, name: str):
    async with begin(actor, purpose="session") as work:
        return await raise_concern(work, NewConcern(subject_name=name, narrative="Alone with one of them again."))


async def today(actor: Actor) -> Today:
    async with begin(actor, purpose="session") as work:
        return await read_today(work, SCHOOL, datetime.now(UTC).date())


def figures(home: Today) -> dict[str, int]:
    return {count.href: count.figure for count in home.counts if count.href.startswith("/concerns")}


async def test_the_head_sees_how_many_wait_and_by_when_somebody_outside_has_to_hear_and_no_name(sign_in):
    window = await sign_in(Role.HEAD)
    head = window.actor
    reporter = (await sign_in(Role.REPORTER, organisation=head.organisation_id)).actor
    assert figures(await today(head)) == {"/concerns?state=new": 0, "/concerns?state=open": 0}
    assert (await today(head)).watches
    await raised(reporter, "Walter Wombat")
    alleged = await raised(reporter, "Walter Wombat")
    async with begin(head, purpose="session") as work:
        facts = await handling.receive(work, alleged.id, 1)
        await handling.decide(work, alleged.id, facts.version, "allegation", "May have harmed.")
        await work.driver.execute(
            "update concerns set decided_at = $2 where id = $1", alleged.id, work.now() - timedelta(days=9)
        )
    home = await today(head)
    assert figures(home) == {"/concerns?state=new": 1, "/concerns?state=open": 2}
    assert [(need.href, "overdue" in need.why) for need in home.needs if need.href.startswith("/concerns")] == [
        (f"/concerns/{alleged.id}", True), ("/concerns?state=new", False),
    ]  # fmt: skip
    assert "Wombat" not in repr(home)
    for count in home.counts:
        listed = (await window.get(count.href)).text
        assert listed.count('<th scope="row"') == count.figure
    async with begin(head, purpose="session") as work:
        said = handling.Said(kind="contact", words="Rang.", contact="lado", contacted_at=datetime.now(UTC))
        await handling.add(work, alleged.id, said)
    assert f"/concerns/{alleged.id}" not in {need.href for need in (await today(head)).needs}


async def test_whoever_it_is_about_and_whoever_reads_no_concerns_see_the_home_page_that_they_had(sign_in):
    head = (await sign_in(Role.HEAD)).actor
    lead = (await sign_in(Role.LEAD, organisation=head.organisation_id)).actor
    reporter = (await sign_in(Role.REPORTER, organisation=head.organisation_id)).actor
    before = {actor: await today(actor) for actor in (head, lead, reporter)}
    await raised(lead, head.name)
    async with begin(reporter, purpose="session") as work:
        alleged = NewPerson(role="alleged", name=head.name, kind="adult")
        await record_incident(work, NewIncident(narrative="Shouted.", people=(alleged,)), SCHOOL)
    assert await today(head) == before[head]
    assert figures(await today(lead)) == figures(before[lead]) == {}
    assert figures(await today(reporter)) == {}


async def test_an_incident_in_which_another_of_the_staff_is_alleged_waits_for_the_head(sign_in):
    head = (await sign_in(Role.HEAD)).actor
    teacher = (await sign_in(Role.REPORTER, organisation=head.organisation_id)).actor
    reporter = (await sign_in(Role.REPORTER, organisation=head.organisation_id)).actor
    async with begin(reporter, purpose="session") as work:
        alleged = NewPerson(role="alleged", name=teacher.name, kind="adult")
        await record_incident(work, NewIncident(narrative="Shouted.", people=(alleged,)), SCHOOL)
    [need] = (await today(head)).needs
    assert (need.href, need.why) == ("/concerns", "1 waits")
