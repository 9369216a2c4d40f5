"""Earlier records: sent, tried, run by a worker, once each, with their author and date as they were written."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.incidents.queries import Filters, list_incidents
from safeguard.incidents.recording import record_incident
from safeguard.insights.counting import read_counts
from safeguard.intake.importing import running
from safeguard.intake.importing.running import run_batch
from safeguard.intake.records import RECORDS
from safeguard.jobs.claiming import claimed
from safeguard.strongbox import objects
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.intake.sending import rows_of, send_table
from tests.web.browsing import Browser
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio

EXPORT = (
    "Incident ID,Incident Date,Student,Year Group,Description,Reported by,Date added,Category,Outcome,Status\r\n"
    "77,13/04/2024,Ana Brook; Bo Brook,9B,Somebody posted a picture.,Mr P. Ray,14/04/2024 09:15,Bullying,Talked.,"
    "Closed\r\n"
    "78,14/04/2024 10:30,Cy Dell,8A,=HYPERLINK(1),Ms Q,14/04/2024,Other,,Open\r\n"
    "79,soon,Dee,8A,Words.,Ms Q,,,,\r\n"
    "80,14/04/2024,Eve,8A,,Ms Q,,,,\r\n"
)
JOBS = "select id from jobs.job where kind = 'import.run' and state = 'queued' order by created_at"


async def send(lead: Browser, whole: bytes, name: str = "export.csv", source: str = "MyOld") -> UUID:
    answer = await send_table(lead, "/imports", whole, name, source=source)
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rpartition("/")[2])


async def choose(lead: Browser, import_id: UUID, order: str = "", **columns: str) -> Any:
    return await lead.send(f"/imports/{import_id}", {"order": order, **columns}, page=f"/imports/{import_id}")


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
            over = await run_batch(taken[0], RECORDS, taken[1].subject_id, objects.current())
        if over:
            await objects.erase(objects.current(), over)
        done += 1


async def start(lead: Browser, import_id: UUID) -> None:
    answer = await lead.send(f"/imports/{import_id}/start", {}, page="/imports")
    assert answer.status_code == 303, answer.text


COLUMNS = {
    "narrative": "Description", "original_id": "Incident ID", "happened": "Incident Date", "affected": "Student",
    "group": "Year Group", "author": "Reported by", "written": "Date added", "category": "Category",
    "outcome": "Outcome", "status": "Status",
}  # fmt: skip


async def test_the_columns_are_guessed_by_their_headings_and_nothing_is_imported_yet(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    import_id = await send(lead, EXPORT.encode())
    (row,) = await rows_of(lead.actor, "select columns, state, row_count from imports")
    for field, heading in COLUMNS.items():
        assert f'"{field}":"{heading}"' in row.columns
    assert (row.state, row.row_count) == ("open", 4)
    assert "Which column is what?" in (await lead.get(f"/imports/{import_id}")).text
    assert await rows_of(lead.actor, "select id from incidents") == []


async def test_a_record_that_names_whoever_imports_it_is_kept_from_them_and_stops_no_other(
    sign_in: SignIn, someone: Any
) -> None:
    lead = await sign_in(Role.LEAD)
    other = await someone(Role.LEAD, organisation=lead.actor.organisation_id)
    rows = f"1,{lead.actor.name},Late messages.\r\n2,,Somebody posted a picture.\r\n"
    import_id = await send(lead, f"Number,Accused,Description\r\n{rows}".encode())
    await choose(lead, import_id, original_id="Number", alleged="Accused", narrative="Description")
    await start(lead, import_id)
    await work_off(lead.actor)
    kept = "select original_id from imported_records order by original_id"
    assert [row.original_id for row in await rows_of(other, kept)] == ["1", "2"]
    assert [row.original_id for row in await rows_of(lead.actor, kept)] == ["2"]


async def test_where_nobody_chose_the_dates_are_read_in_the_order_that_the_file_proves(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    import_id = await send(lead, b"Number,Date,Description\r\n1,13/04/2024,Words.\r\n2,03/04/2024,More.\r\n")
    await choose(lead, import_id, original_id="Number", happened="Date", narrative="Description")
    page = (await lead.get(f"/imports/{import_id}?try=yes")).text
    assert "2 records would be imported" in page
    assert "either of two days" not in page.partition("Change which column is what")[0]
    assert page.index("Importing cannot be undone in one step") < page.index("Import them")
    await start(lead, import_id)
    await work_off(lead.actor)
    days = await rows_of(lead.actor, "select happened_from::date::text as day from incidents order by 1")
    assert [row.day for row in days] == ["2024-04-03", "2024-04-13"]


OWN = "select id from incidents where recorded_by is not null"


async def test_what_stands_in_a_column_that_nobody_chose_comes_to_the_end_of_the_account(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    import_id = await send(lead, b"Number,Severity,Description,Shared with\r\n1,High,Words were sent.,\r\n")
    await choose(lead, import_id, original_id="Number", narrative="Description")
    await start(lead, import_id)
    await work_off(lead.actor)
    (told,) = await rows_of(lead.actor, "select narrative from incidents")
    assert told.narrative == (
        "Words were sent.\n\nImported from MyOld. Its number there: 1.\nAlso there:\nSeverity: High"
    )
    assert await rows_of(lead.actor, OWN) == [], "nobody's own report: it is read by rights alone"


async def test_a_trial_counts_and_names_rows_and_changes_nothing(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    import_id = await send(lead, EXPORT.encode())
    chosen = await choose(lead, import_id, **COLUMNS)
    shown = (await lead.get(chosen.headers["location"])).text
    assert "2 records would be imported" in shown
    assert "Rows that need another look: 2" in shown
    first = shown.partition("Row 2, as it would stand here")[2].partition("Importing cannot")[0]
    for words in (
        "13 April 2024",
        "Ana Brook; Bo Brook",
        "9B",
        "Somebody posted a picture.",
        "Mr P. Ray",
        "Talked.",
        "Closed",
        "Its number there: 77.",
    ):
        assert words in first, words
    assert "10:30" not in first, "only the first"
    assert "When it happened</td>" in shown  # the row's problem names the field as the form does
    assert "Change which column is what" in shown
    report = await lead.get(f"/imports/{import_id}/problems.csv")
    assert report.text.lstrip("\ufeff").splitlines()[1:] == [
        "4,happened,This is not a date that we can read. Write it as 2024-03-31.",
        "5,narrative,Say what happened. A few words are enough; more can be added later.",
    ]
    assert await rows_of(lead.actor, "select id from incidents") == []


async def test_a_run_keeps_author_date_and_number_as_they_were_written(sign_in: SignIn, tmp_path: Any) -> None:
    lead = await sign_in(Role.LEAD)
    import_id = await send(lead, EXPORT.encode())
    await choose(lead, import_id, **COLUMNS)
    await start(lead, import_id)
    assert await work_off(lead.actor) == 1
    closed, still_open = await rows_of(lead.actor, "select * from incidents order by happened_from")
    assert closed.state == "closed"
    assert closed.closing_outcome == "Talked."
    assert closed.recorded_by_name == "Mr P. Ray (imported)"
    assert (
        "Imported from MyOld. Its number there: 77. Written there: 14/04/2024 09:15. By: Mr P. Ray." in closed.narrative
    )
    assert (still_open.state, still_open.happened_precision) == ("open", "minute")
    assert still_open.narrative.startswith("=HYPERLINK(1)")
    marks = await rows_of(lead.actor, "select * from imported_records order by row_number")
    assert [(mark.original_id, mark.author, mark.written, mark.incident_id) for mark in marks] == [
        ("77", "Mr P. Ray", "14/04/2024 09:15", closed.id), ("78", "Ms Q", "14/04/2024", still_open.id)
    ]  # fmt: skip
    people = await rows_of(lead.actor, "select name, role, group_name from incident_people order by name")
    assert [tuple(one) for one in people] == [
        ("Ana Brook", "affected", "9B"), ("Bo Brook", "affected", "9B"), ("Cy Dell", "affected", "8A")
    ]  # fmt: skip
    (found,) = await rows_of(lead.actor, "select * from imports")
    assert (found.state, found.made_count, found.wrong_count, found.wrapped_key) == ("done", 2, 2, None)
    assert [file for file in (tmp_path / "objects").rglob("*") if file.is_file()] == []
    assert "2 records were imported" in (await lead.get(f"/imports/{import_id}")).text
    assert (await lead.get(f"/incidents/{closed.id}")).status_code == 200


async def test_imported_records_are_told_to_the_log_as_imported_and_to_nobody_else(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    import_id = await send(lead, EXPORT.encode())
    await choose(lead, import_id, **COLUMNS)
    await start(lead, import_id)
    await work_off(lead.actor)
    events = [row[0] for row in await rows_of(lead.actor, "select entry from audit.leaves")]
    assert sum("incident.imported" in event for event in events) == 2
    assert not any("incident.recorded" in event for event in events)
    told = await rows_of(lead.actor, "select kind from jobs.job where kind like 'notice.%'")
    assert told == []


async def test_the_same_records_again_are_known(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    for _ in range(2):
        import_id = await send(lead, EXPORT.encode())
        await choose(lead, import_id, **COLUMNS)
        await start(lead, import_id)
        await work_off(lead.actor)
    assert len(await rows_of(lead.actor, "select id from incidents")) == 2
    second = (await rows_of(lead.actor, "select * from imports order by uploaded_at desc"))[0]
    assert (second.made_count, second.known_count, second.wrong_count) == (0, 2, 2)


async def test_a_long_file_is_imported_in_batches(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 3)
    lead = await sign_in(Role.LEAD)
    lines = [f"{number},Words {number}" for number in range(8)]
    import_id = await send(lead, "\n".join(["id,description", *lines, lines[0]]).encode())
    chosen = await choose(lead, import_id, narrative="description", original_id="id")
    assert "8 records would be imported" in (await lead.get(chosen.headers["location"])).text  # one stands there twice
    await start(lead, import_id)
    assert await work_off(lead.actor) == 3
    (found,) = await rows_of(lead.actor, "select * from imports")
    assert (found.state, found.made_count, found.known_count, found.done_count) == ("done", 8, 1, 9)


async def test_a_number_that_stands_for_two_records_is_named(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    import_id = await send(lead, b"id,description\n1,First\n1,Second\n")
    chosen = await choose(lead, import_id, narrative="description", original_id="id")
    shown = (await lead.get(chosen.headers["location"])).text
    assert "1 record would be imported" in shown
    assert "Another row above has the same number" in shown


async def test_american_dates_are_asked_about_and_then_read_as_said(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    import_id = await send(lead, b"id,date,description\n1,03/04/2024,First\n2,05/06/2024,Second\n")
    columns = {"narrative": "description", "original_id": "id", "happened": "date"}
    chosen = await choose(lead, import_id, **columns)
    assert "either of two days" in (await lead.get(chosen.headers["location"])).text
    await choose(lead, import_id, order="month_first", **columns)
    await start(lead, import_id)
    await work_off(lead.actor)
    days = await rows_of(lead.actor, "select happened_from::date::text from incidents order by 1")
    assert [row[0] for row in days] == ["2024-03-04", "2024-05-06"]


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        ("id;description\n1;Caf\u00e9\n".encode("cp1252"), "Caf\u00e9"),
        ("\ufeffid\tdescription\n1\tCaf\u00e9\n".encode(), "Caf\u00e9"),
        ("id,description\n1,Caf\u00e9\n".encode("utf-16"), "Caf\u00e9"),
        (b'id,description\n1,"Two\r\nlines, and a comma"\n', "Two\nlines, and a comma"),
    ],
)
async def test_a_table_is_read_as_people_have_it(sign_in: SignIn, whole: bytes, words: str) -> None:
    lead = await sign_in(Role.LEAD)
    import_id = await send(lead, whole)
    await choose(lead, import_id, narrative="description", original_id="id")
    await start(lead, import_id)
    await work_off(lead.actor)
    ((narrative,),) = await rows_of(lead.actor, "select narrative from incidents")
    assert narrative.startswith(f"{words}\n\nImported from")


@pytest.mark.parametrize(
    ("columns", "field"),
    [({}, "narrative"), ({"narrative": "description", "author": "description"}, "narrative")],
)
async def test_columns_that_do_not_fit_are_asked_about(sign_in: SignIn, columns: dict[str, str], field: str) -> None:
    lead = await sign_in(Role.LEAD)
    import_id = await send(lead, b"id,description\n1,Words\n")
    answer = await choose(lead, import_id, **columns)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text


async def test_of_two_starts_at_once_one_is_the_one(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    import_id = await send(lead, b"id,description\n1,Words\n")
    await choose(lead, import_id, narrative="description")
    starts = [lead.send(f"/imports/{import_id}/start", {}, page="/imports") for _ in range(2)]
    answers = await asyncio.gather(*starts)
    assert sorted(answer.status_code for answer in answers) == [303, 409]


async def test_a_file_that_is_thrown_away_leaves_nothing(sign_in: SignIn, tmp_path: Any) -> None:
    lead = await sign_in(Role.LEAD)
    import_id = await send(lead, b"id,description\n1,Words\n")
    dropped = await lead.send(f"/imports/{import_id}/drop", {}, page="/imports")
    assert dropped.status_code == 303
    assert [file for file in (tmp_path / "objects").rglob("*") if file.is_file()] == []
    assert (await lead.send(f"/imports/{import_id}/start", {}, page="/imports")).status_code in {409, 422}


async def test_another_organisations_import_is_not_there(sign_in: SignIn) -> None:
    import_id = await send(await sign_in(Role.LEAD), b"id,description\n1,Words\n")
    other = await sign_in(Role.LEAD)
    for path in (f"/imports/{import_id}", f"/imports/{import_id}/problems.csv"):
        assert (await other.get(path)).status_code == 404


async def test_an_administrator_imports_nothing(sign_in: SignIn) -> None:
    assert (await (await sign_in(Role.ADMINISTRATOR)).get("/imports")).status_code == 403


async def test_a_record_stands_where_it_was_first_recorded_and_is_marked(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    import_id = await send(lead, EXPORT.encode())
    await choose(lead, import_id, **COLUMNS)
    await start(lead, import_id)
    await work_off(lead.actor)
    closed, still_open = await rows_of(lead.actor, "select * from incidents order by recorded_at")
    assert f"{closed.recorded_at:%Y-%m-%d %H:%M}" == "2024-04-14 08:15"  # 09:15 in London
    assert f"{still_open.recorded_at:%Y-%m-%d}" == "2024-04-14"
    assert closed.imported_at
    assert still_open.last_activity_at == still_open.imported_at
    async with begin(lead.actor) as work:
        counted = await read_counts(work)
    assert {month for codes in counted.by.values() for months in codes.values() for month in months} == {"2024-04"}
    assert not {"acknowledged", "closed"} & set(counted.by)


async def test_what_is_new_comes_before_what_was_imported_after_it(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    async with begin(lead.actor) as work:
        new = (await record_incident(work, SHORT, SCHOOL)).facts
    import_id = await send(lead, EXPORT.encode())
    await choose(lead, import_id, **COLUMNS)
    await start(lead, import_id)
    await work_off(lead.actor)
    async with begin(lead.actor) as work:
        rows = await list_incidents(work, Filters(state="all"))
    assert [row.imported_at is not None for row in rows] == [False, True, True]
    assert rows[0].id == new.id
    page = (await lead.get("/incidents?state=all")).text
    assert page.count("Imported</span>") == 2
    assert "Imported" in (await lead.get(f"/incidents/{rows[1].id}")).text


async def test_a_date_of_writing_that_cannot_be_read_leaves_no_record_out(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    sheet = (
        "Incident ID,Incident Date,Description,Date added\r\n"
        "1,13/04/2024,Words.,after school\r\n2,,Words.,some day\r\n3,13/04/2024,Words.,13/04/2099\r\n"
    )
    import_id = await send(lead, sheet.encode())
    columns = {"narrative": "Description", "original_id": "Incident ID", "happened": "Incident Date"}
    await choose(lead, import_id, **columns, written="Date added")
    await start(lead, import_id)
    await work_off(lead.actor)
    rows = await rows_of(
        lead.actor, "select i.recorded_at, i.imported_at, r.original_id from incidents i join imported_records r"
        " on r.incident_id = i.id order by r.original_id",
    )  # fmt: skip
    assert f"{rows[0].recorded_at:%Y-%m-%d}" == "2024-04-13"
    assert rows[1].recorded_at == rows[1].imported_at
    assert rows[2].recorded_at == rows[2].imported_at  # a year that is a slip says nothing


async def test_a_count_of_what_came_in_tells_nobody_of_a_record_about_them(sign_in: SignIn) -> None:
    deputy = await sign_in(Role.DEPUTY)
    assert deputy.actor
    lead = await sign_in(Role.LEAD, organisation=deputy.actor.organisation_id)
    assert lead.actor
    sheet = f"Incident ID,Incident Date,Description,Alleged\r\n1,13/04/2024,Words.,{lead.actor.name}\r\n"
    columns = {"narrative": "Description", "original_id": "Incident ID", "happened": "Incident Date"}
    for whole, shown in ((sheet, None), (sheet + "2,14/04/2024,Other words.,Ana Brook\r\n", "1 record was imported")):
        import_id = await send(deputy, whole.encode(), source=f"Of {shown}")
        await choose(deputy, import_id, **columns, alleged="Alleged")
        await start(deputy, import_id)
        await work_off(deputy.actor)
        page = await lead.get(f"/imports/{import_id}")
        assert (page.status_code == 404) == (shown is None)
        assert shown is None or shown in page.text
        assert (f"Of {shown}" in (await lead.get("/imports")).text) == (shown is not None)
    assert "2 records were imported" in (await deputy.get(f"/imports/{import_id}")).text


PER_CHILD = (
    "Incident ID,Incident Date,Student,Year Group,Description,Tutor\r\n"
    "5,13/04/2024,Ana Brook,9B,Somebody posted a picture.,Ms A\r\n"
    "5,13/04/2024,Bo Brook,7C,Somebody posted a picture.,Ms B\r\n"
    "5,13/04/2024,Bo Brook,7C,Somebody posted a picture.,Ms B\r\n"
    "5,13/04/2024,Cy Dell,8A,Something else.,Ms C\r\n"
    "6,14/04/2024,Ana Brook,9B,Words.,Ms A\r\n"
)


async def test_a_row_for_each_child_of_one_incident_becomes_one_incident_with_all_of_them(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    columns = {name: COLUMNS[name] for name in ("narrative", "original_id", "happened", "affected", "group")}
    for expected in ("2", "0"):
        import_id = await send(lead, PER_CHILD.encode())
        tried = await choose(lead, import_id, "day_first", **columns)
        assert tried.status_code == 303, tried.text
        page = (await lead.get(tried.headers["location"])).text
        assert "more than its people differ" in page
        await start(lead, import_id)
        await work_off(lead.actor)
        (row,) = await rows_of(lead.actor, f"select made_count, wrong_count from imports where id = '{import_id}'")
        assert (str(row.made_count), row.wrong_count) == (expected, 1)
    people = await rows_of(lead.actor, "select name, group_name from incident_people order by name, group_name")
    assert [tuple(each) for each in people] == [("Ana Brook", "9B"), ("Ana Brook", "9B"), ("Bo Brook", "7C")]
    told = [row.narrative for row in await rows_of(lead.actor, "select narrative from incidents order by narrative")]
    assert len(told) == 2
    assert told[0].count("Somebody posted a picture.") == 1
    assert "Tutor: Ms A (Ana Brook, 9B)\nTutor: Ms B (Bo Brook, 7C)" in told[0]
