"""What a board shows in tables goes with a file and a sentence, as its pictures do, and says no more to anybody."""

import pytest

from safeguard.access.roles import Role
from safeguard.incidents.recording import record_incident
from safeguard.insights.casework import Casework
from safeguard.insights.chasing import say_casework, say_waits
from safeguard.insights.timeliness import Waiting
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT

pytestmark = pytest.mark.anyio


async def test_every_table_of_a_board_goes_with_a_file_and_a_governor_reads_no_small_figure_in_it(sign_in):
    lead = await sign_in(Role.LEAD)
    governor = await sign_in(Role.GOVERNOR, organisation=lead.actor.organisation_id)
    async with begin(lead.actor) as work:
        for _ in range(3):
            await record_incident(work, SHORT, SCHOOL)
    shown = (await lead.get("/insights")).text
    assert "No action is past its day." in shown
    for code, row in (("objectives", "Safer Management,,,0,7,0,0,0,0,0"), ("now", "Still open,3")):
        assert f"/insights/tables/{code}?" in shown
        assert row in (await lead.get(f"/insights/tables/{code}")).text.splitlines()
    assert (await lead.get("/insights/tables/waits")).status_code == 404
    whole = (await governor.get("/insights/tables/objectives?period=year")).text
    assert "Safer Management,,,0,7,0,0,0,0" in whole.splitlines()
    assert "past its day" not in (await governor.get("/insights?period=year")).text
    answer = await governor.get("/insights/tables/now?period=year")
    assert answer.status_code == 404 or "3" not in answer.text.replace("fewer than 5", "")


def test_how_long_it_takes_is_said_beside_the_year_before():
    month, week = Waiting(9, "30 days", "60 days"), Waiting(7, "a week", "30 days")
    assert say_waits(week, week, month) == "Half are closed within a week; a year before it was 30 days."
    assert say_waits(week, month, month) == "Half are closed within 30 days, as a year before."
    assert say_waits(week, month, None) == "Half are closed within 30 days."
    assert say_waits(week, None, None).startswith("Half are acknowledged within a week.")
    assert say_waits(None, None, None) == "There are too few to say how long it takes."


def test_what_to_chase_first_is_said_of_actions_referrals_and_addresses():
    assert say_casework(Casework()) == "No action is past its day."
    found = say_casework(Casework(overdue=3, referred=2, referrals_open=1, addresses=2, addresses_gone=1))
    assert found == (
        "Begin with the 3 actions whose day is past. Of 2 referrals 1 is not closed. 1 address is still up."
    )
