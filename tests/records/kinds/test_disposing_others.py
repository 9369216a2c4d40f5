"""Records of every other kind: what comes up, what holds it back, and that nothing of it is left once two agreed."""

from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.identity import acts, approving
from safeguard.people.recording import record_person
from safeguard.records import holding, people_due, proposing
from safeguard.records.dating import say_dates
from safeguard.records.holding import About
from safeguard.records.kinds import acting, asking, queue
from safeguard.records.kinds.registry import DESK, KINDS, LEADS, VAULT, get_kind, kinds_of
from safeguard.records.queries import get_disposal, list_disposals, list_holds
from safeguard.registers.training.learning import NewEvent, record_event
from safeguard.standards.proving import add_item
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.records.kinds.making import ADD_REPORT, FAR, LOOKED_BACK, one_of_each, paper
from tests.records.making import second
from tests.records.racing import race

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
TODAY = date(2026, 11, 22)
TABLES = """
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attname = 'organisation_id'
where n.nspname in ('public', 'audit') and c.relkind = 'r' order by 1, 2
"""
ADD_LOCKED = """
insert into evidence_files (organisation_id, id, item_id, name, media_type, size, sha256, object_name, wrapped_key,
    attached_at, attached_by_name, locked_at, locked_why)
values (%s, gen_random_uuid(), %s, 'a.pdf', 'application/pdf', 1, sha256('x'), gen_random_uuid()::text, 'x', now(),
    'Sample', now(), 'found')
"""
KEPT = {"public.people", "public.invitations"}
"""Whom a request was about, and the account of an inspector, have periods of their own."""


@pytest.fixture(autouse=True)
def bound_too() -> None:
    acts.bind(*acting.ACTS)


def tables_with(addresses: Addresses, organisation: UUID, word: str) -> set[str]:
    """Every table in which a row of this organisation holds the word, whatever the column."""
    found: set[str] = set()
    with psycopg.connect(addresses.owner) as owner:
        for schema, name in owner.execute(TABLES).fetchall():
            statement = sql.SQL("select exists (select from {} t where t.organisation_id = %s and t::text ilike %s)")
            row = owner.execute(statement.format(sql.Identifier(schema, name)), (organisation, f"%{word}%")).fetchone()
            if row and row[0]:
                found.add(f"{schema}.{name}")
    return found


async def disposed_of(lead: Actor, other: Actor, code: str, ids: list[UUID]) -> UUID:
    """Asked for by one and agreed to by the other; the disposal."""
    async with begin(lead) as work:
        proposal = await asking.ask(work, get_kind(code), ids, "period", FAR)
    async with begin(other) as work:
        await approving.approve(work, proposal.id)
    return proposal.subject_id


async def test_of_each_kind_that_two_dispose_of_no_word_is_left(someone: Someone, addresses: Addresses) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    made = await one_of_each(lead, "Wisteria")
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(
            ADD_REPORT.replace("$1", "%(here)s").replace("$2", "%(id)s").replace("$3", "%(words)s")
            .replace("$4", "null").replace("$5", "%(words)s"),
            {"here": lead.organisation_id, "id": made["public_report"], "words": "Wisteria!"},
        )  # fmt: skip
    assert set(made) | LOOKED_BACK == {kind.code for kind in kinds_of(LEADS)}
    before = tables_with(addresses, lead.organisation_id, "wisteria")
    assert {"public.alerts", "public.complaints", "audit.documents", "public.access_items"} <= before
    async with begin(lead) as work:
        assert await queue.list_waiting(work, LEADS, TODAY) == ()
        waiting = await queue.list_waiting(work, LEADS, FAR)
    assert {each.kind.code: [line.id for line in each.lines] for each in waiting} == {
        code: [made[code]] for code in made
    }
    for code, record in made.items():
        disposal = await disposed_of(lead, head, code, [record])
        async with begin(lead) as work:
            done = await get_disposal(work, disposal)
            assert (done.state, done.kind, done.count, done.rule) == ("done", code, 1, KINDS[code].rule)
            assert sum(value for value in done.erased.values() if isinstance(value, int)) >= 1
            with pytest.raises(NotFound):
                await queue.get_line(work, get_kind(code), record)
    assert tables_with(addresses, lead.organisation_id, "wisteria") - KEPT <= {"audit.documents"}
    with psycopg.connect(addresses.owner) as owner:
        left = owner.execute(
            "select distinct kind from audit.documents where organisation_id = %s"
            " and fields::text ilike '%%wisteria%%'",
            (lead.organisation_id,),
        ).fetchall()
    assert left == [("person",)], "the entry in the list of people has a period of its own"


async def test_several_go_with_one_certificate_and_a_hold_on_one_stops_all(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head, kind = await second(lead), get_kind("evidence_item")
    async with begin(lead) as work:
        ids = [(await add_item(work, paper(f"Policy {n}", date(2015, 1, n)))).id for n in (1, 2, 3)]
        new = await add_item(work, paper("New", TODAY))
    async with begin(lead) as work:
        ((waiting,),) = [await queue.list_waiting(work, LEADS, TODAY)]
        assert [line.id for line in waiting.lines] == ids
        with pytest.raises(Invalid):
            await asking.ask(work, kind, [*ids, new.id], "period", TODAY)
        with pytest.raises(Invalid):
            await asking.ask(work, kind, [], "period", TODAY)
    async with begin(lead) as work:
        proposal = await asking.ask(work, kind, ids, "period", TODAY)
        with pytest.raises(Conflict):
            await asking.ask(work, kind, ids[:1], "period", TODAY)
        hold = await holding.place_hold(work, About("evidence_item", ids[1]), "inquiry", "The review asks for it.")
    with pytest.raises(Conflict, match="hold stands"):
        async with begin(head) as work:
            await approving.approve(work, proposal.id)
    with pytest.raises(Forbidden):
        async with begin(lead) as work:
            await approving.approve(work, proposal.id)
    async with begin(lead) as work:
        assert [each.path for each in await list_holds(work)] == [f"/records/kinds/evidence_item/{ids[1]}"]
        await holding.lift_hold(work, hold, "The review is over.")
    async with begin(head) as work:
        await approving.approve(work, proposal.id)
    async with begin(lead) as work:
        (done,) = await list_disposals(work)
        assert (done.count, done.erased["items"], done.state) == (3, 3, "done")
        assert (await queue.get_line(work, kind, new.id)).title == "New"
        with pytest.raises(NotFound):
            await holding.place_hold(work, About("evidence_item", ids[1]), "police", "Too late.")


async def test_a_hold_and_a_disposal_of_another_kind_at_once_wait_for_each_other(someone: Someone) -> None:
    """Whichever takes the lock first counts: never a hold on nothing, never a disposal past a hold."""
    lead = await someone(Role.LEAD)
    head, kind = await second(lead), get_kind("evidence_item")
    for hold_first in (True, False):
        async with begin(lead) as work:
            item = await add_item(work, paper("Old", date(2015, 1, 1)))
        async with begin(lead) as work:
            proposal = await asking.ask(work, kind, [item.id], "period", TODAY)
        expected = ("placed", "stopped") if hold_first else ("too late", "done")
        assert await race(lead, head, About("evidence_item", item.id), proposal.id, hold_first=hold_first) == expected


async def test_what_a_register_still_rests_on_does_not_come_up_and_stays(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head, kind = await second(lead), get_kind("evidence_item")
    async with begin(lead) as work:
        item = await add_item(work, paper("Course", date(2015, 1, 1)))
    async with begin(lead) as work:
        proposal = await asking.ask(work, kind, [item.id], "period", TODAY)
    async with begin(lead) as work:
        event = await record_event(work, SCHOOL, NewEvent(title="Course", audiences=("staff",), held_on=TODAY))
        await work.driver.execute("update learning_events set item_id = $2 where id = $1", event.id, item.id)
        assert await queue.list_waiting(work, LEADS, TODAY) == ()
    with pytest.raises(Conflict, match="rests on it"):
        async with begin(head) as work:
            await approving.approve(work, proposal.id)


async def test_evidence_that_would_go_with_its_training_is_held_and_locked_like_any_other(
    someone: Someone, addresses: Addresses
) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    async with begin(lead) as work:
        item = await add_item(work, paper("Course", date(2015, 1, 1)))
        new = NewEvent(title="Course", audiences=("staff",), held_on=date(2015, 1, 1))
        event = await record_event(work, SCHOOL, new)
        hold = await holding.place_hold(work, About("evidence_item", item.id), "inquiry", "The review asks for it.")
        await work.driver.execute("update learning_events set item_id = $2 where id = $1", event.id, item.id)
    async with begin(lead) as work:
        proposal = await asking.ask(work, get_kind("training_event"), [event.id], "period", TODAY)
    with pytest.raises(Conflict, match="hold stands"):
        async with begin(head) as work:
            await approving.approve(work, proposal.id)
    async with begin(lead) as work:
        await holding.lift_hold(work, hold, "The review is over.")
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(ADD_LOCKED, (lead.organisation_id, item.id))
    with pytest.raises(Conflict, match="locked"):
        async with begin(head) as work:
            await approving.approve(work, proposal.id)
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("update evidence_files set locked_at = null, locked_why = null where item_id = %s", (item.id,))
    async with begin(head) as work:
        await approving.approve(work, proposal.id)
    async with begin(lead) as work:
        (done,) = await list_disposals(work)
        assert (done.erased["items"], done.erased["files"], done.erased["events"]) == (1, 1, 1)


async def test_a_leaver_without_an_incident_comes_up_and_goes(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    async with begin(lead) as work:
        gone = await record_person(work, called("Ana", "Brook"), SCHOOL)
        here = await record_person(work, called("Ben", "Oakes"), SCHOOL)
        await say_dates(work, gone.id, date(2020, 7, 20), None)
    async with begin(lead) as work:
        (leaver,) = await people_due.list_leavers(work, TODAY)
        assert (leaver.id, leaver.due_on) == (gone.id, date(2021, 7, 20))
        with pytest.raises(Invalid):
            await proposing.ask(work, About("person", here.id), "period", TODAY)
    async with begin(lead) as work:
        proposal = await proposing.ask(work, About("person", gone.id), "period", TODAY)
    async with begin(head) as work:
        await approving.approve(work, proposal.id)
    async with begin(lead) as work:
        assert await people_due.list_leavers(work, TODAY) == ()


async def test_each_shelf_is_open_to_whoever_sees_to_it_and_to_nobody_else(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    teacher = await someone(Role.REPORTER, organisation=lead.organisation_id)
    for actor, shelf, refusal in (
        (lead, VAULT, NotFound), (lead, DESK, Forbidden), (head, LEADS, Forbidden), (head, DESK, Forbidden),
        (teacher, LEADS, Forbidden), (teacher, VAULT, NotFound),
    ):  # fmt: skip
        with pytest.raises(refusal):
            async with begin(actor, purpose="session") as work:
                await queue.list_waiting(work, shelf, FAR)
    async with begin(head, purpose="session") as work:
        assert await queue.list_waiting(work, VAULT, FAR) == ()


async def test_a_locked_file_goes_with_its_item_only_when_the_police_said_so(
    someone: Someone, addresses: Addresses
) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    async with begin(lead) as work:
        item = await add_item(work, paper("Survey", date(2015, 1, 1)))
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(ADD_LOCKED, (lead.organisation_id, item.id))
    async with begin(lead) as work:
        proposal = await asking.ask(work, get_kind("evidence_item"), [item.id], "mistake", TODAY)
    with pytest.raises(Conflict, match="locked"):
        async with begin(head) as work:
            await approving.approve(work, proposal.id)
    async with begin(head) as work:
        await approving.decline(work, proposal.id, "Ask the police first.")
    async with begin(lead) as work:
        proposal = await asking.ask(work, get_kind("evidence_item"), [item.id], "police", TODAY)
    async with begin(head) as work:
        await approving.approve(work, proposal.id)
    async with begin(lead) as work:
        done = {each.ground: each for each in await list_disposals(work)}["police"]
        assert (done.erased["items"], done.erased["files"]) == (1, 1)
        with pytest.raises((Invalid, Conflict)):
            await asking.ask(work, get_kind("complaint"), [item.id], "police", TODAY)
