"""The month of a request and the 72 hours of a breach reach whoever sees to them, and never whom a request is about."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import PLATFORM
from safeguard.notifications.promising import tell_of_breach, tell_of_request, watch_all
from safeguard.people.recording import record_person
from safeguard.records.access import handling
from safeguard.records.access.handling import NewRequest
from safeguard.records.logs.breaching import Settled, find_breach, settle_breach
from safeguard.records.promising import list_promised
from safeguard.tenancy.calendars.reading import read_clocks
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
TOLD = "select event from public.notices where recipient_id = $1 order by created_at, id"
LOOKS = "select count(*) from jobs.job where kind = $1 and subject_id = $2"
TODAY = clock.now().date()


async def asked(lead: Actor, given: str, family: str, came: date):
    async with begin(lead) as work:
        person = await record_person(work, called(given, family, kind="adult", connection="staff"), SCHOOL)
    async with begin(lead) as work:
        return await handling.receive(work, NewRequest(person.id, "self", "They", "", came))


async def owed(actor: Actor) -> list[tuple[str, bool]]:
    async with begin(actor) as work:
        clocks = (await read_clocks(work, SCHOOL, "england", "Europe/London")).clocks
        return [(one.href, one.presses) for one in await list_promised(work, clocks)]


async def told(actor: Actor) -> list[str]:
    async with begin(system(actor.organisation_id)) as work:
        return [row["event"] for row in await work.driver.fetch(TOLD, actor.user_id)]


@pytest.mark.parametrize(("days", "words"), [(3, []), (26, ["request.due"]), (40, ["request.overdue"])])
async def test_a_request_is_told_of_a_week_before_its_month_is_over_and_once_it_is(
    someone: Someone, days: int, words: list[str]
) -> None:
    lead = await someone(Role.LEAD)
    request = await asked(lead, "Ana", "Brook", TODAY - timedelta(days=days))
    for _twice in range(2):
        async with begin(system(lead.organisation_id)) as work:
            await tell_of_request(work, request)
    assert await told(lead) == words
    assert await owed(lead) == [(f"/records/requests/{request}", bool(words))]
    async with begin(system(lead.organisation_id)) as work:
        looks = await work.driver.fetchval(LOOKS, "notice.request_due", request)
    assert looks == (1 if days == 40 else 2)  # the one that it began with, and the next


async def test_whom_a_request_is_about_hears_of_it_nowhere(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    named = await someone(Role.LEAD, organisation=lead.organisation_id)
    request = await asked(lead, *named.name.rsplit(" ", 1), TODAY - timedelta(days=26))
    async with begin(system(lead.organisation_id)) as work:
        await tell_of_request(work, request)
    assert (await told(lead), await told(named)) == (["request.due"], [])
    assert (len(await owed(lead)), await owed(named)) == (1, [])


async def test_a_request_whose_clock_stands_presses_nobody(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    request = await asked(lead, "Ana", "Brook", TODAY - timedelta(days=26))
    async with begin(lead) as work:
        await handling.stop(work, request, "Which years?", TODAY)
    async with begin(system(lead.organisation_id)) as work:
        await tell_of_request(work, request)
    assert (await told(lead), await owed(lead)) == ([], [])


@pytest.mark.parametrize(("hours", "words"), [(1, []), (50, ["breach.due"]), (80, ["breach.overdue"])])
async def test_a_breach_is_told_of_until_it_is_settled(someone: Someone, hours: int, words: list[str]) -> None:
    lead = await someone(Role.LEAD)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    async with begin(lead) as work:
        breach = await find_breach(work, clock.now() - timedelta(hours=hours), "A letter.", 2, "some", "")
    async with begin(system(lead.organisation_id)) as work:
        await tell_of_breach(work, breach)
    assert (await told(lead), await told(reporter)) == (words, [])
    assert await owed(lead) == [(f"/records/breaches/{breach}", True)]
    assert await owed(reporter) == []
    async with begin(lead) as work:
        await settle_breach(work, breach, Settled("some", "", not_reported="It came back unopened."))
    assert await owed(lead) == []


async def test_what_waits_without_a_look_ahead_gets_one_a_day_and_what_has_one_gets_none(
    someone: Someone, addresses: Addresses
) -> None:
    lead = await someone(Role.LEAD)
    old = await asked(lead, "Ana", "Brook", TODAY - timedelta(days=40))
    new = await asked(lead, "Ben", "Brook", TODAY)
    async with begin(lead) as work:
        breach = await find_breach(work, clock.now() - timedelta(hours=80), "A letter.", 2, "some", "")
    with psycopg.connect(addresses.owner, autocommit=True) as connection:
        connection.execute("delete from jobs.job where subject_id = any (%s)", ([old, breach],))
    for _twice in range(2):
        async with begin(system(UUID(PLATFORM)), purpose="job") as work:
            await watch_all(work)
    async with begin(system(lead.organisation_id)) as work:
        requests = [await work.driver.fetchval(LOOKS, "notice.request_due", each) for each in (old, new)]
        assert (*requests, await work.driver.fetchval(LOOKS, "notice.breach_due", breach)) == (1, 1, 1)
        await tell_of_request(work, old)
        await tell_of_breach(work, breach)
    assert sorted(await told(lead)) == ["breach.overdue", "request.overdue"]
