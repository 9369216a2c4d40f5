"""A request for what is kept about somebody: its clock, what is found, what is blacked out, and who releases it."""

import json
import zipfile
from datetime import date, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from obstore.store import ObjectStore
from pypdf import PdfReader

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Gone, Invalid
from safeguard.evidence.carried import list_carried
from safeguard.identity import acts, approving
from safeguard.people.recording import record_person
from safeguard.records.access import gathering, handling, redacting, releasing
from safeguard.records.access.clocks import due, months_after
from safeguard.records.access.judging import Judgement, judge
from safeguard.records.access.queries import get_request, list_items, list_redactions
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
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.records.asking import CAME, Someone, answer_of, asked, judged, released, told_of
from tests.records.making import disposed, recorded, second

pytestmark = pytest.mark.anyio
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
    said = " ".join(page.extract_text() for page in reader.pages)
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
        read = {(each.who, each.kind, each.id, each.times) for each in await list_carried(work, incident)}
        assert read == {(lead.name, "request", request, 4)}, "gathered, blacked out twice, and taken as the answer"
    assert "Bartholomew" in str(narrative), "the record itself is untouched"


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
    everything += " ".join(page.extract_text() for page in reader.pages)
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
            found.append(thing.get_data())
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
