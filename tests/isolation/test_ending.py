"""An exclusion ends by two people: one asks, another agrees, and whom it is about neither sees nor decides it."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.concerns import admitting, reading
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.evidence.collecting import read_case
from safeguard.evidence.packs.chapters import Scope
from safeguard.identity import acts, approving, outside, proposals
from safeguard.identity.acts import Proposal
from safeguard.incidents.adding import add_entry
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.correcting import correct
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.hiding import circle, ending
from safeguard.incidents.hiding.retelling import RETELL, retell
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.jobs.claiming import claimed
from safeguard.notifications.deciding import tell_of_proposal
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.owning import owning

pytestmark = pytest.mark.anyio

TOLD = ("told", "By the head, in her office, today.", "They are a witness after all.")
LIFTED = "select count(*) from exclusions where lifted_at is not null"
EVENTS = "select log, split_part(entry, E'\\n', 3) as event from audit.leaves where index > 0 order by log, index"
TRACES = {
    "proposals": "select count(*) from proposals",
    "approval_links": "select count(*) from approval_links",
    "notices": "select count(*) from notices where recipient_id is distinct from sec.current_user_id()",
    "outbox": "select count(*) from outbox",
    "jobs": "select count(*) from jobs.job",
    "entries of the log": "select count(*) from audit.leaves where log = 'restricted' and index > 0",
    "objects": "select count(*) from audit.objects where kind = 'approval'",
    "documents": "select count(*) from audit.documents where kind = 'approval'",
}


@dataclass
class House:
    """Two who handle incidents, a head, and a lead who is alleged in one of them."""

    lead: Actor
    deputy: Actor
    head: Actor
    subject: Actor
    incident_id: UUID


@pytest.fixture
async def house(someone) -> House:
    acts.bind(*ending.ACTS, *admitting.ACTS)
    lead = await someone(Role.LEAD)
    here = lead.organisation_id
    deputy, head, subject = [
        await someone(role, organisation=here) for role in (Role.DEPUTY, Role.HEAD, Role.LEAD)
    ]  # fmt: skip
    async with begin(lead, purpose="session") as work:
        person = NewPerson(name=subject.name, role="alleged", kind="adult")
        new = NewIncident(narrative="A message was sent late at night.", people=(person,))
        incident_id = (await record_incident(work, new, SCHOOL)).facts.id
    return House(lead, deputy, head, subject, incident_id)


async def asked(house: House, by: Actor | None = None) -> Proposal:
    async with begin(by or house.lead, purpose="session") as work:
        assert house.subject.user_id
        return await ending.ask(work, house.incident_id, house.subject.user_id, *TOLD)


async def knows(actor: Actor, incident_id: UUID) -> bool:
    async with begin(actor, purpose="session") as work:
        try:
            await read_incident(work, incident_id)
        except NotFound:
            return False
        return True


async def test_one_person_alone_lets_nobody_in(house):
    proposal = await asked(house)
    assert not await knows(house.subject, house.incident_id)
    async with begin(house.lead, purpose="session") as work:
        with pytest.raises(Forbidden, match="yourself"):
            await approving.approve(work, proposal.id)
    assert not await knows(house.subject, house.incident_id)


@pytest.mark.parametrize("who", ["deputy", "head"])
async def test_another_who_may_know_agrees_and_it_ends_on_record(house, who):
    proposal = await asked(house)
    async with begin(getattr(house, who), purpose="session") as work:
        shown = {line.label: line.value for line in (await proposals.get_detail(work, proposal.id)).lines}
        assert shown["Kept from it until now"] == house.subject.name
        assert shown["Who told them, when and how"] == TOLD[1]
        await approving.approve(work, proposal.id)
    assert await knows(house.subject, house.incident_id)
    async with begin(house.subject, purpose="session") as work:
        [lifted] = (await circle.read_circle(work, house.incident_id)).lifted
    names = (lifted.lifted_by_name, lifted.agreed_by_name, lifted.told_how, lifted.ground)
    assert names == (house.lead.name, getattr(house, who).name, TOLD[1], "told")


async def let_in(house: House, ground: ending.Ground) -> None:
    async with begin(house.lead, purpose="session") as work:
        assert house.subject.user_id
        proposal = await ending.ask(work, house.incident_id, house.subject.user_id, ground, "By the head.", "Another.")
    async with begin(house.deputy, purpose="session") as work:
        await approving.approve(work, proposal.id)


async def named_anew(house: House, name: str, **said: object) -> None:
    async with begin(house.deputy, purpose="session") as work:
        story = await read_incident(work, house.incident_id)
        people = (NewPerson(id=story.people[0].id, name=name, role="alleged", kind="adult", **said),)  # type: ignore[arg-type]
        new = NewIncident(narrative="A message was sent late at night.", people=people)
        await correct(work, house.incident_id, story.facts.version, new, SCHOOL)


async def test_who_was_let_in_as_another_of_that_name_is_kept_out_when_it_is_said_anew_that_it_is_they(house):
    await let_in(house, "mistaken")
    await named_anew(house, house.subject.name, group_name="Office")
    assert await knows(house.subject, house.incident_id), "who it is was not said anew"
    await named_anew(house, f"{house.subject.name} (coach)")
    assert not await knows(house.subject, house.incident_id)
    await let_in(house, "mistaken")
    async with begin(house.deputy, purpose="session") as work:
        await circle.exclude(work, house.incident_id, house.subject.user_id)
        found = await circle.read_circle(work, house.incident_id)
    assert (len(found.excluded), len(found.lifted)) == (1, 2)


async def test_who_was_told_on_record_stays_told_however_they_are_named_later(house):
    await let_in(house, "told")
    await named_anew(house, f"{house.subject.name} (coach)")
    assert await knows(house.subject, house.incident_id)


MARKED = "select restricted_at is not null from incidents where id = $1"


@pytest.mark.parametrize(
    ("ground", "besides", "stays"),
    [
        ("mistaken", "", False), ("told", "", True), ("mistaken", "kept to a few", True), ("mistaken", "another", True),
        ("mistaken", "kept to a few, then opened", False), ("told", "kept to a few, then opened", True),
    ],
)  # fmt: skip
async def test_what_was_kept_from_somebody_by_mistake_alone_is_restricted_no_more(house, ground, besides, stays):
    async with begin(house.lead, purpose="session") as work:
        if besides.startswith("kept to a few"):
            await circle.confine(work, house.incident_id, (house.deputy.user_id,), "Few need it.")
        elif besides:
            await circle.exclude(work, house.incident_id, house.head.user_id)
        asked = await ending.ask(work, house.incident_id, house.subject.user_id, ground, TOLD[1], "Because.")
        assert await work.driver.fetchval(MARKED, house.incident_id)
    async with begin(house.deputy, purpose="session") as work:
        await approving.approve(work, asked.id)
    if besides.endswith("opened"):
        async with begin(house.lead, purpose="session") as work:
            assert await work.driver.fetchval(MARKED, house.incident_id)
            await circle.release(work, house.incident_id, "Many need it.")
    async with begin(system(house.lead.organisation_id)) as work:
        assert await work.driver.fetchval(MARKED, house.incident_id) is stays
        assert (await retell(work, house.incident_id) == 0) is stays


WAITING = "select exists (select from pg_locks where not granted)"


async def test_somebody_who_is_kept_out_while_another_is_let_in_stays_kept_out(house, someone):
    other = await someone(Role.LEAD, organisation=house.lead.organisation_id)
    async with begin(house.lead, purpose="session") as work:
        asked = await ending.ask(work, house.incident_id, house.subject.user_id, "mistaken", "", "Another.")

    async def let_in_meanwhile() -> None:
        async with begin(house.deputy, purpose="session") as work:
            await approving.approve(work, asked.id)

    async with begin(house.lead, purpose="session") as work, asyncio.timeout(30):
        await circle.exclude(work, house.incident_id, other.user_id)
        letting_in = asyncio.create_task(let_in_meanwhile())
        for _ in range(2_000):
            if await work.driver.fetchval(WAITING):
                break
            await asyncio.sleep(0.01)
    await asyncio.wait_for(letting_in, 30)
    assert await knows(house.subject, house.incident_id)
    assert not await knows(other, house.incident_id)


async def test_the_general_log_hears_then_how_it_stands_and_its_packs_hold_it(house):
    async with begin(house.lead, purpose="session") as work:
        await add_entry(work, house.incident_id, NewEntry(kind="note", words="Rang home about it."))
    await let_in(house, "mistaken")
    chapter, scope = IncidentChapter(), Scope(house.incident_id)
    async with begin(house.lead, purpose="session") as work:
        [bundle] = await chapter.gather(work, scope)
        with pytest.raises(NotFound):
            await read_case(work, await chapter.telling(work), bundle, redacted=False)
        job_id = await work.driver.fetchval("select id from jobs.job where kind = $1", RETELL)
    async with claimed(job_id) as taken:
        assert taken
        assert await retell(taken[0], taken[1].subject_id) == 2
    async with begin(house.lead, purpose="session") as work:
        case = await read_case(work, await chapter.telling(work), bundle, redacted=False)
    assert "Rang home about it." in repr(case)
    assert "late at night" in repr(case)


async def test_the_restricted_log_alone_hears_of_it(house):
    proposal = await asked(house)
    async with begin(house.deputy, purpose="session") as work:
        await approving.approve(work, proposal.id)
    async with begin(house.lead, purpose="session") as work:
        told = {(row["log"], row["event"]) for row in await work.driver.fetch(EVENTS)}
    assert {("restricted", "approval.proposed"), ("restricted", "exclusion.lifted")} <= told
    assert not [event for log, event in told if log == "general"]


async def test_it_waits_for_nobody_who_must_not_know_and_leaves_them_no_trace(house):
    async with begin(house.subject, purpose="session") as work:
        before = {name: await work.driver.fetchval(rows) for name, rows in TRACES.items()}
    proposal = await asked(house)
    async with begin(system(house.lead.organisation_id)) as work:
        await tell_of_proposal(work, proposal.id)
    async with begin(house.subject, purpose="session") as work:
        assert {name: await work.driver.fetchval(rows) for name, rows in TRACES.items()} == before
        found = await proposals.list_approvals(work)
        assert (found.waiting, found.asked, found.others) == ((), (), ())
        for decide in (approving.approve, proposals.get_detail):
            with pytest.raises(NotFound):
                await decide(work, proposal.id)
        with pytest.raises(NotFound):
            await approving.decline(work, proposal.id, "Not me.")
    for actor in (house.deputy, house.head):
        async with begin(actor, purpose="session") as work:
            assert await proposals.count_waiting(work) == 1
            told = await work.driver.fetchval("select count(*) from notices where recipient_id = $1", actor.user_id)
            assert told == 1


async def test_somebody_outside_agrees_by_a_link_that_tells_them_nothing(house, addresses):
    """The deputy and the head have left: whom it is about still belongs here, and is nobody who could decide."""
    proposal = await asked(house)
    async with owning(addresses.owner) as owner:
        gone = [house.deputy.user_id, house.head.user_id]
        await owner.execute("update memberships set state = 'ended' where user_id = any(%s)", (gone,))
    async with begin(house.lead, purpose="session") as work:
        token = (await approving.make_link(work, proposal.id)).path.removeprefix("/approve/")
    async with begin(house.subject, purpose="session") as work:
        assert await work.driver.fetchval(TRACES["approval_links"]) == 0
    told = await outside.find_asked(token)
    for name in (house.subject.name, str(house.incident_id), TOLD[1], TOLD[2]):
        assert name not in repr(told)
    await outside.approve(told, token, clock.new_request_id())
    assert await knows(house.subject, house.incident_id)


async def test_what_nobody_decides_in_time_runs_out(house, monkeypatch):
    proposal = await asked(house)
    late = clock.now() + timedelta(days=15)
    monkeypatch.setattr(clock, "now", lambda: late)
    async with begin(house.deputy, purpose="session") as work:
        with pytest.raises(Conflict, match="run out"):
            await approving.approve(work, proposal.id)
        [waits] = (await circle.read_circle(work, house.incident_id)).excluded
    assert waits.asked is None


async def test_it_is_asked_for_once_at_a_time_with_words_that_say_why(house):
    async with begin(house.lead, purpose="session") as work:
        assert house.subject.user_id
        with pytest.raises(Invalid) as refusal:
            await ending.ask(work, house.incident_id, house.subject.user_id, "told", "", "")
    assert {error.field for error in refusal.value.errors} == {"told_how", "reason"}
    proposal = await asked(house)
    async with begin(house.lead, purpose="session") as work:
        [waits] = (await circle.read_circle(work, house.incident_id)).excluded
    assert waits.asked == proposal.id
    with pytest.raises(Conflict, match="asked for already"):
        await asked(house, house.deputy)


async def test_nobody_asks_for_themselves(house):
    with pytest.raises(NotFound):
        await asked(house, house.subject)


ALONE = {
    "lift": "update exclusions set lifted_at = now(), ground = 'mistaken', reason = 'x'",
    "with what one asked oneself": "update exclusions set lifted_at = now(), ground = 'told', reason = 'x',"
    " approval_id = (select id from proposals limit 1)",
    "ask as another": "insert into proposals (organisation_id, id, act, subject_id, told, reason, log, proposed_at,"
    " proposed_by, proposed_by_name, expires_at) select organisation_id, gen_random_uuid(), 'exclusion.lift', id, 'x',"
    " 'x', 'restricted', now(), (select m.user_id from memberships m where m.user_id <> sec.current_user_id() limit 1),"
    " 'x', now() + interval '1 day' from exclusions",
}


@pytest.mark.parametrize("how", sorted(ALONE))
async def test_not_even_an_injected_statement_ends_it_alone(house, how):
    await asked(house)
    with pytest.raises(asyncpg.PostgresError, match=r"two people|row-level security"):
        async with begin(house.lead, purpose="session") as work:
            await work.driver.execute(ALONE[how])


async def test_what_has_ended_is_not_written_over(house):
    proposal = await asked(house)
    async with begin(house.deputy, purpose="session") as work:
        await approving.approve(work, proposal.id)
    with pytest.raises(asyncpg.PostgresError, match="two people"):
        async with begin(house.lead, purpose="session") as work:
            assert await work.driver.fetchval(LIFTED) == 1
            await work.driver.execute("update exclusions set reason = 'something else'")


async def raised(house: House) -> tuple[UUID, Actor]:
    """A concern about somebody who is called like the head."""
    async with begin(house.deputy, purpose="session") as work:
        new = NewConcern(subject_name=house.head.name, narrative="Alone with a pupil.")
        return (await raise_concern(work, new)).id, house.head


async def in_vault(actor: Actor, concern_id: UUID) -> bool:
    async with begin(actor, purpose="session") as work:
        try:
            await reading.read_concern(work, concern_id)
        except NotFound:
            return False
        return True


async def test_of_a_concern_it_takes_two_who_read_the_vault(house, someone):
    concern_id, same_name = await raised(house)
    second = await someone(Role.HEAD, organisation=house.head.organisation_id)
    third = await someone(Role.HEAD, organisation=house.head.organisation_id)
    async with begin(second, purpose="session") as work:
        assert same_name.user_id
        proposal = await admitting.ask(work, concern_id, same_name.user_id, "A supply teacher of that name is meant.")
    for nobody in (house.lead, same_name):
        async with begin(nobody, purpose="session") as work:
            with pytest.raises(NotFound):
                await approving.approve(work, proposal.id)
            assert await work.driver.fetchval("select count(*) from proposals") == 0
    async with begin(system(second.organisation_id)) as work:
        await tell_of_proposal(work, proposal.id)
    for actor, told in ((third, 1), (second, 0), (same_name, 0), (house.lead, 0)):
        async with begin(actor, purpose="session") as work:
            own = "select count(*) from notices where recipient_id = $1"
            assert await work.driver.fetchval(own, actor.user_id) == told
    async with begin(third, purpose="session") as work:
        await approving.approve(work, proposal.id)
    assert await in_vault(same_name, concern_id)


async def test_a_head_who_reads_the_vault_alone_asks_somebody_outside(house, someone):
    concern_id, same_name = await raised(house)
    second = await someone(Role.HEAD, organisation=house.head.organisation_id)
    async with begin(second, purpose="session") as work:
        assert same_name.user_id
        proposal = await admitting.ask(work, concern_id, same_name.user_id, "Another is meant.")
        token = (await approving.make_link(work, proposal.id)).path.removeprefix("/approve/")
    told = await outside.find_asked(token)
    assert same_name.name not in repr(told)
    await outside.approve(told, token, clock.new_request_id())
    assert await in_vault(same_name, concern_id)


async def test_whom_a_concern_is_about_by_their_account_is_never_let_in(house, someone):
    concern_id, subject = await raised(house)
    second = await someone(Role.HEAD, organisation=house.head.organisation_id)
    async with begin(second, purpose="session") as work:
        await work.driver.execute("update concerns set subject_user_id = $1 where id = $2", subject.user_id, concern_id)
        assert subject.user_id
        with pytest.raises(NotFound):
            await admitting.ask(work, concern_id, subject.user_id, "It is not me.")
        with pytest.raises(NotFound):
            await admitting.ask(work, concern_id, uuid4(), "Nobody.")
