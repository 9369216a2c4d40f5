"""An old incident shows the form it was made with: whatever the organisation, or a later release, made of the form."""

from collections.abc import AsyncIterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.incidents.asking import as_asked
from safeguard.incidents.correcting import correct
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.inspection.live import tell_case
from safeguard.inspection.reading import wording_of
from safeguard.inspection.records import Record, Version
from safeguard.people.recording import record_person
from safeguard.records.access.gathering import find
from safeguard.records.access.searching import Subject
from safeguard.tenancy.profiles import load_profiles
from safeguard.tenancy.report_forms.changing import reword
from safeguard.tenancy.report_forms.history import asked_then, keep_kind_forms
from safeguard.tenancy.report_forms.reading import read_asked
from safeguard.transfers.gathering import Wish, gather
from safeguard.transfers.paper import file_pdf
from safeguard.work import begin
from tests.exports.test_printing import text_of
from tests.factories import organisations
from tests.factories.incidents import SCHOOL
from tests.factories.owning import owning
from tests.factories.people import called
from workers.__main__ import prepare

pytestmark = pytest.mark.anyio

ASKED = SCHOOL.questions["action"].label
LATER = replace(
    SCHOOL,
    questions={
        code: replace(question, label="A release's words") if code == "action" else question
        for code, question in SCHOOL.questions.items()
    },
    reported={"unkind": replace(SCHOOL.reported["unkind"], leave_out=("own_words",))},
    variants={},
)
"""What a release that changes the kind's questions asks."""
LONDON = ZoneInfo("Europe/London")
REPORT = NewIncident(narrative="Shouting.", immediate_action="Rang home.", child_words="Leave me.")


@pytest.fixture
async def releases(database) -> AsyncIterator[None]:
    """Whatever starts keeps its forms: none is known before, for other tests started the application, nor after."""
    await forget()
    yield
    await forget()


async def forget() -> None:
    async with owning(organisations.owner_url) as owner:
        await owner.execute("delete from public.kind_forms")


async def kept_kinds() -> int:
    async with owning(organisations.owner_url) as owner:
        found = await (await owner.execute("select count(distinct kind) from public.kind_forms")).fetchone()
    return found[0]


async def start(database, profile):
    return await keep_kind_forms(database, {"school": profile})


async def record(lead, profile=SCHOOL):
    async with begin(lead) as work:
        return (await record_incident(work, REPORT, profile, await read_asked(work, profile))).facts


async def labels(lead, facts, profile):
    async with begin(lead) as work:
        return (await as_asked(work, await read_incident(work, facts.id), profile)).labels


async def test_what_every_kind_asks_is_kept_once_for_each_nation(releases, database):
    assert await start(database, SCHOOL) == 4
    assert await start(database, SCHOOL) == 0
    assert await start(database, LATER) == 4


async def test_a_worker_that_starts_before_any_page_was_served_keeps_what_is_asked(releases, addresses):
    await prepare(addresses.app)
    assert await kept_kinds() == len(load_profiles())


async def test_a_release_that_asks_otherwise_changes_no_incident_of_before(releases, database, someone):
    lead = await someone(Role.LEAD)
    before_any = await record(lead)
    await start(database, SCHOOL)
    before = await record(lead)
    await start(database, LATER)
    after = await record(lead, LATER)
    for facts, said in ((before_any, ASKED), (before, ASKED), (after, "A release's words")):
        assert facts.form_version is None
        assert (await labels(lead, facts, LATER))["action"] == said
    async with begin(lead) as work:
        then = await asked_then(work, LATER, None, before.recorded_at)
        now = await asked_then(work, LATER, None, after.recorded_at)
    assert then.questions == SCHOOL.ordered_questions()
    assert "own_words" in {question.code for question in then.page(then.reported["unkind"]).all}
    assert "own_words" not in {question.code for question in now.page(now.reported["unkind"]).all}


async def test_an_organisations_own_form_takes_in_what_its_kind_asks_later(releases, database, someone):
    lead = await someone(Role.LEAD)
    await start(database, SCHOOL)
    async with begin(lead) as work:
        await reword(work, SCHOOL, "own_words", "Word for word?", "", 0)
    before = await record(lead)
    await start(database, LATER)
    after = await record(lead, LATER)
    assert (before.form_version, after.form_version) == (1, 1)
    said = [await labels(lead, facts, LATER) for facts in (before, after)]
    assert [each["own_words"] for each in said] == ["Word for word?", "Word for word?"]
    assert [each["action"] for each in said] == [ASKED, "A release's words"]


async def test_the_page_its_versions_and_a_pack_show_the_question_as_it_was_asked(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        await reword(work, SCHOOL, "action", "What did you do?", "", 0)
    facts = await record(lead.actor)
    async with begin(lead.actor) as work:
        corrected = NewIncident(narrative="Shouting.", immediate_action="Rang his mother.", child_words="Leave me.")
        await correct(work, facts.id, 1, corrected, SCHOOL, "Who it was.")
        await reword(work, SCHOOL, "action", "Anything else?", "", 1)
    for path in (f"/incidents/{facts.id}", f"/incidents/{facts.id}/versions/1"):
        page = (await lead.get(path)).text
        assert "What did you do?" in page
        assert ASKED not in page
        assert "Anything else?" not in page
    async with begin(lead.actor) as work:
        told = await tell_case(work, facts.id)
    assert "What did you do? (as corrected since)" in {passage.label for passage in told.account}


async def test_a_leavers_file_an_answer_to_a_request_and_an_inspectors_room_show_it_too(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        await reword(work, SCHOOL, "action", "What did you do?", "", 0)
        ana = await record_person(work, called("Ana", "Brook"), SCHOOL)
        tied = NewPerson(name="Ana Brook", role="affected", kind="child", person_id=ana.id)
        report = msgspec.structs.replace(REPORT, people=(tied,), reported_type="unkind")
        story = await record_incident(work, report, SCHOOL, await read_asked(work, SCHOOL))
    facts, again = story.facts, NewPerson(id=story.people[0].id, name="Ana Brook", role="affected", kind="child")
    async with begin(lead) as work:
        rang = msgspec.structs.replace(report, people=(again,), immediate_action="Rang his mother.")
        await correct(work, facts.id, 1, rang, SCHOOL, "Who it was.")
        await reword(work, SCHOOL, "action", "Anything else?", "", 1)
    async with begin(lead) as work:
        gathered = await gather(work, ana.id, Wish("Birch Academy", "Moves there."), facts.id)
        found = await find(work, Subject((ana.id,), (), ("ana brook",)))
        wording = await wording_of(work)
    paper = text_of(await file_pdf(gathered.file, LONDON, SCHOOL, gathered.asked))
    assert "What did you do? Rang his mother." in paper
    assert "What did you do?: Rang home. became Rang his mother." in paper
    assert f"Reported as {SCHOOL.reported['unkind'].name}" in paper
    passages = dict(next(each.passages for each in found if each.kind == "incident"))
    assert passages["What did you do?"] == "Rang his mother."
    assert passages["What it was reported as"] == SCHOOL.reported["unkind"].name
    values = {
        "form_version": 1,
        "recorded_at": f"{facts.recorded_at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "immediate_action": "Rang.",
    }
    version = Version(1, values)
    lines = wording.lines(Record("incident", str(facts.id), (version,)), version)
    assert "What did you do?" in {line.label for line in lines}
    assert all("Anything else?" not in said for said in (paper, *passages, *(line.label for line in lines)))
