"""What a report says of the casework: every kind in words, days without a time."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.incidents.chronicle import Chronicle
from tests.factories.incidents import SCHOOL, SHORT
from tests.incidents.casework import SOON, add, of_every_kind, read, recorded

pytestmark = pytest.mark.anyio


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
    assert said["Social worker: told"][1:] == [name], "after the moment at which they were"
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
    assert case.account[0].label == "What happened? (as corrected since)"
    assert {passage.label for passage in case.account[1:]} <= {
        SCHOOL.questions[code].label for code in ("own_words", "action")
    }
