"""A route with a hole: whatever is typed is run as SQL, with every right of the app, in one organisation's context.

The hole is the tests' own. It is put into a service with everything that every route passes through, and asked over
HTTP as an attacker would ask it: the context is a capability, and what is smuggled in cannot make another.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg
import pytest
from litestar import Request, get
from litestar.di import NamedDependency

from safeguard.access.actors import Actor
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.app import build
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident
from safeguard.web import keys, surroundings
from safeguard.web.cookies import SESSION
from safeguard.web.keys import ServerKey
from safeguard.web.surroundings import Surroundings
from safeguard.work import Work, begin
from tests.factories.incidents import SCHOOL
from tests.web.browsing import open_browser
from tests.web.conftest import open_session

pytestmark = pytest.mark.anyio

CANARY: Final = "Quagga"


@get("/hole", permission=Permission.INCIDENT_READ)
async def hole(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> str:
    """One statement, as an expression is smuggled into a query."""
    rows = await work.driver.fetch(f"select narrative from incidents where narrative = '{request.query_params['q']}'")
    return repr(rows)


@get("/wide-hole", permission=Permission.INCIDENT_READ)
async def wide_hole(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> str:
    """Several statements, as where a driver takes them."""
    await work.driver.execute(request.query_params["q"])
    return repr(await work.driver.fetch("select narrative from incidents"))


FORGED: Final = (
    "set_config('safeguard.context', '{theirs}||session|9999999999|0000000000000000|' || repeat('0', 64), {local})"
)
SMUGGLED: Final = (
    "' or true --",
    "' or organisation_id = '{theirs}' --",
    "' union select narrative from incidents where organisation_id = '{theirs}' --",
    "' or (select set_config('safeguard.context', '{theirs}', true)) is not null --",
    "' or (select " + FORGED.replace("{local}", "true") + ") is not null --",
    "' union select query_to_xml('select * from incidents', true, true, '')::text --",
    "' union select table_to_xml('public.incidents', true, true, '')::text --",
    "' union select sec.current_organisation()::text from sec.enter('{theirs}', null, 'session', 60) --",
    "' union select inner_pad::text from sec.keys --",
    "' union select password_hash from users --",
    "' union select most_common_vals::text from pg_stats where tablename = 'incidents' --",
    "' union select query from pg_stat_activity --",
    "' union select s.narrative from public.search_incidents('quagga') s --",
    "' union select encode(entry::bytea, 'escape') from audit.leaves where organisation_id = '{theirs}' --",
    "' union select pg_read_file('postgresql.conf') --",
    "' union select lo_import('/etc/passwd')::text --",
    "' union select dblink('', '')::text --",
)
WIDE: Final = (
    "set role safeguard_owner",
    "set session authorization safeguard_owner",
    "reset role; reset session authorization",
    "set row_security = off",
    "alter table incidents disable row level security",
    "create policy open on incidents to safeguard_app using (true)",
    "create temporary table incidents as select 1 as narrative",
    "create function public.open() returns void language sql as ''",
    "copy incidents to program 'cat'",
    "copy (select * from incidents where organisation_id = '{theirs}') to stdout",
    "grant safeguard_search to safeguard_app",
    "set search_path = pg_temp",
    "select " + FORGED.replace("{local}", "false"),
    "set safeguard.context = '{theirs}'",
    "prepare planted as select narrative from incidents",
    "update incidents set narrative = 'taken' where organisation_id = '{theirs}'",
    "insert into incidents select * from incidents where organisation_id = '{theirs}'",
    "delete from audit.leaves",
    "listen anything; notify anything",
    "commit; begin; select " + FORGED.replace("{local}", "true"),
    "lock table incidents",
    "vacuum incidents",
)


@pytest.fixture
async def two(
    database: pool.Database, someone: Callable[..., Awaitable[Actor]], addresses: Addresses
) -> tuple[Actor, Actor]:
    """A lead who attacks, and one whose words are looked for."""
    keys.use(ServerKey(b"t" * 32))
    surroundings.use(Surroundings(public_url="https://safeguard.test"))
    attacker, victim = await someone(Role.LEAD), await someone(Role.LEAD)
    for lead, words in ((attacker, "Own words."), (victim, f"{CANARY} words.")):
        async with begin(lead, purpose="session") as work:
            await record_incident(work, NewIncident(narrative=words), SCHOOL)
    return attacker, victim


async def seen_by(person: Actor, addresses: Addresses, path: str, statements: tuple[str, ...], theirs: str) -> str:
    """Everything that comes back, for all of these."""
    told = ""
    async with open_browser(build([hole, wide_hole], [])) as client:
        client.cookies.set(SESSION, await open_session(addresses, person), domain="safeguard.test", path="/")
        for statement in statements:
            answer = await client.get(path, params={"q": statement.replace("{theirs}", theirs)})
            told += answer.text
            assert answer.status_code in {200, 400, 403, 409, 500, 503}, statement
    return told


async def test_nothing_smuggled_into_a_statement_reaches_anothers_rows(
    two: tuple[Actor, Actor], addresses: Addresses
) -> None:
    attacker, victim = two
    theirs = str(victim.organisation_id)
    told = await seen_by(attacker, addresses, "/hole", SMUGGLED, theirs)
    told += await seen_by(attacker, addresses, "/wide-hole", WIDE, theirs)
    assert CANARY not in told
    assert "Own words." in told  # the hole is one
    async with begin(victim, purpose="session") as work:
        assert await work.driver.fetchval("select narrative from incidents") == f"{CANARY} words."


async def test_what_was_smuggled_in_leaves_nothing_for_whoever_comes_next(
    two: tuple[Actor, Actor], addresses: Addresses, key: Any
) -> None:
    """One connection for everybody: after each attack the victim reads their own and the attacker theirs."""
    attacker, victim = two
    before = pool.current()
    single = pool.Database(addresses.app, key, size=1, overflow=0)
    pool.use(single)
    try:
        for statement in WIDE:
            await seen_by(attacker, addresses, "/wide-hole", (statement,), str(victim.organisation_id))
            try:
                async with begin(victim, purpose="session") as work:
                    found = [row["narrative"] for row in await work.driver.fetch("select narrative from incidents")]
            except asyncpg.InsufficientPrivilegeError:
                continue  # a planted statement: refused before anything was sent, and the connection is cut off
            assert found == [f"{CANARY} words."], statement
    finally:
        pool.use(before)
        await single.close()
