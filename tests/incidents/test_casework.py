"""Casework: outcomes, plans, support, lessons, reviews, who knows, awaited answers, links and handlers."""

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import anyio
import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry
from safeguard.incidents.assigning import assign, list_handlers
from safeguard.incidents.chapter import entry_of
from safeguard.incidents.chronicle import Chronicle
from safeguard.incidents.closing import Closing, close, has_open_ends
from safeguard.incidents.controls import controls_by_objective, known_controls
from safeguard.incidents.entering import NewEntry, tidied_entry
from safeguard.incidents.entry_kinds import KNOWERS, SHAREABLE, USES
from safeguard.incidents.informing import note_knowledge, note_parents
from safeguard.incidents.linking import find_referenced, link, unlink
from safeguard.incidents.queries import Filters, list_incidents, read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.standing import standing
from safeguard.incidents.triaging import Classes, assess, classify
from safeguard.work import begin
from tests.factories.incidents import ACTION, DECISION, IMPERSONATION, SCHOOL, SHORT

pytestmark = pytest.mark.anyio

SOON = date.today() + timedelta(days=30)
CLOSING = Closing(summary="s", follow_up="f", decision="d", outcome="o")


async def recorded(actor, new=IMPERSONATION):
    async with begin(actor) as work:
        return await record_incident(work, new, SCHOOL)


async def read(actor, incident_id):
    async with begin(actor) as work:
        return await read_incident(work, incident_id)


async def add(actor, incident_id, **values):
    async with begin(actor) as work:
        return await add_entry(work, incident_id, NewEntry(**values))


def of_every_kind(person_id, contact_id, action_id, other_id):
    """One valid entry of each kind that there is."""
    about = {"person_id": person_id}
    return {
        "note": {"words": "Spoke with the form tutor."},
        "decision": {"words": "No referral.", "reason": "No harm.", "referral": "not_made", "contact": "social_care"},
        "action": {"words": "Ring them.", "owner_name": "Sam Oakes", "due_on": SOON, "remind_on": SOON},
        "completion": {"words": "Rang.", "action_id": action_id},
        "contact": {"words": "Asked.", "contact": "police", "awaits_answer": True, "due_on": SOON},
        "answer": {"words": "They will call.", "action_id": contact_id},
        "informing": {"contact": "social_worker", "informed": "yes", **about},
        "person_outcome": {"words": "Well again.", "result": "supported", **about},
        "plan": {"words": "A tutor each morning.", "due_on": SOON, **about},
        "support": {"words": "Offered a talk; taken up.", **about},
        "lesson": {"words": "Nobody knew where to report.", "controls": ("L12", "M3")},
        "review": {"words": "The first hour went well.", "attendees": "Head\nLead"},
        "link": {"linked_id": other_id},
    }


async def test_every_kind_is_kept_committed_and_read_back_from_what_was_committed(someone):
    lead = await someone(Role.LEAD)
    story, other = await recorded(lead), await recorded(lead, SHORT)
    contact = await add(lead, story.facts.id, kind="contact", words="Rang.", contact="lado", awaits_answer=True)
    action = await add(lead, story.facts.id, kind="action", words="Do.", owner_name="Sam", due_on=SOON)
    kinds = of_every_kind(story.people[0].id, contact.id, action.id, other.facts.id)
    assert set(kinds) == set(USES)
    for kind, values in kinds.items():
        entry = await add(lead, story.facts.id, kind=kind, **values)
        async with begin(lead) as work:
            fields = await work.driver.fetchval(
                "select fields from audit.documents where kind = 'entry' and id = $1 and version = 1", entry.id
            )
        told = type("T", (), {"values": {n: json.loads(v) for n, (v, _) in json.loads(fields).items()}, "number": 1})
        left_out = {"author_id": None, "owner_id": None, "person_id": None}
        assert entry_of(entry.id, told) == msgspec.structs.replace(entry, **left_out), kind


async def test_what_a_kind_has_no_use_for_is_left_out(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead)
    full = NewEntry(
        words="w", reason="r", owner_name="Sam", due_on=SOON, contact="police", attendees="All", controls=("M1",),
        person_id=story.people[0].id, result="supported", shared=True, referral="made", awaits_answer=True,
    )  # fmt: skip
    for kind in USES:
        entry = tidied_entry(msgspec.structs.replace(full, kind=kind))
        kept = {field.name for field in msgspec.structs.fields(NewEntry) if getattr(entry, field.name) != field.default}
        assert kept <= USES[kind] | {"kind", "words", "reason", "shared"}, kind
        assert entry.shared == (kind in SHAREABLE), kind


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "plan", "words": "A plan.", "due_on": SOON}, "person_id"),
        ({"kind": "support", "words": "Support."}, "person_id"),
        ({"kind": "lesson", "words": "Learnt.", "controls": ("X9",)}, "controls"),
        ({"kind": "review", "words": "Found."}, "attendees"),
        ({"kind": "informing", "contact": "police", "informed": "yes"}, "contact"),
        ({"kind": "informing", "contact": "social_worker", "informed": "no"}, "reason"),
        ({"kind": "informing", "contact": "social_worker"}, "informed"),
        ({"kind": "decision", "words": "No.", "reason": "None.", "referral": "not_made"}, "contact"),
        ({"kind": "answer", "words": "Yes."}, "action_id"),
        ({"kind": "link"}, "linked_id"),
        ({"kind": "action", "words": "Do.", "owner_name": "S", "due_on": SOON, "remind_on": SOON + timedelta(9)},
         "remind_on"),
        ({"kind": "contact", "words": "Rang.", "contact": "police",
          "took_place_at": datetime.now(UTC) + timedelta(days=2)}, "took_place_at"),
    ],
)  # fmt: skip
async def test_each_kind_asks_for_what_it_needs(someone, values, field):
    lead = await someone(Role.LEAD)
    story = await recorded(lead)
    with pytest.raises(Invalid) as refusal:
        await add(lead, story.facts.id, **values)
    assert [error.field for error in refusal.value.errors] == [field]


async def test_an_outcome_is_of_one_person_and_the_last_word_on_them_counts(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead)
    affected, alleged, _witness = story.people
    assert [person.name for person in standing(story).without_outcome] == [affected.name, alleged.name]
    first = {"kind": "person_outcome", "words": "Still upset.", "result": "support_continues"}
    await add(lead, story.facts.id, person_id=affected.id, **first)
    await add(lead, story.facts.id, kind="person_outcome", words="Well.", result="supported", person_id=affected.id)
    now = standing(await read(lead, story.facts.id))
    assert now.of(affected.id).outcome.words == "Well."
    assert now.of(alleged.id).outcome is None
    assert [person.name for person in now.without_outcome] == [alleged.name]


async def test_somebody_of_another_incident_and_an_outcome_of_another_list_are_refused(someone):
    lead = await someone(Role.LEAD)
    story, other = await recorded(lead), await recorded(lead)
    for values, field in (
        ({"person_id": other.people[0].id, "result": "supported"}, "person_id"),
        ({"person_id": story.people[0].id, "result": "hanged"}, "result"),
    ):
        with pytest.raises(Invalid) as refusal:
            await add(lead, story.facts.id, kind="person_outcome", words="w", **values)
        assert [error.field for error in refusal.value.errors] == [field]


async def test_a_plan_has_versions_and_stays_with_its_person(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead)
    child = story.people[1]
    plan = {"kind": "plan", "words": "A tutor each morning.", "due_on": SOON, "person_id": child.id}
    first = await add(lead, story.facts.id, **plan)
    with pytest.raises(Invalid):
        await add(lead, story.facts.id, **plan | {"person_id": story.people[0].id, "supersedes_id": first.id})
    second = await add(lead, story.facts.id, **plan | {"words": "Every other.", "supersedes_id": first.id})
    assert standing(await read(lead, story.facts.id)).of(child.id).plan.id == second.id
    async with begin(lead) as work:
        events = await work.driver.fetch(
            "select split_part(entry, E'\\n', 3) as event from audit.leaves order by index"
        )
    assert "entry.revised" in {row["event"] for row in events}
    assert "entry.corrected" not in {row["event"] for row in events}


async def test_an_answer_closes_the_contact_that_awaits_it_and_only_once(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead)
    asked = await add(
        lead, story.facts.id, kind="contact", words="Referred.", contact="social_care", awaits_answer=True
    )
    told = await add(lead, story.facts.id, kind="contact", words="Told.", contact="police")
    assert [entry.id for entry in standing(await read(lead, story.facts.id)).awaited] == [asked.id]
    with pytest.raises(NotFound):
        await add(lead, story.facts.id, kind="answer", words="Yes.", action_id=told.id)
    await add(lead, story.facts.id, kind="answer", words="Accepted.", action_id=asked.id, contact_reference="M-1")
    assert standing(await read(lead, story.facts.id)).awaited == ()
    with pytest.raises(Conflict):
        await add(lead, story.facts.id, kind="answer", words="Again.", action_id=asked.id)


async def test_for_a_looked_after_child_everybody_who_answers_for_them_is_told_each_on_record(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead)
    child = story.people[1].id
    said = tuple(
        NewEntry(kind="informing", contact=code, informed="no" if code == "parents" else "yes", person_id=child,
                 reason="It could put him at risk." if code == "parents" else "")
        for code in KNOWERS
    )  # fmt: skip
    async with begin(lead) as work:
        await note_knowledge(work, story.facts.id, 1, said)
    after = await read(lead, story.facts.id)
    assert {(entry.contact, entry.informed) for entry in standing(after).knowledge} == {
        ("parents", "no"), ("parental_responsibility", "yes"), ("social_worker", "yes"), ("placing_authority", "yes"),
    }  # fmt: skip
    assert (after.facts.parents_informed, after.facts.parents_reason) == ("no", "It could put him at risk.")
    assert {entry.person_name for entry in after.entries} == {story.people[1].name}


async def test_statements_about_who_knows_name_the_one_that_needs_another_look(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead)
    said = tuple(NewEntry(kind="informing", contact=code, informed="no") for code in ("parents", "social_worker"))
    async with begin(lead) as work:
        with pytest.raises(Invalid) as refusal:
            await note_knowledge(work, story.facts.id, 1, said)
    assert [error.field for error in refusal.value.errors] == ["0.reason", "1.reason"]


async def test_links_stand_at_both_ends_once_and_go_with_a_reason(someone):
    lead = await someone(Role.LEAD)
    one, other = (await recorded(lead)).facts, (await recorded(lead, SHORT)).facts
    async with begin(lead) as work:
        facts = await acknowledge(work, other.id, 1)
        await close(work, other.id, facts.version, CLOSING)
    async with begin(lead) as work:
        found = await find_referenced(work, other.reference.lower().replace("-", " "))
        await link(work, one.id, found, "The same account.")
    assert [each.reference for each in (await read(lead, one.id)).links] == [other.reference]
    assert [each.reference for each in (await read(lead, other.id)).links] == [one.reference]
    for here, there in ((one.id, other.id), (other.id, one.id)):
        with pytest.raises(Conflict):
            async with begin(lead) as work:
                await link(work, here, there)
    with pytest.raises(Invalid):
        async with begin(lead) as work:
            await link(work, one.id, one.id)
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await unlink(work, one.id, other.id, " ")
        await unlink(work, other.id, one.id, "Another account after all.")
    assert (await read(lead, one.id)).links == (await read(lead, other.id)).links == ()
    assert [entry.kind for entry in (await read(lead, one.id)).entries] == ["link", "unlinking"]
    async with begin(lead) as work:
        with pytest.raises(NotFound):
            await unlink(work, one.id, other.id, "Again.")
        await link(work, one.id, other.id)


async def test_an_incident_of_another_organisation_cannot_be_linked_or_found(someone):
    lead, stranger = await someone(Role.LEAD), await someone(Role.LEAD)
    one, theirs = (await recorded(lead)).facts, (await recorded(stranger)).facts
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await find_referenced(work, theirs.reference)
        with pytest.raises(Invalid):
            await link(work, one.id, theirs.id)


async def test_of_twenty_who_link_the_same_two_at_once_from_either_side_one_wins(someone):
    lead = await someone(Role.LEAD)
    pair = [(await recorded(lead, SHORT)).facts.id for _ in range(2)]
    outcomes = []

    async def attempt(number):
        here, there = pair if number % 2 else reversed(pair)
        try:
            async with begin(lead) as work:
                await link(work, here, there)
        except Conflict:
            outcomes.append("refused")
        else:
            outcomes.append("linked")

    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(attempt, number)
    assert sorted(outcomes) == ["linked"] + ["refused"] * 19
    assert len((await read(lead, pair[0])).links) == len((await read(lead, pair[1])).links) == 1


async def test_an_incident_is_given_to_somebody_who_handles_them_and_to_nobody_else(someone):
    lead = await someone(Role.LEAD)
    deputy = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    facts = (await recorded(reporter)).facts
    async with begin(lead) as work:
        assert {handler.id for handler in await list_handlers(work)} == {lead.user_id, deputy.user_id}
        with pytest.raises(Invalid):
            await assign(work, facts.id, 1, reporter.user_id)
        after = await assign(work, facts.id, 1, deputy.user_id, "You know the family.")
        with pytest.raises(Conflict):
            await assign(work, facts.id, after.version, deputy.user_id)
    story = await read(deputy, facts.id)
    assert (story.facts.state, story.facts.assigned_to, story.facts.assigned_name) == (
        "open", deputy.user_id, deputy.name,
    )  # fmt: skip
    assert [entry.kind for entry in story.entries] == ["acknowledgement", "assignment"]
    own = await read(reporter, facts.id)
    assert (own.facts.assigned_to, own.facts.assigned_name) == (None, "")
    async with begin(reporter) as work:
        with pytest.raises(Forbidden):
            await assign(work, facts.id, after.version, lead.user_id)


async def test_closing_knows_what_is_still_open(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead)
    incident = story.facts.id
    action = await add(lead, incident, **msgspec.structs.asdict(ACTION))
    asked = await add(lead, incident, kind="contact", words="Rang.", contact="police", awaits_answer=True)
    endings = [
        {"kind": "completion", "words": "Done.", "action_id": action.id},
        {"kind": "answer", "words": "Fine.", "action_id": asked.id},
        *({"kind": "person_outcome", "words": "Well.", "result": "supported", "person_id": person.id}
          for person in story.people[:2]),
    ]  # fmt: skip
    for ending in endings:
        async with begin(lead) as work:
            assert await has_open_ends(work, incident)
        assert not standing(await read(lead, incident)).is_settled
        await add(lead, incident, **ending)
    async with begin(lead) as work:
        assert not await has_open_ends(work, incident)
    assert standing(await read(lead, incident)).is_settled


async def test_why_it_was_closed_with_something_open_stays_in_the_record(someone):
    lead = await someone(Role.LEAD)
    facts = (await recorded(lead)).facts
    async with begin(lead) as work:
        await close(work, facts.id, 1, msgspec.structs.replace(CLOSING, left_open="They moved away."))
    assert (await read(lead, facts.id)).entries[-1].reason == "They moved away."


async def test_a_member_who_is_named_in_full_owns_the_action(someone):
    lead = await someone(Role.LEAD)
    colleague = await someone(Role.REPORTER, organisation=lead.organisation_id)
    facts = (await recorded(lead)).facts
    mine = await add(lead, facts.id, kind="action", words="a", owner_name=colleague.name.upper(), due_on=SOON)
    theirs = await add(lead, facts.id, kind="action", words="b", owner_name="Somebody Outside", due_on=SOON)
    assert (mine.owner_id, mine.owner_name) == (colleague.user_id, colleague.name)
    assert (theirs.owner_id, theirs.owner_name) == (None, "Somebody Outside")


async def test_a_closed_incident_takes_nothing_new_but_a_link(someone):
    lead = await someone(Role.LEAD)
    story, other = await recorded(lead), await recorded(lead, SHORT)
    async with begin(lead) as work:
        await close(work, story.facts.id, 1, CLOSING)
    kinds = of_every_kind(story.people[0].id, other.facts.id, other.facts.id, other.facts.id)
    for kind in set(kinds) - {"completion", "answer", "link"}:
        with pytest.raises(Conflict):
            await add(lead, story.facts.id, kind=kind, **kinds[kind])
    await add(lead, story.facts.id, kind="link", linked_id=other.facts.id)


async def test_what_is_written_about_somebody_is_never_shared_with_the_reporter(someone):
    reporter = await someone(Role.REPORTER)
    lead = await someone(Role.LEAD, organisation=reporter.organisation_id)
    story, other = await recorded(reporter), await recorded(lead, SHORT)
    contact = await add(lead, story.facts.id, kind="contact", words="Rang.", contact="lado", awaits_answer=True)
    action = await add(lead, story.facts.id, kind="action", words="Do.", owner_name="Sam", due_on=SOON)
    for kind, values in of_every_kind(story.people[0].id, contact.id, action.id, other.facts.id).items():
        await add(lead, story.facts.id, kind=kind, shared=True, **values)
    seen = await read(reporter, story.facts.id)
    assert {entry.kind for entry in seen.entries} <= SHAREABLE | {"acknowledgement"}
    assert seen.links == ()


async def test_words_of_a_review_are_found_by_search(someone):
    lead = await someone(Role.LEAD)
    facts = (await recorded(lead)).facts
    await add(lead, facts.id, kind="review", words="A marzipan-like finding.", attendees="Chair: Dr Zephyrine")
    async with begin(lead) as work:
        for text in ("marzipan", "Zephyrine"):
            assert [row.id for row in await list_incidents(work, Filters(text=text))] == [facts.id]


def test_there_are_thirty_three_controls_each_with_a_name_of_its_own():
    controls = known_controls()
    assert len(controls) == 33
    assert len({control.name for control in controls.values()}) == 33
    assert [objective for objective, _ in controls_by_objective(SCHOOL)] == [
        "Safer Management", "Safer Access", "Safer Learning", "Safer Standards",
    ]  # fmt: skip


async def test_a_decision_not_to_refer_says_to_whom_and_why(someone):
    lead = await someone(Role.LEAD)
    facts = (await recorded(lead)).facts
    plain = await add(lead, facts.id, **msgspec.structs.asdict(DECISION) | {"contact": "police"})
    assert plain.contact is None
    made = await add(
        lead, facts.id, kind="decision", words="We rang for advice.", reason="No threat.", referral="not_made",
        contact="social_care",
    )  # fmt: skip
    assert (made.referral, made.contact, made.reason) == ("not_made", "social_care", "No threat.")


async def test_a_report_tells_every_kind_in_words(someone):
    lead = await someone(Role.LEAD)
    story, other = await recorded(lead), await recorded(lead, SHORT)
    contact = await add(lead, story.facts.id, kind="contact", words="Rang.", contact="lado", awaits_answer=True)
    action = await add(lead, story.facts.id, kind="action", words="Do.", owner_name="Sam", due_on=SOON)
    for kind, values in of_every_kind(story.people[0].id, contact.id, action.id, other.facts.id).items():
        await add(lead, story.facts.id, kind=kind, **values)
    told = await read(lead, story.facts.id)
    case = Chronicle(SCHOOL, ZoneInfo("Europe/London"), told, story.facts).case(())
    said = {moment.what: [passage.words for passage in moment.passages] for moment in case.moments}
    name = story.people[0].name
    assert said[f"Outcome for one person: {name}"] == ["Supported, and well", "Well again."]
    assert said["Considered, and not referred: children's or adults' social care"] == ["No referral.", "No harm."]
    assert said["Social worker: told"] == [name]
    assert said[f"Linked to another incident: {other.facts.reference}"] == []
    assert any("M3 Policies" in words for words in said["Lesson"])
    assert said["Incident reviewed"][0] == "Head\nLead"
    assert said["Answer received: local authority designated officer"] == ["They will call."]
    named = [moment for moment in case.moments if name in moment.what and moment.is_turning_point]
    assert [moment.drawn for moment in named] == ["Outcome for one person"], "nothing typed is in a picture"
    assert said[f"Support and safety plan: {name}"][0] == "A tutor each morning."
    assert case.people[0].detail.endswith("Outcome: Supported, and well. Well again.")
    assert {decision.what for decision in case.decisions} >= {f"Outcome for one person: {name}: supported, and well"}


async def test_a_report_gives_a_day_no_time_and_says_which_account_was_corrected_since(someone):
    lead = await someone(Role.LEAD)
    story = await recorded(lead)
    began = story.facts.recorded_at + timedelta(hours=2)  # a day's noon, when it was recorded before noon
    first = msgspec.structs.replace(story.facts, happened_from=began, happened_precision="day", narrative="As told.")
    case = Chronicle(SCHOOL, ZoneInfo("Europe/London"), story, first).case(())
    happened = case.moments[0]
    assert (happened.what, happened.is_timed, happened.at) == ("Happened", False, first.recorded_at)
    assert case.account[0].label == "What happened, as corrected since"
    assert {passage.label for passage in case.account[1:]} <= {"In their own words", "What was done at once"}


async def test_whoever_must_not_know_of_one_end_sees_no_link_and_handles_nothing_of_it(someone):
    lead = await someone(Role.LEAD)
    subject = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    one = await recorded(lead, SHORT)
    alleged = NewPerson(name=subject.name, role="alleged", kind="adult", connection="staff")
    kept = await recorded(lead, NewIncident(narrative="About a colleague.", people=(alleged,)))
    async with begin(lead) as work:
        await link(work, one.facts.id, kept.facts.id, "The same week.")
        assert [handler.id for handler in await list_handlers(work, kept.facts.id)] == [lead.user_id]
    assert len((await read(lead, one.facts.id)).links) == 1
    seen = await read(subject, one.facts.id)
    assert (seen.links, seen.entries) == ((), ())
    async with begin(subject) as work:
        with pytest.raises(Invalid):
            await find_referenced(work, kept.facts.reference)
        with pytest.raises(Invalid):
            await link(work, one.facts.id, kept.facts.id)
        with pytest.raises(NotFound):
            await unlink(work, one.facts.id, kept.facts.id, "Why not.")
    async with begin(lead) as work:
        with pytest.raises(Conflict):
            await assign(work, kept.facts.id, kept.facts.version, subject.user_id)


async def test_of_fifty_who_change_one_incident_in_different_ways_at_once_one_wins(someone):
    lead = await someone(Role.LEAD)
    incident = (await recorded(lead, SHORT)).facts.id
    async with begin(lead) as work:
        version = (await acknowledge(work, incident, 1)).version
    ways = (
        lambda work: assess(work, incident, version, "high", "It spreads."),
        lambda work: assign(work, incident, version, lead.user_id),
        lambda work: classify(work, incident, version, Classes(four_c=("conduct",)), SCHOOL),
        lambda work: close(work, incident, version, CLOSING),
        lambda work: note_parents(work, incident, version, "yes", "Rang."),
    )
    outcomes = []

    async def attempt(number):
        try:
            async with begin(lead) as work:
                await ways[number % len(ways)](work)
        except Conflict:
            outcomes.append("refused")
        else:
            outcomes.append("won")

    async with anyio.create_task_group() as group:
        for number in range(50):
            group.start_soon(attempt, number)
    assert (outcomes.count("won"), len(outcomes)) == (1, 50)
    story = await read(lead, incident)
    assert story.facts.version == version + 1
    assert len(story.entries) == 2
