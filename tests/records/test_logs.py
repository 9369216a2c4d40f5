"""Complaints with their one answer, breaches with their 72 hours, disagreements: each act, its clock, who may."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.people.recording import record_person
from safeguard.records.logs.writing import (
    Settled,
    answer_complaint,
    find_breach,
    list_breaches,
    list_complaints,
    list_disagreements,
    receive_complaint,
    settle_breach,
    write_disagreement,
)
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
DAY = date(2026, 11, 2)
TOLD = "select split_part(entry, E'\\n', 3) from audit.leaves where entry like $1 order by index"


async def events(lead: Actor, noun: str) -> list[str]:
    async with begin(lead) as work:
        return [str(row[0]) for row in await work.driver.fetch(TOLD, f"%\n{noun}.%")]


async def test_a_complaint_is_answered_once_and_those_that_wait_come_first(someone: Someone) -> None:
    lead, stranger = await someone(Role.LEAD), await someone(Role.LEAD)
    async with begin(lead) as work:
        first = await receive_complaint(work, DAY, "Jo Sample", "access", "It took too long.")
        second = await receive_complaint(work, DAY, "Al Sample", "data", "It was read aloud.")
    async with begin(lead) as work:
        await answer_complaint(work, second, "It was, and we are sorry.", "yes")
    with pytest.raises(Conflict, match="answered already"):
        async with begin(lead) as work:
            await answer_complaint(work, second, "It was not.", "no")
    with pytest.raises(NotFound):
        async with begin(stranger) as work:
            await answer_complaint(work, first, "Not ours.", "no")
    async with begin(lead) as work:
        waiting, done = await list_complaints(work)
    assert (waiting.id, waiting.answered_at, done.id, done.upheld, done.version) == (first, None, second, "yes", 2)
    assert await events(lead, "complaint") == ["complaint.received", "complaint.received", "complaint.answered"]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hours=st.integers(0, 200))
async def test_a_breach_is_due_72_hours_after_it_was_discovered_however_late_it_is_written_down(
    someone: Someone, hours: int
) -> None:
    lead = await someone(Role.LEAD)
    at = clock.now() - timedelta(hours=hours)
    async with begin(lead) as work:
        breach_id = await find_breach(work, at, "A letter went astray.", 2, "some", "")
        (breach,) = await list_breaches(work, breach_id)
    assert breach.due_at - breach.discovered_at == timedelta(hours=72)
    assert abs(breach.discovered_at - at) < timedelta(milliseconds=1)


async def test_a_breach_is_reported_or_says_why_not_and_what_was_reported_stays_reported(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    with pytest.raises(Invalid):
        async with begin(lead) as work:
            await find_breach(work, clock.now() + timedelta(hours=1), "Tomorrow.", None, "some", "")
    async with begin(lead) as work:
        quiet = await find_breach(work, clock.now(), "A list was left open.", None, "none", "")
        loud = await find_breach(work, clock.now(), "A folder was lost.", 30, "high", "Locks changed.")
    with pytest.raises(Invalid):
        async with begin(lead) as work:
            await settle_breach(work, quiet, Settled("none", "", False, "", "", False))
    async with begin(lead) as work:
        await settle_breach(work, quiet, Settled("none", "Closed it.", False, "", "Nobody was near.", False))
        await settle_breach(work, loud, Settled("high", "Locks changed.", True, "IC-0001", "", True))
    async with begin(lead) as work:
        await settle_breach(work, loud, Settled("some", "Found it.", False, "IC-0001", "", False))
        found = {each.id: each for each in await list_breaches(work)}
    assert found[quiet].is_settled
    assert found[quiet].reported_at is None
    assert found[loud].reported_at is not None
    assert found[loud].told_at is not None
    assert (found[loud].risk, found[loud].version) == ("some", 3)
    assert await events(lead, "breach") == ["breach.found"] * 2 + ["breach.changed"] * 3


async def test_a_disagreement_stands_beside_the_record_as_it_was_said(someone: Someone) -> None:
    lead, stranger = await someone(Role.LEAD), await someone(Role.LEAD)
    async with begin(lead) as work:
        person = await record_person(work, called("Ana", "Brook"), SCHOOL)
    async with begin(lead) as work:
        await write_disagreement(work, person.id, "Ana Brook", "I was not there.", "")
        await write_disagreement(work, person.id, "Carla Brook", "Nor was I.", "We asked again.")
    with pytest.raises(NotFound):
        async with begin(stranger) as work:
            await write_disagreement(work, person.id, "Somebody", "Nothing.", "")
    async with begin(lead) as work:
        said = [(each.by_name, each.words, each.answer) for each in await list_disagreements(work, person.id)]
    assert said == [("Ana Brook", "I was not there.", ""), ("Carla Brook", "Nor was I.", "We asked again.")]


@pytest.mark.parametrize("role", [Role.HEAD, Role.REPORTER, Role.GOVERNOR])
async def test_the_logs_are_the_leads_alone(someone: Someone, role: Role) -> None:
    other = await someone(role)
    with pytest.raises(Forbidden):
        async with begin(other) as work:
            await receive_complaint(work, DAY, "Jo", "data", "Words.")
    with pytest.raises(Forbidden):
        async with begin(other) as work:
            await find_breach(work, clock.now(), "Words.", None, "some", "")
    for reading in (list_complaints, list_breaches):
        with pytest.raises(Forbidden):
            async with begin(other) as work:
                await reading(work)
