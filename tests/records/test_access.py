"""A request for what is kept about somebody: its clock, what is found, what is blacked out, and who releases it."""

import json
import zipfile
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from obstore.store import ObjectStore
from pypdf import PdfReader

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Gone, Invalid
from safeguard.identity import acts, approving
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.identifying import identify
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.person import Contact
from safeguard.people.recording import record_person
from safeguard.records.access import gathering, handling, redacting, releasing
from safeguard.records.access.clocks import due, months_after
from safeguard.records.access.handling import NewRequest
from safeguard.records.access.judging import Judgement, judge
from safeguard.records.access.queries import Redaction, get_request, list_items, list_redactions
from safeguard.records.access.redacting import Marker
from safeguard.records.holding import About
from safeguard.records.kinds import acting
from safeguard.records.kinds import asking as kinds
from safeguard.records.kinds.registry import get_kind
from safeguard.records.logs.writing import answer_complaint, receive_complaint
from safeguard.registers.committee.gathering import record_meeting
from safeguard.registers.policies.publishing import NewEdition, publish
from safeguard.registers.policies.signing import Who, record_paper
from safeguard.registers.training.learning import NewEvent, Present, record_event, record_present
from safeguard.strongbox import objects
from safeguard.tenancy.questions import QuestionKind
from safeguard.tenancy.report_forms.asked import Own
from safeguard.tenancy.report_forms.changing import add_question
from safeguard.tenancy.report_forms.reading import read_asked, read_form
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.factories.people import called
from tests.records.making import disposed, recorded, second

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
CAME = date(2026, 1, 31)
OTHERS = ("Quintilla Featherstone", "quintilla", "Featherstone", "Bartholomew", "secret-source")
"""Words of third parties: none may be in what is released, in whatever form."""


@pytest.fixture(autouse=True)
def stored(shelf: ObjectStore) -> None:
    acts.bind(*releasing.ACTS, *acting.ACTS)
    objects.use(shelf)


def test_the_clock_is_a_month_and_two_more_and_stands_still_while_stopped() -> None:
    assert due(CAME, SCHOOL) == date(2026, 2, 28)
    assert due(CAME, SCHOOL, extended=True) == date(2026, 4, 30)
    assert due(CAME, SCHOOL, stopped_days=9) == date(2026, 3, 9)
    assert months_after(date(2025, 11, 15), 3) == date(2026, 2, 15)


async def asked(lead: Actor, person: UUID, received: date = CAME) -> UUID:
    """A request by the person themselves."""
    async with begin(lead) as work:
        return await handling.receive(work, NewRequest(person, "self", "Ana Brook", "ana@example.org", received))


async def told_of(lead: Actor) -> tuple[UUID, UUID]:
    """Ana, and an incident in which another child and somebody in confidence are named all over."""
    async with begin(lead) as work:
        ana = await record_person(work, called("Ana", "Brook", notes="Likes to draw."), SCHOOL)
    new = NewIncident(
        narrative="Quintilla FEATHERSTONE told Ana Brook to hand over her phone. Her brother Bartholomew saw it.",
        people=(
            NewPerson(name="Ana Brook", role="affected", kind="child", connection="pupil"),
            NewPerson(name="Quintilla Featherstone", role="alleged", kind="child", connection="pupil"),
        ),
        accounts="@secret-source",
    )
    async with begin(lead) as work:
        story = await record_incident(work, new, SCHOOL)
    async with begin(lead) as work:
        await identify(work, story.facts.id, story.people[0].id, 1, ana.id)
    async with begin(lead) as work:
        await add_entry(work, story.facts.id, NewEntry(words="quintilla   featherstone said sorry to Ana."))
    async with begin(lead) as work:
        other = await record_incident(work, SHORT, SCHOOL)
    async with begin(lead) as work:  # named in the words of a record that is not hers
        await add_entry(work, other.facts.id, NewEntry(words="The driver says that ana brook saw it too."))
    return ana.id, story.facts.id


async def judged(lead: Actor, request: UUID) -> None:
    async with begin(lead) as work:
        await judge(work, request, Judgement("own", "known", "yes", "no", standing="She is fifteen."), CAME)


async def released(lead: Actor, head: Actor, request: UUID) -> None:
    async with begin(lead) as work:
        proposal = await releasing.ask_release(work, request)
    async with begin(head) as work:
        await approving.approve(work, proposal.id)


async def answer_of(lead: Actor, request: UUID) -> bytes:
    async with begin(lead) as work:
        _, pieces = await releasing.download(work, request)
        return b"".join([piece async for piece in pieces])


async def test_what_is_released_holds_no_word_of_a_third_party(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    ana, incident = await told_of(lead)
    request = await asked(lead, ana)
    async with begin(lead) as work:
        assert await gathering.gather(work, request) == 4
    async with begin(lead) as work:
        items = await list_items(work, request)
        phrases = {each.phrase for each in await list_redactions(work, request)}
        await redacting.add_redaction(work, request, "Bartholomew", "another")
        await redacting.add_redaction(work, request, "@secret-source", "confidence")
    assert [each.kind for each in items] == ["person", "incident", "entry", "entry"]
    assert [each.by_words for each in items] == [False, False, False, True]
    assert {"Quintilla Featherstone", "Quintilla", "Featherstone"} <= phrases
    assert not {"Ana", "Brook", "Ana Brook"} & phrases
    await judged(lead, request)
    await released(lead, head, request)
    whole = await answer_of(lead, request)
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        pdf, data = archive.read("answer.pdf"), json.loads(archive.read("data.json"))
    reader = PdfReader(BytesIO(pdf))
    said = " ".join(page.extract_text() for page in reader.pages).replace("\u200b", "")
    streams = b" ".join(streams_of(reader))
    assert b"pdfaid" in streams, "the metadata are among what is searched"
    everything = " ".join([said, str(reader.metadata), json.dumps(data), streams.decode("latin-1")]).lower()
    for word in OTHERS:
        assert word.lower() not in everything, word
        assert word.encode() not in whole
    assert "[another person]" in said
    assert "Likes to draw." in said
    assert "told Ana Brook to hand over her phone" in json.dumps(data)
    async with begin(lead) as work:
        narrative = await work.driver.fetchval("select narrative from public.incidents where id = $1", incident)
    assert "Bartholomew" in str(narrative), "the record itself is untouched"


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


FURTHER = ("Quintilla", "Featherstone", "Thaddeus", "Quill", "Wilhelmina", "Oddsworth", "Ottoline")


async def registered(lead: Actor) -> tuple[UUID, UUID]:
    """Ana on other shelves, with others beside her; she, and a complaint of somebody about her."""
    async with begin(lead) as work:
        ana = await record_person(work, called("Ana", "Brook"), SCHOOL)
        await record_person(work, called("Ottoline", "Brook", notes="The mother of  Ana\nBrook."), SCHOOL)
        use = NewEdition(title="Acceptable use", parties=("pupil",), words="Be kind.", effective_on=CAME)
        policy = await publish(work, SCHOOL, "agreement", use)
        await record_paper(work, policy.id, "pupil", (Who("Wilhelmina Oddsworth", "Ana Brook"),), CAME)
        await record_meeting(work, SCHOOL, CAME, "Ana Brook, Thaddeus Quill", "ANA BROOK showed her poster.")
        event = await record_event(work, SCHOOL, NewEvent(title="Assembly", audiences=("staff",), held_on=CAME))
        await record_present(work, event, Present(names=("Ana Brook", "Joana Brooks")))
        complaint = await receive_complaint(
            work, CAME, "Quintilla Featherstone", "other", "Quintilla says that Ana Brook read her file."
        )
        await receive_complaint(work, CAME, "Ivo Marsh", "other", "Diana Brook-Lane has my file.")
    return ana.id, complaint


async def test_what_stands_on_other_shelves_is_found_names_nobody_else_and_goes_with_a_disposal(
    someone: Someone,
) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    ana, complaint = await registered(lead)
    request = await asked(lead, ana)
    async with begin(lead) as work:
        await gathering.gather(work, request)
    async with begin(lead) as work:
        items = {each.kind: each for each in await list_items(work, request)}
        assert [each.kind for each in await list_items(work, request)] == [
            "person", "person", "complaint", "training", "agreement", "committee",
        ]  # fmt: skip
        assert items["committee"].found_in == "Present, Minutes"
        assert items["agreement"].label.startswith("Agreement: Acceptable use")
        assert items["complaint"].place == f"/records/complaints/{complaint}"
    await judged(lead, request)
    await released(lead, head, request)
    whole = await answer_of(lead, request)
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        pdf, data = archive.read("answer.pdf"), archive.read("data.json").decode()
    reader = PdfReader(BytesIO(pdf))
    everything = b" ".join(streams_of(reader)).decode("latin-1") + data + str(reader.metadata)
    everything += " ".join(page.extract_text() for page in reader.pages).replace("\u200b", "")
    for word in FURTHER:
        assert word.lower() not in everything.lower(), word
        assert word.encode() not in whole
    assert "ANA BROOK showed her poster." in data
    async with begin(lead) as work:
        await answer_complaint(work, complaint, "We looked.", "no")
    async with begin(lead) as work:
        proposal = await kinds.ask(work, get_kind("complaint"), [complaint], "mistake", CAME)
    async with begin(head) as work:
        await approving.approve(work, proposal.id)
    with pytest.raises(Gone):
        await answer_of(lead, request)
    async with begin(lead) as work:
        assert "complaint" not in {each.kind for each in await list_items(work, request)}


def streams_of(reader: PdfReader) -> list[bytes]:
    """Every stream of the document, unpacked: text, metadata, attachments."""
    found: list[bytes] = []
    for number in range(1, int(str(reader.trailer["/Size"]))):
        thing = reader.get_object(number)
        if thing is not None and hasattr(thing, "get_data"):
            found.append(thing.get_data())  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    return found


async def test_nothing_is_released_before_it_is_judged_gathered_and_agreed_to(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    ana, _ = await told_of(lead)
    request = await asked(lead, ana)
    with pytest.raises(Conflict, match="how you know who asks"):
        async with begin(lead) as work:
            await releasing.ask_release(work, request)
    with pytest.raises(Invalid):
        async with begin(lead) as work:
            await judge(work, request, Judgement("own", "known", "yes", "some"), CAME)
    await judged(lead, request)
    with pytest.raises(Conflict, match="Gather first"):
        async with begin(lead) as work:
            await releasing.ask_release(work, request)
    async with begin(lead) as work:
        await gathering.gather(work, request)
    async with begin(lead) as work:
        proposal = await releasing.ask_release(work, request)
    with pytest.raises(Conflict, match="waits for somebody"):
        async with begin(lead) as work:
            await redacting.add_redaction(work, request, "anything", "another")
    with pytest.raises(Forbidden):
        async with begin(lead) as work:
            await approving.approve(work, proposal.id)
    async with begin(await second(lead)) as work:
        await approving.decline(work, proposal.id, "A name still stands in it.")
    async with begin(lead) as work:
        assert (await get_request(work, request)).state == "open"
        with pytest.raises(Conflict):
            await releasing.download(work, request)


async def test_the_clock_stops_goes_on_and_is_extended_once(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    _, person = await recorded(lead, "primrose")
    request = await asked(lead, person)
    async with begin(lead) as work:
        await handling.stop(work, request, "We asked which school years they mean.", CAME + timedelta(days=3))
    with pytest.raises(Conflict):
        async with begin(lead) as work:
            await handling.stop(work, request, "Again.", CAME + timedelta(days=4))
    async with begin(lead) as work:
        await handling.resume(work, request, CAME + timedelta(days=10))
        assert (await get_request(work, request)).due_on == date(2026, 2, 28) + timedelta(days=7)
    with pytest.raises(Conflict, match="first month"):
        async with begin(lead) as work:
            await handling.extend(work, request, "It is long.", date(2026, 3, 8))
    async with begin(lead) as work:
        await handling.extend(work, request, "It is long.", date(2026, 2, 20))
        assert (await get_request(work, request)).due_on == date(2026, 4, 30) + timedelta(days=7)
    async with begin(lead) as work:
        await handling.refuse(work, request, "It asks for the same as last month's.")
    with pytest.raises(Conflict, match="answered already"):
        async with begin(lead) as work:
            await handling.extend(work, request, "Later.", CAME)


async def test_a_disposal_takes_the_copies_and_the_answer_with_it(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    incident, person = await recorded(lead, "periwinkle")
    request = await asked(lead, person)
    async with begin(lead) as work:
        await gathering.gather(work, request)
    await judged(lead, request)
    await released(lead, head, request)
    assert b"answer.pdf" in await answer_of(lead, request)
    await disposed(lead, head, About("incident", incident))
    with pytest.raises(Gone):
        await answer_of(lead, request)
    await disposed(lead, head, About("person", person), "erasure")
    async with begin(lead) as work:
        left = await get_request(work, request)
        assert (left.person_id, left.about_name, left.asker_name, left.state) == (None, "", "", "released")
        assert await list_items(work, request) == ()


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
    assert not marker.leaks(said)
    assert written not in said or written in "Then came another person"


def found_by_itself(phrase: str) -> Redaction:
    return Redaction(clock.new_id(), phrase, "another", True, "", None)


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
