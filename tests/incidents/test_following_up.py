"""Following up: acknowledging, adding, assessing, correcting, closing, reopening."""

import json
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry, complete_action
from safeguard.incidents.advising import next_step
from safeguard.incidents.closing import Closing, close, reopen
from safeguard.incidents.correcting import correct
from safeguard.incidents.entering import NewEntry, check_entry
from safeguard.incidents.informing import note_parents
from safeguard.incidents.phrases import verb_of
from safeguard.incidents.queries import list_incidents, list_own, read_incident
from safeguard.incidents.recording import SAID_IN_DANGER, record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.triaging import Classes, assess, classify
from safeguard.work import begin
from tests.factories.incidents import ACTION, CONTACT, DECISION, IMPERSONATION, NOTE, SCHOOL, SHORT

pytestmark = pytest.mark.anyio

CLOSING = Closing(
    summary="A false account.",
    follow_up="Reported and removed.",
    decision="No referral: no sign of harm.",
    outcome="The account is gone; the teacher is supported.",
)

IN_DANGER = NewIncident(narrative="He is on the roof.", danger_now=True)
CLOSED_IN_SILENCE = "update incidents set state = 'closed', acknowledged_at = now(), closed_at = now()"


async def recorded(actor, new=IMPERSONATION):
    async with begin(actor) as work:
        return (await record_incident(work, new, SCHOOL)).facts


async def read(actor, incident_id):
    async with begin(actor) as work:
        return await read_incident(work, incident_id)


def suggested(story):
    now = datetime.now(UTC)
    step = next_step(story, SCHOOL, now, now.date(), timedelta.max)
    return step and step.verb


async def test_a_reporter_sees_that_their_report_was_received_and_what_is_shared_and_nothing_else(someone):
    reporter = await someone(Role.REPORTER)
    lead = await someone(Role.LEAD, organisation=reporter.organisation_id)
    facts = await recorded(reporter)
    async with begin(lead) as work:
        await acknowledge(work, facts.id, 1)
        await assess(work, facts.id, 2, "high", "Abuse of staff, and it spreads.")
        await add_entry(work, facts.id, NOTE)
        await add_entry(work, facts.id, NewEntry(words="Thank you. We have asked for it to be removed.", shared=True))
    seen = await read(reporter, facts.id)
    assert seen.facts.acknowledged_at is not None
    assert seen.facts.risk == "unassessed"
    assert [entry.words for entry in seen.entries if entry.kind == "note"] == [
        "Thank you. We have asked for it to be removed."
    ]
    assert {entry.kind for entry in seen.entries} == {"acknowledgement", "note"}


async def test_a_reporter_finds_nobody_elses_report(someone):
    reporter = await someone(Role.REPORTER)
    colleague = await someone(Role.REPORTER, organisation=reporter.organisation_id)
    facts = await recorded(colleague)
    async with begin(reporter) as work:
        with pytest.raises(NotFound):
            await read_incident(work, facts.id)
        assert await list_incidents(work) == ()
    async with begin(colleague) as work:
        assert [row.id for row in await list_own(work)] == [facts.id]


async def test_a_reporter_may_not_add_assess_or_close(someone):
    reporter = await someone(Role.REPORTER)
    facts = await recorded(reporter)
    async with begin(reporter) as work:
        for act in (
            acknowledge(work, facts.id, 1),
            add_entry(work, facts.id, NOTE),
            assess(work, facts.id, 1, "high", "Because."),
            close(work, facts.id, 1, CLOSING),
        ):
            with pytest.raises(Forbidden):
                await act


async def test_entries_are_added_in_order_and_each_is_committed(someone):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    async with begin(lead) as work:
        for new in (NOTE, DECISION, ACTION, CONTACT):
            await add_entry(work, facts.id, new)
    story = await read(lead, facts.id)
    assert [entry.kind for entry in story.entries] == ["note", "decision", "action", "contact"]
    async with begin(lead) as work:
        rows = await work.driver.fetch("select id, fields from audit.documents where kind = 'entry'")
    committed = {row["id"]: json.loads(row["fields"]) for row in rows}
    assert committed.keys() == {entry.id for entry in story.entries}
    assert json.loads(committed[story.entries[1].id]["reason"][0]) == DECISION.reason


async def test_adding_does_not_make_a_new_version_of_the_incident(someone):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    async with begin(lead) as work:
        await add_entry(work, facts.id, NOTE)
        await acknowledge(work, facts.id, facts.version)


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewEntry(words=""), "words"),
        (NewEntry(words="Decided.", kind="decision"), "reason"),
        (NewEntry(words="Do it.", kind="action", due_on=ACTION.due_on), "owner"),
        (NewEntry(words="Do it.", kind="action", owner_name="Sam"), "due_on"),
        (NewEntry(words="Called.", kind="contact"), "contact"),
    ],
)
async def test_each_kind_of_entry_asks_for_what_it_needs(someone, new, field):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    async with begin(lead) as work:
        with pytest.raises(Invalid) as refusal:
            await add_entry(work, facts.id, new)
    assert [error.field for error in refusal.value.errors] == [field]


async def test_a_correction_of_an_entry_stands_beside_the_earlier_one(someone):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    async with begin(lead) as work:
        first = await add_entry(work, facts.id, NewEntry(words="Spoke with Mr Hail."))
        second = await add_entry(work, facts.id, NewEntry(words="Spoke with Mr Hale.", supersedes_id=first.id))
    story = await read(lead, facts.id)
    assert [entry.words for entry in story.entries] == ["Spoke with Mr Hail.", "Spoke with Mr Hale."]
    assert story.entries[1].supersedes_id == story.entries[0].id
    with pytest.raises(Conflict):
        async with begin(lead) as work:
            await add_entry(work, facts.id, NewEntry(words="Spoke with Mr Hall.", supersedes_id=first.id))
    assert second.supersedes_id == first.id


async def test_an_action_is_done_once(someone):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    async with begin(lead) as work:
        action = await add_entry(work, facts.id, ACTION)
        await complete_action(work, facts.id, action.id, "Reported; reference 11-22.")
    story = await read(lead, facts.id)
    assert story.entries[0].done_at is not None
    assert story.entries[1].kind == "completion"
    with pytest.raises(Conflict):
        async with begin(lead) as work:
            await complete_action(work, facts.id, action.id, "Again.")


async def test_a_change_of_risk_needs_a_reason_and_keeps_its_history(someone):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await assess(work, facts.id, 1, "high", " ")
        facts = await assess(work, facts.id, 1, "high", "It spreads.")
        facts = await assess(work, facts.id, facts.version, "low", "Removed.")
    story = await read(lead, facts.id)
    changes = [entry for entry in story.entries if entry.kind == "risk_change"]
    assert [(entry.risk_before, entry.risk_after) for entry in changes] == [("unassessed", "high"), ("high", "low")]
    assert story.facts.state == "open"


async def test_a_risk_is_confirmed_with_a_reason_as_an_entry_of_its_own(someone):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    async with begin(lead) as work:
        facts = await assess(work, facts.id, 1, "high", "It spreads.")
        await assess(work, facts.id, facts.version, "high", "Looked again: still spreading.")
    last = (await read(lead, facts.id)).entries[-1]
    assert (last.kind, last.risk_before, last.risk_after) == ("risk_change", "high", "high")
    assert verb_of(last) == "confirmed the risk"


async def test_danger_said_in_a_report_is_an_entry_that_says_who_said_so(someone):
    reporter = await someone(Role.REPORTER)
    lead = await someone(Role.LEAD, organisation=reporter.organisation_id)
    async with begin(reporter) as work:
        made = await record_incident(work, IN_DANGER, SCHOOL)
    story = await read(lead, made.facts.id)
    [said] = story.entries
    assert story.entries == made.entries
    assert (said.kind, said.risk_before, said.risk_after) == ("risk_change", "unassessed", "emergency")
    assert (said.author_name, said.reason) == (reporter.name, SAID_IN_DANGER)


async def test_a_lead_is_asked_to_look_at_a_risk_that_was_only_said_until_they_confirm_or_lower_it(someone):
    lead = await someone(Role.LEAD)
    for risk in ("emergency", "low"):
        async with begin(lead) as work:
            facts = (await record_incident(work, IN_DANGER, SCHOOL)).facts
            facts = await acknowledge(work, facts.id, facts.version)
        assert suggested(await read(lead, facts.id)) == "Look at the risk"
        async with begin(lead) as work:
            await assess(work, facts.id, facts.version, risk, "Rang them.")
        assert suggested(await read(lead, facts.id)) != "Look at the risk"


async def test_a_correction_shows_every_field_before_and_after_and_keeps_the_earlier_version(someone):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    story = await read(lead, facts.id)
    people = tuple(
        NewPerson(id=person.id, name=person.name, role=person.role, kind=person.kind, connection=person.connection,
                  group_name="Year 10" if person.position == 2 else person.group_name)
        for person in story.people[:2]
    )  # fmt: skip
    new = msgspec.structs.replace(
        IMPERSONATION, narrative="An account in the name of a science teacher.",
        people=(*people, NewPerson(name="Kit Marsh", role="witness", kind="child")),
    )  # fmt: skip
    async with begin(lead) as work:
        await correct(work, facts.id, 1, new, SCHOOL, "The account was in his name, not about him.")
    story = await read(lead, facts.id)
    changed = {change.field: (change.before, change.after) for change in story.entries[-1].changes}
    assert changed["narrative"] == (IMPERSONATION.narrative, new.narrative)
    assert changed["people.2.group_name"] == ("Year 9", "Year 10")
    assert changed["people.4.name"] == (None, "Kit Marsh")
    assert changed["people.3.removed_at"][0] is None
    assert [person.name for person in story.present] == ["Morgan Hale", "Ravi Underhill", "Kit Marsh"]
    async with begin(lead) as work:
        documents = await work.driver.fetch(
            "select version, fields from audit.documents where kind = 'incident' order by version"
        )
    assert [row["version"] for row in documents] == [1, 2]
    assert json.loads(json.loads(documents[0]["fields"])["narrative"][0]) == IMPERSONATION.narrative


async def test_a_correction_of_what_somebody_else_changed_meanwhile_is_refused(someone):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    async with begin(lead) as work:
        await acknowledge(work, facts.id, 1)
    async with begin(lead) as work:
        with pytest.raises(Conflict, match="What you typed is kept"):
            await correct(work, facts.id, 1, SHORT, SCHOOL)


async def test_people_of_another_incident_cannot_be_corrected_here(someone):
    lead = await someone(Role.LEAD)
    other, facts = await recorded(lead), await recorded(lead, SHORT)
    person = (await read(lead, other.id)).people[0]
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            new = NewIncident(narrative="Hm.", people=(NewPerson(id=person.id, name="Changed"),))
            await correct(work, facts.id, 1, new, SCHOOL)
    assert (await read(lead, other.id)).people[0].name == "Morgan Hale"


async def test_what_kind_it_is_may_be_several_and_is_told_in_the_timeline(someone):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    classes = Classes(four_c=("conduct", "contact"), issue_types=("impersonation", "reputation"))
    async with begin(lead) as work:
        facts = await classify(work, facts.id, 1, classes, SCHOOL)
        with pytest.raises(Invalid):
            await classify(work, facts.id, facts.version, Classes(four_c=("cats",)), SCHOOL)
    story = await read(lead, facts.id)
    assert story.facts.four_c == ("conduct", "contact")
    assert story.entries[-1].changes[0].after == ["conduct", "contact"]


async def test_parents_not_told_needs_a_reason(someone):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await note_parents(work, facts.id, 1, "no", "")
        await note_parents(work, facts.id, 1, "no", "It could put the child at risk.")
    assert (await read(lead, facts.id)).facts.parents_informed == "no"


@pytest.mark.parametrize("missing", ["summary", "follow_up", "decision", "outcome"])
async def test_closing_needs_all_four(someone, missing):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    async with begin(lead) as work:
        with pytest.raises(Invalid) as refusal:
            await close(work, facts.id, 1, msgspec.structs.replace(CLOSING, **{missing: " "}))
    assert [error.field for error in refusal.value.errors] == [missing]


async def test_a_closed_incident_accepts_no_entries_until_it_is_reopened_with_a_reason(someone):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    async with begin(lead) as work:
        facts = await close(work, facts.id, 1, CLOSING)
    for act in (lambda w: add_entry(w, facts.id, NOTE), lambda w: assess(w, facts.id, facts.version, "low", "Hm.")):
        async with begin(lead) as work:
            with pytest.raises(Conflict, match="Reopen it first"):
                await act(work)
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await reopen(work, facts.id, facts.version, "")
        facts = await reopen(work, facts.id, facts.version, "The account is back.")
        await add_entry(work, facts.id, NOTE)
    story = await read(lead, facts.id)
    assert story.facts.state == "open"
    assert [entry.kind for entry in story.entries] == ["acknowledgement", "closing", "reopening", "note"]
    assert story.entries[1].words == CLOSING.summary


async def test_the_database_itself_refuses_a_closed_incident_without_its_four_words(someone):
    lead = await someone(Role.LEAD)
    facts = await recorded(lead)
    with pytest.raises(Exception, match="incidents_closed_check"):
        async with begin(lead) as work:
            await work.driver.execute(
                "update incidents set state = 'closed', acknowledged_at = now(), closed_at = now()"
            )
    assert (await read(lead, facts.id)).facts.state == "new"


@pytest.mark.parametrize(
    "statement",
    [
        "delete from incidents",
        "delete from entries",
        "delete from incident_people",
        "update entries set words = 'Nothing happened.'",
        "update incidents set recorded_at = now()",
        "update incidents set reference = 'GGG-222'",
    ],
)
async def test_the_app_itself_may_not_delete_or_rewrite_what_was_said(someone, statement):
    lead = await someone(Role.LEAD)
    await recorded(lead)
    with pytest.raises(Exception, match="permission denied"):
        async with begin(lead) as work:
            await work.driver.execute(statement)


def test_a_day_long_past_is_not_said_to_be_a_long_way_off():
    now = datetime(2026, 11, 23, tzinfo=UTC)
    for day, said in ((date(2020, 1, 1), "long past"), (date(2046, 1, 1), "a long way off")):
        errors = check_entry(NewEntry(kind="action", words="Ring home.", due_on=day), now)
        assert [said in error.message for error in errors if error.field == "due_on"] == [True]
