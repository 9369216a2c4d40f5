"""A lead lets an inspector in; they read what they were given, ask, and it ends by itself."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from pypdf import PdfReader

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from safeguard.evidence.bodies import bodies_for, load_bodies
from safeguard.evidence.log_reading import Wanted, list_lookers, read_apart, read_log
from safeguard.evidence.making import Workshop, make_pack
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.requesting import request_incident_pack
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.incidents import beside
from safeguard.incidents.adding import add_entry
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.looking import list_looks
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.today import read_today
from safeguard.inspection import inviting, live, noting, queries, reading
from safeguard.inspection.inviting import NewInspection
from safeguard.inspection.room import enter, given_pack, tell
from safeguard.inspection.waiting import INSPECTORS_QUESTIONS, count_unanswered
from safeguard.jobs.claiming import claimed
from safeguard.standards.frameworks import load_frameworks, offered
from safeguard.strongbox import objects
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.incidents import ACTION
from tests.factories.organisations import make_person
from tests.web.test_routes import IMPERSONATION, SCHOOL

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
DAY = timedelta(days=1)


@pytest.fixture
def shop(addresses: Addresses, tmp_path: Path) -> Workshop:
    signer = FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer)
    return Workshop(signer, objects.open_store((tmp_path / "objects").as_uri()), IncidentChapter(), tmp_path / "bench")


async def email_of(actor: Actor) -> str:
    async with begin(actor) as work:
        found = await work.driver.fetchval("select email from memberships where user_id = $1", actor.user_id)
    return str(found)


async def let_in(lead: Actor, inspector: Actor, days: int = 5, live: tuple[date, date] | None = None):
    new = NewInspection("Ina Sample", await email_of(inspector), "ofsted_school", "A routine inspection.", days, live)
    async with begin(lead) as work:
        begun = await inviting.begin_inspection(work, new)
    assert begun.path is None, "a member with this role needs no other invitation"
    return begun.id


async def made_pack(lead: Actor, shop: Workshop):
    async with begin(lead) as work:
        incident = await record_incident(work, IMPERSONATION, SCHOOL)
    async with begin(lead) as work:
        pack_id = await request_incident_pack(work, IncidentChapter(), incident.facts.id, Disclosure.COMPLETE)
    async with begin(lead) as work:
        job_id = UUID(str(await work.driver.fetchval("select id from jobs.job where subject_id = $1", pack_id)))
    async with claimed(job_id) as taken:
        assert taken is not None
        await make_pack(*taken, shop)
    return pack_id, incident.facts


async def pair(someone: Someone) -> tuple[Actor, Actor]:
    lead = await someone(Role.LEAD)
    return lead, await someone(Role.INSPECTOR, organisation=lead.organisation_id)


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


async def test_access_ends_by_itself(someone: Someone, addresses: Addresses) -> None:
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)
    async with begin(inspector) as work:
        assert (await enter(work, inspection_id)).expires_at > clock.now() + 4 * DAY
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(
            "update inspections set created_at = now() - interval '6 days', expires_at = now() - interval '1 second'"
            " where id = %s",
            (inspection_id,),
        )
    async with begin(inspector) as work:
        with pytest.raises(Gone, match="has ended"):
            await enter(work, inspection_id)
        assert [each.is_open for each in await queries.list_theirs(work)] == [False]
    async with begin(lead) as work:
        with pytest.raises(Conflict):
            await inviting.give_pack(work, inspection_id, clock.new_id(), "records")


async def test_access_that_was_ended_is_over_at_once(someone: Someone) -> None:
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)
    async with begin(lead) as work:
        await inviting.end_inspection(work, inspection_id)
    async with begin(inspector) as work:
        with pytest.raises(Gone, match="has ended"):
            await enter(work, inspection_id)
    async with begin(lead) as work:
        with pytest.raises(Conflict):
            await inviting.end_inspection(work, inspection_id)


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


async def test_what_was_opened_is_told_to_the_organisation_only_afterwards(
    someone: Someone, addresses: Addresses
) -> None:
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)
    async with begin(lead) as work:
        incident = (await record_incident(work, IMPERSONATION, SCHOOL)).facts
    async with begin(inspector) as work:
        inspection = await enter(work, inspection_id)
        await tell(work, inspection, "record", record=f"incident {incident.id}")
    async with begin(lead) as work:
        assert await queries.list_openings(work, inspection_id) == ()
        assert await work.driver.fetch("select id from public.inspection_openings") == []
        logged = await work.driver.fetch(
            "select 1 from audit.leaves where entry like '%inspection_opening.made%' and log = 'general'"
        )
    assert len(logged) == 1
    with psycopg.connect(addresses.owner) as owner:
        over = "update inspection_openings set until = now() where organisation_id = %s"
        owner.execute(over, (lead.organisation_id,))
    async with begin(lead) as work:
        [opening] = await queries.list_openings(work, inspection_id)
        assert (opening.what, opening.which) == ("record", f"Incident {incident.reference}")


async def test_who_looked_at_a_record_includes_an_inspector_once_their_access_is_over(
    someone: Someone, shop: Workshop, addresses: Addresses
) -> None:
    """The record itself, live or in a pack, and the pack that was made of it; another record's readers are its own."""
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)
    pack_id, facts = await made_pack(lead, shop)
    async with begin(lead) as work:
        other = (await record_incident(work, IMPERSONATION, SCHOOL)).facts
        entry = await add_entry(work, facts.id, ACTION)
    async with begin(inspector) as work:
        inspection = await enter(work, inspection_id)
        for record in (f"incident {facts.id}", f"entry {entry.id}"):
            await tell(work, inspection, "record", pack_id, record)
        for what in ("room", "download", "search"):
            await tell(work, inspection, what, pack_id if what != "room" else None)

    async def lookers(about: UUID) -> dict[str, tuple[int, int, bool]]:
        async with begin(lead) as work:
            return {each.who: (each.reads, each.changes, each.is_inspector) for each in await list_lookers(work, about)}

    async def acts() -> int:
        async with begin(lead) as work:
            logs = ("general", "restricted")
            seen = await read_apart(work, Wanted(about=facts.id, who=inspector.user_id), logs)
            looks = await list_looks(work, facts.id)
        assert [look.times for look in looks if look.name == inspector.name] == ([1] if seen else [])
        return len(seen)

    assert (inspector.name in await lookers(facts.id), await acts()) == (False, 0)
    with psycopg.connect(addresses.owner) as owner:
        over = "update inspection_openings set until = now() where organisation_id = %s"
        owner.execute(over, (lead.organisation_id,))
    assert (await lookers(facts.id))[inspector.name] == (3, 0, True)
    assert (await lookers(pack_id))[inspector.name] == (1, 0, True), "the download names the pack alone"
    assert await acts() == 3
    assert inspector.name not in await lookers(other.id)


async def test_somebody_new_gets_a_link_and_one_of_ones_own_is_refused(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        new = NewInspection("Ina", f"new-{clock.new_id().hex}@example.org", "isi", "A visit.")
        assert (await inviting.begin_inspection(work, new)).path is not None
    own = await email_of(lead)
    async with begin(lead) as work:
        with pytest.raises(Conflict, match="from outside"):
            await inviting.begin_inspection(work, NewInspection("Me", own, "isi", "A visit."))


@pytest.mark.parametrize("role", [Role.HEAD, Role.REPORTER, Role.INSPECTOR, Role.ADMINISTRATOR])
async def test_only_leads_let_inspectors_in(someone: Someone, role: Role) -> None:
    actor = await someone(role)
    async with begin(actor) as work:
        with pytest.raises(Forbidden):
            await inviting.begin_inspection(work, NewInspection("Ina", "ina@example.org", "isi", "A visit."))


@pytest.mark.parametrize(("body", "days"), [("nobody", 5), ("isi", 0), ("isi", 31)])
async def test_an_inspection_has_a_body_and_an_end(someone: Someone, body: str, days: int) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await inviting.begin_inspection(work, NewInspection("Ina", "ina@example.org", body, "A visit.", days))


def test_every_kind_of_organisation_has_its_inspectors() -> None:
    assert {body.code for body in bodies_for("school")} == {"ofsted_school", "isi", "other"}
    assert {body.code for body in bodies_for("childrens_home")} == {"ofsted_childrens_home", "other"}
    for body in load_bodies().values():
        assert len({heading.code for heading in body.headings}) == len(body.headings)
        assert body.as_of <= date(2026, 11, 22)


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


@pytest.mark.parametrize("code", ["cpsu", "cqc"])
def test_where_a_standard_of_ours_has_the_bodys_own_headings_both_say_the_same(code: str) -> None:
    controls = load_frameworks()[code].controls
    assert [heading.title for heading in load_bodies()[code].headings] == [control.name for control in controls]


def test_each_layout_is_about_standards_that_are_offered_there() -> None:
    for body in load_bodies().values():
        for kind in body.kinds:
            assert body.frameworks
            assert set(body.frameworks) <= {each.code for each in offered(profile_of(kind))}, body.code


def test_what_was_given_under_a_heading_of_an_earlier_layout_keeps_its_place() -> None:
    assert load_bodies()["cpsu"].title_of("codes") == "A heading of an earlier layout"
