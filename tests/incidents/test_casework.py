"""Casework: every kind of entry, what each asks for, and who handles an incident."""

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.incidents.assigning import assign, list_handlers
from safeguard.incidents.chapter import entry_of
from safeguard.incidents.controls import known_controls
from safeguard.incidents.entering import NewEntry, tidied_entry
from safeguard.incidents.entry_kinds import SHAREABLE, USES
from safeguard.incidents.queries import Filters, list_incidents
from safeguard.incidents.standing import standing
from safeguard.work import begin
from tests.factories.incidents import DECISION, SHORT
from tests.incidents.casework import SOON, add, of_every_kind, read, recorded

pytestmark = pytest.mark.anyio


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


async def test_a_member_who_is_named_in_full_owns_the_action(someone):
    lead = await someone(Role.LEAD)
    colleague = await someone(Role.REPORTER, organisation=lead.organisation_id)
    facts = (await recorded(lead)).facts
    mine = await add(lead, facts.id, kind="action", words="a", owner_name=colleague.name.upper(), due_on=SOON)
    theirs = await add(lead, facts.id, kind="action", words="b", owner_name="Somebody Outside", due_on=SOON)
    assert (mine.owner_id, mine.owner_name) == (colleague.user_id, colleague.name)
    assert (theirs.owner_id, theirs.owner_name) == (None, "Somebody Outside")


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
