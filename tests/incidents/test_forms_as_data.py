"""A report asks what its organisation asks: answers are kept with their questions, and old forms stay as they were."""

from zoneinfo import ZoneInfo

import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid
from safeguard.evidence.packs.chapters import Told
from safeguard.incidents.chapter import facts_of
from safeguard.incidents.chronicle import Chronicle
from safeguard.incidents.documents import incident_document
from safeguard.incidents.queries import Filters, list_incidents, read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident
from safeguard.incidents.story import Story
from safeguard.tenancy.questions import QuestionKind
from safeguard.tenancy.report_forms.asked import Own
from safeguard.tenancy.report_forms.changing import Place, add_question, arrange, reword
from safeguard.tenancy.report_forms.reading import read_asked, read_form
from safeguard.tenancy.report_forms.tailoring import Tailored, tailor
from safeguard.work import begin
from tests.factories.incidents import SCHOOL

pytestmark = pytest.mark.anyio

BUS = Own(code="", label="Which bus was it?", kind=QuestionKind.TEXT, required=True)
SEEN = Own(code="", label="Seen by staff?", kind=QuestionKind.YES_NO, identifies=False, folded=True)
REPORT = {"narrative": "Shouting on the top deck."}
CODE = "own_which_bus_was_it"


async def ask(actor, *questions):
    async with begin(actor) as work:
        for question in questions:
            await add_question(work, SCHOOL, question, (await read_form(work, SCHOOL)).number)


async def places(work, **changed):
    form = await read_form(work, SCHOOL)
    asked = {
        q.code: Place(n, "folded" if q.folded else "at_once", q.required) for n, q in enumerate(form.asked.questions)
    }
    return asked | changed, form.number


async def test_an_answer_is_kept_with_its_question_committed_and_found(someone):
    lead = await someone(Role.LEAD)
    await ask(lead, BUS)
    async with begin(lead) as work:
        asked = await read_asked(work, SCHOOL)
        new = NewIncident(narrative="Shouting on the top deck.", answers={CODE: " The  42 to Northfield "})
        facts = (await record_incident(work, new, SCHOOL, asked)).facts
    async with begin(lead) as work:
        answer = (await read_incident(work, facts.id)).facts.answers[0]
        found = await list_incidents(work, Filters(text="Northfield"))
        fields = await work.driver.fetchval("select fields from audit.documents where id = $1", facts.id)
    assert (answer.asked, answer.said, answer.identifies) == ("Which bus was it?", "The 42 to Northfield", True)
    assert facts.form_version == 1
    assert [row.id for row in found] == [facts.id]
    assert "answers.1.said" in fields
    assert "answers.1.asked" in fields


async def test_what_the_form_requires_must_be_answered_in_the_form(someone):
    lead = await someone(Role.LEAD)
    await ask(lead, BUS)
    async with begin(lead) as work:
        changed, seen = await places(work, people=Place(3, "at_once", required=True))
        await arrange(work, SCHOOL, changed, seen)
        asked = await read_asked(work, SCHOOL)
        with pytest.raises(Invalid) as refusal:
            await record_incident(work, NewIncident(narrative="Shouting."), SCHOOL, asked)
        assert {error.field for error in refusal.value.errors} == {"people", f"answers.{CODE}"}
        await record_incident(work, NewIncident(narrative="From a program."), SCHOOL)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (QuestionKind.CHOICE, "Green"),
        (QuestionKind.DAY, "soon"),
        (QuestionKind.YES_NO, "perhaps"),
        (QuestionKind.TEXT, "x" * 600),
    ],
)
async def test_an_answer_that_cannot_be_meant_is_named(someone, kind, said):
    lead = await someone(Role.LEAD)
    options = ("Red", "Blue") if kind is QuestionKind.CHOICE else ()
    await ask(lead, Own(code="", label="What?", kind=kind, options=options))
    async with begin(lead) as work:
        with pytest.raises(Invalid) as refusal:
            await record_incident(work, NewIncident(narrative="So.", answers={"own_what": said}), SCHOOL)
    assert [error.field for error in refusal.value.errors] == ["answers.own_what"]


async def test_a_program_is_told_of_an_answer_to_a_question_that_nobody_asks(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        with pytest.raises(Invalid) as refusal:
            await record_incident(work, NewIncident(narrative="So.", answers={"own_colour": "red"}), SCHOOL)
    assert refusal.value.errors[0].field == "answers.own_colour"


async def test_earlier_versions_stay_readable_as_they_were(someone):
    lead = await someone(Role.LEAD)
    await ask(lead, BUS)
    async with begin(lead) as work:
        await reword(work, SCHOOL, CODE, "Which coach?", "", 1)
    async with begin(lead) as work:
        then, now = await read_asked(work, SCHOOL, 1), await read_asked(work, SCHOOL)
    assert [q.label for q in then.questions if q.code == CODE] == ["Which bus was it?"]
    assert [q.label for q in now.questions if q.code == CODE] == ["Which coach?"]


async def test_the_narrative_can_be_neither_hidden_nor_left_unanswered_and_the_page_says_why(someone):
    lead = await someone(Role.LEAD)
    for place in (
        Place(1, "hidden", required=True),
        Place(1, "folded", required=True),
        Place(1, "at_once", required=False),
    ):
        async with begin(lead) as work:
            changed, seen = await places(work, narrative=place)
            with pytest.raises(Invalid) as refusal:
                await arrange(work, SCHOOL, changed, seen)
            assert "is always asked" in refusal.value.errors[0].message


async def test_two_who_change_the_form_at_once_do_not_overwrite_each_other(someone):
    lead = await someone(Role.LEAD)
    await ask(lead, BUS)
    with pytest.raises(Conflict):
        async with begin(lead) as work:
            await add_question(work, SCHOOL, SEEN, 0)


async def test_codes_are_never_used_again(someone):
    lead = await someone(Role.LEAD)
    await ask(lead, BUS, BUS)
    async with begin(lead) as work:
        own = [one.code for one in (await read_form(work, SCHOOL)).choices.own]
    assert own == [CODE, f"{CODE}_2"]


async def test_who_may_not_change_settings_may_not_change_the_form(someone):
    reporter = await someone(Role.REPORTER)
    with pytest.raises(Forbidden):
        await ask(reporter, BUS)


async def test_danger_waits_for_no_answer_and_the_story_names_what_has_still_to_be_asked(someone):
    lead = await someone(Role.LEAD)
    await ask(lead, BUS)
    async with begin(lead) as work:
        asked = await read_asked(work, SCHOOL)
        with pytest.raises(Invalid) as refusal:
            await record_incident(work, NewIncident(narrative="Not breathing.", danger_now=False), SCHOOL, asked)
        assert "Which bus was it?" in refusal.value.errors[0].message, "a summary says which question it means"
        story = await record_incident(work, NewIncident(narrative="Not breathing.", danger_now=True), SCHOOL, asked)
    assert story.facts.risk == "emergency"
    assert "Which bus was it?" in story.entries[0].reason


async def test_the_system_records_without_a_form(someone):
    lead = await someone(Role.LEAD)
    await ask(lead, BUS)
    async with begin(system(lead.organisation_id)) as work:
        facts = (await record_incident(work, NewIncident(narrative="Imported."), SCHOOL)).facts
    assert (facts.form_version, facts.answers) == (None, ())


async def test_the_page_asks_what_the_organisation_asks_and_keeps_what_was_typed(sign_in):
    lead = await sign_in(Role.LEAD)
    await ask(lead.actor, BUS, SEEN)
    page = (await lead.get("/incidents/new")).text
    assert "Which bus was it?" in page
    assert 'name="form_version" value="2"' in page
    wrong = await lead.send("/incidents/new", REPORT | {"form_version": "2", "answers-own_seen_by_staff": "yes"})
    assert wrong.status_code == 422
    assert f'href="#answers-{CODE}"' in wrong.text
    assert "Shouting on the top deck." in wrong.text
    assert '<details class="govuk-details sg-add-detail" open>' in wrong.text
    answer = await lead.send("/incidents/new", REPORT | {"form_version": "2", f"answers-{CODE}": "The 42"})
    shown = (await lead.get(answer.headers["location"])).text
    assert "Which bus was it?" in shown
    assert "The 42" in shown


async def test_choosing_what_it_is_about_asks_what_belongs_to_it_and_loses_nothing(sign_in):
    coach = await sign_in(Role.REPORTER, kind="club")
    typed = REPORT | {"about": "pictures", "add": "about", "people-0-name": "Ravi Underhill"}
    page = (await coach.send("/incidents/new", typed)).text
    assert "copy them or send them on" in page
    assert page.index('id="narrative"') < page.index('id="platforms"') < page.index('id="people"')
    assert "Ravi Underhill" in page
    answer = await coach.send("/incidents/new", REPORT | {"about": "pictures"})
    assert "Pictures or videos of somebody" in (await coach.get(answer.headers["location"])).text


async def test_the_page_asks_what_the_organisation_asks_for_that_type(sign_in):
    lead = await sign_in(Role.LEAD)
    said = {
        "where": Tailored(1, "left_out", required=False, hint=""),
        "own_words": Tailored(1, "first", required=True, hint="Word for word."),
    }
    async with begin(lead.actor) as work:
        await tailor(work, SCHOOL, "unkind", "Write down who saw it.", said, 0)
    page = (await lead.send("/incidents/new", REPORT | {"about": "unkind", "add": "about"})).text
    assert "Word for word." in page
    assert "Write down who saw it." in page
    assert 'id="place"' not in page
    wrong = await lead.send("/incidents/new", REPORT | {"about": "unkind", "form_version": "1"})
    assert wrong.status_code == 422
    assert 'href="#child_words"' in wrong.text


async def test_a_correction_shows_the_form_that_the_report_was_made_with(sign_in):
    lead = await sign_in(Role.LEAD)
    await ask(lead.actor, BUS)
    answer = await lead.send("/incidents/new", REPORT | {"form_version": "1", f"answers-{CODE}": "The 42"})
    path = answer.headers["location"].split("?")[0]
    async with begin(lead.actor) as work:
        await reword(work, SCHOOL, CODE, "Which coach?", "", 1)
    page = (await lead.get(f"{path}/correct")).text
    assert "Which bus was it?" in page
    assert "Which coach?" not in page
    corrected = await lead.send(f"{path}/correct", REPORT | {"version": "1", f"answers-{CODE}": "The 43"})
    assert corrected.status_code == 303
    shown = (await lead.get(path)).text
    assert "The 43" in shown
    assert "The 42" in shown


async def test_a_program_may_answer_by_code(program):
    lead = await program(Role.LEAD)
    await ask(lead.actor, BUS)
    body = {"narrative": "Shouting on the top deck.", "answers": {CODE: "The 42"}}
    answer = await lead.client.post("/api/v1/incidents", json=body)
    assert answer.status_code == 201
    assert answer.json()["answers"][0]["asked"] == "Which bus was it?"


async def test_a_pack_tells_the_answers_from_what_was_committed(someone):
    lead = await someone(Role.LEAD)
    await ask(lead, BUS, SEEN)
    async with begin(lead) as work:
        asked = await read_asked(work, SCHOOL)
        said = {CODE: "The 42", "own_seen_by_staff": "yes"}
        new = NewIncident(narrative="Shouting.", reported_type="unkind", answers=said)
        story = await record_incident(work, new, SCHOOL, asked)
    fields = incident_document(story.facts, story.people).fields
    then = facts_of(story.facts.id, Told(1, story.facts.recorded_at, "", "", fields))
    assert then.answers == story.facts.answers
    assert (then.reported_type, then.form_version) == ("unkind", 2)
    case = Chronicle(SCHOOL, ZoneInfo("Europe/London"), Story(then), then).case(())
    told = {fact.label: fact.value for fact in case.facts}
    assert told["Which bus was it?"] == "The 42"
    assert told["Seen by staff?"] == "Yes"
    assert told["Reported as"] == "Unkind or threatening behaviour"


async def test_what_the_form_requires_is_required_of_a_program_too(someone):
    lead = await someone(Role.LEAD)
    await ask(lead, BUS)
    async with begin(lead) as work:
        asked = await read_asked(work, SCHOOL)
        with pytest.raises(Invalid) as refusal:
            await record_incident(work, NewIncident(**REPORT), SCHOOL, asked, strict=True)
        assert [error.field for error in refusal.value.errors] == [f"answers.{CODE}"]
        with pytest.raises(Invalid) as refusal:
            await record_incident(
                work, NewIncident(**REPORT, answers={CODE: "42", "own_nobody_asks": "x"}), SCHOOL, asked, strict=True
            )
        assert [error.field for error in refusal.value.errors] == ["answers.own_nobody_asks"]
