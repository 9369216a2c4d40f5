"""Many invited at once: looked at first, told by the row, and nobody twice."""

import io
from typing import Any

import pytest
import xlsxwriter

from safeguard.access.roles import Role
from safeguard.errors import Invalid
from safeguard.identity.inviting import invite_again, list_open
from safeguard.intake.sheets import read_sheet
from safeguard.provisioning import inviting
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

pytestmark = pytest.mark.anyio

WORDINGS = dict(profile_of("school").roles)
TABLE = (
    "\ufeffName;E-Mail Address;Role\r\n"
    "Ana;ANA@alder.example;\r\n"
    "Ben;ben@alder.example;Governor, reporter\r\n"
    "\r\n"
    "Cy;not an address;\r\n"
    "Ana again;ana@Alder.example;\r\n"
    "Di;di@alder.example;Emperor\r\n"
    "Ed;ed@alder.example;pastoral\r\n"
)


def roles_of(row: inviting.Row) -> list[str]:
    return [role.value for role in row.roles]


async def test_a_table_is_looked_at_row_by_row_and_invites_nobody_twice(someone: Any) -> None:
    administrator = await someone(Role.ADMINISTRATOR)
    await someone(Role.LEAD, organisation=administrator.organisation_id)
    sheet = read_sheet(TABLE.encode())
    async with begin(administrator) as work:
        trial = await inviting.look(work, sheet, WORDINGS)
        assert await work.driver.fetchval("select count(*) from invitations") == 0, "looking writes nothing"
    assert [(row.number, row.email, roles_of(row)) for row in trial.new] == [
        (2, "ana@alder.example", ["reporter"]), (3, "ben@alder.example", ["governor", "reporter"]),
    ]  # fmt: skip
    assert [row.number for row in trial.wrong] == [5, 6, 7, 8]
    told = " ".join(row.problem for row in trial.wrong)
    for words in ("name@example.org", "in a row above", "“Emperor”", "safeguarding lead"):
        assert words in told
    async with begin(administrator) as work:
        assert len(await inviting.invite_all(work, trial, "")) == 2
    async with begin(administrator) as work:
        again = await inviting.look(work, sheet, WORDINGS)
        assert [row.state for row in again.known] == ["invited", "invited"]
        with pytest.raises(Invalid):
            await inviting.invite_all(work, again, "")
        chosen = await list_open(work, ["ben@alder.example"])
        assert await inviting.invite_all(work, again, "", besides=bool(chosen)) == ()
        [other] = (await invite_again(work, chosen)).invited
        roles = await work.driver.fetchval("select roles from invitations where id = $1", other.id)
        assert (other.email, sorted(roles)) == ("ben@alder.example", ["governor", "reporter"])


async def test_a_lead_invites_a_lead_from_a_spreadsheet_and_somebody_else_has_to_agree(someone: Any) -> None:
    lead = await someone(Role.LEAD)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        book.add_worksheet().write_row(0, 0, ["Work_Email", "Roles"])
        book.worksheets()[0].write_row(1, 0, ["ana@alder.example", "lead"])
    async with begin(lead) as work:
        trial = await inviting.look(work, read_sheet(content.getvalue()), WORDINGS)
        assert [row.waits for row in trial.new] == [(Role.LEAD,)]
        (invited,) = await inviting.invite_all(work, trial, "She leads from September.")
        assert invited.waits_for is not None
        roles = await work.driver.fetchval("select roles from invitations where id = $1", invited.id)
        assert roles == ["reporter"]
        with pytest.raises(Invalid, match=r"."):
            await inviting.look(work, read_sheet(b"Name,Colour\nAna,red\n"), WORDINGS)
