"""The pages of people: what each shows, what a form gives back, and that nobody else learns who is listed."""

import re
from uuid import UUID

import pytest

from safeguard.access.roles import Role
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people import routes
from safeguard.people.merging import merge
from safeguard.people.queries import get_person
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.factories.people import ANA, SCHOOL, called

pytestmark = pytest.mark.anyio

FILLED = {
    "kind": "child",
    "given_name": "Ana",
    "family_name": "Brook",
    "known_as": "Annie",
    "former_names": "Ana Hill, Anna Hill",
    "born_on": "14/5/2012",
    "connection": "pupil",
    "group_name": "Year 9",
    "flags": "looked_after",
    "contacts-0-name": "Carla Brook",
    "contacts-0-relation": "parent",
    "contacts-0-responsibility": "yes",
    "contacts-1-relation": "parent",
    "contacts-2-name": "Dan Hill",
    "contacts-2-no_contact": "yes",
    "identifiers-0-kind": "upn",
    "identifiers-0-value": "a123456789012",
    "address": "1 Sample Street",
    "notes": "Moved here.",
}


async def known(browser, details=ANA):
    async with begin(browser.actor) as work:
        return await record_person(work, details, SCHOOL)


async def recorded(browser, *people, narrative="Something happened on the bus."):
    async with begin(browser.actor) as work:
        return (await record_incident(work, NewIncident(narrative=narrative, people=people), SCHOOL)).facts


async def test_a_person_goes_from_the_form_to_their_page(sign_in):
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/people/new", FILLED)
    assert answer.status_code == 303
    shown = (await lead.get(answer.headers["location"])).text
    for said in ("Ana Brook", "Annie", "Ana Hill, Anna Hill", "14 May 2012", "Pupil here", "Year 9", "Looked after",
                 "Carla Brook", "parental responsibility", "Do not contact", "A123456789012", "Moved here.",
                 "In no incident"):  # fmt: skip
        assert said in shown, said
    assert shown.index("Dan Hill") < shown.index("Carla Brook")
    assert "1 Sample Street" not in shown


async def test_the_address_is_shown_when_it_is_asked_for(sign_in):
    lead = await sign_in(Role.LEAD)
    person = await known(lead)
    assert "1 Sample Street" not in (await lead.get(f"/people/{person.id}")).text
    assert "1 Sample Street" not in (await lead.get(f"/people/{person.id}/correct")).text
    assert "1 Sample Street" in (await lead.get(f"/people/{person.id}?show=address")).text
    assert "1 Sample Street" in (await lead.get(f"/people/{person.id}/correct?address=yes")).text
    async with begin(lead.actor) as work:
        told = await work.driver.fetchval(
            "select count(*) from audit.leaves l where split_part(l.entry, E'\\n', 3) = 'person.revealed'"
        )
    assert told == 2


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"kind": ""}, "Say whether this is a child or an adult."),
        ({"given_name": "", "family_name": "", "known_as": ""}, "Give at least one name"),
        ({"born_on": "14 5"}, "Write the date with its year"),
        ({"born_on": "31/2/2012"}, "Write the date with its year"),
        ({"identifiers-0-value": "12"}, "A UPN is a letter and twelve digits"),
        ({"contacts-2-name": "", "contacts-2-phone": "1"}, "Say whose number or address this is."),
        ({"user_id": "nobody"}, "Choose one of the names on the page."),
        ({"flags": "tall"}, "is not one of this organisation"),
    ],
)
async def test_a_form_that_needs_another_look_keeps_everything(sign_in, typed, error):
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/people/new", FILLED | typed)
    assert answer.status_code == 422
    assert error in answer.text
    for said in ("Carla Brook", "Moved here.", "1 Sample Street", "Year 9"):
        assert said in answer.text


async def test_an_error_of_a_row_stands_at_that_row(sign_in):
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/people/new", FILLED | {"contacts-2-email": "nobody"})
    assert 'id="contacts-2-email-error"' in answer.text


async def test_another_row_without_script_loses_nothing(sign_in):
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/people/new", FILLED | {"add": "contact"})
    assert answer.status_code == 200
    assert 'name="contacts-3-name"' in answer.text
    assert "Carla Brook" in answer.text


async def test_a_correction_keeps_the_address_that_it_did_not_show(sign_in):
    lead = await sign_in(Role.LEAD)
    person = await known(lead)
    page = f"/people/{person.id}/correct"
    typed = {name: value for name, value in FILLED.items() if name != "address"} | {"version": "1", "group_name": "10"}
    answer = await lead.send(page, typed)
    assert answer.status_code == 303
    assert "1 Sample Street" in (await lead.get(f"/people/{person.id}?show=address")).text
    history = (await lead.get(f"/people/{person.id}/history")).text
    assert "Year 9" in history
    assert "Version 2" in history
    stale = await lead.send(page, typed | {"group_name": "11"})
    assert stale.status_code == 409


async def test_the_list_finds_people_by_near_names(sign_in):
    lead = await sign_in(Role.LEAD)
    await known(lead)
    for asked in ("q=brooke", "q=Annie", "q=A123456789012", "kind=child", "group=Year+9", ""):
        assert "Ana Brook" in (await lead.get(f"/people?{asked}")).text, asked
    for asked in ("q=xyzzy", "kind=adult", "group=Year+10", "kind=adult&q=ana"):
        assert "Ana Brook" not in (await lead.get(f"/people?{asked}")).text, asked


async def test_the_list_pages_without_a_name_in_its_address(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        for number in range(27):
            await record_person(work, called("Robin", f"Sample{number:02}"), SCHOOL)
    page = (await lead.get("/people")).text
    older = re.search(r'href="(/people\?after=[^"]+)"', page)
    assert older
    assert "sample" not in older[1].lower()
    rest = (await lead.get(older[1])).text
    assert "Sample26" in rest
    assert "Sample24" not in rest
    assert (await lead.get("/people?after=forged")).status_code == 400


async def test_a_chronology_says_nothing_of_the_others(sign_in):
    lead = await sign_in(Role.LEAD)
    ana, ravi = await known(lead), await known(lead, called("Ravi", "Hill"))
    facts = await recorded(
        lead,
        NewPerson(name="Ana Brook", role="affected", person_id=ana.id, notes="Was crying."),
        NewPerson(name="Ravi Hill", role="alleged", person_id=ravi.id, notes="Laughed."),
        narrative="Zebra crossing.",
    )
    page = (await lead.get(f"/people/{ravi.id}")).text
    assert facts.reference in page
    assert "Alleged to have harmed" in page
    assert "Laughed." in page
    for theirs in ("Ana Brook", "crying", "Affected", "Harmed</"):
        assert theirs not in page, theirs
    printed = (await lead.get(f"/people/{ravi.id}/chronology")).text
    assert facts.reference in printed
    assert "Zebra" not in printed
    assert "Zebra" in (await lead.get(f"/people/{ravi.id}/chronology?beginnings=yes")).text


async def test_a_page_shows_the_latest_parts_and_the_chronology_has_all(sign_in, monkeypatch):
    monkeypatch.setattr(routes, "PARTS", 2)
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        ana = await record_person(work, ANA, SCHOOL)
    told, all_of_them = NewPerson(name="Ana Brook", role="affected", person_id=ana.id), []
    async with begin(lead.actor) as work:
        for number in range(3):
            story = await record_incident(work, NewIncident(narrative=f"The {number}.", people=(told,)), SCHOOL)
            all_of_them.append(story.facts.reference)
    page = (await lead.get(f"/people/{ana.id}")).text
    assert [reference in page for reference in all_of_them] == [False, True, True]
    assert "1 earlier ones are in the whole chronology" in page
    for whole in ("chronology", "chronology.csv"):
        text = (await lead.get(f"/people/{ana.id}/{whole}")).text
        assert [text.index(reference) for reference in all_of_them] == sorted(map(text.index, all_of_them))


async def test_the_table_of_a_chronology_holds_no_formula(sign_in):
    lead = await sign_in(Role.LEAD)
    ana = await known(lead)
    await recorded(lead, NewPerson(name='=HYPERLINK("http://x")', person_id=ana.id, notes="+1+1\n@cmd"))
    answer = await lead.get(f"/people/{ana.id}/chronology.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="chronology.csv"'
    assert "'=HYPERLINK" in answer.text
    assert "'+1+1" in answer.text
    assert "Zebra" not in answer.text


async def test_two_records_are_merged_and_parted_by_pages(sign_in):
    lead = await sign_in(Role.LEAD)
    ana, twin = await known(lead, called("Caitlin", "Murphy")), await known(lead, called("Kaitlyn", "Murphey"))
    assert "Kaitlyn Murphey" in (await lead.get(f"/people/{ana.id}")).text
    assert "Kaitlyn Murphey" in (await lead.get("/people/duplicates")).text
    assert "Kaitlyn Murphey" in (await lead.get(f"/people/{ana.id}/merge")).text
    page = f"/people/{ana.id}/merge?with={twin.id}"
    assert f'href="/people/{twin.id}/merge?with={ana.id}"' in (await lead.get(page)).text, "either of them may stay"
    empty = await lead.send(f"/people/{ana.id}/merge", {"with": str(twin.id), "reason": " "}, page=page)
    assert (empty.status_code, "How do you know" in empty.text) == (422, True)
    done = await lead.send(f"/people/{ana.id}/merge", {"with": str(twin.id), "reason": "The office."}, page=page)
    assert done.status_code == 303
    assert "Kaitlyn Murphey" in (await lead.get(f"/people/{ana.id}")).text
    assert "merged into another" in (await lead.get(f"/people/{twin.id}")).text
    undo = re.search(rf'href="(/people/{ana.id}/merges/[^"]+/undo)"', (await lead.get(f"/people/{ana.id}")).text)
    assert undo
    assert (await lead.send(undo[1], {"reason": ""})).status_code == 422
    assert (await lead.send(undo[1], {"reason": "Cousins."})).status_code == 303
    assert (await lead.get(undo[1])).status_code == 404
    async with begin(lead.actor) as work:
        assert (await get_person(work, twin.id)).merged_into_id is None


async def test_merging_with_oneself_is_refused_kindly(sign_in):
    lead = await sign_in(Role.LEAD)
    ana = await known(lead)
    page = f"/people/{ana.id}/merge?with={ana.id}"
    assert "This is the same record" in (await lead.get(page)).text
    sent = {"with": str(ana.id), "reason": "x"}
    answer = await lead.send(f"/people/{ana.id}/merge", sent, page=f"/people/{ana.id}/correct")
    assert answer.status_code == 422


async def test_two_people_are_not_suggested_again(sign_in):
    lead = await sign_in(Role.LEAD)
    one, two = await known(lead, called("Caitlin", "Murphy")), await known(lead, called("Kaitlyn", "Murphey"))
    sent = {"one": str(one.id), "other": str(two.id)}
    page = f"/people/{one.id}/merge?with={two.id}"
    assert (await lead.send("/people/duplicates/apart", sent, page=page)).status_code == 303
    assert "Kaitlyn" not in (await lead.get("/people/duplicates")).text


async def test_a_merged_record_is_not_corrected(sign_in):
    lead = await sign_in(Role.LEAD)
    one, two = await known(lead, called("A", "One")), await known(lead, called("A", "Two"))
    async with begin(lead.actor) as work:
        await merge(work, one.id, two.id, "The office.")
    assert (await lead.get(f"/people/{two.id}/correct")).status_code == 409


async def test_the_list_is_for_leads_alone(sign_in):
    lead = await sign_in(Role.LEAD)
    person = await known(lead)
    for role in (Role.REPORTER, Role.HEAD, Role.ADMINISTRATOR, Role.GOVERNOR):
        other = await sign_in(role, organisation=lead.actor.organisation_id)
        for path in ("/people", "/people?q=ana", "/people/new", f"/people/{person.id}", f"/people/{person.id}/merge"):
            assert (await other.get(path)).status_code == 403, (role, path)
    stranger = await sign_in(Role.LEAD)
    for unknown in (person.id, UUID(int=5)):
        assert (await stranger.get(f"/people/{unknown}")).status_code == 404


async def test_hostile_names_stay_words(sign_in):
    lead = await sign_in(Role.LEAD)
    person = await known(lead, called("<script>alert(1)</script>", "{{7*7}} =1+1", notes="<img src=x onerror=y>"))
    page = (await lead.get(f"/people/{person.id}")).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{7*7}}" in page


async def test_programs_add_find_and_read_people(program):
    lead = await program(Role.LEAD)
    sent = {"kind": "child", "given_name": "Ana", "family_name": "Brook", "address": "1 Sample Street"}
    made = await lead.client.post("/api/v1/people", json=sent)
    assert made.status_code == 201
    assert "Sample Street" not in made.text
    where = made.headers["location"]
    assert (await lead.get(where)).json()["family_name"] == "Brook"
    assert "Sample Street" not in (await lead.get(where)).text
    assert (await lead.get(f"{where}/address")).json() == {"address": "1 Sample Street"}
    found = (await lead.get("/api/v1/people?q=brooke")).json()
    assert [one["given_name"] for one in found["items"]] == ["Ana"]
    incident = {"narrative": "x", "people": [{"name": "Ana", "role": "affected", "person_id": made.json()["id"]}]}
    assert (await lead.client.post("/api/v1/incidents", json=incident)).status_code == 201
    parts = (await lead.get(f"{where}/chronology")).json()
    assert [(part["role_code"], part["beginning"]) for part in parts] == [("affected", "")]
    wrong = await lead.client.post("/api/v1/people", json={"kind": "child"})
    assert (wrong.status_code, wrong.headers["content-type"].split(";")[0]) == (422, "application/problem+json")
    reporter = await program(Role.REPORTER, organisation=lead.actor.organisation_id)
    assert (await reporter.get("/api/v1/people")).status_code == 403
    assert (await reporter.get(where)).status_code == 403


async def test_a_correction_that_was_overtaken_shows_both_and_is_sent_again(sign_in):
    lead = await sign_in(Role.LEAD)
    other = await sign_in(Role.DEPUTY, organisation=lead.actor.organisation_id)
    person = await known(lead)
    at = f"/people/{person.id}/correct"
    first = {"version": "1", "kind": "child", "given_name": "Ana", "family_name": "Brook", "address": "2 Hidden Street"}
    assert (
        await other.send(at, first | {"notes": "Theirs: walks home with a friend.", "group_name": "Year 8"})
    ).status_code == 303
    mine = first | {"notes": "Mine: is fetched by her aunt.", "group_name": "Year 10", "address": "3 Typed Street"}
    stale = await lead.send(at, mine)
    assert stale.status_code == 409
    for said in ("Somebody else changed this person", "Theirs: walks home with a friend.", "Year 8",
                 "Mine: is fetched by her aunt.", "Year 10", "3 Typed Street"):  # fmt: skip
        assert said in stale.text, said
    assert "2 Hidden Street" not in stale.text  # whoever wants to see it asks for it, and the log is told
    version = re.search(r'name="version" value="(\d+)"', stale.text)
    assert version
    assert (await lead.send(at, mine | {"version": version[1]})).status_code == 303
    assert "Mine: is fetched by her aunt." in (await lead.get(f"/people/{person.id}")).text
    assert "Theirs: walks home" in (await lead.get(f"/people/{person.id}/history")).text
