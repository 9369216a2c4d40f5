"""Who is left alone with a record by what they did themselves is heard of above, and never by whom it is kept from."""

from datetime import timedelta
from uuid import UUID

import pytest

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.concerns import identifying
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.errors import NotFound
from safeguard.incidents.correcting import correct
from safeguard.incidents.hiding import circle
from safeguard.incidents.hiding.reading import read_for_vault
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.notifications.queries import list_notices
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.notifications.telling import told
from tests.post.working import work_off

pytestmark = pytest.mark.anyio

STORY = "A tall man wrote to her late at night."
OUTSIDE = "select template from outbox where address is not null order by created_at, id"
JOBS = "select kind, run_at - created_at as later from jobs.job where kind like '%kept_to_one' and state = 'queued'"
LATER = timedelta(minutes=15)


async def staff(someone) -> tuple[Actor, Actor, Actor, Actor]:
    lead = await someone(Role.LEAD)
    here = lead.organisation_id
    rest = [await someone(role, organisation=here) for role in (Role.LEAD, Role.DEPUTY, Role.HEAD)]
    return lead, *rest


async def recorded(actor: Actor) -> UUID:
    async with begin(actor, purpose="session") as work:
        person = NewPerson(name="A tall man", role="alleged", kind="adult")
        return (await record_incident(work, NewIncident(narrative=STORY, people=(person,)), SCHOOL)).facts.id


async def kept_from(lead: Actor, incident_id: UUID, *others: Actor) -> None:
    for other in others:
        async with begin(lead, purpose="session") as work:
            await circle.exclude(work, incident_id, other.user_id)


async def outside(here: UUID) -> list[str]:
    async with begin(system(here)) as work:
        return [row["template"] for row in await work.driver.fetch(OUTSIDE)]


async def heard(actor: Actor) -> list[str]:
    return [event for event in await told(actor) if event.endswith("kept_to_one")]


async def test_who_keeps_all_others_from_it_is_heard_of_by_the_head_once_and_they_read_it(someone):
    lead, other, deputy, head = await staff(someone)
    incident_id = await recorded(lead)
    await kept_from(lead, incident_id, other)
    await work_off(lead.organisation_id, None, ahead=True)
    assert await heard(head) == [], "another is left"
    await kept_from(lead, incident_id, deputy)
    async with begin(lead, purpose="session") as work:
        [job] = await work.driver.fetch(JOBS)
    assert (job["kind"], round(job["later"] / LATER)) == ("notice.incident_kept_to_one", 1), (
        "and may do more until then"
    )
    await work_off(lead.organisation_id, None, ahead=True)
    assert await heard(head) == ["incident.kept_to_one"]
    assert [await heard(each) for each in (lead, other, deputy)] == [[], [], []]
    async with begin(head, purpose="session") as work:
        [notice] = [each for each in await list_notices(work) if "alone" in each.words]
        assert notice.href == f"/concerns/incidents/{incident_id}"
        assert (await read_for_vault(work, incident_id)).facts.narrative == STORY
    assert await outside(lead.organisation_id) == []


async def test_whoever_is_kept_from_it_hears_nothing_the_head_neither_and_the_person_outside_does(someone):
    lead, other, deputy, head = await staff(someone)
    incident_id = await recorded(lead)
    await kept_from(lead, incident_id, head, other, deputy)
    await work_off(lead.organisation_id, None, ahead=True)
    assert [await heard(each) for each in (lead, other, deputy, head)] == [[], [], [], []]
    assert await outside(lead.organisation_id) == ["kept_to_one"]
    async with begin(head, purpose="session") as work:
        assert await work.driver.fetchval("select count(*) from outbox") == 0
        assert await work.driver.fetchval(f"select count(*) from ({JOBS}) j") == 0
        with pytest.raises(NotFound):
            await read_for_vault(work, incident_id)


async def test_where_it_is_kept_to_oneself_the_head_hears_of_no_record_and_is_led_to_the_glass(someone):
    lead, _, _, head = await staff(someone)
    incident_id = await recorded(lead)
    async with begin(lead, purpose="session") as work:
        await circle.confine(work, incident_id, (), "Only me for now.")
    await work_off(lead.organisation_id, None, ahead=True)
    assert await heard(head) == ["record.kept_to_one"]
    async with begin(head, purpose="session") as work:
        [notice] = [each for each in await list_notices(work) if "alone" in each.words]
        assert (notice.href, notice.reference) == ("/restricted", "")
    async with begin(lead, purpose="session") as work:
        await circle.release(work, incident_id, "Nothing in it.")
        await circle.confine(work, incident_id, (), "Only me again.")
    await work_off(lead.organisation_id, None, ahead=True)
    assert await heard(head) == ["record.kept_to_one"] * 2, "each time"


async def test_a_head_who_is_kept_from_it_within_the_quarter_of_an_hour_is_not_told(someone):
    lead, _, _, head = await staff(someone)
    incident_id = await recorded(lead)
    async with begin(lead, purpose="session") as work:
        await circle.confine(work, incident_id, (), "Only me for now.")
    await kept_from(lead, incident_id, head)
    await work_off(lead.organisation_id, None, ahead=True)
    assert await heard(head) == []
    assert await outside(lead.organisation_id) == ["kept_to_one"]


async def test_a_list_with_a_second_on_it_is_heard_of_by_nobody(someone):
    lead, other, _, head = await staff(someone)
    incident_id = await recorded(lead)
    assert other.user_id
    async with begin(lead, purpose="session") as work:
        await circle.confine(work, incident_id, (other.user_id,), "The two of us.")
    await work_off(lead.organisation_id, None, ahead=True)
    assert (await heard(head), await outside(lead.organisation_id)) == ([], [])


async def test_naming_every_colleague_as_alleged_is_heard_of_too(someone):
    lead, other, deputy, head = await staff(someone)
    incident_id = await recorded(lead)
    async with begin(lead, purpose="session") as work:
        story = await read_incident(work, incident_id)
        names = [NewPerson(name=each.name, role="alleged", kind="adult") for each in (other, deputy)]
        new = NewIncident(narrative=STORY, people=(NewPerson(id=story.people[0].id, name="A tall man"), *names))
        await correct(work, incident_id, story.facts.version, new, SCHOOL)
    await work_off(lead.organisation_id, None, ahead=True)
    assert (await heard(head), await heard(other)) == (["incident.kept_to_one"], [])


async def test_the_last_other_reader_of_a_concern_is_not_kept_from_it_without_a_word_outside(someone):
    lead, *_, head = await staff(someone)
    here = lead.organisation_id
    second = await someone(Role.HEAD, organisation=here)
    assert second.user_id
    async with begin(lead, purpose="session") as work:
        concern_id = (await raise_concern(work, NewConcern(subject_name="Somebody", narrative=STORY))).id
    async with begin(head, purpose="session") as work:
        await identifying.keep_from(work, concern_id, lead.user_id, "Their friend.")
    await work_off(here, None, ahead=True)
    assert await outside(here) == [], "two read it still"
    async with begin(head, purpose="session") as work:
        await identifying.keep_from(work, concern_id, second.user_id, "Their friend.")
    await work_off(here, None, ahead=True)
    assert await outside(here) == ["kept_to_one"]
    assert [await heard(each) for each in (head, second, lead)] == [[], [], []]
    async with begin(second, purpose="session") as work:
        assert await work.driver.fetchval("select count(*) from outbox") == 0
