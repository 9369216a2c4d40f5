"""A term's roster: looked at, taken over, sent again, changed here and there, and taken back whole."""

from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from msgspec.structs import replace

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewPerson
from safeguard.people.correcting import correct_person
from safeguard.people.details import Details, details_of
from safeguard.people.person import Identifier, Person
from safeguard.people.queries import list_people, locked
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.factories.owning import owning
from tests.intake.sending import rows_of
from tests.rosters.files import oneroster, user
from tests.rosters.sending import PEOPLE, counts, look, run_of, take_back, take_over
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]

PUPILS = [
    user(1, "Ana", "Brook", grades="09", agentSourcedIds="p-1", userIds="{UPN:A123456789012}"),
    user(2, "Zoë", "O'Brien", grades="10"),
    user(3, "Cy", "Dell", grades="R"),
    user(91, "Mia", "Brook", sourcedId="p-1", role="parent", phone="01632 960001", email="mia@example.org"),
    user(92, "Pat", "Ray", sourcedId="t-1", role="teacher", email="ray@school.example"),
]
BIRTHS = {"u-1": "2012-05-14", "u-2": "2011-01-02", "u-3": "2020-11-30"}


async def people_of(actor: Actor) -> list[Person]:
    """Everybody on the list, by family name."""
    async with begin(actor) as work:
        return [await locked(work, one.id) for one in await list_people(work, limit=100)]


def named(person: Person) -> NewPerson:
    return NewPerson(name=person.name, role="affected", person_id=person.id)


async def test_a_terms_roster_comes_in_and_goes_again_as_if_it_had_not_been(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    page = await look(lead, oneroster(PUPILS, births=BIRTHS))
    assert counts(await run_of(lead, page)) == (3, 0, 0, 0, 0, 0)
    assert await rows_of(lead.actor, PEOPLE) == []  # nothing has happened yet
    await take_over(lead, page)
    ana, cy, zoe = await rows_of(lead.actor, PEOPLE)
    assert (ana.given_name, ana.group_name, str(ana.born_on), ana.connection) == (
        "Ana",
        "Year 9",
        "2012-05-14",
        "pupil",
    )
    assert '"value":"A123456789012"' in ana.identifiers.replace(" ", "")
    assert '"phone":"01632 960001"' in ana.contacts.replace('": "', '":"')
    assert (zoe.given_name, zoe.family_name, cy.group_name) == ("Zoë", "O'Brien", "Reception")
    again = await look(lead, oneroster(PUPILS, births=BIRTHS))
    assert counts(await run_of(lead, again)) == (0, 0, 0, 3, 0, 0)
    await take_back(lead, page)
    assert await rows_of(lead.actor, PEOPLE) == []
    assert await rows_of(lead.actor, "select * from roster_links") == []
    events = [row[0] for row in await rows_of(lead.actor, "select entry from audit.leaves")]
    assert sum("roster.applied" in one for one in events) == 1
    assert sum("roster.undone" in one for one in events) == 1
    assert not any("person.recorded" in one for one in events)


async def test_what_somebody_changed_here_stays_or_is_asked_and_the_rest_is_taken(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    await take_over(lead, await look(lead, oneroster(PUPILS, births=BIRTHS)))
    ana, cy, zoe = await people_of(lead.actor)
    async with begin(lead.actor) as work:  # a hand: the group of one, the known name and group of another
        await correct_person(work, ana.id, 1, replace(details_of(ana), group_name="9B"), SCHOOL)
        await correct_person(work, zoe.id, 1, replace(details_of(zoe), known_as="Zo", group_name="10C"), SCHOOL)
    unmoved = await look(lead, oneroster(PUPILS, births=BIRTHS))
    assert counts(await run_of(lead, unmoved)) == (0, 0, 0, 3, 0, 0)  # the file says nothing new: the hand wins
    moved = [one | {"grades": "11"} if one["sourcedId"] == "u-2" else one for one in PUPILS]
    moved = [one | {"familyName": "Dell-Ray"} if one["sourcedId"] == "u-3" else one for one in moved]
    page = await look(lead, oneroster(moved, births=BIRTHS))
    assert counts(await run_of(lead, page)) == (0, 1, 0, 1, 1, 0)
    asked = (await lead.get(f"{page}?show=asked")).text
    assert "10C" in asked and "Year 11" in asked
    (row,) = await rows_of(lead.actor, "select id from roster_rows where kind = 'asked' and state = 'planned'")
    await lead.send(f"{page}/answers", {f"row-{row.id}": "theirs"}, page=page)
    await take_over(lead, page)
    ana, cy, zoe = await people_of(lead.actor)
    assert (ana.group_name, cy.family_name, zoe.group_name, zoe.known_as) == ("9B", "Dell-Ray", "Year 11", "Zo")
    assert (zoe.version, cy.version) == (3, 2)
    # whoever has versions in the log goes on having every one there; the others are bound by the run's digest
    told = await rows_of(lead.actor, "select id, version from audit.documents where kind = 'person' order by version")
    assert {(one.id, one.version) for one in told} == {(ana.id, 2), (zoe.id, 2), (zoe.id, 3)}
    history = (await lead.get(f"/people/{zoe.id}/history")).text
    assert "10C" in history and "Year 11" in history
    await take_back(lead, page)
    _, cy, zoe = await people_of(lead.actor)
    assert (cy.family_name, zoe.group_name, zoe.known_as, zoe.version) == ("Dell", "10C", "Zo", 4)


async def test_leavers_are_marked_and_come_back_and_a_delta_marks_nobody(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    await take_over(lead, await look(lead, oneroster(PUPILS, births=BIRTHS)))
    delta = await look(lead, oneroster([PUPILS[0] | {"grades": "10"}], mode="delta"))
    assert counts(await run_of(lead, delta)) == (0, 1, 0, 0, 0, 0)
    broken = await look(lead, oneroster([PUPILS[0], user(2, "", ""), PUPILS[2]], births=BIRTHS))
    assert counts(await run_of(lead, broken)) == (0, 0, 0, 2, 0, 1)  # a row with a problem has not left
    without = await look(lead, oneroster([*PUPILS[:2], *PUPILS[3:], PUPILS[2] | {"status": "tobedeleted"}]))
    assert counts(await run_of(lead, without)) == (0, 0, 1, 2, 0, 0)
    await take_over(lead, without)
    dates = "select person_id, left_on from record_dates where left_on is not null"
    assert await rows_of(lead.actor, dates) == []  # that was not ticked
    page = await look(lead, oneroster([*PUPILS[:2], *PUPILS[3:]], births=BIRTHS))
    await take_over(lead, page, leavers="yes")
    (gone,) = await rows_of(lead.actor, dates)
    assert gone.person_id == (await people_of(lead.actor))[1].id
    assert len(await people_of(lead.actor)) == 3  # nobody is deleted
    back = await look(lead, oneroster(PUPILS, births=BIRTHS))
    assert counts(await run_of(lead, back)) == (0, 1, 0, 2, 0, 0)
    await take_over(lead, back)
    assert await rows_of(lead.actor, dates) == []
    refused = await lead.send(f"{page}/undo", {}, page=back)
    assert refused.status_code == 409  # a later file stands on it
    await take_back(lead, back)
    assert len(await rows_of(lead.actor, dates)) == 1


async def test_a_near_match_is_asked_and_a_number_or_a_birthday_is_enough(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        known = Details(kind="child", given_name="Ana", family_name="Brook", born_on=date(2012, 5, 14), notes="Ours.")
        upn = (Identifier(kind="upn", value="A123456789012"),)
        numbered = Details(kind="child", given_name="Old", family_name="Name", identifiers=upn)
        near = Details(kind="child", given_name="Cy", family_name="Dell")
        ana, old, cy = [await record_person(work, one, SCHOOL) for one in (known, numbered, near)]
    rows = [
        user(1, "Ana", "Brook", grades="9"), user(2, "New", "Name", userIds="{UPN:A123456789012}"),
        user(3, "Cy", "Dell", grades="R"), user(4, "Cye", "Dell"),
    ]  # fmt: skip
    births = {"u-1": "2012-05-14", "u-3": "2020-11-30", "u-4": "2019-01-01"}
    page = await look(lead, oneroster(rows, births=births))
    run = await run_of(lead, page)
    assert counts(run) == (0, 1, 0, 0, 3, 0)  # one filled in; a changed name and two who may be the same are asked
    assert "Who is Cy Dell?" in (await lead.get(f"{page}?show=asked")).text
    asked = {row.source_id: row for row in await rows_of(lead.actor, "select * from roster_rows where kind = 'asked'")}
    assert asked["u-2"].person_id == old.id and asked["u-3"].candidates == [cy.id]
    said = {"u-2": str(ana.id), "u-3": str(cy.id), "u-4": "new"}
    answers = {f"row-{asked[key].id}": answer for key, answer in said.items()}
    await lead.send(f"{page}/answers", answers, page=page)  # the first was not offered, and changes nothing
    await take_over(lead, page)
    people = {one.id: one for one in await people_of(lead.actor)}
    assert len(people) == 4
    assert (people[ana.id].group_name, people[ana.id].notes) == ("Year 9", "Ours.")
    assert str(people[cy.id].born_on) == "2020-11-30"
    assert people[old.id].given_name == "Old"  # nobody answered
    again = await look(lead, oneroster(rows, births=births))
    assert counts(await run_of(lead, again)) == (0, 0, 0, 3, 1, 0)


async def test_what_a_record_names_or_somebody_changed_is_not_taken_back_and_says_so(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    page = await look(lead, oneroster(PUPILS, births=BIRTHS))
    await take_over(lead, page)
    ana, cy, zoe = await people_of(lead.actor)
    async with begin(lead.actor) as work:
        await record_incident(work, replace(SHORT, people=(named(ana),)), SCHOOL)
        await correct_person(work, cy.id, 1, replace(details_of(cy), notes="Allergic."), SCHOOL)
    await take_back(lead, page)
    assert {one.id for one in await people_of(lead.actor)} == {ana.id, cy.id}
    run = await run_of(lead, page)
    assert (run.state, run.kept_count) == ("undone", 2)
    shown = (await lead.get(page)).text
    assert "2 rows could not be taken back" in shown
    assert "A record names this person" in shown
    assert zoe.given_name not in shown  # nothing that the file said of whoever is gone is kept


async def test_who_is_named_by_what_the_reader_may_not_know_goes_as_anybody_does(
    sign_in: SignIn, someone: Someone, addresses: Addresses
) -> None:
    """Nobody can tell by taking a file back that a record exists which is kept from them."""
    lead = await sign_in(Role.LEAD)
    other = await someone(Role.LEAD, organisation=lead.actor.organisation_id)
    page = await look(lead, oneroster(PUPILS, births=BIRTHS))
    await take_over(lead, page)
    ana = (await people_of(lead.actor))[0]
    async with begin(other) as work:
        own = await record_person(work, Details(kind="adult", given_name="Lee", user_id=lead.actor.user_id), SCHOOL)
        people = (NewPerson(name="Lee", role="alleged", person_id=own.id), named(ana))
        await record_incident(work, replace(SHORT, people=people), SCHOOL)
    await take_back(lead, page)
    run = await run_of(lead, page)
    assert (run.state, run.kept_count) == ("undone", 0)
    assert [one.given_name for one in await people_of(lead.actor)] == ["Lee"]
    assert (await lead.get(f"/people/{ana.id}")).status_code == 404
    async with owning(addresses.owner) as owner:
        found = await owner.execute("select withdrawn_at is not null from people where id = %s", (ana.id,))
        assert await found.fetchone() == (True,)  # the record keeps its person
