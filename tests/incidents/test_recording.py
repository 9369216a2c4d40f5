"""Recording: what is kept, who may, and what the log is told."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from safeguard.access.roles import Role
from safeguard.errors import Forbidden, Invalid, NotFound
from safeguard.incidents import documents, models, story
from safeguard.incidents.forms import ReportForm
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import Happened, NewIncident, NewPerson, check
from safeguard.web.fields import Fields
from safeguard.web.forms import fill
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL, SHORT

pytestmark = pytest.mark.anyio


async def test_a_report_is_read_as_it_was_written(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        recorded = await record_incident(work, IMPERSONATION, SCHOOL)
    async with begin(lead) as work:
        story = await read_incident(work, recorded.facts.id)
    assert story == recorded
    assert story.facts.narrative == IMPERSONATION.narrative
    assert story.facts.recorded_by_name == lead.name
    assert [(person.name, person.role) for person in story.people] == [
        ("Morgan Hale", "affected"),
        ("Ravi Underhill", "alleged"),
        ("Ana Brook", "witness"),
    ]


async def test_only_the_narrative_is_required(someone):
    async with begin(await someone(Role.REPORTER)) as work:
        story = await record_incident(work, SHORT, SCHOOL)
    assert story.facts.state == "new"
    assert story.facts.risk == "unassessed"
    assert story.people == ()


async def test_danger_said_at_the_door_stands_as_an_emergency_until_a_lead_has_looked(someone):
    async with begin(await someone(Role.REPORTER)) as work:
        story = await record_incident(work, NewIncident(narrative="He is on the roof.", danger_now=True), SCHOOL)
    assert story.facts.risk == "emergency"


async def test_a_governor_may_not_record(someone):
    async with begin(await someone(Role.GOVERNOR)) as work:
        with pytest.raises(Forbidden):
            await record_incident(work, SHORT, SCHOOL)


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e\u2066", "\u00a0\ufeff"])
async def test_a_report_of_nothing_that_can_be_seen_says_nothing(someone, unseen):
    async with begin(await someone(Role.REPORTER)) as work:
        with pytest.raises(Invalid) as refused:
            await record_incident(work, NewIncident(narrative=unseen), SCHOOL)
    assert [error.field for error in refused.value.errors] == ["narrative"]


async def test_a_report_with_nothing_said_names_the_field_and_keeps_nothing(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        with pytest.raises(Invalid) as refusal:
            await record_incident(work, NewIncident(narrative=" \n "), SCHOOL)
    assert [error.field for error in refusal.value.errors] == ["narrative"]
    async with begin(lead) as work:
        assert await work.driver.fetchval("select count(*) from incidents") == 0


async def test_another_organisation_sees_nothing(someone):
    async with begin(await someone(Role.LEAD)) as work:
        story = await record_incident(work, SHORT, SCHOOL)
    async with begin(await someone(Role.LEAD)) as work:
        assert await work.driver.fetchval("select count(*) from incidents") == 0
        with pytest.raises(NotFound):
            await read_incident(work, story.facts.id)


async def test_the_log_binds_the_words_and_names_none_of_them(someone):
    async with begin(await someone(Role.LEAD)) as work:
        story = await record_incident(work, IMPERSONATION, SCHOOL)
    async with begin(work.actor) as work:
        entry = await work.driver.fetchval("select entry from audit.leaves where log = 'general' order by index desc")
        fields = json.loads(await work.driver.fetchval("select fields from audit.documents where kind = 'incident'"))
    assert entry.splitlines()[2] == "incident.recorded"
    assert json.loads(fields["narrative"][0]) == story.facts.narrative
    assert json.loads(fields["people.2.role"][0]) == "alleged"
    assert not any(name in entry for name in ("Hale", "impersonation", str(story.facts.id)))


async def test_what_no_keyboard_types_is_left_out_and_everything_else_is_kept(someone):
    said = "Bad\x00 words:\r\n<script>{{7*7}}</script> =HYPERLINK() 🦉 \u202eשלום"
    name = "Åsa " + "🦉" * 290 + " مرحبا"
    async with begin(await someone(Role.LEAD)) as work:
        new = NewIncident(narrative=said, people=(NewPerson(name=name), NewPerson(name=" ", notes="")))
        story = await record_incident(work, new, SCHOOL)
    assert story.facts.narrative == "Bad words:\n<script>{{7*7}}</script> =HYPERLINK() 🦉 \u202eשלום"
    assert [person.name for person in story.people] == [name]


async def test_a_taken_reference_is_drawn_again(someone, monkeypatch):
    drawn = iter(["K7Q-3MX", "K7Q-3MX", "PPP-222"])
    monkeypatch.setattr("safeguard.clock.new_reference", lambda: next(drawn))
    async with begin(await someone(Role.LEAD)) as work:
        first = await record_incident(work, SHORT, SCHOOL)
        second = await record_incident(work, SHORT, SCHOOL)
    assert (first.facts.reference, second.facts.reference) == ("K7Q-3MX", "PPP-222")


@pytest.mark.parametrize(
    ("happened", "field"),
    [
        (Happened(precision="day"), "happened.from"),
        (Happened(precision="about"), "happened.words"),
        (Happened(precision="period"), "happened.until"),
    ],
)
async def test_a_time_that_says_too_little_is_asked_for_again(someone, happened, field):
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(Invalid) as refusal:
            await record_incident(work, NewIncident(narrative="Something.", happened=happened), SCHOOL)
    assert [error.field for error in refusal.value.errors] == [field]


def test_every_column_says_truly_whether_it_is_committed():
    for model, struct, left_out in (
        (models.Incident, story.Facts, documents.NOT_COMMITTED),
        (models.IncidentPerson, story.Person, documents.NOT_COMMITTED_PERSON),
        (models.Entry, story.Entry, documents.NOT_COMMITTED_ENTRY),
    ):
        declared = {column.name for column in model.__table__.columns if column.info["treatment"].committed}
        assert declared == set(struct.__struct_fields__) - left_out


@pytest.mark.parametrize("hour", [0, 7, 12, 22])
def test_today_is_not_after_now_at_any_hour_and_tomorrow_is(hour):
    now = datetime(2026, 3, 3, hour, 1, tzinfo=UTC)
    fields = Fields.of([("narrative", "Something."), ("happened_on", "today"), ("discovered_on", "today")])
    new = fill(ReportForm, fields, today=now.date()).value.report(SCHOOL, "Europe/London")
    assert check(new, SCHOOL, now) == ()
    assert check(new, SCHOOL, now - timedelta(days=1)) != ()
