"""An inspector asks; somebody answers, with further evidence or without; their notes are their own."""

import pytest

from safeguard import clock
from safeguard.errors import Invalid
from safeguard.evidence.making import Workshop
from safeguard.incidents import beside
from safeguard.incidents.today import read_today
from safeguard.inspection import inviting, noting, queries
from safeguard.inspection.room import enter, given_pack
from safeguard.inspection.waiting import INSPECTORS_QUESTIONS
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.inspection.letting import Someone, let_in, made_pack, pair

pytestmark = pytest.mark.anyio


async def test_a_question_that_waits_stands_on_todays_page_until_it_is_answered(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "_queues", [INSPECTORS_QUESTIONS])
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)

    async def needs() -> list[tuple[str, str]]:
        async with begin(lead) as work:
            whole = await read_today(work, SCHOOL, clock.now().date())
        return [(need.title, need.href) for need in whole.needs]

    assert await needs() == []
    async with begin(inspector) as work:
        question = await noting.write(work, inspection_id, "question", "Who checks the filter?")
        await noting.write(work, inspection_id, "note", "A private thought.")
    assert await needs() == [("An inspector asks something, and nobody has answered yet", "/inspections")]
    async with begin(lead) as work:
        assert [each.unanswered for each in await queries.list_inspections(work)] == [1]
        await noting.answer(work, inspection_id, question, "The head.")
    assert await needs() == []
    async with begin(inspector) as work:
        await noting.write(work, inspection_id, "question", "And who checks the head?")
    async with begin(lead) as work:
        await inviting.end_inspection(work, inspection_id)
    assert await needs() == [], "they would not read an answer any more"


async def test_questions_are_answered_and_notes_are_the_inspectors_own(someone: Someone) -> None:
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)
    async with begin(inspector) as work:
        question = await noting.write(work, inspection_id, "question", "Who checks the filter?")
        await noting.write(work, inspection_id, "note", "A private thought.")
    async with begin(lead) as work:
        await noting.answer(work, inspection_id, question, "The head, each half term.")
        for_lead = await queries.list_notes(work, inspection_id)
    async with begin(inspector) as work:
        for_inspector = await queries.list_notes(work, inspection_id)
    assert [note.kind for note in for_lead] == ["question", "answer"]
    assert [note.kind for note in for_inspector] == ["question", "note", "answer"]


async def test_the_database_keeps_notes_from_everybody_else(someone: Someone) -> None:
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)
    async with begin(inspector) as work:
        await noting.write(work, inspection_id, "note", "A private thought.")
    async with begin(lead) as work:
        assert await work.driver.fetch("select id from public.inspection_notes") == []


async def test_an_answer_brings_further_evidence(someone: Someone, shop: Workshop) -> None:
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)
    async with begin(inspector) as work:
        question = await noting.write(work, inspection_id, "question", "May I see that record?")
    pack_id, _ = await made_pack(lead, shop)
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await noting.answer(work, inspection_id, question, "Here it is.", clock.new_id())
        await noting.answer(work, inspection_id, question, "Here it is.", pack_id)
    async with begin(inspector) as work:
        inspection = await enter(work, inspection_id)
        assert (await given_pack(work, inspection, pack_id)).heading == "answers"
        [reply] = [note for note in await queries.list_notes(work, inspection_id) if note.kind == "answer"]
        assert reply.pack_id == pack_id
        told = await work.driver.fetch("select key from jobs.job where kind = 'notice.inspection_note.written'")
        assert len(told) == 2
