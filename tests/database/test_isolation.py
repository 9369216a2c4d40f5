"""Row security as the app's own role: what the database refuses whatever the code above it does."""

from uuid import UUID

import asyncpg
import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.database import checking, migrating, pool, releases
from safeguard.database.context import ContextKey
from safeguard.work import begin

pytestmark = pytest.mark.anyio

INJECTION = "select name from organisations where (select set_config('safeguard.context', '{}', true)) is not null"


async def test_the_catalogue_finds_nothing_to_mend(database):
    async with begin(system(UUID(int=1))) as work:
        assert await checking.check(work.driver) == []


async def test_a_server_without_the_fixes_is_noticed_whoever_set_it_up(database, monkeypatch):
    monkeypatch.setattr(releases, "SAFE", dict.fromkeys(releases.SAFE, (999999, "99.99")))
    async with begin(system(UUID(int=1))) as work:
        assert ["Update it to 99.99" in problem for problem in await checking.check(work.driver)] == [True]


async def test_an_error_never_quotes_what_was_sent(database):
    async with database.connection() as connection:
        with pytest.raises(asyncpg.PostgresError) as told:
            await connection.fetch("select 1 / length($1) from organisations", "canary7731")
    assert "canary7731" not in str(told.value)


async def test_a_statement_without_a_context_is_refused(database):
    async with database.connection() as connection:
        with pytest.raises(asyncpg.PostgresError, match="there is no context"):
            await connection.fetch("select * from organisations")


async def test_an_organisation_sees_itself_and_no_other(someone):
    ours, _theirs = await someone(Role.LEAD), await someone(Role.LEAD)
    async with begin(ours) as work:
        assert await work.driver.fetch("select id from organisations") == [(ours.organisation_id,)]
        assert await work.driver.fetch("select user_id from memberships") == [(ours.user_id,)]


async def test_an_organisation_cannot_write_into_another(someone):
    ours, theirs = await someone(Role.LEAD), await someone(Role.LEAD)
    with pytest.raises(Exception, match="row-level security"):
        async with begin(ours) as work:
            await work.driver.execute(
                "insert into pastoral_scopes (organisation_id, user_id, kind, value, set_at) "
                "values ($1, $2, 'group', 'x', now())",
                theirs.organisation_id,
                theirs.user_id,
            )


@pytest.mark.parametrize("change", ["organisation", "signature", "key", "expiry", "short", "empty"])
async def test_an_injected_context_is_refused(someone, database, change):
    ours, theirs = await someone(Role.LEAD), await someone(Role.LEAD)
    parts = database.key.sign(ours.organisation_id, ours.user_id, "page").split("|")
    match change:
        case "organisation":
            parts[0] = str(theirs.organisation_id)
        case "signature":
            parts[5] = "0" * 64
        case "key":
            parts[4] = "f" * 16
        case "expiry":
            parts[3] = str(int(parts[3]) + 1_000_000)
        case "short":
            parts = parts[:5]
        case _:
            parts = []
    with pytest.raises(Exception, match="context"):
        async with begin(ours) as work:
            await work.driver.fetch(INJECTION.format("|".join(parts)))
            await work.driver.fetch("select * from organisations")


async def test_a_context_of_another_deployments_key_is_refused(someone):
    actor = await someone(Role.LEAD)
    forged = ContextKey(b"\x07" * 32).sign(actor.organisation_id, actor.user_id, "page")
    with pytest.raises(Exception, match="forged"):
        async with begin(actor) as work:
            await work.driver.fetch(INJECTION.format(forged))
            await work.driver.fetch("select * from organisations")


def test_a_key_that_was_replaced_makes_no_contexts_any_more(addresses, key):
    actor, fresh = system(UUID(int=1)), ContextKey(b"\x08" * 32)
    with psycopg.connect(addresses.owner) as owner:
        migrating._store_key(owner, fresh)
        for one, outcome in ((fresh, str(actor.organisation_id)), (key, "forged")):
            context = one.sign(actor.organisation_id, None, "job")
            owner.execute("select set_config('safeguard.context', %s, true)", (context,))
            try:
                found = str(owner.execute("select sec.current_organisation()").fetchall()[0][0])
            except psycopg.errors.InsufficientPrivilege as refusal:
                found = str(refusal)
            assert outcome in found
        owner.rollback()


async def test_an_expired_context_is_refused(someone, database):
    actor = await someone(Role.LEAD)
    stale = database.key.sign(actor.organisation_id, actor.user_id, "page", lifetime=-1)
    with pytest.raises(Exception, match="expired"):
        async with begin(actor) as work:
            await work.driver.fetch(INJECTION.format(stale))
            await work.driver.fetch("select * from organisations")


async def test_a_setting_left_on_a_pooled_connection_is_never_seen(someone, addresses, key):
    ours, theirs = await someone(Role.LEAD), await someone(Role.LEAD)
    single = pool.Database(addresses.app, key, size=1, overflow=0)
    pool.use(single)
    try:
        async with begin(ours) as work:
            left = key.sign(ours.organisation_id, ours.user_id, "page")
            await work.driver.fetchval("select set_config('safeguard.context', $1, false)", left)
        async with begin(theirs) as work:
            assert await work.driver.fetchval("select id from organisations") == theirs.organisation_id
    finally:
        await single.close()


@pytest.mark.parametrize(
    "statement",
    [
        "insert into audit.leaves select * from audit.leaves",
        "delete from audit.leaves",
        "update audit.leaves set entry = ''",
        "truncate audit.leaves",
        "update audit.logs set size = 0",
        "select * from sec.keys",
        "select * from users",
        "select sec.enter(gen_random_uuid(), null, 'page', 60)",
        "insert into memberships select * from memberships",
        "update memberships set user_id = gen_random_uuid()",
        "select token_hash from approval_links",
        "update proposals set told = ''",
        "select * from password_resets",
        "select audit.append_at(now(), '{}')",
    ],
)
async def test_the_app_may_not(someone, statement):
    actor = await someone(Role.LEAD)
    with pytest.raises(Exception, match="permission denied"):
        async with begin(actor) as work:
            await work.driver.execute(statement)


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("insert into incidents (organisation_id, id, reference, recorded_at, recorded_by_name, narrative, state,"
         " last_activity_at) values (sec.current_organisation(), gen_random_uuid(), 'K7Q-3MX', now(), $1, $1,"
         " 'nonsense', now())", 1),
        ("insert into incidents (organisation_id, id, reference, recorded_at, recorded_by_name, narrative)"
         " values (sec.current_organisation(), gen_random_uuid(), $1, now(), $1, $1)", 1),
        ("insert into pastoral_scopes (organisation_id, user_id, kind, value, set_at)"
         " select organisation_id, user_id, 'nonsense', $1, now() from memberships", 1),
        ("select audit.finish($1::jsonb)", 1),
        ("select 1 from nowhere where '{canary}' = ''", 0),
    ],
)  # fmt: skip
async def test_the_servers_own_log_holds_nothing_that_was_written(someone, server, statement, values):
    canary = "canary" + clock.random_bytes(4).hex()
    actor = await someone(Role.LEAD)
    with pytest.raises(Exception):  # noqa: B017  whatever it is
        async with begin(actor) as work:
            words = '{"words": "' + canary + '", \u0001' if "finish" in statement else canary
            await work.driver.execute(statement.replace("{canary}", canary), *[words] * values)
    assert canary not in server.log.read_text()
