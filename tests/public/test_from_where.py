"""Where somebody writes from is kept nowhere, and no limit is a school's address alone."""

import logging
from datetime import timedelta

import psycopg
import pytest
from httpx import ASGITransport, AsyncClient
from structlog.testing import capture_logs

from safeguard.access.roles import Role
from safeguard.public_reports import arriving
from safeguard.web import counting, limits, serving
from safeguard.web.cookies import VISITOR
from safeguard.web.counting import Counter
from safeguard.web.limits import Rate
from tests.post.working import work_off
from tests.public.writing import code_from
from tests.web.browsing import BASE, Browser

pytestmark = pytest.mark.anyio

FROM = "203.0.113.77"
AGENT = "A browser that nobody else has 7f3a"
TABLES = """
select format('%I.%I', schemaname, tablename) from pg_tables
where schemaname not in ('pg_catalog', 'information_schema') order by 1
"""
SCHOOL = "198.51.100.4"


def from_address(service, address, **headers):
    """A browser that connects from there; faults stay inside the service."""
    transport = ASGITransport(app=service, client=(address, 4000), raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url=BASE, headers=headers)


async def test_neither_the_database_nor_the_logs_hold_the_address_or_the_browser_of_whoever_wrote(
    sign_in, service, slug_of, addresses, monkeypatch, caplog, capfd
):
    monkeypatch.setattr(arriving, "FASTEST", timedelta(0))
    caplog.set_level(logging.DEBUG)
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    with capture_logs() as lines:
        async with from_address(service, FROM, **{"user-agent": AGENT, "x-forwarded-for": FROM}) as client:
            visitor = Browser(client)
            code = await code_from(visitor, f"{at}/b", words="Somebody sends me messages.", writer="child")
            assert (await visitor.send(f"{at}/back", {"code": code})).status_code == 200
            said = {"code": code, "words": "And again today."}
            assert (await visitor.send(f"{at}/back/message", said, page=f"{at}/back")).status_code == 200
            assert (await visitor.send(f"{at}/back", {"code": "222-222-222"})).status_code == 422
    await work_off(lead.actor.organisation_id, None)
    assert lines, "the requests are in the log"
    written = "\n".join((*map(str, lines), caplog.text, *capfd.readouterr()))
    with psycopg.connect(addresses.owner) as owner:
        tables = [row[0] for row in owner.execute(TABLES).fetchall()]
        assert "public.public_reports" in tables
        held = owner.execute("select count(*) from public.public_reports").fetchone()
        for table in tables:
            for secret in (FROM, AGENT, FROM.replace(".", "\\.")):
                found = owner.execute(
                    f"select count(*) from {table} t where strpos(t::text, %s) > 0", (secret,)
                ).fetchone()
                assert found == (0,), (table, secret)
    assert held and held[0] >= 1
    assert FROM not in written and AGENT not in written


@pytest.fixture
def small(monkeypatch):
    """The limits of the public page, a hundred times smaller; those of everything else too."""
    for name in ("BY_ADDRESS", "BY_VISITOR", "NEWCOMERS", "VISITORS"):
        own: Rate = getattr(limits, name)
        minute = own.minute if name == "BY_VISITOR" else own.minute // 100
        monkeypatch.setattr(serving, name, Rate(own.name, own.per, minute))

    async def alone(_key: bytes, _untold: int, _minute: int) -> int:
        return 0

    counting.use(Counter(alone, lambda: 0.0))
    yield
    counting.use(None)


async def opened(client, at, times):
    """So many looks at the form, after the first page."""
    first = await client.get(at)
    return [first.status_code] + [(await client.get(f"{at}/b")).status_code for _ in range(times)]


async def test_a_whole_school_behind_one_address_gets_through_in_one_minute(sign_in, service, slug_of, small):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    for _pupil in range(12):  # of the 1,200, as the limits are a hundredth
        async with from_address(service, SCHOOL) as client:
            assert set(await opened(client, at, 9)) == {200}


async def test_a_flood_from_a_schools_address_ends_and_stops_nobody_whose_browser_was_there(
    sign_in, service, slug_of, small
):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    async with from_address(service, SCHOOL) as pupil, from_address(service, SCHOOL) as flood:
        assert set(await opened(pupil, at, 2)) == {200}
        answers = []
        for number in range(80):
            flood.cookies.clear()
            cookie = f"{VISITOR}=made-up-{number}.{number:016}"
            answers.append((await flood.get(f"{at}/b", headers={"cookie": cookie})).status_code)
        assert (answers.count(200), answers[-1]) == (60 - 1, 429)
        assert (await pupil.get(f"{at}/b")).status_code == 200, "whoever was writing goes on"
        assert (await flood.get("/sign-in", headers={"cookie": ""})).status_code != 429, "nor are the staff locked out"
    async with from_address(service, "198.51.100.9") as elsewhere:
        assert (await elsewhere.get(at)).status_code == 200


async def test_one_browser_alone_is_refused_long_before_its_address_is(sign_in, service, slug_of, small):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    async with from_address(service, SCHOOL) as busy, from_address(service, SCHOOL) as other:
        answers = await opened(busy, at, 70)
        assert (answers.count(200), answers[-1]) == (60 + 1, 429)
        assert set(await opened(other, at, 3)) == {200}
