"""Reporting: the form, its words, what is said of who reads it, and what needs another look."""

from dataclasses import replace

import pytest

from safeguard.access.roles import Role
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.tenancy.choosing import change_setting
from safeguard.tenancy.organising import change_details
from safeguard.tenancy.queries import get_own
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.incidents.sending import FILLED, record

pytestmark = pytest.mark.anyio


async def test_a_report_goes_from_the_form_to_its_page(sign_in):
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/incidents/new", FILLED)
    assert answer.status_code == 303
    shown = await lead.get(answer.headers["location"])
    assert shown.status_code == 200
    for said in ("An account pretends to be Mr Hale.", "Morgan Hale", "Alleged to have harmed", "TikTok", "14:05",
                 "He said it was only a joke.", "Year 9", "Acknowledge"):  # fmt: skip
        assert said in shown.text, said


@pytest.mark.parametrize("role", [Role.REPORTER, Role.PASTORAL, Role.LEAD])
async def test_who_can_read_a_report_is_said_as_it_is(sign_in, role):
    for part, said in (("witness", "can read it now."), ("alleged", "nobody whom you name as having done harm")):
        browser = await sign_in(role)
        answer = await browser.send("/incidents/new", FILLED | {"people-1-role": part})
        shown = (await browser.get(answer.headers["location"])).text
        assert said in shown
        assert ("nobody whom you name" in shown) == (part == "alleged")


async def test_the_words_are_those_of_the_organisation(sign_in):
    coach = await sign_in(Role.REPORTER, kind="club")
    page = (await coach.get("/incidents/new")).text
    assert "welfare officer" in page
    assert "Squad" in page
    assert "pupil" not in page.lower().replace("pupils-", "").replace('value="pupil"', "")


async def test_until_somebody_outside_is_named_the_home_page_says_so_to_whoever_can_name_them(sign_in):
    lead = await sign_in(Role.LEAD)
    reporter = await sign_in(Role.REPORTER, organisation=lead.actor.organisation_id)
    asked = "Name an outside second person"
    assert asked not in (await lead.get("/")).text
    async with begin(lead.actor) as work:
        own = await get_own(work)
        nobody = replace(own.details, second_person_name="", second_person_email="")
        await change_details(work, nobody, seen=own.version)
    assert asked in (await lead.get("/")).text
    assert asked not in (await reporter.get("/")).text


async def test_no_page_of_incidents_has_a_file_input(sign_in):
    lead = await sign_in(Role.LEAD)
    facts = await record(lead)
    for path in ("/incidents/new", f"/incidents/{facts.id}", f"/incidents/{facts.id}/correct"):
        assert 'type="file"' not in (await lead.get(path)).text


async def test_a_form_that_needs_another_look_keeps_everything_that_was_typed(sign_in):
    lead = await sign_in(Role.LEAD)
    wrong = FILLED | {"narrative": " ", "happened_on": "12/11/2099", "people-2-role": "witness"}
    answer = await lead.send("/incidents/new", wrong)
    assert answer.status_code == 422
    for kept in ("Morgan Hale", "Ravi Underhill", "Year 9", "12/11/2099", "@mr.hale.fanpage", "only a joke"):
        assert kept in answer.text, kept
    assert answer.text.count("The date is after today") == 2  # in the summary and beside the field
    assert 'href="#narrative"' in answer.text
    assert "selected" in answer.text
    skipped = await lead.send("/incidents/new", FILLED | {"happened_on": "29/3/2026", "happened_at": "01:30"})
    assert skipped.status_code == 422
    assert skipped.text.count("There was no 01:30 on 29 March 2026: the clocks went forward.") == 2


async def test_an_error_about_a_person_stands_at_their_row(sign_in):
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/incidents/new", FILLED | {"people-4-role": "witness"})
    assert answer.status_code == 422
    assert 'href="#people-4-name"' in answer.text


async def test_a_part_that_was_not_said_is_asked_for_and_never_taken_for_other(sign_in):
    lead = await sign_in(Role.LEAD)
    unsaid = FILLED | {"people-3-name": "Rhys Vance", "people-3-role": ""}
    answer = await lead.send("/incidents/new", unsaid)
    assert answer.status_code == 422
    assert 'href="#people-3-role"' in answer.text
    assert "Choose their part in it" in answer.text
    for kept in (*FILLED.values(), "Rhys Vance"):
        assert kept in answer.text
    recorded = await lead.send("/incidents/new", unsaid | {"people-3-role": "other"})
    assert recorded.status_code == 303


async def test_add_another_person_without_script_gives_a_row_and_records_nothing(sign_in):
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/incidents/new", FILLED | {"add": "person", "narrative": ""})
    assert answer.status_code == 200
    assert 'name="people-2-name"' in answer.text
    assert "Ravi Underhill" in answer.text
    async with begin(lead.actor) as work:
        assert await work.driver.fetchval("select count(*) from incidents") == 0


async def test_danger_shows_the_emergency_text_and_never_delays_saving(sign_in):
    lead = await sign_in(Role.LEAD)
    page = (await lead.get("/incidents/new")).text
    assert SCHOOL.emergency.title in page
    answer = await lead.send("/incidents/new", {"danger_now": "yes", "narrative": "He is on the roof."})
    assert answer.status_code == 303
    shown = (await lead.get(answer.headers["location"])).text
    assert SCHOOL.emergency.call in shown
    assert "sg-risk--emergency" in shown


async def test_everything_typed_is_shown_as_text_and_nothing_is_run(sign_in):
    lead = await sign_in(Role.LEAD)
    nasty = "<script>alert(1)</script>{{7*7}}"
    fields = dict.fromkeys(("narrative", "people-0-name", "place_detail", "accounts", "child_words"), nasty)
    fields["people-0-role"] = "witness"
    answer = await lead.send("/incidents/new", fields)
    for path in (answer.headers["location"], "/incidents", "/"):
        page = (await lead.get(path)).text
        assert "<script>alert" not in page
        assert "{{7*7}}" in page


async def test_another_organisations_incident_looks_like_none_at_all(sign_in):
    lead, stranger = await sign_in(Role.LEAD), await sign_in(Role.LEAD)
    facts = await record(lead, NewIncident(narrative="Ours.", people=(NewPerson(name="Kit Marsh"),)))
    there = await stranger.get(f"/incidents/{facts.id}")
    nowhere = await stranger.get("/incidents/018f0000-0000-7000-8000-000000000000")
    assert there.status_code == nowhere.status_code == 404
    assert "Kit Marsh" not in there.text


async def test_what_the_organisation_chose_in_its_settings_is_what_the_form_shows(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        await change_setting(work, "contact.lead", "Room 12, extension 4", 0)
        await change_setting(work, "report.first_platforms", "Roblox", 0)
    page = (await lead.get("/incidents/new")).text
    assert "Room 12, extension 4" in page
    assert page.index('value="roblox"') < page.index('value="facebook"')
