"""An old incident shows the form it was made with: whatever the organisation, or a later release, made of the form."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from safeguard.access.roles import Role
from safeguard.incidents.asking import as_asked
from safeguard.incidents.correcting import correct
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident
from safeguard.inspection.live import tell_case
from safeguard.tenancy.report_forms.changing import reword
from safeguard.tenancy.report_forms.history import asked_then, keep_kind_forms
from safeguard.tenancy.report_forms.reading import read_asked
from safeguard.work import begin
from tests.factories import organisations
from tests.factories.incidents import SCHOOL
from tests.factories.owning import owning

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
