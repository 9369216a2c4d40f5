"""A record at the end of its time: what holds it back, who has to agree, and that nothing of it is left."""

import json
from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
import psycopg
import pytest
from psycopg import sql

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.audit.events import EVENTS
from safeguard.database.bootstrap import Addresses
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.identity import approving
from safeguard.incidents.closing import close, reopen
from safeguard.incidents.recording import record_incident
from safeguard.records import disposing, holding, proposing
from safeguard.records.holding import About
from safeguard.records.schedule import list_due
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.records.making import CLOSING, TODAY, disposed, recorded, second
from tests.records.racing import race

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
TEXTS = """
select table_schema || '.' || table_name as name from information_schema.tables
where table_schema in ('public', 'audit', 'jobs') and table_type = 'BASE TABLE'
"""


def tables_with(addresses: Addresses, organisation: UUID, *words: str) -> set[str]:
    """Every table of which a row of this organisation holds one of these, in whatever column."""
    found: set[str] = set()
    with psycopg.connect(addresses.owner) as owner:
        for (name,) in owner.execute(TEXTS).fetchall():
            schema, _, table = name.partition(".")
            rows = sql.SQL("select 1 from {} t where t::text like any (%s) and t::text like %s limit 1").format(
                sql.Identifier(schema, table)
            )
            if owner.execute(rows, ([f"%{word}%" for word in words], f"%{organisation}%")).fetchone():
                found.add(name)
    return found


async def test_after_a_disposal_no_table_holds_a_word_or_an_id_of_it(someone: Someone, addresses: Addresses) -> None:
    lead = await someone(Role.LEAD)
    incident, person = await recorded(lead, "zephyrine")
    head = await second(lead)
    before = tables_with(addresses, lead.organisation_id, "zephyrine")
    assert {"public.incidents", "public.entries", "audit.documents", "public.people"} <= before
    disposal = await disposed(lead, head, About("incident", incident))
    assert await counts_of(lead) == {}
    await disposed(lead, head, About("person", person), "erasure")
    assert tables_with(addresses, lead.organisation_id, "zephyrine") == set()
    left = tables_with(addresses, lead.organisation_id, str(incident))
    assert left <= {"public.disposals", "jobs.job", "public.idempotency"}, left
    async with begin(lead) as work:
        fields = await work.driver.fetchval(
            "select fields from audit.documents where kind = 'record' and id = $1", disposal
        )
    said = {name: json.loads(value) for name, (value, _) in json.loads(str(fields)).items()}
    assert (said["ground"], said["agreed_by_name"], said["erased.entries"]) == ("period", head.name, 6)


async def counts_of(lead: Actor) -> dict[str, int]:
    async with begin(lead) as work:
        rows = await work.driver.fetch("select dimension, code, incidents from read_incident_counts('0000', '9999')")
    return {f"{row['dimension']}|{row['code']}": row["incidents"] for row in rows}


async def test_whoever_asked_does_not_agree_and_who_may_not_read_does_neither(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    incident, _ = await recorded(lead, "quillon")
    async with begin(lead) as work:
        proposal = await proposing.ask(work, About("incident", incident), "period", TODAY)
    with pytest.raises(Forbidden):
        async with begin(lead) as work:
            await approving.approve(work, proposal.id)
    reporter = await second(lead, Role.REPORTER)
    with pytest.raises(Forbidden):
        async with begin(reporter) as work:
            await proposing.ask(work, About("incident", incident), "mistake", TODAY)
    with pytest.raises(NotFound):
        async with begin(reporter) as work:
            await approving.approve(work, proposal.id)
    async with begin(await second(lead)) as work:
        await approving.decline(work, proposal.id, "It is needed.")
    async with begin(lead) as work:
        assert await proposing.find_obstacles(work, About("incident", incident)) == ()


async def test_a_statement_that_somebody_smuggled_in_disposes_of_nothing(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    incident, _ = await recorded(lead, "smuggler")
    async with begin(lead) as work:
        proposal = await proposing.ask(work, About("incident", incident), "period", TODAY)
    for purpose in ("page", "dispose"):  # in a page's context; and in the right one, by whoever asked
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match=r"context for|two people"):
            async with begin(lead, purpose=purpose) as work:
                call = "select public.dispose_incident($1, $2, '{incident}')"
                await work.driver.execute(call, proposal.subject_id, incident)


@pytest.mark.parametrize("held", ["incident", "person"])
async def test_a_hold_wins_over_a_request_that_was_made_before(someone: Someone, held: str) -> None:
    lead = await someone(Role.LEAD)
    incident, person = await recorded(lead, "vesper")
    head = await second(lead)
    async with begin(lead) as work:
        proposal = await proposing.ask(work, About("incident", incident), "period", TODAY)
    async with begin(lead) as work:
        about = About(held, incident if held == "incident" else person)
        hold = await holding.place_hold(work, about, "police", "DC Sample asked on the phone.")
    with pytest.raises(Conflict, match="hold stands"):
        async with begin(head) as work:
            await approving.approve(work, proposal.id)
    async with begin(lead) as work:
        (due,) = await list_due(work, TODAY)
        assert due.is_held
        await holding.lift_hold(work, hold, "The case is over.")
    async with begin(head) as work:
        await approving.approve(work, proposal.id)
    async with begin(lead) as work:
        assert await list_due(work, TODAY) == ()


async def test_a_hold_that_is_placed_during_the_disposal_waits_for_it_or_stops_it(someone: Someone) -> None:
    """Two transactions at once, either first: never a hold on nothing, never a disposal past a hold."""
    lead = await someone(Role.LEAD)
    head = await second(lead)
    for hold_first in (True, False):
        incident, _ = await recorded(lead, "isolde")
        async with begin(lead) as work:
            proposal = await proposing.ask(work, About("incident", incident), "period", TODAY)
        expected = ("placed", "stopped") if hold_first else ("too late", "done")
        assert await race(lead, head, About("incident", incident), proposal.id, hold_first=hold_first) == expected


async def test_what_is_open_or_early_or_unknown_stays(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        story = await record_incident(work, SHORT, SCHOOL)
    with pytest.raises(Conflict, match="not closed"):
        async with begin(lead) as work:
            await proposing.ask(work, About("incident", story.facts.id), "mistake", TODAY)
    early, _ = await recorded(lead, "callow", None)
    with pytest.raises(Invalid) as refused:
        async with begin(lead) as work:
            await proposing.ask(work, About("incident", early), "period", TODAY)
    assert "not over" in refused.value.errors[0].message
    other = await someone(Role.LEAD)
    with pytest.raises(NotFound):
        async with begin(other) as work:
            await proposing.ask(work, About("incident", early), "mistake", TODAY)


async def test_a_person_goes_after_their_own_records_and_stays_named_in_those_of_others(
    someone: Someone, addresses: Addresses
) -> None:
    lead = await someone(Role.LEAD)
    own, person = await recorded(lead, "marigold")
    head = await second(lead)
    with pytest.raises(Conflict, match="the one affected"):
        async with begin(lead) as work:
            await proposing.ask(work, About("person", person), "erasure", TODAY)
    others, _ = await recorded(lead, "hawthorn")
    with psycopg.connect(addresses.owner) as owner:  # a witness in somebody else's
        owner.execute(
            "insert into incident_people (organisation_id, id, incident_id, position, role, kind, name, person_id)"
            " values (%s, gen_random_uuid(), %s, 9, 'witness', 'child', 'Ana Witness', %s)",
            (lead.organisation_id, others, person),
        )
    await disposed(lead, head, About("incident", own))
    disposal = await disposed(lead, head, About("person", person), "erasure")
    async with begin(lead) as work:
        row = await work.driver.fetchrow(
            "select name, person_id from public.incident_people where incident_id = $1 and position = 9", others
        )
        parts = "select (erased ->> 'parts')::int from public.disposals where id = $1"
        erased = await work.driver.fetchval(parts, disposal)
    assert row
    assert (row["name"], row["person_id"], erased) == ("Ana Witness", None, 1)


async def test_what_changed_after_it_was_asked_for_is_looked_at_again(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    incident, _ = await recorded(lead, "campion")
    async with begin(lead) as work:
        proposal = await proposing.ask(work, About("incident", incident), "mistake", TODAY)
    async with begin(lead) as work:
        version = await work.driver.fetchval("select version from public.incidents where id = $1", incident)
        version = (await reopen(work, incident, int(version or 0), "The police rang about it.")).version
    async with begin(lead) as work:
        await close(work, incident, version, CLOSING)
    with pytest.raises(Conflict, match="changed after its disposal was asked for"):
        async with begin(head) as work:
            await approving.approve(work, proposal.id)
    async with begin(head) as work:
        told = {line.label: line.value for line in await disposing.shown(work, proposal)}
        latest, earliest = told["Changed since it was asked for"].split("\n")
        assert latest.endswith(f"{EVENTS['incident.closed']}, by {lead.name}")
        assert earliest.endswith(f"{EVENTS['incident.reopened']}, by {lead.name}")
        assert "Decline it" in told["What to do"]
    async with begin(head) as work:
        await approving.decline(work, proposal.id, "It has changed.")
    await disposed(lead, head, About("incident", incident), "mistake")


async def test_our_copy_goes_for_a_transfer_only_where_somebody_signed_for_it(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    incident, person = await recorded(lead, "teasel")
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await proposing.ask(work, About("incident", incident), "transferred", TODAY)
        assert not await proposing.is_signed_for(work, About("person", person))


async def test_every_table_that_refers_to_a_record_is_dealt_with(addresses: Addresses) -> None:
    """A new table with a key to an incident or a person has to be named where records are deleted."""
    with psycopg.connect(addresses.owner) as owner:
        rows = owner.execute(
            "select distinct conrelid::regclass::text, confrelid::regclass::text from pg_constraint where contype = 'f'"
            " and confdeltype <> 'c'"
            " and confrelid = any (array['incidents', 'incident_people', 'entries', 'people', 'attachments',"
            " 'referrals', 'proposals', 'notices']::regclass[]) and conrelid <> confrelid"
        ).fetchall()
        written = "".join(
            source
            for (source,) in owner.execute(
                "select prosrc from pg_proc where proname in ('dispose_incident', 'dispose_person')"
            )
        )
    assert rows
    keeps = {("tokens", "proposals")}
    assert [row for row in rows if f"public.{row[0]} " not in written and row not in keeps] == []
