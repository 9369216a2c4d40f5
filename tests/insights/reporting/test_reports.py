"""Reports: what they say and leave out, that each is made once, and who may read it."""

import uuid
from datetime import UTC, datetime, timedelta
from io import BytesIO

import msgspec
import pytest
from obstore.store import MemoryStore
from pypdf import PdfReader

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.database.context import PLATFORM
from safeguard.errors import Conflict, Forbidden, NotFound
from safeguard.evidence.report.setting import set_pages
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.insights.reporting.making import download_report, make_report
from safeguard.insights.reporting.paper import Paper, Section, drawn
from safeguard.insights.reporting.queries import ask_for_report, get_report, list_reports
from safeguard.insights.reporting.scheduling import ask_for_all, ask_for_review
from safeguard.standards.frameworks import BUILT_IN, load_frameworks
from safeguard.standards.queries import get_review
from safeguard.standards.reviewing import begin_review, judge, sign_off
from safeguard.web.languages import DEFAULT, speaking
from safeguard.web.times import written_day
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL

pytestmark = pytest.mark.anyio

OF_REVIEW_JOBS = "select count(*) from jobs.job where organisation_id = $1 and kind = 'report.of_review'"
LABELS = {"language": "en", "about": "", "made": "", "confidential": "", "page": "{page}"}
EVENTS = "select count(*) from audit.documents where organisation_id = $1 and kind = 'report'"


async def touched(lead, times: int) -> None:
    for _ in range(times):
        async with begin(lead) as work:
            story = await record_incident(work, IMPERSONATION, SCHOOL)
            await add_entry(work, story.facts.id, NewEntry(kind="lesson", words="We learnt.", controls=("M5",)))


async def made(actor, store, kind="governors", period="year", review=None):
    async with begin(actor) as work:
        report_id = await ask_for_report(work, kind, period, review)
    async with begin(actor) as work:
        await make_report(work, report_id, store)
    async with begin(actor) as work:
        return await get_report(work, report_id)


async def bytes_of(actor, store, report) -> bytes:
    async with begin(actor) as work:
        _, pieces = await download_report(work, report.id, store)
        return b"".join([piece async for piece in pieces])


async def test_a_report_for_those_who_govern_tells_no_small_figure_even_when_a_lead_asked_for_it(someone):
    lead, store = await someone(Role.LEAD), MemoryStore()
    await touched(lead, 3)
    report = await made(lead, store)
    assert report.paper
    said = str(report.paper)
    assert "3 incidents" not in said
    assert "Morgan Hale" not in said
    assert report.paper.sections[0].title == "Where we stand"
    assert (await bytes_of(lead, store, report)).startswith(b"%PDF")


async def test_the_report_of_a_review_says_every_level_and_how_we_know(someone):
    lead, store = await someone(Role.LEAD), MemoryStore()
    pies = load_frameworks()[BUILT_IN]
    async with begin(lead) as work:
        review = await begin_review(work, pies, "first")
    async with begin(lead) as work:
        await judge(work, await get_review(work, review.id), pies.controls[0], 4, "It is on paper, = only there.", 0)
    report = await made(lead, store, "review", "", review.id)
    assert report.paper
    assert "It is on paper, = only there." in str(report.paper)
    assert "1 of 12 controls are judged." in report.paper.says
    assert (await bytes_of(lead, store, report)).startswith(b"%PDF")


async def test_a_report_that_lists_the_weakest_alone_says_so(someone):
    lead, store = await someone(Role.LEAD), MemoryStore()
    pies = load_frameworks()[BUILT_IN]
    async with begin(lead) as work:
        review = await begin_review(work, pies, "full")
    for control in pies.controls[:9]:
        async with begin(lead) as work:
            await judge(work, await get_review(work, review.id), control, 5, "Nothing yet.", 0)
    report = await made(lead, store)
    assert report.paper
    [weakest] = [section for section in report.paper.sections if section.title == "What is weakest"]
    assert weakest.says == "9 controls stand below the benchmark. The 8 furthest below stand here."
    assert len(weakest.rows) == 8


async def test_a_report_speaks_the_language_of_the_page_that_asked_for_it(someone):
    """Also where a worker makes it, which speaks none."""
    lead, store = await someone(Role.LEAD), MemoryStore()
    pies = load_frameworks()[BUILT_IN]
    async with begin(lead) as work:
        review = await begin_review(work, pies, "first")
    for spoken, code in (("cy", "cy"), (DEFAULT, "en")):
        with speaking(spoken):
            day = written_day(review.started_at.date())
            async with begin(lead) as work:
                report_id = await ask_for_report(work, "review", "", review.id)
        async with begin(lead) as work:
            await make_report(work, report_id, store)
            report = await get_report(work, report_id)
        pdf = PdfReader(BytesIO(await bytes_of(lead, store, report)))
        assert day in report.paper.period
        assert day in pdf.pages[0].extract_text().replace("\n", " ")
        assert str(pdf.trailer["/Root"]["/Lang"]).startswith(code)


async def test_a_report_is_made_once_and_its_pdf_lies_sealed(someone):
    lead, store = await someone(Role.LEAD), MemoryStore()
    report = await made(lead, store)
    async with begin(lead) as work:
        await make_report(work, report.id, store)
        assert await get_report(work, report.id) == report
        assert await work.driver.fetchval(EVENTS, lead.organisation_id) == 1
    [stored] = [each for batch in store.list() for each in batch]
    assert not bytes(store.get(stored["path"]).bytes()).startswith(b"%PDF")


async def test_a_report_that_is_not_ready_cannot_be_downloaded(someone):
    lead, store = await someone(Role.LEAD), MemoryStore()
    async with begin(lead) as work:
        report_id = await ask_for_report(work, "governors", "year")
        with pytest.raises(Conflict):
            await download_report(work, report_id, store)
        with pytest.raises(NotFound):
            await get_report(work, uuid.uuid4())


async def test_reports_stay_within_their_organisation_and_away_from_reporters(someone):
    lead, stranger, store = await someone(Role.LEAD), await someone(Role.LEAD), MemoryStore()
    report = await made(lead, store)
    async with begin(stranger) as work:
        assert await list_reports(work) == ()
        with pytest.raises(NotFound):
            await get_report(work, report.id)
    async with begin(await someone(Role.REPORTER, organisation=lead.organisation_id)) as work:
        with pytest.raises(Forbidden):
            await list_reports(work)
    async with begin(await someone(Role.GOVERNOR, organisation=lead.organisation_id)) as work:
        assert len(await list_reports(work)) == 1
        with pytest.raises(Forbidden):
            await ask_for_report(work, "governors", "year")


async def test_an_organisation_with_nothing_in_it_has_a_report_that_says_so(someone):
    lead, store = await someone(Role.LEAD), MemoryStore()
    report = await made(lead, store, period="last-year")
    assert report.paper
    assert "There is no review yet" in report.paper.says


async def test_once_a_quarter_those_who_govern_are_given_a_report_and_not_twice(someone):
    governor = await someone(Role.GOVERNOR)
    without = await someone(Role.LEAD)
    for _ in range(2):
        async with begin(system(uuid.UUID(PLATFORM))) as work:
            await ask_for_all(work)
    async with begin(governor) as work:
        [report] = await list_reports(work)
        assert (report.asked_by, report.kind, report.state) == (None, "governors", "making")
        assert report.asked_at > clock.now() - timedelta(hours=1)
    async with begin(without) as work:
        assert await list_reports(work) == ()


async def test_a_review_that_whoever_governs_signs_off_leaves_its_report_once_and_one_under_way_none(someone):
    lead = await someone(Role.LEAD)
    head, governor = [await someone(role, organisation=lead.organisation_id) for role in (Role.HEAD, Role.GOVERNOR)]
    store, pies = MemoryStore(), load_frameworks()[BUILT_IN]
    async with begin(lead) as work:
        review = await begin_review(work, pies, "first")
        for control in pies.first_controls:
            await judge(work, await get_review(work, review.id), control, 2, "It is on paper.", 0)
    async with begin(system(lead.organisation_id)) as work:
        assert not await ask_for_review(work, review.id)
    async with begin(governor) as work:
        open_one = await get_review(work, review.id)
        await sign_off(work, review.id, pies, "Agreed by the committee.", open_one.stamp)
    async with begin(system(lead.organisation_id)) as work:
        asked = await work.driver.fetchval(OF_REVIEW_JOBS, lead.organisation_id)
    async with begin(governor) as work:  # a job has the rights of whoever asked for it: here of whoever signed
        done = [await ask_for_review(work, review.id) for _ in range(2)]
    assert (asked, done) == (1, [True, False])
    async with begin(head) as work:
        [report] = await list_reports(work)
        await make_report(work, report.id, store)
        made = await get_report(work, report.id)
    assert (report.asked_by, report.kind, report.review_id) == (None, "review", review.id)
    assert made.paper
    assert made.paper.statement == "Agreed by the committee."
    assert (await bytes_of(head, store, made)).startswith(b"%PDF")
    await someone(Role.GOVERNOR, organisation=lead.organisation_id)
    async with begin(system(uuid.UUID(PLATFORM))) as work:
        await ask_for_all(work)
    async with begin(head) as work:
        assert sorted(one.kind for one in await list_reports(work)) == ["governors", "review"], "it swallows no other"


async def test_nobody_but_the_platform_learns_which_organisations_there_are(someone):
    lead = await someone(Role.LEAD)
    async with begin(system(lead.organisation_id)) as work:
        with pytest.raises(Exception, match="only the job of the schedule"):
            await ask_for_all(work)


def test_bars_are_drawn_for_figures_and_not_for_what_is_left_out():
    rows = (("A", "10"), ("B", "left out"), ("C", "5"), ("D", "fewer than 5"))
    assert drawn(Section("", bars=True, rows=rows)) == [100.0, 0.0, 50.0, 0.0]
    assert drawn(Section("", rows=rows)) == []


@pytest.mark.parametrize("rows", [35, 36])
def test_no_page_of_a_report_begins_with_a_single_row(rows):
    table = tuple((f"Control {number:02}.", "1 May 2026", "planned") for number in range(rows))
    sections = (Section("Improvements", "What is planned.", ("Control", "Due", "How far"), table),)
    said = msgspec.to_builtins(Paper("A report", "2026", "Where we stand.", sections=sections))
    said["sections"][0]["drawn"] = []
    pdf = set_pages("board", said | {"organisation": "Alder", "labels": LABELS}, datetime.now(UTC))
    shown = [
        page.extract_text().count("Control ") - ("Control Due" in page.extract_text())
        for page in PdfReader(BytesIO(pdf)).pages
    ]
    assert 1 not in shown and 2 not in shown, shown
