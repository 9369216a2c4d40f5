"""What operators do, what takes two of them, and what they can never see."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.cli.console import REMOVE
from safeguard.console import routes
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.catalogue import TABLES
from safeguard.database.context import ContextKey
from safeguard.database.functions import OF_CONSOLE
from safeguard.errors import SignInRequired
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.web import announcing, headers
from safeguard.web.cookies import hash_of
from safeguard.work import begin, enter_session
from tests.console.conftest import PASSWORD, MakeOperator, invited
from tests.factories.incidents import SCHOOL
from tests.factories.organisations import make_organisation, make_person
from tests.web.browsing import Browser, token_of
from tests.web.conftest import OPEN_SESSION

pytestmark = pytest.mark.anyio

CANARY = "Thylacine"
Visitor = Callable[[], Awaitable[Browser]]


async def school(addresses: Addresses, key: ContextKey, owner: psycopg.AsyncConnection[Any]) -> tuple[UUID, str]:
    """An organisation in which something was written; with the session of its lead."""
    before, database = pool._current, pool.Database(addresses.app, key)
    pool.use(database)
    try:
        organisation = await make_organisation()
        user_id, name = await make_person(organisation, [Role.LEAD])
        lead = Actor(ActorKind.PERSON, organisation, user_id, frozenset({Role.LEAD}), name)
        async with begin(lead, purpose="session") as work:
            people = (NewPerson(name=f"{CANARY} Zed", role="affected", kind="child"),)
            await record_incident(work, NewIncident(narrative=f"{CANARY} words.", people=people), SCHOOL)
    finally:
        pool.use(before)
        await database.close()
    token = clock.new_token()
    await owner.execute("update organisations set state = 'active' where id = %s", (organisation,))
    await owner.execute(OPEN_SESSION, (hash_of(token), clock.new_request_id(), user_id, organisation))
    return organisation, token


async def gets_in(addresses: Addresses, key: ContextKey, session: str) -> bool:
    """Whether somebody with this session is served."""
    before, database = pool._current, pool.Database(addresses.app, key)
    pool.use(database)
    try:
        async with enter_session(hash_of(session)):
            return True
    except SignInRequired:
        return False
    finally:
        pool.use(before)
        await database.close()


async def state_of(owner: psycopg.AsyncConnection[Any], organisation: UUID) -> str:
    found = await owner.execute("select state from organisations where id = %s", (organisation,))
    return ((await found.fetchone()) or ("",))[0]


async def test_an_operator_begins_by_a_link_looks_around_and_reads_no_record(
    operator: MakeOperator, visitor: Visitor, addresses: Addresses, key: ContextKey, as_owner: Any
) -> None:
    organisation, _ = await school(addresses, key, as_owner)
    ada = await operator()
    name = (await (await as_owner.execute("select name from organisations where id = %s", (organisation,))).fetchone())[
        0
    ]
    pages = [
        "/",
        "/organisations",
        f"/organisations?q={name}",
        f"/organisations/{organisation}",
        "/acts",
        "/announcement",
    ]
    for path in pages:
        page = await ada.get(path)
        assert page.status_code == 200, path
        assert CANARY not in page.text, path
        said = re.sub(r"name of a child|children(?:s|&#39;s)?[ _-]?home", "", page.text.lower())
        assert "child" not in said, path
        for header, value in headers.ALWAYS:
            assert page.headers[header.decode()] == value.decode()
    assert name in (await ada.get(f"/organisations?q={name}")).text
    assert "PostgreSQL 18" in (await ada.get("/")).text
    assert "School or college, England" in (await ada.get(f"/organisations/{organisation}")).text
    stranger = await visitor()
    for path in pages:
        answer = await stranger.get(path)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/sign-in"), path
    out = await ada.send("/sign-out", page="/")
    assert '"cache"' in out.headers["clear-site-data"]
    assert (await ada.get("/")).status_code == 303


def test_every_page_but_the_way_in_asks_who_it_is() -> None:
    opened = [handler for handler in routes.ROUTES if handler.opt.get("open")]
    assert {path for handler in opened for path in handler.paths} == {"/sign-in", "/enrol/{token:str}", "/health/live"}
    for handler in routes.ROUTES:
        assert handler.opt.get("open") or "visit" in handler.fn.__annotations__, handler.paths


async def test_suspending_shuts_everybody_out_at_once_and_opening_again_lets_them_in(
    operator: MakeOperator, addresses: Addresses, key: ContextKey, as_owner: Any
) -> None:
    organisation, session = await school(addresses, key, as_owner)
    ada, at = await operator(), f"/organisations/{organisation}"
    assert await gets_in(addresses, key, session)
    unsaid = await ada.send(at, act="suspend", reason="  ")
    assert (unsaid.status_code, await state_of(as_owner, organisation)) == (422, "active")
    assert (await ada.send(at, act="suspend", reason="Asked for by their head by telephone.")).status_code == 303
    assert not await gets_in(addresses, key, session)
    assert "Nobody gets in" in (await ada.get(at)).text
    assert (await ada.send(at, act="suspend", reason="Again.")).status_code == 409
    assert (await ada.send(at, act="resume", reason="They rang.")).status_code == 303
    assert await gets_in(addresses, key, session)
    told = (await ada.get(at)).text
    assert told.index("They rang.") < told.index("Asked for by their head by telephone.")


@pytest.mark.parametrize("state", ["setting_up", "active"])
async def test_an_organisation_that_is_opened_again_or_stays_is_what_it_was_before(
    operator: MakeOperator, addresses: Addresses, key: ContextKey, as_owner: Any, state: str
) -> None:
    organisation, _ = await school(addresses, key, as_owner)
    await as_owner.execute("update organisations set state = %s where id = %s", (state, organisation))
    ada, bob, at = await operator("Ada"), await operator("Bob"), f"/organisations/{organisation}"
    await ada.send(at, act="suspend", reason="A telephone call.")
    await ada.send(at, act="resume", reason="They rang.")
    assert await state_of(as_owner, organisation) == state
    await ada.send(at, act="leave", reason="Their contract ends.")
    await bob.send(f"/requests/{await only_request(as_owner, organisation)}", page="/", decision="agree")
    assert await state_of(as_owner, organisation) == "leaving"
    await ada.send(at, act="suspend", reason="A telephone call.")
    await ada.send(at, act="resume", reason="They rang.")
    assert await state_of(as_owner, organisation) == "leaving"
    await ada.send(at, act="stay", reason="They signed again.")
    assert await state_of(as_owner, organisation) == state


async def test_leaving_takes_two_operators_and_neither_alone(
    operator: MakeOperator, addresses: Addresses, key: ContextKey, as_owner: Any
) -> None:
    organisation, session = await school(addresses, key, as_owner)
    ada, bob, at = await operator("Ada"), await operator("Bob"), f"/organisations/{organisation}"
    assert (await ada.send(at, act="leave", reason="Their contract ends.")).status_code == 303
    assert await state_of(as_owner, organisation) == "active"
    assert (await ada.send(at, act="leave", reason="Twice.")).status_code == 409
    request = await only_request(as_owner, organisation)
    alone = await ada.send(f"/requests/{request}", page="/", decision="agree")
    assert (alone.status_code, await state_of(as_owner, organisation)) == (422, "active")
    assert "Another operator has to agree" in alone.text
    with pytest.raises(psycopg.errors.CheckViolation):  # and the table itself holds it, whoever writes
        await as_owner.execute(
            "update console.requests set decided_by = asked_by, decided_by_name = 'x', decided_at = now(),"
            " decision = 'agreed' where id = %s",
            (request,),
        )
    agreed = await bob.send(f"/requests/{request}", page="/", decision="agree")
    assert (agreed.status_code, agreed.headers["location"]) == (303, "/?done=agree")
    assert "You agreed" in (await bob.get("/?done=agree")).text
    assert "You " not in (await bob.get("/?done=elsewhere")).text.partition("sg-facts")[0]
    assert await state_of(as_owner, organisation) == "leaving"
    assert await gets_in(addresses, key, session)
    assert (await bob.send(f"/requests/{request}", page="/", decision="agree")).status_code == 404
    assert (await ada.send(at, act="stay", reason="They stay after all.")).status_code == 303
    assert await state_of(as_owner, organisation) == "active"


async def only_request(owner: Any, organisation: UUID) -> UUID:
    found = await owner.execute("select id from console.requests where organisation_id = %s", (organisation,))
    (row,) = await found.fetchall()
    return row[0]


async def test_a_factor_shown_too_long_ago_is_asked_for_again_and_no_code_counts_twice(
    operator: MakeOperator, addresses: Addresses, key: ContextKey, as_owner: Any
) -> None:
    organisation, _ = await school(addresses, key, as_owner)
    ada, at = await operator(), f"/organisations/{organisation}"
    await as_owner.execute("update console.sessions set proven_at = now() - interval '6 minutes'")
    before = ada.browser.client.cookies["__Host-console"]
    asked = await ada.send(at, act="suspend", reason="Because.")
    assert (asked.status_code, await state_of(as_owner, organisation)) == (422, "active")
    assert "Because." in asked.text
    assert 'name="code"' in asked.text
    code = ada.code()
    assert (await ada.send(at, act="suspend", reason="Because.", code=code)).status_code == 303
    assert ada.browser.client.cookies["__Host-console"] != before  # another id with the step up
    await as_owner.execute("update console.sessions set proven_at = now() - interval '6 minutes'")
    again = await ada.send(at, act="resume", reason="Because.", code=code)
    assert (again.status_code, await state_of(as_owner, organisation)) == (422, "suspended")


async def test_sessions_end_links_open_once_and_guessing_is_slowed(
    operator: MakeOperator, visitor: Visitor, as_owner: Any
) -> None:
    ada = await operator()
    for column, age in (("last_seen_at", "16 minutes"), ("created_at", "9 hours")):
        await ada.send(
            "/sign-in", email=ada.email, password=PASSWORD, code=ada.code()
        ) if column != "last_seen_at" else None
        await as_owner.execute(f"update console.sessions set {column} = now() - interval '{age}'")
        assert (await ada.get("/")).status_code == 303, column
        ada.used = 0
        await as_owner.execute("update console.operators set last_step = 0")
    email, token = await invited(as_owner, "Eve")
    guest = await visitor()
    page = (await guest.get(f"/enrol/{token}")).text
    offer = page.split('name="offer" value="')[1].split('"')[0]
    weak = await guest.send(
        f"/enrol/{token}", {"password": "short", "offer": offer, "code": "000000"}, token=token_of(page)
    )
    assert (weak.status_code, weak.text.count("govuk-error-message")) == (422, 2)
    await as_owner.execute("update console.operators set link_until = now() where email = %s", (email,))
    assert (await guest.get(f"/enrol/{token}")).status_code == 410
    wrong = {"email": ada.email, "password": "guess after guess", "code": "123456"}
    answers = [await guest.send("/sign-in", wrong) for _ in range(7)]
    assert {answer.status_code for answer in answers[:5]} == {422}
    assert answers[-1].status_code == 429
    stranger = await visitor()
    unknown = await stranger.send("/sign-in", wrong | {"email": f"{clock.new_id().hex}@operator.example"})
    plain = [re.sub(r'value="[^"]*"', "", answer.text) for answer in (answers[0], unknown)]
    assert unknown.status_code == 422
    assert hide(plain[0]) == hide(plain[1])


def hide(text: str) -> str:
    """Without what differs between any two renderings."""
    return re.sub(r"[\w-]{60,}|\{[^}]*\}", "", text)


async def test_whoever_is_removed_is_out_at_once(operator: MakeOperator, addresses: Addresses) -> None:
    ada = await operator()
    owner = await asyncpg.connect(addresses.owner)
    try:
        assert await owner.execute(REMOVE, ada.email, clock.now()) == "UPDATE 1"
    finally:
        await owner.close()
    assert (await ada.get("/")).status_code == 303
    refused = await ada.send("/sign-in", email=ada.email, password=PASSWORD, code=ada.code())
    assert refused.status_code == 422


async def test_another_website_does_nothing_here(operator: MakeOperator, visitor: Visitor, as_owner: Any) -> None:
    ada, mallory = await operator(), await visitor()
    for path in ("/sign-out", "/announcement", f"/requests/{clock.new_id()}", f"/organisations/{clock.new_id()}"):
        bare = await ada.browser.client.post(path, data={"words": "x", "hours": "1"})
        foreign = await ada.browser.send(path, {"words": "x"}, page="/", **{"sec-fetch-site": "cross-site"})
        others = await ada.browser.send(path, {"words": "x"}, token=await mallory.token("/sign-in"))
        assert {bare.status_code, foreign.status_code, others.status_code} == {403}, path


async def test_what_is_announced_is_shown_to_everybody_until_it_ends(
    operator: MakeOperator,
) -> None:
    ada = await operator()
    empty = await ada.send("/announcement", words=" ", hours="0")
    assert empty.status_code == 422
    assert (await ada.send("/announcement", words="Tonight <b>at ten</b> we move.", hours="2")).status_code == 303
    await announcing.look()
    shown = announcing.current()
    assert shown
    assert shown.words == "Tonight <b>at ten</b> we move."
    assert "Tonight &lt;b&gt;at ten" in (await ada.get("/announcement")).text
    assert (await ada.send("/announcement", end="yes")).status_code == 303
    await announcing.look()
    assert announcing.current() is None


FUNCTIONS = """
select n.nspname || '.' || p.proname as name, has_function_privilege('safeguard_operator', p.oid, 'execute') as open
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname in ('public', 'sec', 'audit', 'jobs', 'identity', 'console') and not exists (
    select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
"""


async def test_the_role_reads_no_table_and_calls_nothing_else(addresses: Addresses) -> None:
    """What a hole in the console would open: nothing that an organisation keeps."""
    connection = await asyncpg.connect(addresses.operator)
    try:
        for table in TABLES:
            for statement in (f"select from {table}", f"delete from {table}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        opened = {row["name"] for row in await connection.fetch(FUNCTIONS) if row["open"]}
    finally:
        await connection.close()
    shared = {"sec.clock", "sec.refuse_planted_statements", "console.announced", "identity.admit_attempt",
              "identity.forgive_attempt"}  # fmt: skip
    assert opened == OF_CONSOLE | shared
