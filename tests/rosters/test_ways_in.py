"""The other ways in: staff, a table, a transfer file, a program; and who may not."""

import io
import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest
import xlsxwriter

from safeguard.access.roles import Role
from safeguard.incidents import handing_on
from safeguard.incidents.assigning import assign
from safeguard.work import begin
from tests.factories.charges import in_hand
from tests.factories.incidents import SHORT
from tests.incidents.casework import read, recorded
from tests.intake.sending import rows_of, send_table
from tests.rosters.files import ORGS, oneroster, pupil, transfer, user
from tests.rosters.sending import AT, PEOPLE, counts, look, run_of, send, take_back, take_over, work_off
from tests.web.browsing import Browser
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio

STAFF_AT = "/settings/people/rosters"
STAFF = [
    user(1, "Pat", "Ray", role="teacher", email="pat.ray@school.example"),
    user(2, "Sam", "Low", role="aide", email="sam.low@school.example"),
    user(3, "No", "Address", role="teacher"),
    user(4, "A", "Pupil", role="student", email="pupil@school.example"),
]
DAYS_OVER = """
update memberships set deputy_from = now() - interval '9 days', deputy_until = now() - interval '1 minute'
where user_id = $1
"""
INVITED = "select email, roles from invitations where withdrawn_at is null order by email"


async def test_new_staff_are_invited_to_report_and_nothing_more(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    page = await look(lead, oneroster(STAFF), at=STAFF_AT)
    assert counts(await run_of(lead, page)) == (2, 0, 0, 0, 0, 1)
    assert await rows_of(lead.actor, INVITED) == []
    answer = await take_over(lead, page)
    assert "2 people are invited" in answer.text and "/invitation/" in answer.text
    invited = [tuple(row) for row in await rows_of(lead.actor, INVITED)]
    assert invited == [("pat.ray@school.example", ["reporter"]), ("sam.low@school.example", ["reporter"])]
    again = await look(lead, oneroster(STAFF), at=STAFF_AT)
    assert counts(await run_of(lead, again)) == (0, 0, 0, 2, 0, 1)  # the same file invites nobody twice
    assert (await lead.send(f"{page}/undo", {}, page=page)).status_code == 303
    assert await rows_of(lead.actor, INVITED) == []
    assert "Taken back" in (await lead.get(page)).text


async def test_a_leaver_who_only_reports_goes_and_a_lead_never_goes_by_a_file(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    reporter = await sign_in(Role.REPORTER, organisation=here)
    deputy = await sign_in(Role.DEPUTY, organisation=here)
    emails = {one.user_id: one.email for one in await rows_of(lead.actor, "select user_id, email from memberships")}
    first = [
        user(1, "R", "One", role="teacher", email=emails[reporter.actor.user_id]),
        user(2, "D", "Two", role="teacher", email=emails[deputy.actor.user_id]),
        user(3, "L", "Three", role="teacher", email=emails[lead.actor.user_id]),
    ]
    await take_over(lead, await look(lead, oneroster(first), at=STAFF_AT))
    page = await look(lead, oneroster([user(9, "New", "One", role="aide", email="new@school.example")]), at=STAFF_AT)
    assert counts(await run_of(lead, page)) == (1, 0, 3, 0, 0, 0)
    await take_over(lead, page, leavers="yes")
    active = {
        row.user_id for row in await rows_of(lead.actor, "select user_id from memberships where state = 'active'")
    }
    assert reporter.actor.user_id not in active
    assert {deputy.actor.user_id, lead.actor.user_id} <= active
    shown = (await lead.get(f"{page}?show=left_out")).text
    assert "They do more here than report" in shown
    assert "This is your own account" in shown
    await lead.send(f"{page}/undo", {}, page=page)
    member = "select roles from memberships where state = 'active' and user_id = $1"
    (back,) = await rows_of(lead.actor, member, reporter.actor.user_id)
    assert back.roles == ["reporter"]


@pytest.fixture
def bound() -> Iterator[None]:
    """As the application binds it."""
    with in_hand(*handing_on.IN_HAND):
        yield


@pytest.mark.usefixtures("bound")
async def test_a_leaver_of_a_file_leaves_nothing_under_their_name(
    sign_in: SignIn,
) -> None:
    lead = await sign_in(Role.LEAD)
    covering = await sign_in(Role.DEPUTY, organisation=lead.actor.organisation_id)
    story = await recorded(lead.actor, SHORT)
    async with begin(lead.actor) as work:
        await assign(work, story.facts.id, story.facts.version, covering.actor.user_id)
        email = await work.driver.fetchval("select email from memberships where user_id = $1", covering.actor.user_id)
        await work.driver.execute(DAYS_OVER, covering.actor.user_id)
    row = user(1, "C", "Over", role="teacher", email=email)
    await take_over(lead, await look(lead, oneroster([row]), at=STAFF_AT))
    other = oneroster([user(9, "New", "One", role="aide", email="new@school.example")])
    await take_over(lead, await look(lead, other, at=STAFF_AT), leavers="yes")
    story = await read(lead.actor, story.facts.id)
    last = max(story.entries, key=lambda entry: entry.written_at)
    assert (story.facts.assigned_to, last.kind, last.author_id) == (None, "assignment", lead.actor.user_id)
    assert covering.actor.name in last.words


def spreadsheet() -> bytes:
    whole = io.BytesIO()
    book = xlsxwriter.Workbook(whole, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, row in enumerate([("Adno", "Forename", "Surname", "DOB"), ("0042", "Ana", "Brook", "05/04/2012")]):
        sheet.write_row(at, 0, row)
    book.close()
    return whole.getvalue()


async def test_a_table_is_mapped_and_its_dates_are_asked_about(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    answer = await send_table(lead, AT, spreadsheet(), "pupils.xlsx", source="Spreadsheet")
    page = answer.headers["location"]
    shown = (await lead.get(page)).text
    assert "Which column is what?" in shown
    columns = {"source_id": "Adno", "given_name": "Forename", "family_name": "Surname", "born_on": "DOB"}
    wrong = await lead.send(page, {"source_id": "Adno"}, page=page)
    assert wrong.status_code == 422 and "what people are called" in wrong.text
    assert (await lead.send(page, columns, page=page)).status_code == 303
    await work_off(lead.actor)
    assert counts(await run_of(lead, page)) == (0, 0, 0, 0, 0, 1)  # either of two days: asked, never guessed
    report = await lead.get(f"{page}/problems.csv")
    assert "2,born_on,This could be either of two days." in report.text
    page = await look(lead, spreadsheet(), "pupils.xlsx", **columns, order="day_first")
    await take_over(lead, page)
    (ana,) = await rows_of(lead.actor, PEOPLE)
    assert (str(ana.born_on), ana.given_name) == ("2012-04-05", "Ana")
    (link,) = await rows_of(lead.actor, "select source_id from roster_links")
    assert link.source_id == "0042"


async def test_a_transfer_file_fills_in_and_shows_no_address(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    mother = "<Surname>O'Neill-Brook</Surname><Forename>Mia-Rose</Forename><Relationship>MTH</Relationship>"
    inside = (
        f"<Address><AddressLine1>1 Sample Way</AddressLine1></Address><Contacts><Contact>{mother}</Contact></Contacts>"
    )
    ana = pupil("Brook", "Ana", "2015-02-03", upn="A123456789012", inside=inside)
    page = await look(lead, transfer(ana), "999_CTF.xml")
    shown = (await lead.get(page)).text
    assert "kept, not shown here" in shown and "Sample Way" not in shown
    assert "Contact Mia-Rose O'Neill-Brook: who they are" in unescape(shown), "as the file writes it"
    await take_over(lead, page)
    (person,) = await rows_of(lead.actor, PEOPLE)
    assert person.address == "1 Sample Way"
    refused = await send_table(lead, AT, b"<a/>", "other.xml", source="Sample MIS")
    assert refused.status_code == 422 and "no Common Transfer File" in refused.text
    dropped = await look(lead, transfer(pupil("Dell", "Cy", "2015-01-01")), "two.xml")
    assert (await lead.send(f"{dropped}/drop", {}, page=dropped)).status_code == 303
    assert await rows_of(lead.actor, "select id from roster_rows where name like '%Dell%'") == []
    await take_back(lead, page)
    assert await rows_of(lead.actor, PEOPLE) == []


async def post(program: Browser, content: bytes, **fields: str) -> httpx.Response:
    return await program.client.post("/api/v1/rosters", data=fields, files={"file": ("roster.zip", content)})


async def test_a_program_sends_looks_and_has_it_taken_over(program: SignIn, sign_in: SignIn) -> None:
    asked = await program(Role.LEAD)
    two = ORGS + "org-2,,,Birch School,school,,\r\n"
    content = oneroster([user(1, "Ana", "Brook"), user(2, "Bo", "Birch", orgSourcedIds="org-2")], orgs_csv=two)
    refused = await post(asked, content, source="Sample MIS")
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "site"
    sent = await post(asked, content, source="Sample MIS", site="org-1")
    assert sent.status_code == 201, sent.text
    at = sent.headers["location"]
    early = await asked.client.post(f"{at}/apply", json={"leavers": False})
    assert early.status_code == 409
    await work_off(asked.actor)
    told = (await asked.client.get(at)).json()
    assert (told["state"], told["new"], told["wrong"]) == ("ready", 1, 0)
    assert (await asked.client.post(f"{at}/apply", json={"leavers": True})).status_code == 202
    await work_off(asked.actor)
    assert (await asked.client.get(at)).json()["state"] == "done"
    assert [row.given_name for row in await rows_of(asked.actor, PEOPLE)] == ["Ana"]
    assert len((await asked.client.get("/api/v1/rosters")).json()) == 1
    administrator = await sign_in(Role.ADMINISTRATOR, organisation=asked.actor.organisation_id)
    assert (await administrator.get(AT)).status_code == 403  # who is looked after is for leads
    assert (await administrator.get(f"{STAFF_AT}/{told['id']}")).status_code == 404
    stranger = await sign_in(Role.LEAD)
    assert (await stranger.get(f"{AT}/{told['id']}")).status_code == 404


@pytest.mark.parametrize(("at", "new"), [(AT, 4), (STAFF_AT, 2)])
async def test_the_example_of_the_page_is_understood_as_it_stands(sign_in: SignIn, at: str, new: int) -> None:
    lead = await sign_in(Role.LEAD)
    assert f'href="{at}/example.csv"' in (await lead.get(at)).text
    example = await lead.get(f"{at}/example.csv")
    sent = await send(lead, example.content, "example.csv", at=at)
    shown = (await lead.get(sent)).text
    guessed = re.findall(r'<select[^>]* name="(\w+)"(?:(?!</select>).)*?<option value="([^"]+)" selected', shown, re.S)
    page = await look(lead, example.content, "example.csv", at=at, **dict(guessed))
    assert counts(await run_of(lead, page)) == (new, 0, 0, 0, 0, 0)
