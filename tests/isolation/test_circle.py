"""Who may know of an incident, by hand: kept from somebody, told on record, kept to a few, read in an emergency."""

from datetime import datetime
from uuid import UUID

import pytest

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.errors import Conflict, Forbidden, NotFound
from safeguard.evidence.requesting import request_incident_pack
from safeguard.identity import acts, approving, two_person
from safeguard.incidents.adding import add_entry
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.correcting import correct
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.hiding import breaking, circle
from safeguard.incidents.hiding.reading import read_for_vault
from safeguard.incidents.hiding.retelling import retell
from safeguard.incidents.queries import Filters, list_incidents, read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.notifications.deciding import tell_of_glass
from safeguard.work import begin
from tests.factories import organisations
from tests.factories.incidents import SCHOOL
from tests.factories.owning import owning
from tests.factories.shutting import shut

pytestmark = pytest.mark.anyio

EVENTS = "select log, split_part(entry, E'\\n', 3) as event from audit.leaves where index > 0 order by log, index"
MARKED = "select restricted_at is not null from incidents where id = $1"


@pytest.fixture
def bound() -> None:
    """The acts that take two people, as the service binds them."""
    acts.bind(*two_person.ACTS, *breaking.ACTS)


async def three_leads(someone) -> tuple[Actor, Actor, Actor]:
    first = await someone(Role.LEAD)
    here = first.organisation_id
    return first, await someone(Role.LEAD, organisation=here), await someone(Role.DEPUTY, organisation=here)


async def recorded(actor: Actor, alleged: str = "") -> UUID:
    people = (NewPerson(name=alleged, role="alleged", kind="adult"),) if alleged else ()
    async with begin(actor, purpose="session") as work:
        new = NewIncident(narrative="A message was sent late at night.", people=people)
        return (await record_incident(work, new, SCHOOL)).facts.id


async def reads(actor: Actor, incident_id: UUID) -> bool:
    async with begin(actor, purpose="session") as work:
        try:
            await read_incident(work, incident_id)
        except NotFound:
            return False
        return True


async def test_an_incident_is_kept_to_a_few_and_opened_again(someone):
    first, second, third = await three_leads(someone)
    incident_id = await recorded(first)
    assert second.user_id
    async with begin(first, purpose="session") as work:
        await circle.confine(work, incident_id, (second.user_id,), "The family knows most of the staff.")
    assert [await reads(actor, incident_id) for actor in (first, second, third)] == [True, True, False]
    async with begin(third, purpose="session") as work:
        assert await list_incidents(work, Filters(state="all")) == ()
        with pytest.raises(NotFound):
            await add_entry(work, incident_id, NewEntry(words="Hello?"))
        with pytest.raises(NotFound):
            await circle.read_circle(work, incident_id)
    async with begin(second, purpose="session") as work:
        shown = await circle.read_circle(work, incident_id)
        assert shown.confined
        assert shown.confined.by == first.name
        assert {member.user_id for member in shown.handlers} == {first.user_id, second.user_id}
        await add_entry(work, incident_id, NewEntry(words="Rang home."))
        await circle.release(work, incident_id, "The family agreed.")
    assert await reads(third, incident_id)
    async with begin(first, purpose="session") as work:
        told = [(row["log"], row["event"]) for row in await work.driver.fetch(EVENTS)]
    assert {("restricted", "incident.confined"), ("restricted", "incident.released")} <= set(told)
    assert not {("general", "incident.confined"), ("general", "incident.released")} & set(told)
    async with begin(system(first.organisation_id)) as work:
        assert not await work.driver.fetchval(MARKED, incident_id), "nothing keeps it from anybody"
        assert await retell(work, incident_id) == 1


async def test_whoever_keeps_it_to_a_few_names_colleagues_of_longer_standing_too(someone):
    """Whose ids come before one's own: naming them first would hide it from whoever is still naming."""
    first, second, third = await three_leads(someone)
    incident_id = await recorded(third)
    async with begin(third, purpose="session") as work:
        await circle.confine(work, incident_id, (second.user_id,), "The family knows most of the staff.")
    assert [await reads(actor, incident_id) for actor in (first, second, third)] == [False, True, True]


async def test_a_list_on_which_nobody_is_left_holds_nobody_back(someone):
    first, second, _ = await three_leads(someone)
    incident_id = await recorded(first)
    async with begin(first, purpose="session") as work:
        await circle.confine(work, incident_id, (), "For now only me.")
    assert not await reads(second, incident_id)
    assert organisations.owner_url
    async with owning(organisations.owner_url) as owner:
        await owner.execute("update memberships set state = 'ended' where user_id = %s", (first.user_id,))
    assert await reads(second, incident_id)


async def test_a_list_of_whom_it_turns_out_to_be_about_holds_nobody_back(someone):
    first, second, deputy = await three_leads(someone)
    head = await someone(Role.HEAD, organisation=first.organisation_id)
    incident_id = await recorded(second, "A tall man")
    async with begin(first, purpose="session") as work:
        await circle.confine(work, incident_id, (), "Few.")
    assert [await reads(actor, incident_id) for actor in (first, second, deputy)] == [True, False, False]
    async with begin(head, purpose="session") as work:
        await raise_concern(work, NewConcern(subject_name=first.name, narrative="It is them.", incident_id=incident_id))
    assert [await reads(actor, incident_id) for actor in (first, second, deputy)] == [False, True, True]

    kept = await recorded(deputy)
    async with begin(second, purpose="session") as work:
        await circle.confine(work, kept, (), "Few.")
    assert not await reads(deputy, kept)
    await shut(second)
    assert await reads(deputy, kept), "an account that was shut takes care of nothing"


async def test_a_pastoral_member_reads_nothing_that_is_restricted_but_their_own_report(someone):
    lead, subject, _ = await three_leads(someone)
    pastoral = await someone(Role.PASTORAL, organisation=lead.organisation_id)
    others, own = await recorded(lead, subject.name), await recorded(pastoral, subject.name)
    async with begin(pastoral, purpose="session") as work:
        seen = {row["id"] for row in await work.driver.fetch("select id from incidents")}
    assert seen == {own}
    assert others not in seen


async def test_when_the_only_lead_is_alleged_the_head_finds_it_in_the_vault(someone):
    lead = await someone(Role.LEAD)
    here = lead.organisation_id
    head, reporter = await someone(Role.HEAD, organisation=here), await someone(Role.REPORTER, organisation=here)
    incident_id = await recorded(reporter, lead.name)
    async with begin(head, purpose="session") as work:
        assert (await read_for_vault(work, incident_id)).facts.id == incident_id
    for other in (lead, reporter):
        async with begin(other, purpose="session") as work:
            with pytest.raises(NotFound):
                await read_for_vault(work, incident_id)
    ordinary = await recorded(reporter)
    async with begin(head, purpose="session") as work:
        with pytest.raises(NotFound):
            await read_for_vault(work, ordinary)


async def test_a_pack_does_not_show_what_the_restricted_log_holds(someone):
    first, second, _ = await three_leads(someone)
    incident_id = await recorded(first, second.name)
    async with begin(first, purpose="session") as work:
        with pytest.raises(Conflict, match="restricted log"):
            await request_incident_pack(work, IncidentChapter(), incident_id)
    async with begin(second, purpose="session") as work:
        with pytest.raises(NotFound):
            await request_incident_pack(work, IncidentChapter(), incident_id)


@pytest.mark.usefixtures("bound")
async def test_breaking_the_glass_takes_two_and_shows_nobody_what_alleges_them(someone):
    first, second, third = await three_leads(someone)
    kept, about_third = await recorded(first), await recorded(first, third.name)
    async with begin(first, purpose="session") as work:
        await circle.confine(work, kept, (), "Only me for now.")
    async with begin(third, purpose="session") as work:
        asked = await breaking.ask(work, "The lead cannot be reached, and somebody is in danger.")
        assert await breaking.is_waiting(work)
    assert not await reads(third, kept)
    async with begin(third, purpose="session") as work:
        with pytest.raises(Forbidden):
            await approving.approve(work, asked.id)
    async with begin(second, purpose="session") as work:
        await approving.approve(work, asked.id)
    assert await reads(third, kept)
    assert not await reads(third, about_third)
    assert not await reads(second, kept)
    async with begin(third, purpose="session") as work:
        assert await breaking.find_mine(work)
        await breaking.end(work)
    assert not await reads(third, kept)
    async with begin(first, purpose="session") as work:
        events = [row["event"] for row in await work.driver.fetch(EVENTS) if row["log"] == "general"]
    assert "glass.broken" in events
    assert "glass.mended" in events


async def test_the_hour_is_an_hour(someone):
    first, second, third = await three_leads(someone)
    kept = await recorded(first)
    async with begin(first, purpose="session") as work:
        await circle.confine(work, kept, (), "Only me for now.")
    assert organisations.owner_url
    async with owning(organisations.owner_url) as owner:
        await owner.execute(
            "insert into broken_glass (organisation_id, id, user_id, reason, opened_at, until) values"
            " (%s, gen_random_uuid(), %s, 'x', now() - interval '60 minutes', now())",
            (first.organisation_id, third.user_id),
        )
        await owner.execute(
            "insert into broken_glass (organisation_id, id, user_id, reason, opened_at, until) values"
            " (%s, gen_random_uuid(), %s, 'x', now(), now() + interval '60 minutes')",
            (first.organisation_id, second.user_id),
        )
    assert not await reads(third, kept)
    assert await reads(second, kept)


async def test_nobody_breaks_the_glass_for_themselves_not_even_by_an_injected_statement(someone):
    lead, _, _ = await three_leads(someone)
    with pytest.raises(Exception, match="row-level security"):
        async with begin(lead, purpose="session") as work:
            await work.driver.execute(breaking.OPEN, UUID(int=1), lead.user_id, "x", None, *_hour(work.now()))


def _hour(now: datetime) -> tuple[datetime, datetime]:
    return now, now + breaking.LASTS


@pytest.mark.usefixtures("bound")
async def test_others_are_told_that_somebody_broke_the_glass_and_whoever_did_is_not(someone):
    first, second, third = await three_leads(someone)
    head = await someone(Role.HEAD, organisation=first.organisation_id)
    async with begin(third, purpose="session") as work:
        asked = await breaking.ask(work, "The lead cannot be reached, and somebody is in danger.")
    async with begin(second, purpose="session") as work:
        await approving.approve(work, asked.id)
    async with begin(third, purpose="session") as work:
        glass = await breaking.find_mine(work)
    assert glass
    async with begin(system(first.organisation_id)) as work:
        await tell_of_glass(work, glass.id)
        await tell_of_glass(work, glass.id)
    for actor, expected in ((first, 1), (second, 1), (head, 1), (third, 0)):
        async with begin(actor, purpose="session") as work:
            own = "select count(*) from notices where recipient_id = $1 and event = 'glass.broken'"
            assert await work.driver.fetchval(own, actor.user_id) == expected


async def test_a_reporter_sees_the_people_of_their_report_and_not_whom_a_lead_added(someone):
    lead, _, _ = await three_leads(someone)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    async with begin(reporter, purpose="session") as work:
        new = NewIncident(narrative="Words.", people=(NewPerson(name="Ana Sent", role="witness"),))
        story = await record_incident(work, new, SCHOOL)
    sent = NewPerson(id=story.people[0].id, name="Ana Sent", role="alleged")
    async with begin(lead, purpose="session") as work:
        people = (sent, NewPerson(name="Ben Added", role="affected"))
        await correct(work, story.facts.id, 1, NewIncident(narrative="Words.", people=people), SCHOOL, "Asked again.")
    async with begin(reporter, purpose="session") as work:
        shown = (await read_incident(work, story.facts.id)).people
    assert [(person.name, person.role) for person in shown] == [("Ana Sent", "witness")]
