"""Earlier cases: sent, tried, run by a worker, once each, dated as they came, with nothing guessed into a figure."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
import xlsxwriter

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.helpline.importing.cases import CASES as EARLIER
from safeguard.helpline.prompts import late_since
from safeguard.helpline.queries import get_case, list_urls_of
from safeguard.helpline.report.counting import count_span
from safeguard.helpline.report.spans import Span
from safeguard.helpline.states import State
from safeguard.intake.importing import running
from safeguard.intake.importing.running import run_batch
from safeguard.jobs.claiming import claimed
from safeguard.strongbox import objects
from safeguard.tenancy.calendars.bank_holidays import load_bank_holidays
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.intake.sending import send_table

pytestmark = pytest.mark.anyio

EXPORT = (
    "Case ID,Date received,Date closed,Profession,Sector,Organisation,Email,Issues,Platform,URL,Description,Outcome,"
    "Status\r\n"
    "1,13/04/2024,15/04/2024,Teacher,Secondary school,Alder School,a@alder.example,Impersonation; Nonsense,TikTok,"
    "https://social.example/a,An account in a name.,Removed.,Closed\r\n"
    "2,14/04/2024,,Wizard,,Birch,,,,,=HYPERLINK(1),,Open\r\n"
    "3,soon,,Teacher,,Birch,,,,,Words.,,\r\n"
    "4,14/04/2024,,Teacher,,Birch,,,,,,,\r\n"
    "5,14/04/2024,01/04/2024,,,,,,,,Words.,,\r\n"
    "6,,,,,,,,,,Words.,,\r\n"
)
COLUMNS = {
    "original_id": "Case ID", "received": "Date received", "closed": "Date closed", "caller": "Profession",
    "sector": "Sector", "caller_organisation": "Organisation", "caller_contact": "Email", "issues": "Issues",
    "platforms": "Platform", "addresses": "URL", "summary": "Description", "outcome": "Outcome", "status": "Status",
}  # fmt: skip
JOBS = "select id from jobs.job where kind = 'case_import.run' and state = 'queued' order by created_at"
CASES = "select id from helpline_cases order by received_at, id"


@pytest.fixture
def store(tmp_path):
    objects.use(objects.open_store((tmp_path / "objects").as_uri()))
    yield objects.current()
    objects.use(None)


@pytest.fixture
async def supervisor(sign_in, store, service):
    return await sign_in(Role.SUPERVISOR, kind="helpline")


async def send(browser: Any, whole: bytes, name: str = "export.csv", source: str = "Old desk") -> UUID:
    answer = await send_table(browser, "/helpline/imports", whole, name, source=source)
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rpartition("/")[2])


async def choose(browser: Any, import_id: UUID, order: str = "day_first", **columns: str) -> Any:
    at = f"/helpline/imports/{import_id}"
    return await browser.send(at, {"order": order, **COLUMNS, **columns}, page=at)


async def start(browser: Any, import_id: UUID) -> Any:
    at = f"/helpline/imports/{import_id}"
    return await browser.send(f"{at}/start", {}, page=f"{at}?try=yes")


async def work_off(actor: Actor) -> int:
    """Run the jobs as the worker does, until there is none; how many there were."""
    done = 0
    while True:
        async with begin(system(actor.organisation_id)) as work:
            rows = await work.driver.fetch(JOBS)
        if not rows:
            return done
        over = None
        async with claimed(rows[0][0]) as taken:
            assert taken
            over = await run_batch(taken[0], EARLIER, taken[1].subject_id, objects.current())
        if over:
            await objects.erase(objects.current(), over)
        done += 1


async def cases_of(actor: Actor) -> list[Any]:
    async with begin(actor) as work:
        return [await get_case(work, row["id"]) for row in await work.driver.fetch(CASES)]


async def imported(browser: Any, whole: bytes = EXPORT.encode(), **how: str) -> UUID:
    import_id = await send(browser, whole, **how)
    assert (await choose(browser, import_id)).status_code == 303
    assert (await start(browser, import_id)).status_code == 303
    await work_off(browser.actor)
    return import_id


async def test_columns_are_guessed_and_what_would_happen_is_shown_before_anything_does(supervisor):
    import_id = await send(supervisor, EXPORT.encode())
    await choose(supervisor, import_id)
    tried = await supervisor.get(f"/helpline/imports/{import_id}?try=yes")
    assert "2 cases would be imported" in tried.text
    assert "Rows that need another look: 4" in tried.text
    first = tried.text.partition("Row 2, as it would stand here")[2].partition("Importing cannot")[0]
    assert all(words in first for words in ("13 April 2024", "Removed.", "Closed", "https://social.example"))
    assert await cases_of(supervisor.actor) == []
    problems = await supervisor.get(f"/helpline/imports/{import_id}/problems.csv")
    assert [line.split(",")[0] for line in problems.text.strip().splitlines()[1:]] == ["4", "5", "6", "7"]


async def test_cases_stand_as_they_stood_there_dated_as_they_came(supervisor):
    await imported(supervisor)
    first, second = await cases_of(supervisor.actor)
    assert (first.state, second.state) == (State.CLOSED, State.TRIAGED)
    assert first.received_at == datetime(2024, 4, 13, 11, tzinfo=UTC)
    assert (first.caller, first.sector, first.platforms) == ("teacher", "secondary", ("tiktok",))
    assert (first.issues, first.outcome, first.ending) == (("impersonation",), "Removed.", "")
    assert "Issues there: Nonsense." in first.summary
    assert second.caller == ""
    assert "=HYPERLINK(1)" in second.summary
    assert "Profession there: Wizard." in second.summary
    assert second.ending == ""
    async with begin(supervisor.actor) as work:
        assert [url.host for url in await list_urls_of(work, first.id)] == ["social.example"]


CAME = (
    "Case ID,Date received,Date closed,Description,Channel,Outcome,Status\r\n"
    "1,13/04/2024,15/04/2024,Words.,Telephone,Advice given,Closed\r\n"
    "2,14/04/2024,15/04/2024,Words.,Letter,They moved away,Closed\r\n"
    "3,15/04/2024,16/04/2024,Words.,,,Closed\r\n"
)


async def test_how_an_earlier_case_came_and_ended_is_known_or_not_known_and_never_guessed(supervisor):
    import_id = await send(supervisor, CAME.encode())
    columns = {**dict.fromkeys(COLUMNS, ""), "original_id": "Case ID", "received": "Date received",
               "closed": "Date closed", "summary": "Description", "channel": "Channel", "outcome": "Outcome",
               "status": "Status"}  # fmt: skip
    assert (await choose(supervisor, import_id, **columns)).status_code == 303
    await start(supervisor, import_id)
    await work_off(supervisor.actor)
    cases = await cases_of(supervisor.actor)
    assert [(case.channel, case.ending) for case in cases] == [("phone", "advice_given"), ("", ""), ("", "")]
    assert ["How it came there: Letter." in case.summary for case in cases] == [False, True, False]
    assert "Not known how" in (await supervisor.get(f"/helpline/cases/{cases[1].id}")).text
    async with begin(supervisor.actor) as work:
        span = Span(date(2024, 4, 1), date(2024, 4, 30))
        found = await count_span(work, profile_of("helpline"), load_bank_holidays().helpline, span)
    assert found.of("channel") == {"phone": 1, "": 2}


@pytest.mark.parametrize(
    ("heading", "whole", "over"),
    [("Description", 19_900, 20_001), ("Outcome", 2_000, 2_001), ("Organisation", 200, 201), ("Email", 200, 201)],
)
async def test_what_does_not_fit_whole_is_an_error_of_its_row_and_nothing_is_cut_off(supervisor, heading, whole, over):
    def row(number: int, length: int) -> str:
        said = {"Case ID": str(number), "Date received": "13/04/2024", "Date closed": "15/04/2024",
                "Description": "Words.", heading: "é" * (length - 1) + "!"}  # fmt: skip
        return ",".join(said.get(each, "") for each in EXPORT.partition("\r\n")[0].split(","))

    file = "\r\n".join((EXPORT.partition("\r\n")[0], row(1, whole), row(2, over)))
    import_id = await imported(supervisor, file.encode())
    [case] = await cases_of(supervisor.actor)
    assert any(("é" * (whole - 1) + "!") in text for text in (case.summary, case.outcome, case.caller_organisation,
                                                              case.caller_contact))  # fmt: skip
    problems = (await supervisor.get(f"/helpline/imports/{import_id}/problems.csv")).text
    [problem] = problems.strip().splitlines()[1:]
    assert problem.startswith("3,")
    assert f"This is {over:,} characters long" in problem


async def test_more_addresses_than_one_case_is_given_at_once_are_an_error_of_their_row(supervisor):
    many = " ".join(f"https://social.example/{number}" for number in range(501))
    import_id = await imported(supervisor, EXPORT.replace("https://social.example/a", many).encode())
    assert len(await cases_of(supervisor.actor)) == 1
    assert "more than 500 addresses" in (await supervisor.get(f"/helpline/imports/{import_id}/problems.csv")).text


async def test_the_same_file_again_imports_nothing_and_another_system_may_have_the_same_numbers(supervisor):
    await imported(supervisor)
    again = await imported(supervisor)
    assert len(await cases_of(supervisor.actor)) == 2
    assert "Here already" in (await supervisor.get(f"/helpline/imports/{again}")).text
    await imported(supervisor, source="Another desk")
    assert len(await cases_of(supervisor.actor)) == 4


async def test_many_rows_go_batch_by_batch(supervisor, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    import_id = await send(supervisor, EXPORT.encode())
    await choose(supervisor, import_id)
    await start(supervisor, import_id)
    assert await work_off(supervisor.actor) == 3
    assert len(await cases_of(supervisor.actor)) == 2
    page = await supervisor.get(f"/helpline/imports/{import_id}")
    assert "2 cases were imported" in page.text
    assert "Rows that were not imported" in page.text


async def test_a_file_in_windows_letters_is_read(supervisor):
    await imported(supervisor, EXPORT.replace("An account", "Café account").encode("cp1252"))
    cases = await cases_of(supervisor.actor)
    assert any("Café account" in case.summary for case in cases)
    assert any("=HYPERLINK(1)" in case.summary for case in cases)  # what would run in a spreadsheet is words here


async def test_a_spreadsheet_is_read(supervisor):
    whole = BytesIO()
    book = xlsxwriter.Workbook(whole, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, heading in enumerate(COLUMNS.values()):
        sheet.write(0, at, heading)
    for at, value in enumerate(["9", "2024-04-13", "", "Teacher", "", "Ash", "", "", "", "", "Words.", "", "Open"]):
        sheet.write_string(1, at, value)
    book.close()
    await imported(supervisor, whole.getvalue(), name="export.xlsx")
    assert [case.caller_organisation for case in await cases_of(supervisor.actor)] == ["Ash"]


async def test_without_a_column_of_dates_nothing_is_imported(supervisor):
    import_id = await send(supervisor, EXPORT.encode())
    answer = await choose(supervisor, import_id, received="")
    assert answer.status_code == 422
    assert "when it came" in answer.text


async def test_a_file_can_be_thrown_away_and_cannot_be_started_afterwards(supervisor):
    import_id = await send(supervisor, EXPORT.encode())
    at = f"/helpline/imports/{import_id}"
    assert (await supervisor.send(f"{at}/drop", {}, page=at)).status_code == 303
    assert (await supervisor.send(f"{at}/start", {}, page="/helpline/imports")).status_code in {409, 422}
    assert await cases_of(supervisor.actor) == []


async def test_a_practitioner_imports_nothing(sign_in, store, service):
    practitioner = await sign_in(Role.PRACTITIONER, kind="helpline")
    assert (await practitioner.get("/helpline/imports")).status_code == 403


async def test_a_case_of_a_year_whose_bank_holidays_nobody_knows_stands_on_every_page_and_has_waited_by_days(
    supervisor,
):
    export = EXPORT.splitlines()[0] + "\r\n77,13/06/2009,,Teacher,,Alder,old@alder.example,,,,Old and open.,,Open\r\n"
    export += "78,03/04/2008,05/04/2008,Teacher,,Birch,b@birch.example,,,,Old and closed.,Done.,Closed\r\n"
    await imported(supervisor, export.encode())
    closed, opened = await cases_of(supervisor.actor)
    ways = ("", "?show=overdue", "?show=ended", "?q=old@alder.example", "?q=b@birch.example")
    for at in (*(f"/helpline{way}" for way in ways), *(f"/helpline/cases/{case.id}" for case in (closed, opened))):
        page = await supervisor.get(at)
        assert page.status_code == 200, at
    queue = (await supervisor.get("/helpline")).text
    assert "days by the clock" in queue and "Overdue" in queue
    assert "ended after 2 days by the clock" in (await supervisor.get(f"/helpline/cases/{closed.id}")).text


def test_what_is_late_is_said_also_in_a_year_whose_bank_holidays_are_not_known_yet():
    now = datetime(2090, 6, 1, 12, tzinfo=UTC)
    assert late_since(load_bank_holidays().helpline, now, 6) == now - timedelta(days=1)
