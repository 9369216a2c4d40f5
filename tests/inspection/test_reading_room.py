"""An inspector reads what they were given, in packs and live, and nothing else."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.evidence.log_reading import Wanted, read_apart, read_log
from safeguard.evidence.making import Workshop
from safeguard.evidence.requesting import request_incident_pack
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.inspection import inviting, live, noting, queries, reading
from safeguard.inspection.room import enter, given_pack
from safeguard.inspection.waiting import count_unanswered
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.factories.organisations import make_person
from tests.inspection.letting import Someone, let_in, made_pack, pair

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


async def test_an_inspector_reads_what_they_were_given_and_the_verdict_on_it(someone: Someone, shop: Workshop) -> None:
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)
    pack_id, facts = await made_pack(lead, shop)
    async with begin(lead) as work:
        await inviting.give_pack(work, inspection_id, pack_id, "records")
    async with begin(inspector) as work:
        inspection = await enter(work, inspection_id)
        assert (await given_pack(work, inspection, pack_id)).heading == "records"
        async with reading.opened(work, shop.store, pack_id) as opened:
            assert opened.report.verdict is Verdict.VALID
            contents = opened.contents(await reading.wording_of(work))
            assert contents.find("incident", str(facts.id)) is not None
            assert [each.record.id for each in contents.holding(facts.reference.lower())] == [str(facts.id)]
            assert contents.holding("words that nobody wrote") == ()
            assert contents.find("incident", str(clock.new_id())) is None
            copy = reading.copy_of(opened, inspection, work.now(), ZoneInfo("Europe/London"))
            texts = [each.extract_text() for each in PdfReader(BytesIO(copy)).pages]
            assert len(texts) >= 3
            for text in texts:
                assert f"Copy opened by {inspection.inspector} ({inspection.body.name})" in text.replace("\u200b", "")
            assert any(facts.reference in text for text in texts)


async def test_a_pack_that_is_being_made_is_given_already_and_not_sent_with_an_answer(someone: Someone) -> None:
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)
    async with begin(lead) as work:
        incident = await record_incident(work, IMPERSONATION, SCHOOL)
    async with begin(lead) as work:
        pack_id = await request_incident_pack(work, IncidentChapter(), incident.facts.id)
        await inviting.give_pack(work, inspection_id, pack_id, "records")
        with pytest.raises(Invalid):
            await inviting.enclose(work, inspection_id, pack_id)
    async with begin(inspector) as work:
        given = await given_pack(work, await enter(work, inspection_id), pack_id)
    assert given.ready_at is None


async def test_a_pack_that_was_not_given_is_not_there(someone: Someone, shop: Workshop) -> None:
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)
    pack_id, _ = await made_pack(lead, shop)
    async with begin(inspector) as work:
        inspection = await enter(work, inspection_id)
        with pytest.raises(NotFound):
            await given_pack(work, inspection, pack_id)


async def test_a_pack_given_by_mistake_is_taken_back_and_the_log_says_so(someone: Someone, shop: Workshop) -> None:
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)
    async with begin(inspector) as work:
        question = await noting.write(work, inspection_id, "question", "May I see that record?")
    pack_id, _ = await made_pack(lead, shop)
    async with begin(lead) as work:
        assert await count_unanswered(work) == 1
        await noting.answer(work, inspection_id, question, "Here it is.", pack_id)
        assert await count_unanswered(work) == 0
    async with begin(lead) as work:
        [offered] = await queries.list_offered(work)
        assert (offered.redacted, offered.whose) == (False, "")
        await inviting.take_back(work, inspection_id, pack_id)
        with pytest.raises(NotFound):
            await inviting.take_back(work, inspection_id, pack_id)
    async with begin(inspector) as work:
        inspection = await enter(work, inspection_id)
        with pytest.raises(NotFound):
            await given_pack(work, inspection, pack_id)
        assert [note.is_here for note in await queries.list_notes(work, inspection_id) if note.pack_id] == [False]
        with pytest.raises(Forbidden):
            await inviting.take_back(work, inspection_id, pack_id)
    async with begin(lead) as work:
        told = [entry.event for entry in await read_apart(work, Wanted(about=pack_id), ("general",))]
        assert told[0] == "pack.withdrawn"
        assert "inspection.narrowed" in [e.event for e in await read_log(work, Wanted(about=inspection_id))]
        await inviting.give_pack(work, inspection_id, pack_id, "records")
        await inviting.end_inspection(work, inspection_id)
    async with begin(lead) as work:
        with pytest.raises(Conflict):
            await inviting.take_back(work, inspection_id, pack_id)


async def test_one_inspector_does_not_reach_anothers_room(someone: Someone) -> None:
    lead, inspector = await pair(someone)
    other = await someone(Role.INSPECTOR, organisation=lead.organisation_id)
    inspection_id = await let_in(lead, inspector)
    async with begin(other) as work:
        with pytest.raises(NotFound):
            await enter(work, inspection_id)


async def test_an_inspector_reads_live_what_was_recorded_in_their_days_without_names(someone: Someone) -> None:
    lead, inspector = await pair(someone)
    subject = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    await make_person(lead.organisation_id, [Role.REPORTER], "Petra Quill")
    today = clock.now().date()
    inspection_id = await let_in(lead, inspector, live=(today, today))
    shut_id = await let_in(lead, inspector)
    earlier_id = await let_in(lead, inspector, live=(today - 9 * DAY, today - DAY))
    alleged = NewPerson(name=subject.name, role="alleged", kind="adult", connection="staff")
    async with begin(lead) as work:
        shown = (await record_incident(work, IMPERSONATION, SCHOOL)).facts
    async with begin(lead) as work:
        await record_incident(work, NewIncident(narrative="At night.", people=(alleged,)), SCHOOL)
    async with begin(lead) as work:
        namesake = NewPerson(name="Zola Quill", role="affected", kind="child")
        words = "Petra Quill saw Zola, and Zola went home."
        sharing = (await record_incident(work, NewIncident(narrative=words, people=(namesake,)), SCHOOL)).facts
    async with begin(lead) as work:
        kept = UUID(str(await work.driver.fetchval("select id from incidents where restricted_at is not null")))
    async with begin(inspector) as work:
        inspection = await enter(work, inspection_id)
        assert [row.id for row in await live.list_live(work, inspection, "", 0)] == [sharing.id, shown.id]
        assert len(await live.list_live(work, inspection, shown.reference, 0)) == 1
        heard = clock.as_reference(f" {shown.reference.lower().replace('-', ' ')} ")
        assert (heard, clock.as_reference("k7q"), clock.as_reference("")) == (shown.reference, "K7Q", "")
        assert await live.list_live(work, inspection, "AAA-AAA", 0) == ()
        case = await live.read_live(work, inspection, shown.id)
        related = await live.read_live(work, inspection, sharing.id)
        with pytest.raises(NotFound):
            await live.read_live(work, inspection, kept)
        with pytest.raises(NotFound):
            await live.list_live(work, await enter(work, shut_id), "", 0)
        with pytest.raises(NotFound):
            await live.read_live(work, await enter(work, earlier_id), shown.id)
    assert [person.name for person in case.people] == ["Person 1", "Person 2", "Person 3"]
    for name in ("Morgan", "Hale", "Ravi", "Underhill", "mr.hale"):
        assert name not in str(case), name
    assert "pretends to be a science teacher" in str(case)
    assert "Petra Quill saw Person 1, and Person 1 went home." in str(related)
