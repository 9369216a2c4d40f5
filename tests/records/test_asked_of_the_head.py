"""A request that no lead may see to is the head's, who answers it with another; whoever decides reads it first."""

import zipfile
from collections.abc import Awaitable, Callable
from io import BytesIO
from uuid import UUID

import pytest
from obstore.store import ObjectStore

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.identity import acts, approving, outside
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.recording import record_person
from safeguard.records.access import choosing, deciding, gathering, handling, redacting, releasing
from safeguard.records.access.handling import NewRequest
from safeguard.records.access.judging import Judgement, judge
from safeguard.records.access.queries import list_requests
from safeguard.strongbox import objects
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.records.making import second
from tests.records.test_asked_about_oneself import CAME, built, service, sight
from tests.web.conftest import SignIn, sign_in, surrounded

__all__ = ["built", "service", "sign_in", "surrounded"]

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
OUTSIDE = """
update organisations set second_person_name = 'Chris Vale', second_person_email = 'chair@example.org'
where id = (select sec.current_organisation())
"""
READINGS = "select count(*) from audit.leaves where entry like '%access.read%'"


@pytest.fixture(autouse=True)
def stored(shelf: ObjectStore) -> None:
    acts.bind(*releasing.ACTS)
    objects.use(shelf)


async def told_of(lead: Actor) -> None:
    """An incident that names the lead, and a child beside them."""
    new = NewIncident(
        narrative=f"Quintilla Featherstone wrote about {lead.name} on a wall.",
        people=(
            NewPerson(name=lead.name, role="affected", kind="adult", connection="staff"),
            NewPerson(name="Quintilla Featherstone", role="alleged", kind="child", connection="pupil"),
        ),
    )
    async with begin(lead) as work:
        await record_incident(work, new, SCHOOL)


async def received(head: Actor, lead: Actor) -> UUID:
    async with begin(head) as work:
        person = await choosing.whom(work, str(lead.user_id), "")
        return await handling.receive(work, NewRequest(person, "self", lead.name, "", CAME))


async def ready(head: Actor, request: UUID) -> None:
    async with begin(head) as work:
        assert await gathering.gather(work, request) > 0
    async with begin(head) as work:
        await judge(work, request, Judgement("own", "known", "adult", "no"), CAME)


async def test_the_head_answers_the_only_lead_with_whom_is_named_outside(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    await told_of(lead)
    before = await sight(lead)
    request = await received(head, lead)
    await ready(head, request)
    async with begin(head) as work:
        proposal = await releasing.ask_release(work, request)
        await work.driver.execute(OUTSIDE)
    after = await sight(lead)
    assert after["list"] == before["list"] == ()
    assert str(request) not in "".join(map(str, after.values()))
    for act in (gathering.gather, releasing.download, deciding.read_waiting):
        with pytest.raises(NotFound):
            async with begin(lead, purpose="session") as work:
                await act(work, request)
    with pytest.raises(Forbidden):
        async with begin(head) as work:
            await approving.approve(work, proposal.id)
    async with begin(head) as work:
        link = await approving.make_link(work, proposal.id)
    token = link.path.removeprefix("/approve/")
    await outside.approve(await outside.find_asked(token), token, clock.new_request_id())
    async with begin(head) as work:
        _, pieces = await releasing.download(work, request)
        whole = b"".join([piece async for piece in pieces])
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        data = archive.read("data.json").decode()
    assert f"wrote about {lead.name} on a wall" in data
    assert "Quintilla" not in data
    with pytest.raises(NotFound):
        async with begin(lead, purpose="session") as work:
            await releasing.download(work, request)


async def test_the_head_sees_to_none_that_a_lead_may(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head, deputy = await second(lead), await second(lead, Role.DEPUTY)
    with pytest.raises(Invalid) as refused:
        await received(head, lead)
    assert [error.message for error in refused.value.errors] == [handling.OF_LEADS]
    async with begin(deputy) as work:
        ana = await record_person(work, called("Ana", "Brook"), SCHOOL)
        theirs = await handling.receive(work, NewRequest(ana.id, "self", "Ana Brook", "", CAME))
    async with begin(head) as work:
        assert await list_requests(work) == ()
    with pytest.raises(NotFound):
        async with begin(head) as work:
            await gathering.gather(work, theirs)
    with pytest.raises(Invalid):
        async with begin(head) as work:
            await choosing.whom(work, "other", "Nobody Ofthisname")


async def test_what_a_lead_asks_for_their_child_is_the_heads(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    async with begin(lead) as work:
        child = await record_person(work, called("Ana", "Brook"), SCHOOL)
    with pytest.raises(Invalid) as refused:
        async with begin(lead, purpose="session") as work:
            await handling.receive(work, NewRequest(child.id, "parent", f"Ms {lead.name}", "", CAME))
    assert [error.message for error in refused.value.errors] == [handling.ABOUT_ONESELF]
    async with begin(head) as work:
        person = await choosing.whom(work, "other", "ana  BROOK")
        request = await handling.receive(work, NewRequest(person, "parent", lead.name, "", CAME))
    async with begin(lead, purpose="session") as work:
        assert await list_requests(work) == ()
    async with begin(head) as work:
        assert [each.id for each in await list_requests(work)] == [request]
        surname = lead.name.rsplit(" ", 1)[1]
    async with begin(lead, purpose="session") as work:
        another = await handling.receive(work, NewRequest(child.id, "parent", f"Mrs {surname}", "", CAME))
        assert [each.id for each in await list_requests(work)] == [another], "a surname alone is a parent's as often"


async def test_about_the_head_a_third_decides(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head, deputy = await second(lead), await second(lead, Role.DEPUTY)
    given, family = head.name.rsplit(" ", 1)
    async with begin(lead) as work:
        person = await record_person(work, called(given, family, kind="adult", connection="staff"), SCHOOL)
        request = await handling.receive(work, NewRequest(person.id, "self", head.name, "", CAME))
    await ready(lead, request)
    async with begin(lead) as work:
        proposal = await releasing.ask_release(work, request)
    with pytest.raises(NotFound):
        async with begin(head, purpose="session") as work:
            await approving.approve(work, proposal.id)
    with pytest.raises(NotFound):
        async with begin(head, purpose="session") as work:
            await deciding.read_waiting(work, request)
    async with begin(deputy) as work:
        assert (await deciding.read_waiting(work, request)).said["items"]
    async with begin(deputy) as work:
        await approving.approve(work, proposal.id)


async def test_who_decides_reads_what_leaves_and_the_log_tells_it(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    head = await sign_in(Role.HEAD, organisation=lead.actor.organisation_id)
    governor = await sign_in(Role.GOVERNOR, organisation=lead.actor.organisation_id)
    async with begin(lead.actor) as work:
        ana = await record_person(work, called("Ana", "Brook", notes="Likes to draw with Bartholomew."), SCHOOL)
        request = await handling.receive(work, NewRequest(ana.id, "self", "Ana Brook", "", CAME))
    place = f"/records/requests/{request}"
    await ready(lead.actor, request)
    async with begin(lead.actor) as work:
        await redacting.add_redaction(work, request, "Bartholomew", "another")
    assert (await head.get(f"{place}/answer")).status_code == 409, "nothing waits yet"
    async with begin(lead.actor) as work:
        proposal = await releasing.ask_release(work, request)
        before = await work.driver.fetchval(READINGS)
    assert f'href="{place}/answer"' in (await head.get(f"/approvals/{proposal.id}")).text
    page = (await head.get(f"{place}/answer")).text
    assert "Likes to draw with [another person]" in page
    assert "Bartholomew" not in page
    document = await head.get(f"{place}/answer.pdf")
    assert document.content.startswith(b"%PDF")
    assert (await head.get(f"{place}/copy")).status_code == 404, "the working copy is not the head's"
    assert (await governor.get(f"{place}/answer")).status_code == 403
    async with begin(lead.actor) as work:
        assert await work.driver.fetchval(READINGS) == int(before or 0) + 2
        await approving.withdraw(work, proposal.id)
    with pytest.raises(Conflict):
        async with begin(head.actor or lead.actor) as work:
            await deciding.read_waiting(work, request)
