"""Whoever is alleged and has an account knows nothing: made by the database, whichever way the name got there."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import msgspec
import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind, system
from safeguard.access.roles import Role
from safeguard.access.scopes import Scope
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.errors import Invalid, NotFound
from safeguard.identity.accounts import rename
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry
from safeguard.incidents.correcting import correct
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.identifying import identify
from safeguard.incidents.queries import Filters, list_incidents, read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.story import Story
from safeguard.people.details import Details
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.organisations import make_member
from tests.factories.owning import owning

pytestmark = pytest.mark.anyio

EXCLUDED = "select user_id from exclusions where incident_id = $1 and lifted_at is null order by user_id"
LOGS = "select log, split_part(entry, E'\\n', 3) as event from audit.leaves order by log, index"


def about(name: str, role: str = "alleged", kind: str = "unknown") -> NewIncident:
    """A report that names somebody."""
    person = NewPerson(name=name, role=role, kind=kind)  # type: ignore[arg-type]
    return NewIncident(narrative="A message was sent late at night, with words about zebras.", people=(person,))


async def two_leads(someone) -> tuple[Actor, Actor]:
    """Two leads of one organisation."""
    first = await someone(Role.LEAD)
    return first, await someone(Role.LEAD, organisation=first.organisation_id)


async def recorded(actor: Actor, new: NewIncident) -> Story:
    async with begin(actor, purpose="session") as work:
        return await record_incident(work, new, SCHOOL)


async def excluded(actor: Actor, incident_id: UUID) -> list[UUID]:
    async with begin(actor, purpose="session") as work:
        return [row["user_id"] for row in await work.driver.fetch(EXCLUDED, incident_id)]


ROWS = {
    "incident_people": "select count(*) from incident_people where incident_id = $1",
    "entries": "select count(*) from entries where incident_id = $1",
    "exclusions": "select count(*) from exclusions where incident_id = $1",
    "audit.objects": "select count(*) from audit.objects where id = $1",
    "audit.documents": "select count(*) from audit.documents where id = $1",
    "audit.leaves": "select count(*) from audit.leaves where log = 'restricted' and index > 0 and $1::uuid is not null",
    "audit.logs": "select count(*) from audit.logs where log = 'restricted' and $1::uuid is not null",
}


async def sees(actor: Actor, story: Story) -> set[str]:
    """All the ways in which an incident shows."""
    async with begin(actor, purpose="session") as work:
        found = {name for name, rows in ROWS.items() if await work.driver.fetchval(rows, story.facts.id)}
        for name, text in (("list", ""), ("search", "zebras"), ("reference", story.facts.reference)):
            if story.facts.id in [row.id for row in await list_incidents(work, Filters(state="all", text=text))]:
                found.add(name)
        with suppress(NotFound):
            await read_incident(work, story.facts.id)
            found.add("page")
    return found


WAYS = {"list", "search", "reference", "incident_people", "exclusions", "audit.objects", "audit.documents",
        "audit.leaves", "page"}  # fmt: skip


@pytest.mark.parametrize(
    "typed", ["{0}", "  {0} ", "mr {0}", "{upper}", "Ms. {last}", "{last}", "{0[0]}. {last}", "{last}, {first}"]
)
async def test_an_alleged_member_sees_nothing_of_it_and_the_other_lead_everything(someone, typed):
    lead, subject = await two_leads(someone)
    first, last = subject.name.rsplit(" ", 1)
    name = typed.format(subject.name, upper=subject.name.upper().replace(" ", "   "), first=first, last=last)
    story = await recorded(lead, about(name))
    assert await excluded(lead, story.facts.id) == [subject.user_id]
    assert await sees(subject, story) == set()
    assert await sees(lead, story) == WAYS


CALLED = (
    "Julie Colman", "Jule Coleman", "Coleman Julie", "Julie Coleman (coach)", "Julie-Coleman", "Aunty Julie Coleman",
    "Julie Col\u00e9man", "Ju\u200blie Coleman", "Julie C.", "Julie", "the safeguarding lead", "Colemann",
    "SCHOOL\\jcoleman", "jcoleman@alder.example", "coleman.j", "j_coleman",
)  # fmt: skip


async def test_however_their_name_is_spelt_whoever_is_alleged_is_kept_from_it(someone, addresses):
    lead, subject = await two_leads(someone)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    with psycopg.connect(addresses.owner) as owner:
        for actor, name in ((subject, "Julie Coleman"), (lead, "Anna Price"), (head, "Derek Grant")):
            owner.execute("update memberships set name = %s where user_id = %s", (name, actor.user_id))
    for name in CALLED:
        story = await recorded(head, about(name))
        assert subject.user_id in await excluded(lead, story.facts.id) or name.startswith("the "), name
        assert "page" not in await sees(subject, story), name
    for name in ("Julia Colbert", "Tom Coleridge", "the teacher", "A coach", "Juliet", "Juliec"):
        story = await recorded(head, about(name))
        assert await excluded(lead, story.facts.id) == [], name


async def test_a_deputy_who_keeps_children_safe_is_not_the_lead(someone):
    lead = await someone(Role.LEAD)
    deputy = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    for name, out in (("the deputy safeguarding lead", [deputy]), ("our DSL", [lead, deputy])):
        story = await recorded(await someone(Role.HEAD, organisation=lead.organisation_id), about(name))
        async with begin(system(lead.organisation_id)) as work:
            found = [row["user_id"] for row in await work.driver.fetch(EXCLUDED, story.facts.id)]
        assert found == sorted(one.user_id for one in out), name


LET_IN = """
update exclusions set lifted_at = now(), ground = 'mistaken', reason = 'Another of that name is meant.'
where user_id = %s
"""
KEPT = "select num_nonnulls(incident_id) as incidents from exclusions where user_id = $1 and lifted_at is null"


async def test_whoever_was_let_in_as_another_of_that_name_is_not_shut_out_by_a_new_address_but_by_a_new_name(
    someone, addresses
):
    lead, other = await two_leads(someone)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    await recorded(lead, about(other.name))
    async with begin(head, purpose="session") as work:
        await raise_concern(work, NewConcern(subject_name=other.name, narrative="Late messages."))
    async with owning(addresses.owner) as owner:
        await owner.execute(LET_IN, (other.user_id,))
    for changed, kept in (("email = 'somebody.else@example.org'", []), (f"name = 'The {other.name}'", [0, 1])):
        async with owning(addresses.owner) as owner:
            await owner.execute(f"update memberships set {changed} where user_id = %s", (other.user_id,))
        async with begin(system(lead.organisation_id)) as work:
            assert sorted(row["incidents"] for row in await work.driver.fetch(KEPT, other.user_id)) == kept


@pytest.mark.parametrize(("role", "kind"), [("affected", "unknown"), ("witness", "adult"), ("alleged", "child")])
async def test_nobody_else_is_excluded(someone, role, kind):
    lead, other = await two_leads(someone)
    story = await recorded(lead, about(other.name, role, kind))
    assert await excluded(lead, story.facts.id) == []
    assert "page" in await sees(other, story)


async def test_a_reporter_who_is_alleged_keeps_nothing(someone):
    lead = await someone(Role.LEAD)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    story = await recorded(reporter, about(reporter.name))
    assert await sees(reporter, story) == set()
    assert "page" in await sees(lead, story)


async def in_danger(lead: Actor, other: Actor) -> UUID:
    alleged = about(lead.name)
    ana = NewPerson(name="Ana Brook", role="affected", kind="child", add=True)
    new = msgspec.structs.replace(alleged, danger_now=True, people=(*alleged.people, ana))
    return (await recorded(lead, new)).facts.id


async def by_a_correction(lead: Actor, other: Actor) -> UUID:
    story = await recorded(other, about("Nobody Known"))
    async with begin(lead, purpose="session") as work:
        await correct(work, story.facts.id, story.facts.version, about(lead.name), SCHOOL)
    return story.facts.id


async def by_who_they_are(lead: Actor, other: Actor) -> UUID:
    story = await recorded(other, about("Nobody Known", kind="adult"))
    async with begin(other, purpose="session") as work:
        details = Details(kind="adult", given_name="Alex", family_name="Moor", user_id=lead.user_id)
        known = await record_person(work, details, SCHOOL)
    async with begin(lead, purpose="session") as work:
        await identify(work, story.facts.id, story.people[0].id, story.facts.version, known.id)
    return story.facts.id


@pytest.mark.parametrize("named", [in_danger, by_a_correction, by_who_they_are])
async def test_whoever_names_themselves_loses_sight_of_it_and_none_of_it_is_lost(someone, named):
    """It may be a pupil of their name: what was written is whole, and others go on with it."""
    lead, other = await two_leads(someone)
    incident_id = await named(lead, other)
    async with begin(other, purpose="session") as work:
        story = await read_incident(work, incident_id)
        assert story.present[0].name in (lead.name, "Nobody Known")
        await acknowledge(work, incident_id, story.facts.version)
    assert "page" not in await sees(lead, story)
    if named is in_danger:
        assert [entry.kind for entry in story.entries] == ["risk_change"]
        assert story.people[1].person_id, "nobody else in it loses who they are"


async def test_everything_about_it_is_told_to_the_restricted_log_alone(someone):
    lead, subject = await two_leads(someone)
    await recorded(lead, about("Nobody Known"))
    story = await recorded(lead, about(subject.name))
    async with begin(lead, purpose="session") as work:
        await read_incident(work, story.facts.id)
    async with begin(lead, purpose="session") as work:
        events = [(row["log"], row["event"]) for row in await work.driver.fetch(LOGS)]
    assert events.count(("general", "incident.recorded")) == 1
    assert ("general", "incident.viewed") not in events
    assert events[-2:] == [("restricted", "incident.recorded"), ("restricted", "incident.viewed")]


async def test_a_correction_that_alleges_a_member_excludes_them_from_then_on(someone):
    lead, subject = await two_leads(someone)
    story = await recorded(lead, about("Somebody Else"))
    assert "page" in await sees(subject, story)
    person = story.people[0]
    named = NewPerson(id=person.id, name=subject.name, role="alleged", kind="unknown")
    new = msgspec.structs.replace(about("Somebody Else"), people=(named,))
    async with begin(lead, purpose="session") as work:
        await correct(work, story.facts.id, 1, new, SCHOOL)
    assert await sees(subject, story) == set()
    async with begin(subject, purpose="session") as work:
        general = [row["event"] for row in await work.driver.fetch(LOGS)]
    assert "incident.recorded" in general  # what they could see at the time stays where it was written
    assert "incident.corrected" not in general


async def test_whoever_it_is_kept_from_is_given_nothing_to_do_in_it(someone):
    lead, subject = await two_leads(someone)
    story = await recorded(lead, about(subject.name))
    soon = clock.now().date() + timedelta(days=7)
    named = NewEntry(kind="action", words="Ring home.", owner_name=subject.name, due_on=soon)
    async with begin(lead, purpose="session") as work:
        for new in (named, msgspec.structs.replace(named, owner_id=subject.user_id)):
            with pytest.raises(Invalid) as refused:
                await add_entry(work, story.facts.id, new)
            assert [error.field for error in refused.value.errors] == ["owner"]
        mine = msgspec.structs.replace(named, owner_id=lead.user_id)
        assert (await add_entry(work, story.facts.id, mine)).owner_id == lead.user_id
    program = replace(lead, kind=ActorKind.SERVICE, scopes=frozenset({Scope.INCIDENTS_WRITE}))
    async with begin(program, purpose="session") as work:  # may not read who those are, and does not learn it so
        assert (await add_entry(work, story.facts.id, named)).owner_id == subject.user_id


PERSON = """
insert into people (organisation_id, id, kind, given_name, recorded_at, changed_at, sort_key, found_by, user_id)
values ((select sec.current_organisation()), $1, 'adult', 'Jo', now(), now(), 'jo', 'jo', $2)
"""
LINK = "update incident_people set person_id = $2 where incident_id = $1"


@pytest.mark.parametrize("late", [False, True])
async def test_a_person_of_the_directory_who_has_an_account_is_excluded(someone, late):
    lead, subject = await two_leads(someone)
    story = await recorded(lead, about("the new coach"))
    person_id = clock.new_id()
    async with begin(lead, purpose="session") as work:
        await work.driver.execute(PERSON, person_id, None if late else subject.user_id)
        await work.driver.execute(LINK, story.facts.id, person_id)
    if late:
        assert "page" in await sees(subject, story)
        async with begin(lead, purpose="session") as work:
            await work.driver.execute("update people set user_id = $2 where id = $1", person_id, subject.user_id)
    assert await sees(subject, story) == set()


CALL = "update people set given_name = $2, family_name = $3, known_as = $4, former_names = $5 where id = $1"


@pytest.mark.parametrize("tied_first", [False, True])
async def test_whoever_is_called_like_the_adult_that_an_alleged_person_turns_out_to_be_is_excluded(someone, tied_first):
    lead, subject = await two_leads(someone)
    first, last = subject.name.rsplit(" ", 1)
    story = await recorded(lead, about("A tall man"))
    person_id = clock.new_id()
    tied, called = (LINK, story.facts.id, person_id), (CALL, person_id, first, last, "", [])
    async with begin(lead, purpose="session") as work:
        await work.driver.execute(PERSON, person_id, None)
        await work.driver.execute(*(tied if tied_first else called))
    assert "page" in await sees(subject, story)
    async with begin(lead, purpose="session") as work:
        await work.driver.execute(*(called if tied_first else tied))
    assert await excluded(lead, story.facts.id) == [subject.user_id]
    assert await sees(subject, story) == set()


@pytest.mark.parametrize("typed", ["Peggy Hale", "Ms Stone", "Margaret Stone"])
@pytest.mark.parametrize("late", [False, True])
async def test_whoever_is_called_by_another_name_of_their_own_record_is_excluded(someone, typed, late):
    lead, subject = await two_leads(someone)
    person_id = clock.new_id()
    called = (CALL, person_id, "Margaret", "Hale", "Peggy", ["Stone"])
    async with begin(lead, purpose="session") as work:
        await work.driver.execute(PERSON, person_id, subject.user_id)
        if not late:
            await work.driver.execute(*called)
    story = await recorded(lead, about(typed))
    async with begin(lead, purpose="session") as work:
        concern = await raise_concern(work, NewConcern(subject_name=typed, narrative="Alone with a pupil."))
        if late:
            await work.driver.execute(*called)
    assert await excluded(lead, story.facts.id) == [subject.user_id]
    async with begin(system(lead.organisation_id)) as work:
        kept = await work.driver.fetch("select user_id from exclusions where concern_id = $1", concern.id)
    assert [row["user_id"] for row in kept] == [subject.user_id]


@pytest.mark.parametrize("account_on", ["the record that stays", "its duplicate"])
async def test_so_is_whoever_is_called_as_a_duplicate_of_their_own_record_is(someone, account_on):
    lead, subject = await two_leads(someone)
    stays, duplicate = clock.new_id(), clock.new_id()
    has_account = {stays: account_on == "the record that stays", duplicate: account_on == "its duplicate"}
    async with begin(lead, purpose="session") as work:
        for person_id, family in ((stays, "Hale"), (duplicate, "Marsh")):
            await work.driver.execute(PERSON, person_id, subject.user_id if has_account[person_id] else None)
            await work.driver.execute(CALL, person_id, "Margaret", family, "", [])
        await work.driver.execute("update people set merged_into_id = $2 where id = $1", duplicate, stays)
    for name in ("Margaret Marsh", "Mrs Hale"):
        story = await recorded(lead, about(name))
        assert await excluded(lead, story.facts.id) == [subject.user_id], name


async def test_so_is_one_whose_duplicate_turns_out_to_have_an_account(someone):
    lead, subject = await two_leads(someone)
    story = await recorded(lead, about("the new coach"))
    here, twin = clock.new_id(), clock.new_id()
    async with begin(lead, purpose="session") as work:
        await work.driver.execute(PERSON, here, None)
        await work.driver.execute(PERSON, twin, subject.user_id)
        await work.driver.execute(LINK, story.facts.id, here)
        await work.driver.execute("update people set merged_into_id = $2 where id = $1", here, twin)
    assert await sees(subject, story) == set()


@pytest.mark.parametrize("typed", ["Jo Sample", "Mr Sample"])
async def test_somebody_who_joins_under_an_alleged_name_is_excluded(someone, database, typed):
    lead, other = await two_leads(someone)
    story = await recorded(lead, about(typed))
    async with begin(other, purpose="session") as work:
        await work.driver.execute("select 1")
    await make_member(lead.organisation_id, await _user(someone), "jo  sample", "jo@example.org", [Role.REPORTER])
    assert len(await excluded(lead, story.facts.id)) == 1


async def called(actor: Actor, *names: str) -> None:
    """They change their own name, one after the other."""
    for name in names:
        async with begin(actor, purpose="session") as work:
            await rename(work, name)


@pytest.mark.parametrize(
    ("since", "typed"),
    [
        (("Morgan Stone",), "Mrs Hale"),
        (("Morgan Stone", "Safeguarding desk"), "Morgan Hale"),
        (("Morgan Stone", "Safeguarding desk"), "mrs stone"),
        (("Morgan Stone", "Morgan Hale"), "Mrs Stone"),
        (("Morgan Stone", "Morgan Hale"), "Mrs Hale"),
        (("Morgan Stone",), "SCHOOL\\mhale"),
    ],
)
async def test_a_name_that_somebody_had_here_before_still_means_them(someone, call, since, typed):
    lead = await someone(Role.LEAD)
    head, subject = [await someone(Role.LEAD, Role.HEAD, organisation=lead.organisation_id) for _ in range(2)]
    call(subject, "Morgan Hale")
    await called(subject, *since)
    story = await recorded(head, about(typed))
    assert await excluded(lead, story.facts.id) == [subject.user_id]
    async with begin(lead, purpose="session") as work:
        await raise_concern(work, NewConcern(subject_name=typed, narrative="Late messages."))
    reads = []
    for one in (subject, head):
        async with begin(one, purpose="session") as work:
            reads.append(await work.driver.fetchval("select count(*) from concerns"))
    assert reads == [0, 1]
    async with begin(head, purpose="session") as work:
        names = await work.driver.fetchval("select former_names from memberships where user_id = $1", subject.user_id)
    assert sorted({*names, since[-1]}) == sorted({"Morgan Hale", *since}), "none twice, and not the one of today"
    assert since[-1] not in names


async def test_who_was_let_in_is_not_shut_out_by_going_back_to_a_name_of_before(someone, addresses):
    lead, other = await two_leads(someone)
    story = await recorded(lead, about(other.name))
    async with owning(addresses.owner) as owner:
        await owner.execute(LET_IN, (other.user_id,))
    await called(other, "Robin Stone", other.name)
    assert await excluded(lead, story.facts.id) == []


async def test_nobody_can_wear_out_the_name_by_which_they_are_known(someone, call):
    lead, subject = await two_leads(someone)
    call(subject, "Morgan Hale")
    await called(subject, *(f"Robin Stone {number}" for number in range(60)))
    assert await excluded(lead, (await recorded(lead, about("Mrs Hale"))).facts.id) == [subject.user_id]


async def _user(someone) -> UUID:
    """An account that is a member elsewhere."""
    user_id = (await someone(Role.REPORTER)).user_id
    assert user_id
    return user_id


async def test_a_tokens_eyes_are_those_of_the_person_who_answers_for_it(someone):
    lead, subject = await two_leads(someone)
    story = await recorded(lead, about(subject.name))
    service = await someone(Role.LEAD, organisation=lead.organisation_id)
    async with begin(lead, purpose="provision") as work:
        await work.driver.execute(
            "insert into tokens (organisation_id, id, user_id, name, token_hash, sponsor_id, sponsor_name, created_at,"
            " expires_at) values ($1, $2, $3, 'sync', sha256($4), $5, '', now(), now() + interval '1 day')",
            lead.organisation_id, clock.new_id(), service.user_id, clock.random_bytes(8), subject.user_id,
        )  # fmt: skip
    assert await sees(service, story) == set()


async def test_word_of_it_goes_to_those_who_may_know(someone):
    lead, subject = await two_leads(someone)
    story = await recorded(lead, about(subject.name))
    async with begin(lead, purpose="session") as work:
        both = [lead.user_id, subject.user_id]
        told = await work.driver.fetchval("select sec.who_may_know($1, $2)", story.facts.id, both)
    assert told == [lead.user_id]
