"""A report from the first word to the day on which anybody reads it."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from random import Random
from uuid import UUID

import anyio
import msgspec
import pytest
from pypdf import PdfReader

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.channel.bodies import Person
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.figures.suppressing import SMALLEST
from safeguard.helpline.queries import get_case
from safeguard.helpline.receiving import receive
from safeguard.helpline.report.annual import begin_annual, get_annual, list_annuals, proposed, write_annual
from safeguard.helpline.report.composing import write_figures, write_report
from safeguard.helpline.report.opendata import COLUMNS, dictionary_csv, figures_csv
from safeguard.helpline.report.paper import Top
from safeguard.helpline.report.publishing import ask_to_publish, make_annual, withdraw_annual
from safeguard.helpline.report.reading import list_published, read_pdf, read_published
from safeguard.helpline.report.recommending import list_earlier, note_outcome, recommend
from safeguard.helpline.report.spans import Span
from safeguard.helpline.report.stories import agree_story, flagged, list_stories, retell_story, tell_story
from safeguard.helpline.report.theming import code_case, list_themes, open_theme, retire_theme
from safeguard.work import begin
from tests.factories.owning import owning
from tests.helpline.conftest import taken
from tests.helpline.report.generating import HELPLINE, PROFILE, add_cases, invent
from tests.helpline.test_receiving import opened

pytestmark = pytest.mark.anyio
YEAR = Span(date(2024, 1, 1), date(2024, 12, 31))
BEFORE = Span(date(2023, 1, 1), date(2023, 12, 31))


@pytest.fixture
async def supervisor(someone):
    return await someone(Role.SUPERVISOR, kind="helpline")


async def slug_of(addresses, organisation) -> str:
    async with owning(addresses.owner) as owner:
        found = await owner.execute("select slug from organisations where id = %s", (organisation,))
        return ((await found.fetchone()) or ("",))[0]


@contextmanager
def refused(word: str) -> Iterator[None]:
    """What is refused says so, in a sentence that has this word in it."""
    with pytest.raises(Invalid) as refusal:
        yield
    assert any(word in error.message for error in refusal.value.errors)


async def published(supervisor, code: str, span: Span, **words) -> None:
    async with begin(supervisor) as work:
        annual = await begin_annual(work, code, f"The year {code}", span)
        if words:
            annual = await write_annual(work, annual, annual.title, words.get("foreword", ""), "", annual.version)
        await ask_to_publish(work, annual, annual.version)
    async with begin(supervisor) as work:
        await make_annual(work, annual.id)
        await make_annual(work, annual.id)  # a worker that comes twice


async def test_two_workers_that_make_it_at_one_moment_publish_it_once(supervisor):
    async with begin(supervisor) as work:
        annual = await begin_annual(work, "2024", "The year", YEAR)
        await ask_to_publish(work, annual, annual.version)

    async def make() -> None:
        async with begin(supervisor) as work:
            await make_annual(work, annual.id)

    with anyio.fail_after(60):
        async with anyio.create_task_group() as both:
            both.start_soon(make)
            both.start_soon(make)
    async with begin(supervisor) as work:
        assert (await get_annual(work, annual.id)).version == annual.version + 2


async def test_a_story_is_searched_for_every_name_that_its_case_holds_and_for_days_in_words(supervisor):
    body = opened(clock.new_id())
    allen = Person(pseudonym="Adult A", kind="adult", role="affected", age_band="adult", real_name="Valerie Li")
    body = msgspec.structs.replace(body, people=(allen,), handles=("val.copied",))
    words = "Valerie was copied by val.copied on 20 November, says L. Ash. Li rang again on May 3rd."
    async with begin(supervisor) as work:
        case = await receive(work, body, sender=UUID(int=7), profile=PROFILE)
        annual = await begin_annual(work, "2024", "A year", YEAR)
        story = await tell_story(work, annual, case.reference, "A copy", words)
        found = {each.words for each in await flagged(work, story)}
    assert found >= {"Valerie", "Li", "Ash", "val.copied", "20 November", "May 3rd"}


async def test_a_report_is_published_with_its_figures_its_pdf_and_open_data(supervisor, someone, addresses):
    colleague = await someone(Role.SUPERVISOR, organisation=supervisor.organisation_id)
    async with begin(supervisor) as work:
        await add_cases(work, invent(Random(3), 220, datetime(2023, 1, 1, tzinfo=UTC), 725))
        case = await taken(work)
        annual = await begin_annual(work, "2024", "The year in which accounts were false", YEAR)
        annual = await write_annual(work, annual, annual.title, "Thank you all.\n= not a formula", "Voices.", 1)
        story = await tell_story(work, annual, case.reference.lower(), "A false account", "Mr Oakes of Alder rang us.")
        assert {found.words.lower() for found in await flagged(work, story)} >= {"oakes", "alder"}
        story = await retell_story(work, annual, story, "A false account", "Somebody was impersonated.", story.version)
        with pytest.raises(Conflict, match="yourself"):
            await agree_story(work, annual, story, True, story.version)
        await recommend(work, annual, "Answer schools within a day.", "Platforms")
        with refused("another supervisor"):
            await ask_to_publish(work, annual, annual.version)
    async with begin(colleague) as work:
        await agree_story(work, annual, story, False, story.version)
        await ask_to_publish(work, annual, annual.version)
    async with begin(colleague) as work:
        await make_annual(work, annual.id)
    slug = await slug_of(addresses, supervisor.organisation_id)
    (listed,) = await list_published(slug)
    paper = await read_published(slug, "2024")
    assert (listed.code, paper.title) == ("2024", "The year in which accounts were false")
    assert [story.words for story in paper.stories] == ["Somebody was impersonated."]
    assert paper.recommendations[0].owner == "Platforms"
    assert paper.earlier == ((BEFORE.first, BEFORE.last),)
    async with begin(supervisor) as work:
        exact = {part.code: part for part in (await write_figures(work, PROFILE, HELPLINE, YEAR)).parts}
        with pytest.raises(Conflict):
            await write_annual(work, await get_annual(work, annual.id), "Another", "", "", annual.version + 2)
    for part in paper.parts:
        truth = {row.code: row.value for row in exact[part.code].rows}
        assert all(row.value is None or truth[row.code] == row.value >= SMALLEST for row in part.rows)
    pdf = PdfReader(io.BytesIO(await read_pdf(slug, "2024")))
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert "Somebody was impersonated." in text and "Confidential" not in text
    assert str(pdf.trailer["/Root"].get_object()["/Lang"]).startswith("en")
    metadata = pdf.trailer["/Root"].get_object()["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfaid:part>?=?\"?3", metadata) and "pdfuaid" in metadata
    rows = list(csv.reader(io.StringIO(figures_csv(paper).decode("utf-8-sig"))))
    assert tuple(rows[0]) == ("period_from", "period_to", *COLUMNS[2:])
    assert all(row[7] == "yes" if not row[5] and not row[6] else True for row in rows[1:])
    assert all(re.fullmatch(r"(\d+(\.\d)?)?", figure) for row in rows[1:] for figure in row[5:7])
    top = {row[3] for row in rows[1:] if row[2] == "top" and row[7] != "yes"}
    assert {"cases", "contacts", "addresses", "open_hours", "first_answer"} <= top
    tops = (Top("removed", "Removed", "94 %", (), (94,)), Top("cases", "Cases", "1,234", (), (1234,)))
    for each, said in ((tops, ["94", "1234"]), ((Top("cases", "Cases", "4,078"),), ["4078"])):  # the last as once kept
        written = figures_csv(msgspec.structs.replace(paper, top=each, parts=(), platforms=())).decode("utf-8-sig")
        assert [row[5] or row[6] for row in csv.reader(io.StringIO(written))][1:] == said
    assert {row[0] for row in csv.reader(io.StringIO(dictionary_csv().decode("utf-8-sig")))} >= set(COLUMNS)


async def test_published_days_never_overlap_and_what_is_withdrawn_is_gone(supervisor, addresses):
    async with begin(supervisor) as work:
        await add_cases(work, invent(Random(4), 120, datetime(2023, 1, 1, tzinfo=UTC), 725))
    await published(supervisor, "2023", BEFORE)
    await published(supervisor, "2024", YEAR, foreword="Compared with the very days that were published.")
    slug = await slug_of(addresses, supervisor.organisation_id)
    assert (await read_published(slug, "2024")).earlier == ((BEFORE.first, BEFORE.last),)
    async with begin(supervisor) as work:
        part = await begin_annual(work, "spring", "Spring", Span(date(2024, 3, 1), date(2024, 5, 31)))
        with refused("subtracted"):
            await ask_to_publish(work, part, part.version)
        ahead = await begin_annual(work, "now", "Now", Span(date(2025, 1, 1), work.now().date()))
        with refused("not over"):
            await ask_to_publish(work, ahead, ahead.version)
        with refused("already"):
            await begin_annual(work, "2024", "Again", YEAR)
        first = next(each for each in await list_published(slug) if each.code == "2023")
        assert first.first_day == BEFORE.first
        annual = await get_annual(work, (await _by_code(work, "2024")).id)
        await withdraw_annual(work, annual, "A figure was wrong.", annual.version)
    with pytest.raises(NotFound):
        await read_published(slug, "2024")
    for nothing in ("no-such", "../2023", "2023\0", "x" * 50):
        with pytest.raises(NotFound):
            await read_published(slug, nothing)


async def _by_code(work, code: str):
    return next(each for each in await list_annuals(work) if each.code == code)


async def test_a_year_that_meets_a_published_one_halfway_is_not_compared_with(supervisor):
    async with begin(supervisor) as work:
        await add_cases(work, invent(Random(5), 120, datetime(2022, 6, 1, tzinfo=UTC), 900))
    await published(supervisor, "2023", Span(date(2023, 3, 1), date(2023, 12, 31)))
    async with begin(supervisor) as work:
        annual = await begin_annual(work, "2024", "The year", YEAR)
        assert (await write_report(work, PROFILE, HELPLINE, annual)).earlier == ()


async def test_what_became_of_a_recommendation_is_told_in_the_next_report(supervisor):
    async with begin(supervisor) as work:
        annual = await begin_annual(work, "2023", "The year before", BEFORE)
        made = await recommend(work, annual, "Answer within a day.", "Platforms")
        await ask_to_publish(work, annual, annual.version)
    async with begin(supervisor) as work:
        await make_annual(work, annual.id)
        annual = await get_annual(work, annual.id)
        with pytest.raises(Conflict):
            await note_outcome(work, annual, made.id, "dropped", "", made.version)
        await note_outcome(work, annual, made.id, "accepted", "Two of them do.", made.version)
        (earlier,) = await list_earlier(work, YEAR.first)
        assert (earlier.state, earlier.became) == ("accepted", "Two of them do.")
        later = await begin_annual(work, "2024", "The year", YEAR)
        paper = await write_report(work, PROFILE, HELPLINE, later)
    assert [(each.words, each.became) for each in paper.became] == [("Answer within a day.", "Two of them do.")]


async def test_cases_are_coded_by_themes_and_figures_are_of_one(supervisor, someone):
    practitioner = await someone(Role.PRACTITIONER, organisation=supervisor.organisation_id)
    async with begin(supervisor) as work:
        theme = await open_theme(work, "Intimate images", "An image was shared without consent.")
        with pytest.raises(Invalid):
            await open_theme(work, "Intimate images", "")
    async with begin(practitioner) as work:
        case, _other = await taken(work), await taken(work)
        coded = await code_case(work, case, (theme,), case.version)
        assert (await get_case(work, case.id)).themes == (theme,)
        with pytest.raises(Conflict):
            await code_case(work, case, (), case.version)
        with pytest.raises(Invalid):
            await code_case(work, coded, (clock.new_id(),), coded.version)
        with pytest.raises(Forbidden):
            await retire_theme(work, theme)
        today = work.now().astimezone(HELPLINE.zone).date()
        of_theme = await write_figures(work, PROFILE, HELPLINE, Span(today, today), theme)
        whole = await write_figures(work, PROFILE, HELPLINE, Span(today, today))
    assert [top.value for paper in (of_theme, whole) for top in paper.top if top.code == "cases"] == ["1", "2"]
    assert [row.label for part in whole.parts if part.code == "theme" for row in part.rows] == ["Intimate images"]
    async with begin(supervisor) as work:
        await retire_theme(work, theme)
        assert [(each.state, each.cases) for each in await list_themes(work)] == [("retired", 1)]


async def test_a_theme_has_a_report_of_its_own_beside_the_years_and_what_they_share_tells_of_nobody(
    supervisor, addresses
):
    async with begin(supervisor) as work:
        await add_cases(work, invent(Random(9), 260, datetime(2024, 1, 2, tzinfo=UTC), 360))
        themes = [await open_theme(work, name, "Where it was shared.") for name in ("Intimate images", "Deepfakes")]
        cases = await work.driver.fetch("select id from helpline_cases where state <> 'draft' order by received_at, id")
        for place, row in enumerate(cases):
            coded = (themes[0],) if place % 3 == 0 else (themes[1],) if place % 3 == 1 and place < 60 else ()
            if place == 0:
                coded = tuple(themes)
            if coded:
                case = await get_case(work, row["id"])
                await code_case(work, case, coded, case.version)
    await published(supervisor, "2024", YEAR)
    async with begin(supervisor) as work:
        annual = await begin_annual(work, "images-2024", "Intimate images in 2024", YEAR, themes[0])
        with refused("themes on the page"):
            await begin_annual(work, "no-theme", "Of nothing", YEAR, clock.new_id())
        await ask_to_publish(work, annual, annual.version)
    async with begin(supervisor) as work:
        await make_annual(work, annual.id)
        second = await begin_annual(work, "fakes-2024", "Deepfakes in 2024", YEAR, themes[1])
        with refused("side by side"):
            await ask_to_publish(work, second, second.version)
    slug = await slug_of(addresses, supervisor.organisation_id)
    whole, paper = await read_published(slug, "2024"), await read_published(slug, "images-2024")
    assert (paper.theme, paper.describes, paper.platforms, paper.earlier) == (
        "Intimate images", "Where it was shared.", (), ()
    )  # fmt: skip
    parts = {part.code: {row.code: row.value for row in part.rows} for part in whole.parts if not part.silent}
    assert any(row.value for part in paper.parts for row in part.rows)
    for part in paper.parts:
        for row in part.rows:
            theirs = parts.get(part.code, {}).get(row.code)
            assert row.value is None or theirs is None or theirs - row.value not in range(1, SMALLEST), part.code
    pdf = PdfReader(io.BytesIO(await read_pdf(slug, "images-2024")))
    assert "Intimate images" in " ".join(page.extract_text() for page in pdf.pages)
    rows = list(csv.reader(io.StringIO(figures_csv(paper).decode("utf-8-sig"))))
    assert ["about", "theme", "Intimate images"] in [row[2:5] for row in rows]


async def test_the_form_proposes_the_year_that_is_over_then_this_one_and_never_an_address_that_is_taken(supervisor):
    today, last, this = date(2025, 3, 1), YEAR, Span(date(2025, 1, 1), date(2025, 12, 31))
    async with begin(supervisor) as work:
        assert proposed(await list_annuals(work), today) == ("2024", last)
        spring = await begin_annual(work, "2024", "Spring", Span(date(2024, 3, 1), date(2024, 5, 31)))
        assert proposed([spring], today) == ("2024-2", last)
        year = await begin_annual(work, "2024-2", "The year", last)
        assert proposed([spring, year], today) == ("2025", this)
        withdrawn = msgspec.structs.replace(year, state="withdrawn")
        assert proposed([spring, withdrawn], today) == ("2024-3", last)
        assert proposed([spring, msgspec.structs.replace(year, theme_id=clock.new_id())], today) == ("2024-3", last)


async def test_only_supervisors_write_reports_and_each_helpline_its_own(supervisor, someone):
    async with begin(supervisor) as work:
        annual = await begin_annual(work, "2024", "The year", YEAR)
        case = await taken(work)
    async with begin(await someone(Role.PRACTITIONER, organisation=supervisor.organisation_id)) as work:
        with pytest.raises(Forbidden):
            await begin_annual(work, "2025", "Mine", YEAR)
    async with begin(await someone(Role.SUPERVISOR, kind="helpline")) as work:
        with pytest.raises(NotFound):
            await get_annual(work, annual.id)
        with refused("reference"):
            await tell_story(work, msgspec.structs.replace(annual), case.reference, "A", "B")
        assert await list_stories(work, annual.id) == ()


async def test_what_the_form_proposes_is_begun_though_its_days_are_not_over(sign_in):
    desk = await sign_in(Role.SUPERVISOR, kind="helpline")
    for title in ("The year that is over", "This year"):
        page = (await desk.get("/helpline/reports")).text
        fields = dict(re.findall(r'<input[^>]* id="(code|first|last)"[^>]* value="([^"]+)"', page))
        begun = await desk.send("/helpline/reports", fields | {"title": title}, page="/helpline/reports")
        assert begun.status_code == 303, begun.text
    async with begin(desk.actor) as work:
        [latest, _] = sorted(await list_annuals(work), key=lambda annual: annual.first_day, reverse=True)
    assert (latest.last_day.month, latest.last_day.day) == (12, 31)


async def test_a_case_of_other_days_or_of_another_theme_is_marked_where_it_is_told(sign_in):
    desk = await sign_in(Role.SUPERVISOR, kind="helpline")
    async with begin(desk.actor) as work:
        case, day, told = await taken(work), work.now().date(), []
        now = Span(date(day.year, 1, 1), date(day.year, 12, 31))
        theme = await open_theme(work, "Intimate images", "")
        for code, span, of in (("now", now, None), ("before", now.before(1), None), ("of-theme", now, theme)):
            annual = await begin_annual(work, code, "A report", span, of)
            told.append(await tell_story(work, annual, case.reference, "A case", "Somebody was impersonated."))
        marked = [(await list_stories(work, each.report_id))[0].elsewhere for each in told]
    assert marked == [False, True, True]
    page = (await desk.get(f"/helpline/reports/{told[1].report_id}/stories/{told[1].id}")).text
    assert "Not among the cases of this report" in page
