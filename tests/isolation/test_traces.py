"""What a hidden incident leaves beside itself: people put on the list because of it, alerts, and names in the words."""

from uuid import UUID

import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.evidence.log_reading import Wanted, read_log
from safeguard.incidents.hiding import circle
from safeguard.incidents.hiding.mentioning import list_mentioned
from safeguard.incidents.identifying import identify
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.details import Details
from safeguard.people.finding import find
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.factories.incidents import SCHOOL

pytestmark = pytest.mark.anyio

PEOPLE = "select id from people order by id"
TRACES = "select (select count(*) from people), (select count(*) from audit.objects where kind = 'person')"
ALERT = "select public.accounts_named($1)"


async def two_leads(someone) -> tuple[Actor, Actor]:
    lead = await someone(Role.LEAD)
    return lead, await someone(Role.LEAD, organisation=lead.organisation_id)


async def recorded(actor: Actor, words: str, *people: NewPerson) -> UUID:
    async with begin(actor, purpose="session") as work:
        return (await record_incident(work, NewIncident(narrative=words, people=people), SCHOOL)).facts.id


async def put_on_list(actor: Actor, given: str, family: str, kind: str = "adult") -> UUID:
    async with begin(actor, purpose="session") as work:
        details = Details(kind=kind, given_name=given, family_name=family)  # type: ignore[arg-type]
        return (await record_person(work, details, SCHOOL)).id


async def tied(actor: Actor, incident_id: UUID, person_id: UUID) -> None:
    async with begin(actor, purpose="session") as work:
        story = await read_incident(work, incident_id)
        await identify(work, incident_id, story.people[0].id, story.facts.version, person_id)


async def listed(actor: Actor) -> list[UUID]:
    async with begin(actor, purpose="session") as work:
        return [row["id"] for row in await work.driver.fetch(PEOPLE)]


async def test_whoever_was_put_on_the_list_because_of_it_is_not_there(someone):
    lead, subject = await two_leads(someone)
    known = await put_on_list(lead, "Ana", "Known", "child")
    incident_id = await recorded(lead, "Late messages.", NewPerson(name=subject.name, role="alleged", kind="adult"))
    added = await put_on_list(lead, "Morgan", "Zebra")
    await tied(lead, incident_id, added)
    assert await listed(lead) == sorted([known, added])
    assert await listed(subject) == [known]
    async with begin(subject, purpose="session") as work:
        assert [one.id for one in await find(work, "zebra")] == []
    async with begin(lead, purpose="session") as work:
        assert [one.id for one in await find(work, "zebra")] == [added]


async def test_whoever_they_meet_elsewhere_stays(someone):
    lead, subject = await two_leads(someone)
    earlier = await put_on_list(lead, "Ana", "Earlier", "child")
    incident_id = await recorded(lead, "Late messages.", NewPerson(name=subject.name, role="alleged", kind="adult"))
    await tied(lead, incident_id, earlier)
    hidden = await recorded(lead, "More.", NewPerson(name=subject.name, role="alleged", kind="adult"))
    later = await put_on_list(lead, "Ben", "Later", "child")
    await tied(lead, hidden, later)
    assert await listed(subject) == [earlier]
    open_one = await recorded(lead, "A lost telephone.", NewPerson(name="Ben Later", role="affected", kind="child"))
    await tied(lead, open_one, later)
    assert await listed(subject) == sorted([earlier, later])


async def test_what_the_log_held_before_a_restriction_stays_in_it_without_a_name_or_a_way_to_it(someone):
    """Its entries are signed, and had been read: taking one from view would leave a gap, which tells more."""
    lead, subject = await two_leads(someone)
    incident_id = await recorded(lead, "Late messages.", NewPerson(name="Somebody", role="alleged", kind="adult"))
    added = await put_on_list(lead, "Morgan", "Zebra")
    await tied(lead, incident_id, added)
    async with begin(lead, purpose="session") as work:
        await circle.exclude(work, incident_id, subject.user_id)
    later = await put_on_list(lead, "Toby", "Quagga")
    async with begin(subject, purpose="session") as work:
        entries = await read_log(work, Wanted(event="person.recorded"))
    told = {(entry.event, entry.kind, entry.object_id) for entry in entries}
    assert told == {("person.recorded", None, None), ("person.recorded", "person", later)}
    assert await listed(subject) == [later]


@pytest.mark.parametrize(
    "typed",
    ["{mail}", "{MAIL}", "{account}", "SCHOOL\\{account}", "{account}@another.example", "{name}", "Mr {family}"],
)
async def test_an_alert_finds_whom_it_is_about(someone, typed):
    lead, subject = await two_leads(someone)
    async with begin(lead, purpose="session") as work:
        mail = await work.driver.fetchval("select email from memberships where user_id = $1", subject.user_id)
        said = typed.format(
            mail=mail, MAIL=mail.upper(), account=mail.split("@")[0], name=subject.name,
            family=subject.name.split()[-1],
        )  # fmt: skip
        assert await work.driver.fetchval(ALERT, said) == [subject.user_id]


@pytest.mark.parametrize("typed", ["", "  ", "nobody", "year 9 laptop 3", "Sample"])
async def test_an_alert_about_nobody_here_finds_nobody(someone, typed):
    lead, _ = await two_leads(someone)
    async with begin(lead, purpose="session") as work:
        assert await work.driver.fetchval(ALERT, typed) == []


async def named(lead: Actor, words: str) -> list[str]:
    incident_id = await recorded(lead, words)
    async with begin(lead, purpose="session") as work:
        return [one.name for one in await list_mentioned(work, incident_id)]


@pytest.mark.parametrize(
    "words", ["It was {name}.", "it was\n{NAME}!", "Mr {family} did.", "coach. {family}, again", "({name})"]
)
async def test_a_lead_is_shown_whom_the_words_name(someone, words):
    lead, subject = await two_leads(someone)
    said = words.format(name=subject.name, NAME=subject.name.upper(), family=subject.name.split()[-1])
    assert await named(lead, said) == [subject.name]


@pytest.mark.parametrize(
    ("name", "words"),
    [("Pat O'Brien", "Mr O’Brien's idea"), ("Pat O'Brien", "Mr O Brien did"), ("Siân Müller", "sian muller did")],
)
async def test_a_name_with_signs_or_accents_is_shown_too(someone, call, name, words):
    lead, subject = await two_leads(someone)
    call(subject, name)
    assert await named(lead, words) == [name]


@pytest.mark.parametrize("words", ["A sample person did.", "{family} alone.", "Nobody.", "x{name}"])
async def test_a_word_like_others_names_nobody(someone, words):
    lead, subject = await two_leads(someone)
    assert await named(lead, words.format(name=subject.name, family=subject.name.split()[-1])) == []


async def test_whoever_is_kept_from_it_is_not_pointed_out_again_and_nobody_points_at_themselves(someone):
    lead, subject = await two_leads(someone)
    incident_id = await recorded(lead, f"{subject.name} told {lead.name}.")
    async with begin(subject, purpose="session") as work:
        assert [one.name for one in await list_mentioned(work, incident_id)] == [lead.name]
    async with begin(lead, purpose="session") as work:
        [found] = await list_mentioned(work, incident_id)
        await circle.exclude(work, incident_id, found.user_id)
        assert await list_mentioned(work, incident_id) == ()
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    async with begin(reporter, purpose="session") as work:
        assert await list_mentioned(work, incident_id) == ()
