"""What an injected statement could call: with every right of the app, in the context of one organisation.

Functions that run with another's rights are the only doors between organisations. Each test here goes to one as an
attacker who controls the whole statement would, holding nothing but the context of a page.
"""

import json
from uuid import UUID

import asyncpg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.jobs.claiming import claimed
from safeguard.work import ENTER_SESSION, Work, begin, enter_session

pytestmark = pytest.mark.anyio


async def _inject(actor: Actor, statement: str, *values: object):
    """Run a statement as a page's injection would."""
    async with begin(actor, purpose="session") as work:
        return await work.driver.fetch(statement, *values)


async def _email_of(addresses, actor: Actor) -> str:
    owner = await asyncpg.connect(addresses.owner)
    try:
        await owner.execute("update users set password_hash = 'a hash to steal' where id = $1", actor.user_id)
        return await owner.fetchval("select email from users where id = $1", actor.user_id)
    finally:
        await owner.close()


async def test_nobodys_password_hash_is_read_by_naming_their_address(someone, addresses):
    ours, theirs = await someone(Role.LEAD), await someone(Role.LEAD)
    address = await _email_of(addresses, theirs)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _inject(ours, "select * from identity.find_credentials($1, null)", address)


@pytest.mark.parametrize("statement", ["select identity.own_password_hash()",
                                       "select identity.replace_password('a hash to steal', 'another')"])  # fmt: skip
async def test_a_page_neither_reads_nor_replaces_its_persons_hash(someone, addresses, statement):
    actor = await someone(Role.LEAD)
    await _email_of(addresses, actor)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _inject(actor, statement)


async def test_a_page_claims_no_job_of_another_organisation(someone, addresses):
    ours, theirs = await someone(Role.LEAD), await someone(Role.LEAD)
    async with begin(theirs) as work:
        work.ask("pack.make", clock.new_id())
    async with begin(theirs) as work:
        job_id = await work.driver.fetchval("select id from jobs.job")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _inject(ours, "select * from jobs.claim($1)", job_id)
    async with begin(theirs) as work:
        assert await work.driver.fetchval("select state from jobs.job") == "queued"


async def test_a_page_opens_no_log(someone):
    actor = await someone(Role.LEAD)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _inject(actor, *_log(clock.random_bytes(16).hex()))


async def test_no_two_logs_are_signed_under_one_name(someone):
    ours, theirs = await someone(Role.LEAD), await someone(Role.LEAD)
    async with begin(theirs) as work:
        origin = await work.driver.fetchval("select origin_id from audit.logs where log = 'general'")
    with pytest.raises(asyncpg.UniqueViolationError):
        async with begin(ours, purpose="provision") as work:
            await work.driver.fetch(*_log(origin))


def _log(origin: str) -> tuple[object, ...]:
    statement = "select audit.create_log('platform', $1, $2, $3, encode($4, 'base64'), encode($5, 'base64'))"
    return (statement, clock.new_id(), origin, clock.new_request_id(), clock.random_bytes(16), clock.random_bytes(32))


UNIT = {"request": "6f0c1c1e-0000-4000-8000-000000000101", "role": "lead"}
ACT = {
    "event": "incident.viewed",
    "kind": "incident",
    "object": "6f0c1c1e-0000-4000-8000-000000000001",
    "version": 1,
    "fresh_actor": "AQEBAQEBAQEBAQEBAQEBAQ==",
    "fresh_object": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
}


async def test_an_entry_names_nobody_but_whoever_acts(someone):
    actor = await someone(Role.REPORTER)
    colleague = await someone(Role.LEAD, organisation=actor.organisation_id)
    for other in (str(colleague.user_id), None):
        unit = UNIT | {"acts": {"general": [ACT]}, "actor": other}
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _inject(actor, "select audit.finish($1)", json.dumps(unit))


async def test_a_job_is_asked_for_by_nobody_but_whoever_acts(someone):
    actor = await someone(Role.REPORTER)
    job = {"id": str(clock.new_request_id()), "kind": "pack.make", "subject": str(clock.new_id()), "key": "k"}
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _inject(actor, "select audit.finish($1)", json.dumps(UNIT | {"jobs": [job]}))


@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("role", "Lead"),
        ("role", "lead\u0085"),
        ("role", "chef·fe"),
        ("role", "x" * 1024),
        ("event", "incident viewed"),
        ("event", "incident.viewed\nincident.closed"),
        ("version", "one"),
        ("version", "01"),
        ("version", "99999999999"),
        ("commitment", "short"),
        ("commitment", "é" * 44),
    ],
)
async def test_an_entry_that_no_verifier_would_read_is_refused(someone, where, what):
    actor = await someone(Role.LEAD)
    unit = UNIT | {"actor": str(actor.user_id), "acts": {"general": [ACT]}}
    unit = unit | {"role": what} if where == "role" else unit | {"acts": {"general": [ACT | {where: what}]}}
    with pytest.raises(asyncpg.InvalidParameterValueError, match="malformed"):
        await _inject(actor, "select audit.finish($1)", json.dumps(unit))


@pytest.mark.parametrize(
    "statement",
    [
        "create temporary table memberships (user_id uuid)",
        "create temporary view incidents as select 1",
        "create function pg_temp.steal() returns int language sql as 'select 1'",
        "create table public.planted (id int)",
        "create schema planted",
        "update memberships set user_id = gen_random_uuid()",
        "update memberships set name = 'Somebody else'",
        "update memberships set kind = 'service'",
        "update jobs.job set asked_by = null",
        "update jobs.job set kind = 'settings.deliver'",
        "update jobs.job set fence = fence + 1",
        "update alembic_version set version_num = ''",
        "select token_hash from tokens",
        "select token_hash from invitations",
        "select * from sessions",
        "select * from devices",
        "select * from throttles",
        "select * from jobs.schedule",
        "select identity.enrol(gen_random_uuid(), 'a@b.example', 'A', '', '{lead}')",
        "select sec.verified_context()",
        "set local role safeguard_owner",
        "set local role safeguard_definer",
        "set local role safeguard_search",
        "set session authorization safeguard_owner",
        "alter table incidents disable row level security",
        "drop policy app_own on incidents",
        "copy (select 1) to program 'true'",
    ],
)
async def test_the_app_is_refused(someone, statement):
    actor = await someone(Role.LEAD)
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.InvalidSchemaNameError)):
        await _inject(actor, statement)


async def test_a_worker_does_nothing_for_somebody_who_was_shut_out(someone, addresses, database: pool.Database):
    """`users.disabled_at` and a suspended organisation stop sign-in at once, and the jobs asked for before."""
    for change in ("update users set disabled_at = now() where id = $1",
                   "update organisations set state = 'suspended' from memberships m "
                   "where m.organisation_id = organisations.id and m.user_id = $1"):  # fmt: skip
        actor = await someone(Role.LEAD)
        async with begin(actor) as work:
            work.ask("pack.make", clock.new_id())
        async with begin(actor) as work:
            job_id: UUID = await work.driver.fetchval("select id from jobs.job")
        owner = await asyncpg.connect(addresses.owner)
        await owner.execute(change, actor.user_id)
        await owner.close()
        async with claimed(job_id) as taken:
            assert taken is None


@pytest.mark.parametrize("asked", [ENTER_SESSION, pool.ENTER], ids=["a session", "a context"])
async def test_a_statement_planted_on_a_connection_is_told_no_secret_and_the_connection_is_cut_off(
    someone, addresses, key, asked
):
    """Prepared statements outlive a transaction, and the driver calls them by name: one could be exchanged."""
    ours, theirs = await someone(Role.LEAD), await someone(Role.LEAD)
    own, others = await _session_of(addresses, ours), await _session_of(addresses, theirs)
    single = pool.Database(addresses.app, key, size=1, overflow=0)
    pool.use(single)
    try:
        async with enter_session(own):
            pass  # the driver has prepared one of the two, and by the next
        async with begin(ours, purpose="session") as work:
            await _plant(work, asked)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="prepared by hand"):
            async with enter_session(others) if asked == ENTER_SESSION else begin(theirs):
                pytest.fail("a planted statement stands for ours")
        async with enter_session(others) as (work, _):
            assert await work.driver.fetchval("select count(*) from pg_prepared_statements where from_sql") == 0
    finally:
        await single.close()


async def _plant(work: Work, asked: str) -> None:
    """A statement of the same name, which fails in its own way when it is run with what was meant for ours."""
    [found] = await work.driver.fetch(
        "select name, parameter_types[1]::text as kind from pg_prepared_statements where statement = $1", asked
    )
    await work.driver.execute(f'deallocate "{found["name"]}"')
    await work.driver.execute(f'prepare "{found["name"]}" ({found["kind"]}) as select 1 / 0 where $1 is not null')


async def _session_of(addresses, actor: Actor) -> bytes:
    token_hash = clock.random_bytes(32)
    owner = await asyncpg.connect(addresses.owner)
    await owner.execute(
        "insert into sessions (token_hash, id, user_id, organisation_id, created_at, authenticated_at, factors,"
        " last_seen_at, browser) values ($1, $2, $3, $4, now(), now(), '{password,totp}', now(), 'Test')",
        token_hash, clock.new_id(), actor.user_id, actor.organisation_id,
    )  # fmt: skip
    await owner.close()
    return token_hash
