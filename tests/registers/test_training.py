"""Training and engagement: events, who was there, who is in date, what runs out."""

import re
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Invalid, NotFound
from safeguard.notifications import registers as telling
from safeguard.registers.here import months_on
from safeguard.registers.training.learning import NewEvent, Present, record_event, record_present, take_back
from safeguard.registers.training.queries import (
    Share,
    get_event,
    list_events,
    list_learners,
    list_records,
    list_taken,
    reached,
    shares,
)
from safeguard.standards.queries import beside
from safeguard.work import begin

pytestmark = pytest.mark.anyio

TODAY = clock.now().date()
COURSE = NewEvent(title="Yearly update", audiences=("staff", "governors"), held_on=TODAY, lasts_months=12)
EVENING = NewEvent(title="Evening for families", audiences=("families",), held_on=TODAY, headcount=40)
NOTICES = "select event from notices where recipient_id = $1 order by created_at, id"


async def test_who_was_there_is_in_date_until_it_runs_out(someone, school):
    lead = await someone(Role.LEAD)
    governor = await someone(Role.GOVERNOR, organisation=lead.organisation_id)
    async with begin(lead) as work:
        event = await record_event(work, school, COURSE)
        assert [share.percent for share in shares(await list_learners(work), TODAY)] == [0, 0]
        members = (lead.user_id, governor.user_id)
        assert await record_present(work, event, Present(members=members, names=("Visiting Sample",))) == 3
        assert await record_present(work, event, Present(members=members)) == 0
    async with begin(lead) as work:
        learners = await list_learners(work)
        assert shares(learners, TODAY) == (Share("staff", 1, 1), Share("governors", 1, 1))
        assert {one.state(TODAY) for one in learners} == {"current"}
        assert {one.state(months_on(TODAY, 11)) for one in learners} == {"soon"}
        assert {one.state(months_on(TODAY, 13)) for one in learners} == {"expired"}
        assert {row.audience for row in await list_records(work, event.id)} == {"staff", "governors"}
        assert [taken.event.id for taken in await list_taken(work, lead.user_id)] == [event.id]


async def test_whoever_missed_it_is_not_in_date(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        event = await record_event(work, school, COURSE)
        await record_present(work, event, Present(members=(lead.user_id,), outcome="missed"))
    async with begin(lead) as work:
        assert [one.state(TODAY) for one in await list_learners(work)] == ["never"]


async def test_a_record_that_was_a_mistake_counts_no_longer(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        event = await record_event(work, school, COURSE)
        await record_present(work, event, Present(members=(lead.user_id,)))
        (record,) = await list_records(work, event.id)
        await take_back(work, event.id, record.id)
        assert await list_records(work, event.id) == ()
        with pytest.raises(Conflict):
            await take_back(work, event.id, record.id)


async def test_an_event_is_evidence_for_what_its_audiences_learn(someone, school):
    async with begin(await someone(Role.LEAD)) as work:
        await record_event(work, school, EVENING)
        for control in ("L10", "S3"):
            assert [item.title for item in (await beside(work, "pies", [control])).items] == ["Evening for families"]
        assert (await beside(work, "pies", ["L7"])).items == ()
        (found,) = await reached(work, TODAY)
        assert (found.audience, found.events, found.people) == ("families", 1, 40)
        assert await list_events(work, "staff") == ()


async def test_a_headcount_of_an_event_for_several_is_of_all_of_them_together(someone, school):
    async with begin(await someone(Role.LEAD)) as work:
        both = msgspec.structs.replace(EVENING, audiences=("families", "community"), headcount=46)
        await record_event(work, school, both)
        await record_event(work, school, EVENING)
        told = {one.audience: (one.people, one.together) for one in await reached(work, TODAY)}
        assert told == {"families": (40, 46), "community": (0, 46)}


async def test_what_is_missing_is_said(someone, school):
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(Invalid) as refused:
            await record_event(work, school, NewEvent(title=""))
        assert {error.field for error in refused.value.errors} == {"title", "audiences", "held_on"}
        event = await record_event(work, school, COURSE)
        with pytest.raises(Invalid) as refused:
            await record_present(work, event, Present(audience="cats", outcome="slept"))
        assert {error.field for error in refused.value.errors} == {"names", "audience", "outcome"}


async def test_an_event_of_another_organisation_is_not_found(someone, school):
    async with begin(await someone(Role.LEAD)) as work:
        event = await record_event(work, school, COURSE)
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(NotFound):
            await get_event(work, event.id)


async def test_whose_certificate_runs_out_is_told_unless_it_was_renewed(someone, school):
    lead = await someone(Role.LEAD)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    async with begin(lead) as work:
        earlier = NewEvent(title="Before", audiences=("staff",), held_on=TODAY - timedelta(days=340), lasts_months=12)
        event = await record_event(work, school, earlier)
        await record_present(work, event, Present(members=(lead.user_id, reporter.user_id)))
        again = await record_event(work, school, COURSE)
        await record_present(work, again, Present(members=(lead.user_id,)))
    async with begin(system(lead.organisation_id)) as work:
        await telling.tell_whose_training_ends(work, event.id)
    async with begin(system(lead.organisation_id)) as work:
        assert [row["event"] for row in await work.driver.fetch(NOTICES, reporter.user_id)] == ["training.due"]
        assert [row["event"] for row in await work.driver.fetch(NOTICES, lead.user_id)] == ["training.due_of_others"]


async def test_the_pages_of_training(sign_in):
    lead = await sign_in(Role.LEAD)
    assert "Nothing is recorded yet" in (await lead.get("/standards/registers/training")).text
    typed = {"title": "Update", "audiences": "staff", "held_on": TODAY.isoformat(), "lasts_months": "12"}
    made = await lead.send("/standards/registers/training/new", typed)
    assert made.status_code == 303, made.text
    event = made.headers["location"]
    sent = {"members": str(lead.actor.user_id), "names": "Ana Sample\nBo Sample", "audience": "staff",
            "outcome": "certified"}  # fmt: skip
    assert (await lead.send(event, sent)).status_code == 303
    shown = (await lead.get(event)).text
    assert "Ana Sample" in shown and "Has a certificate" in shown
    record = re.search(event + r"/records/[0-9a-f-]{36}/end", shown)
    assert record
    assert (await lead.send(record[0], {}, page=event)).status_code == 303
    assert "100 % (1 of 1)" in (await lead.get("/standards/registers/training?audience=staff")).text
    assert "Update" in (await lead.get(f"/standards/registers/training/people/{lead.actor.user_id}")).text
    wrong = await lead.send("/standards/registers/training/new", typed | {"lasts_months": "many"})
    assert wrong.status_code == 422 and "whole number" in wrong.text
    table = "/standards/registers/tables/training.csv"
    taken = (await lead.get(table)).text
    assert "Update" in taken and "In date" in taken and "current" not in taken
    head, governor = [
        await sign_in(role, organisation=lead.actor.organisation_id) for role in (Role.HEAD, Role.GOVERNOR)
    ]
    assert table in (await head.get("/standards/registers/training")).text and "Update" in (await head.get(table)).text
    assert table not in (await governor.get("/standards/registers/training")).text
    assert (await governor.get(table)).status_code == 403


async def test_training_from_elsewhere_comes_in_over_the_api(program):
    lead = await program(Role.LEAD)
    sent = {"title": "Course", "audiences": ["staff"], "held_on": TODAY.isoformat(), "names": ["Ana", "Bo"]}
    made = await lead.client.post("/api/v1/learning-events", json=sent)
    assert made.status_code == 201, made.text
    assert made.json()["people"] == 2
    assert (await lead.get(made.headers["location"])).json()["title"] == "Course"
    wrong = await lead.client.post("/api/v1/learning-events", json=sent | {"audiences": []})
    assert wrong.status_code == 422


@given(current=st.integers(0, 500), people=st.integers(1, 500))
def test_a_share_is_all_only_when_it_is_all(current, people):
    share = Share("staff", min(current, people), people)
    assert 0 <= share.percent <= 100
    assert (share.percent == 100) == (share.current == share.people)
