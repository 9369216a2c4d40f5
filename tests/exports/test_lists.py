"""Lists that are taken out: what the page shows, with its filters, and told to the log."""

import pytest

from safeguard.access.roles import Role
from safeguard.exports import lists
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.merging import merge
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.exports.sheets import rows_of_csv, rows_of_xlsx
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.factories.people import ANA, called

pytestmark = pytest.mark.anyio

READERS = {"csv": rows_of_csv, "xlsx": rows_of_xlsx}


async def recorded(browser, *reports):
    async with begin(browser.actor) as work:
        return [(await record_incident(work, report, SCHOOL)).facts for report in reports]


async def told(browser, event):
    async with begin(browser.actor) as work:
        return await work.driver.fetchval(
            "select count(*) from audit.leaves l where l.organisation_id = sec.current_organisation()"
            " and split_part(l.entry, E'\\n', 3) = $1",
            event,
        )


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_the_list_of_incidents_leaves_as_a_table(sign_in, form):
    lead = await sign_in(Role.LEAD)
    (facts,) = await recorded(lead, IMPERSONATION)
    answer = await lead.get(f"/incidents/list.{form}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="incidents.{form}"'
    assert answer.headers["cache-control"] == "no-store"
    headings, row = READERS[form](answer.content)
    said = dict(zip(headings, row, strict=True))
    assert said["Reference"] == facts.reference
    assert said["People"] == "Morgan Hale, Ravi Underhill, Ana Brook"
    assert said["Platforms"] == "TikTok"
    assert said["State"] == "New"
    assert (said["Next due"], said["Imported"]) == ("", "")
    assert await told(lead, "list.exported") == 1


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_a_name_and_words_that_are_formulas_leave_as_text(sign_in, form):
    lead = await sign_in(Role.LEAD)
    evil = NewIncident(narrative='=HYPERLINK("http://example.invalid")', people=(NewPerson(name="@SUM(1)"),))
    await recorded(lead, evil)
    _, row = READERS[form]((await lead.get(f"/incidents/list.{form}")).content)
    assert '\'=HYPERLINK("http://example.invalid")' in row
    assert "'@SUM(1)" in row


async def test_the_filters_of_the_page_are_kept(sign_in):
    lead = await sign_in(Role.LEAD)
    kept, other = await recorded(lead, NewIncident(narrative="A zebra on the bus."), IMPERSONATION)
    whole = (await lead.get("/incidents/list.csv?q=zebra")).text
    assert kept.reference in whole
    assert other.reference not in whole
    page = (await lead.get("/incidents?q=zebra")).text
    assert 'href="/incidents/list.csv?q=zebra"' in page


async def test_every_page_of_a_list_is_in_its_file_and_each_row_once(sign_in, monkeypatch):
    lead = await sign_in(Role.LEAD)
    facts = await recorded(lead, *(NewIncident(narrative=f"Number {number}.") for number in range(7)))
    monkeypatch.setattr(lists, "STEP", 3)
    _, *rows = rows_of_csv((await lead.get("/incidents/list.csv")).content)
    assert [row[0] for row in rows] == [one.reference for one in reversed(facts)]


async def test_a_list_that_is_too_long_is_refused_with_what_to_do_and_no_half_file_leaves(sign_in, monkeypatch):
    lead = await sign_in(Role.LEAD)
    await recorded(lead, *(NewIncident(narrative=f"Number {number}.") for number in range(4)))
    monkeypatch.setattr(lists, "MOST", 3)
    answer = await lead.get("/incidents/list.csv")
    assert answer.status_code == 413
    assert "Narrow it with the filter" in answer.text
    assert await told(lead, "list.exported") == 0


@pytest.mark.parametrize("role", [Role.REPORTER, Role.PASTORAL, Role.HEAD, Role.GOVERNOR, Role.ADMINISTRATOR])
async def test_nobody_but_a_lead_takes_a_list(sign_in, role):
    browser = await sign_in(role)
    for address in ("/incidents/list.csv", "/incidents/list.xlsx", "/people/list.csv", "/people/list.xlsx"):
        assert (await browser.get(address)).status_code == 403


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_the_list_of_people_leaves_as_a_table(sign_in, form):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        await record_person(work, ANA, SCHOOL)
        await record_person(work, called("Ravi", "=Underhill"), SCHOOL)
    headings, *rows = READERS[form]((await lead.get(f"/people/list.{form}")).content)
    said = [dict(zip(headings, row, strict=True)) for row in rows]
    assert [one["Family name"] for one in said] == ["Brook", "'=Underhill"]
    assert (said[0]["Known as"], said[0]["Born"]) == ("Annie", "2012-05-14")
    assert "1 Sample Street" not in str(rows)
    _, *found = READERS[form]((await lead.get(f"/people/list.{form}?q=brok")).content)
    assert [row[0] for row in found] == ["Brook"]


async def test_what_is_to_be_known_at_once_leaves_from_merged_records_too(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        kept = await record_person(work, called("Ella", "Brook"), SCHOOL)
        absorbed = await record_person(work, called("Ellie", "Brook", flags=("looked_after",)), SCHOOL)
        await merge(work, kept.id, absorbed.id, "One girl.")
    (_, row) = rows_of_csv((await lead.get("/people/list.csv")).content)
    assert (row[1], row[-1]) == ("Ella", "Looked after")


async def test_a_chronology_leaves_for_a_spreadsheet_too(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        ana = await record_person(work, ANA, SCHOOL)
        named = NewPerson(name="-Ana", person_id=ana.id, role="affected", kind="child")
        facts = (await record_incident(work, NewIncident(narrative="On the bus.", people=(named,)), SCHOOL)).facts
    _, row = rows_of_xlsx((await lead.get(f"/people/{ana.id}/chronology.xlsx")).content)
    assert row[0] == facts.reference
    assert "'-Ana" in row
    assert await told(lead, "person.exported") == 1
