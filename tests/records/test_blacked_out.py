"""What is blacked out in an answer, and what is left for somebody to judge."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.identity import acts
from safeguard.incidents.identifying import identify
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.person import Contact
from safeguard.people.recording import record_person
from safeguard.records.access import gathering, handling, releasing
from safeguard.records.access.deciding import read_waiting
from safeguard.records.access.handling import NewRequest
from safeguard.records.access.queries import Redaction, list_items, list_redactions
from safeguard.records.access.redacting import Marker, add_redaction
from safeguard.tenancy.questions import QuestionKind
from safeguard.tenancy.report_forms.asked import Own
from safeguard.tenancy.report_forms.changing import add_question
from safeguard.tenancy.report_forms.reading import read_asked, read_form
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.records.asking import CAME, Someone, asked, judged

pytestmark = pytest.mark.anyio
WORD = st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F), min_size=2, max_size=12)
BETWEEN = st.sampled_from([" ", "\n", ", ", "'s ", "-", " (", ") "])


@settings(max_examples=200, deadline=None)
@given(words=st.lists(WORD, min_size=1, max_size=3), before=BETWEEN, after=BETWEEN, loud=st.booleans())
def test_a_phrase_that_is_blacked_out_never_stands_in_what_comes_out(
    words: list[str], before: str, after: str, loud: bool
) -> None:
    phrase = " ".join(words)
    marker = Marker([Redaction(clock.new_id(), phrase, "another", False, "", None)])
    written = "  ".join(words).upper() if loud and phrase.upper().lower() == phrase.lower() else "\n".join(words)
    said = marker(f"Then{before}{written}{after}came.")
    assert not marker.left_in(said)
    assert written not in said or written in "Then came another person"


def found_by_itself(phrase: str) -> Redaction:
    return Redaction(clock.new_id(), phrase, "another", True, "", None)


@pytest.mark.parametrize(
    "typed",
    [
        "Máirín O’Canaríe", "Máirín Oʼcanaríe", "MÁIRÍN O`CANARÍE", "Máirín O‘Canaríe",
        "Ma\u0301iri\u0301n O'Canari\u0301e", "Máirín\u00a0O'Cana\u00adríe", "O´Canaríe", "Anne‑Marie Smyth‑Canarius",
        "Anne-Marie Smyth–Canarius", "Smyth\u2010Canarius", "Anne\u2011Marie",
    ],
)  # fmt: skip
def test_a_name_is_blacked_out_however_it_is_typed(typed: str) -> None:
    known = ("Máirín O'Canaríe", "O'Canaríe", "Máirín", "Anne-Marie Smyth-Canarius", "Anne-Marie", "Smyth-Canarius")
    for phrases in (known, [unicodedata.normalize("NFD", each).replace("'", "’") for each in known]):
        for made in (found_by_itself, added):
            marker = Marker(map(made, phrases))
            assert marker.find(typed)
            assert marker(f"Then {typed} came.") == "Then [another person] came."


def added(phrase: str) -> Redaction:
    return Redaction(clock.new_id(), phrase, "another", False, "Ada", None)


def test_a_name_that_is_an_everyday_word_is_asked_about_where_it_is_written_small() -> None:
    words = "ask maya, Grace and WILL about it; she will come with grace, mo."
    marker = Marker([found_by_itself(phrase) for phrase in ("Maya", "Grace", "Will", "Mo")])
    assert marker(words) == (
        "ask [another person], [another person] and [another person] about it; she will come with grace, mo."
    )
    assert marker.unsure([words]) == ("grace", "mo", "will")
    by_hand = Redaction(clock.new_id(), "will", "another", False, "Ada", None)
    both = Marker([*map(found_by_itself, ("Maya", "Grace", "Will", "Mo")), by_hand])
    assert "will" not in both(words).lower()
    assert both.unsure([words]) == ("grace", "mo")


async def test_a_child_written_small_is_blacked_out_and_a_word_that_may_be_one_is_shown(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        ana = await record_person(work, called("Ana", "Brook"), SCHOOL)
    people = (
        NewPerson(name="Ana Brook", role="affected", kind="child", connection="pupil"),
        NewPerson(name="Maya Stone", role="witness", kind="child", connection="pupil"),
        NewPerson(name="Will Oyelaran", role="witness", kind="child", connection="pupil"),
    )
    async with begin(lead) as work:
        new = NewIncident(narrative="ask maya about it, or will. They will know.", people=people)
        story = await record_incident(work, new, SCHOOL)
    async with begin(lead) as work:
        await identify(work, story.facts.id, story.people[0].id, 1, ana.id)
    request = await asked(lead, ana.id)
    async with begin(lead) as work:
        await gathering.gather(work, request)
    async with begin(lead) as work:
        marker = Marker(await list_redactions(work, request))
        texts = [words for item in await list_items(work, request) for _, words in item.passages]
    assert "ask [another person] about it, or will. They will know." in [marker(text) for text in texts]
    assert marker.unsure(texts) == ("will",)


async def test_whom_their_own_entry_says_to_turn_to_is_blacked_out_but_for_whoever_asks(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    contacts = (
        Contact(name="Lindiwe Brook", phone="01632 960363", relation="parent", responsibility=True),
        Contact(name="Tobias Quill", phone="01632 960777", email="toby@example.org", relation="parent"),
    )
    async with begin(lead) as work:
        ana = await record_person(work, called("Ana", "Brook", contacts=contacts), SCHOOL)
        new = NewRequest(ana.id, "parent", "lindiwe  brook", "", CAME)
        request = await handling.receive(work, new)
    async with begin(lead) as work:
        await gathering.gather(work, request)
    async with begin(lead) as work:
        marker = Marker(await list_redactions(work, request))
        texts = " ".join(marker(words) for item in await list_items(work, request) for _, words in item.passages)
    assert "Lindiwe Brook" in texts
    assert "01632 960363" in texts
    assert not [word for word in ("Tobias", "Quill", "960777", "toby@") if word in texts]


async def test_an_answer_that_may_say_who_somebody_else_is_is_blacked_out_until_somebody_turns_that(
    someone: Someone,
) -> None:
    lead = await someone(Role.LEAD)
    questions = {"Who saw it?": True, "Which room?": False, "Whose phone?": True, "What else?": True}
    for label, identifies in questions.items():
        async with begin(lead) as work:
            kind = QuestionKind.LONG_TEXT if label == "What else?" else QuestionKind.TEXT
            own = Own(code="", label=label, kind=kind, identifies=identifies)
            await add_question(work, SCHOOL, own, (await read_form(work, SCHOOL)).number)
    said = ("the boy of the corner shop", "the gym", "Ana", "A long story.")
    async with begin(lead) as work:
        ana = await record_person(work, called("Ana", "Brook"), SCHOOL)
        asked_here = await read_asked(work, SCHOOL)
        people = (NewPerson(name="Ana Brook", role="affected", kind="child", person_id=ana.id),)
        codes = [question.code for question in asked_here.page().own]
        new = NewIncident(narrative="Shouting.", people=people, answers=dict(zip(codes, said, strict=True)))
        await record_incident(work, new, SCHOOL, asked_here)
    request = await asked(lead, ana.id)
    async with begin(lead) as work:
        await gathering.gather(work, request)
    async with begin(lead) as work:
        phrases = {each.phrase for each in await list_redactions(work, request)}
    assert phrases == {"the boy of the corner shop"}


async def test_a_word_of_our_own_headings_may_be_blacked_out_and_the_answer_still_be_read_and_released(
    someone: Someone,
) -> None:
    acts.bind(*releasing.ACTS)
    lead = await someone(Role.LEAD)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    async with begin(lead) as work:
        ana = await record_person(work, called("Ana", "Brook", notes="Line one.\nAsked twice, in other words."), SCHOOL)
    request = await asked(lead, ana.id)
    await judged(lead, request)
    async with begin(lead) as work:
        await gathering.gather(work, request)
    for phrase in ("about", "Asked", "words", "label", "found", "withheld"):
        async with begin(lead) as work:
            await add_redaction(work, request, phrase, "another")
    async with begin(lead) as work:
        await releasing.ask_release(work, request)
    async with begin(head) as work:
        said = (await read_waiting(work, request)).said
    texts = [words["words"] for item in said["items"] for words in item["passages"]]
    assert any("[another person] twice, in other [another person]." in text for text in texts)


@pytest.mark.parametrize("text", ["Then\nGrace came.", '"Grace"', "\tGRACE,"])
def test_what_is_left_is_found_at_the_beginning_of_a_line_too(text: str) -> None:
    marker = Marker([found_by_itself("Grace")])
    assert marker.left_in(text)
    assert not marker.left_in(marker(text))


def test_of_a_name_whose_other_half_alone_is_known_neither_half_is_left() -> None:
    marker = Marker([found_by_itself(each) for each in ("Liam Kaur", "Liam", "Kaur")], ["Samir Oakes"])
    for words, said in (
        ("The officer will ring Olu Kaur today.", "The officer will ring [another person] today."),
        ("Liam Hargreaves came, and Samir Kaur.", "[another person] came, and Samir [another person]."),
        ("Then Kaur left. Mrs Kaur stayed.", "Then [another person] left. Mrs [another person] stayed."),
    ):
        assert marker(words) == said
    by_hand = Marker([Redaction(clock.new_id(), "Blue Kaur", "another", False, "Ada", None)])
    assert by_hand("Olu Kaur and Blue Kaur") == "Olu Kaur and [another person]", "whoever adds words means those words"
