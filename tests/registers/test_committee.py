"""The committee: its remit, its members, its meetings, and actions in the one action plan."""

import re
from datetime import timedelta

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Invalid
from safeguard.registers.acting import list_actions, plan_action
from safeguard.registers.committee.gathering import (
    ACTIONS,
    describe,
    leave_seat,
    list_meetings,
    list_seats,
    record_meeting,
    take_seat,
)
from safeguard.standards.frameworks import framework_of
from safeguard.standards.improving import Plan
from safeguard.standards.queries import beside, list_improvements
from safeguard.work import begin

pytestmark = pytest.mark.anyio

TODAY = clock.now().date()
BASE = "/standards/registers/committee"


async def test_of_a_child_only_the_first_name_is_kept(someone):
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(Invalid) as refused:
            await take_seat(work, "Robin Sample", "", TODAY, is_child=True)
        assert [error.field for error in refused.value.errors] == ["member"]
        seat = await take_seat(work, "Robin", "Year 9", TODAY, is_child=True)
        await take_seat(work, "Ana Sample", "Chair", TODAY, is_child=False)
        await leave_seat(work, seat.id, TODAY)
        assert [(one.name, one.left_on) for one in await list_seats(work)] == [("Ana Sample", None), ("Robin", TODAY)]
        with pytest.raises(Conflict):
            await leave_seat(work, seat.id, TODAY)


async def test_what_it_is_for_is_not_overwritten_unread(someone):
    async with begin(await someone(Role.LEAD)) as work:
        await describe(work, "Safety group", "All of it.", "", 0)
        with pytest.raises(Conflict):
            await describe(work, "Safety group", "Some of it.", "", 0)
        assert (await describe(work, "Safety group", "Some of it.", "", 1)).version == 2
        with pytest.raises(Invalid):
            await describe(work, "", "", "", 2)


async def test_what_was_agreed_goes_into_the_one_action_plan(someone, school):
    lead = await someone(Role.LEAD)
    pies = framework_of("pies", school)
    assert pies
    async with begin(lead) as work:
        meeting = await record_meeting(work, school, TODAY, "Ana, Robin", "We agreed.")
        plan = Plan(words="Ask year 9.", owner=str(lead.user_id), due_on=TODAY)
        made = await plan_action(work, ACTIONS, meeting.id, pies, pies.controls[1], plan)
    async with begin(lead) as work:
        assert [one.id for one in await list_improvements(work)] == [made.id]
        assert [one.id for one in await list_actions(work, ACTIONS, meeting.id)] == [made.id]
        (met,) = await list_meetings(work)
        assert (met.actions, met.open) == (1, 1)
        assert [item.kind for item in (await beside(work, "pies", ["M2"])).items] == ["meeting"]


async def test_the_pages_of_the_committee(sign_in):
    head = await sign_in(Role.HEAD)
    assert "Nobody sits in it yet" in (await head.get(BASE)).text
    remit = {"name": "Safety group", "remit": "What <b>matters</b>", "meets": "Each term", "seen": "0"}
    assert (await head.send(BASE + "/remit", remit)).status_code == 303
    second = await head.send(BASE + "/remit", remit | {"remit": "Mine"})
    assert second.status_code == 409 and "Mine" in second.text and "What &lt;b&gt;" in second.text
    seat = {"member": "Robin Sample", "is_child": "yes", "joined_on": TODAY.isoformat()}
    refused = await head.send(BASE + "/members", seat, page=BASE)
    assert refused.status_code == 422 and "first name only" in refused.text
    assert (await head.send(BASE + "/members", seat | {"member": "Robin"}, page=BASE)).status_code == 303
    shown = (await head.get(BASE)).text
    assert "1 member. 1 of them is a child." in " ".join(shown.split())
    meeting = {"held_on": TODAY.isoformat(), "present": "Robin", "minutes": "We talked."}
    made = await head.send(BASE + "/meetings/new", meeting)
    assert made.status_code == 303, made.text
    address = made.headers["location"]
    action = {"control": "pies/M2", "words": "Ask", "owner": "other", "owner_name": "Chair", "due_on": "2027-02-01"}
    assert (await head.send(address, action | {"control": "pies/Z9"})).status_code == 422
    assert (await head.send(address, action)).status_code == 303
    assert "Ask" in (await head.get(address)).text
    leave = re.search(BASE + r"/members/[0-9a-f-]{36}/leave", shown)
    assert leave
    assert (await head.send(leave[0], {}, page=BASE)).status_code == 303
    assert "Earlier members" in (await head.get(BASE)).text


async def test_meetings_come_ten_at_a_time_and_who_sits_in_it_stays_below_them(sign_in, school):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        for ago in range(12):
            await record_meeting(work, school, TODAY - timedelta(days=ago), "Ana", f"Minutes number {ago}.")
        for number in range(27):
            await take_seat(work, f"Member {number:02}", "", TODAY, is_child=False)
    first = (await lead.get(BASE)).text
    assert "Minutes number 9." in first and "Minutes number 10." not in first
    sitting = set(re.findall(r"Member \d\d", first))
    assert "27 members" in first and len(sitting) == 25
    older = re.search(r'href="([^"]+\?after=[^"]+)"', first)
    assert older
    second = (await lead.get(older[1].replace("&amp;", "&"))).text
    assert "Minutes number 11." in second and "Minutes number 9." not in second
    assert "They last met today" in second
    more = re.search(r'href="([^"]+\?members=[^"#]+)#members"', first)
    assert more
    others = set(re.findall(r"Member \d\d", (await lead.get(more[1])).text))
    assert len(others) == 2 and not others & sitting
