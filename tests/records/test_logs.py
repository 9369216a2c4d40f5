"""Complaints with their one answer, breaches with their 72 hours, disagreements: each act, its clock, who may."""

import json
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
from safeguard.records.logs.breaching import Settled, find_breach, list_breaches, settle_breach
from safeguard.records.logs.writing import (
    answer_complaint,
    list_complaints,
    list_disagreements,
    receive_complaint,
    write_disagreement,
)
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
DAY = date(2026, 11, 2)
COMMITTED = "select fields from audit.documents where kind = 'breach' and id = $1 order by version"
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
            await settle_breach(work, quiet, Settled("none", ""))
    async with begin(lead) as work:
        await settle_breach(work, quiet, Settled("none", "Closed it.", not_reported="Nobody was near."))
        await settle_breach(work, loud, Settled("high", "Locks changed.", clock.now(), "IC-0001", told=True))
    for wrong, done in (
        ("not_reported", Settled("none", "", not_reported="Changed my mind.", report_reference="IC-0001")),
        ("report_reference", Settled("some", "")),
    ):
        with pytest.raises(Invalid) as refused:
            async with begin(lead) as work:
                await settle_breach(work, loud, done)
        assert [error.field for error in refused.value.errors] == [wrong]
    async with begin(lead) as work:
        await settle_breach(work, loud, Settled("some", "Found it.", None, "IC-0001"))
        found = {each.id: each for each in await list_breaches(work)}
    assert found[quiet].is_settled
    assert found[quiet].reported_at is None
    assert found[loud].reported_at is not None
    assert found[loud].told_at is not None
    assert (found[loud].risk, found[loud].version) == ("some", 3)
    assert await events(lead, "breach") == ["breach.found"] * 2 + ["breach.changed"] * 3


async def test_the_log_holds_when_a_breach_was_discovered_and_by_when_it_is_reported(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    at = clock.now() - timedelta(hours=30)
    async with begin(lead) as work:
        breach_id = await find_breach(work, at, "A letter went astray.", 2, "some", "")
        (breach,) = await list_breaches(work, breach_id)
        reported = at + timedelta(hours=2)
        await settle_breach(work, breach_id, Settled("some", "", reported, "IC-0001"))
    async with begin(lead) as work:
        told = [
            {name: json.loads(value) for name, (value, _salt) in json.loads(row["fields"]).items()}
            for row in await work.driver.fetch(COMMITTED, breach_id)
        ]
    for each in told:
        assert each["discovered_at"] == breach.discovered_at.isoformat()
        assert each["due_at"] == breach.due_at.isoformat()
        assert each["people_count"] == 2
    assert [each["reported_at"] for each in told] == [None, reported.isoformat()]


@pytest.mark.parametrize("hours", [-1, 31], ids=["before_it_was_discovered", "still_to_come"])
async def test_a_breach_was_reported_after_it_was_discovered_and_before_now(someone: Someone, hours: int) -> None:
    lead = await someone(Role.LEAD)
    at = clock.now() - timedelta(hours=30)
    async with begin(lead) as work:
        breach_id = await find_breach(work, at, "A letter went astray.", 2, "some", "")
    with pytest.raises(Invalid) as refused:
        async with begin(lead) as work:
            await settle_breach(work, breach_id, Settled("some", "", at + timedelta(hours=hours), "IC-0001"))
    assert [error.field for error in refused.value.errors] == ["reported_on"]


async def test_where_harm_is_likely_to_be_grave_people_are_told_or_it_says_why_not(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        breach_id = await find_breach(work, clock.now(), "A folder was lost.", 30, "high", "")
    with pytest.raises(Invalid) as refused:
        async with begin(lead) as work:
            await settle_breach(work, breach_id, Settled("high", "", clock.now(), "IC-0001"))
    assert [error.field for error in refused.value.errors] == ["not_told"]
    async with begin(lead) as work:
        untold = Settled("high", "", clock.now(), "IC-0001", not_told="Nobody can say whose it was.")
        await settle_breach(work, breach_id, untold)
        (breach,) = await list_breaches(work, breach_id)
    assert (breach.told_at, breach.not_told) == (None, "Nobody can say whose it was.")


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
