"""Whoever must not know cannot tell the two worlds apart: not by a page, a count, a search, a file, a log or a job.

Instead of timing, which no test can judge, the statements that are sent are compared: the same ones, with the same
values, in the same order.
"""

import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import psycopg
import pytest

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.work import begin
from tests.isolation.living import STARTS, Two, hidden_life, nearly
from tests.isolation.worlds import NOON, World, copied, seeded
from tests.post.working import work_off

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "two",
    [Role.LEAD, Role.REPORTER, Role.HEAD, Role.DEPUTY, Role.PASTORAL, Role.GOVERNOR, Role.ADMINISTRATOR],
    indirect=True,
)
async def test_whoever_must_not_know_cannot_tell_the_worlds_apart(two: Two) -> None:
    """Not by an injected statement, and not by walking through every page; somebody who may know can, by either."""
    before = await two.walks(STARTS, 0, follow=False)
    assert before[0].differences(before[1]) == []
    await hidden_life(two)
    subject, head = two.people.subject, two.people.head
    assert await _probe(two.other, subject) == await _probe(two.plain, subject)
    assert await _probe(two.other, head) != await _probe(two.plain, head)
    plain, other = await two.walks([*STARTS, *nearly(two)], 10)
    assert plain.differences(other) == []
    assert plain.statements == other.statements
    assert len(plain.statements) > len(plain.answers)  # they were listened to
    assert len([answer for answer in plain.answers.values() if answer[0] == 200]) > 15
    assert plain.answers["/"][0] == 200
    assert {plain.answers[path][0] for path in nearly(two)} <= {200, 403, 404}
    for world in (two.plain, two.other):
        with psycopg.connect(world.owner) as owner:
            owner.execute("update sessions set user_id = %s where id = %s", (head.user_id, UUID(int=1)))
    plain, other = await two.walks(["/concerns"], 10, follow=False)
    assert plain.differences(other) == ["/concerns"], "the walk would notice"


HOLES = [
    "drop policy app_not_hidden on incidents",
    "drop policy app_in_vault on concerns",
    "drop policy app_entry_not_hidden on audit.leaves",
    "drop policy app_job_not_hidden on jobs.job",
    "drop policy app_not_hidden on referrals",
    "drop policy app_not_hidden on improvements",
    "drop policy app_object_not_hidden on channel_outbox",
    "drop policy app_for_workers on channel_inbox",
    "drop policy app_for_workers on channel_pairs",
    "drop policy app_about_not_hidden on webhook_deliveries",
]
"""Without one of these, what is there can be read."""
EARLIER_HOLES = [
    "drop trigger exclude_alleged_added on incident_people",
    "create or replace function sec.is_restricted(organisation uuid, acts jsonb) returns boolean language sql "
    "as 'select false'",
]
"""Without one of these, it is not hidden when it comes."""


@pytest.mark.parametrize("two", [Role.LEAD], indirect=True)
async def test_every_hole_in_a_policy_is_noticed(two: Two, addresses: Addresses, server: Any, key: ContextKey) -> None:
    """Mutation: without any one of these the worlds can be told apart."""
    await hidden_life(two)
    unnoticed: list[str] = []
    for hole in HOLES:
        with copied("holed", addresses, server, key, of=two.other.name) as holed:
            make_hole(holed, hole)
            if not await can_tell(replace(two, other=holed)):
                unnoticed.append(hole)
    assert unnoticed == []


@pytest.mark.parametrize("two", [Role.LEAD], indirect=True)
@pytest.mark.parametrize("hole", EARLIER_HOLES, ids=["not-excluded", "not-restricted"])
async def test_every_hole_in_what_hides_is_noticed(two: Two, hole: str) -> None:
    make_hole(two.other, hole)
    await hidden_life(two)
    assert await can_tell(two)


def make_hole(world: World, hole: str) -> None:
    with psycopg.connect(world.owner, autocommit=True) as owner:
        owner.execute(hole)  # pyright: ignore[reportArgumentType]


async def can_tell(two: Two) -> bool:
    """Whether the subject can, by an injected statement or by walking through the pages."""
    if await _probe(two.other, two.people.subject) != await _probe(two.plain, two.people.subject):
        return True
    plain, other = await two.walks(STARTS, 10)
    return plain.differences(other) != []


PROBE = """
select (select count(*) from incidents), (select count(*) from incident_people), (select count(*) from entries),
       (select count(*) from concerns), (select count(*) from audit.leaves), (select count(*) from audit.documents),
       (select count(*) from audit.objects), (select array_agg(log || size order by log) from audit.logs),
       (select count(*) from jobs.job),
       (select count(*) from referrals), (select count(*) from referral_steps), (select count(*) from channel_outbox),
       (select count(*) from channel_inbox), (select count(*) from improvements),
       (select count(*) from webhook_deliveries), (select count(*) from alerts),
       (select array_agg(sent || ' ' || received) from channel_pairs)
"""


async def _probe(world: World, actor: Actor) -> tuple[Any, ...]:
    """What an injected statement of the subject's page could count."""
    async with world.entered(), begin(actor, purpose="session") as work:
        row = await work.driver.fetchrow(PROBE)
        return tuple(row or ())


OF_CHANCE = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?m:^Date: .*$)|={15}\d+==")
"""What mails that say the same differ in: the id that their notice drew, their second, and what parts their parts."""


class Taking:
    """A mail server that takes everything: what lies outside of the building."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def send(self, message: EmailMessage) -> None:
        """Keep it."""
        self.mails.append(message)


async def mailed(world: World, whom: Actor) -> list[bytes]:
    """What leaves by mail for somebody once the workers have done everything that waits, down to the byte."""
    at, server = NOON + timedelta(seconds=20), Taking()
    world.hold_still(at)
    with seeded("mail", at):
        async with world.entered():
            await work_off(whom.organisation_id, None, ahead=True, mailer=server)
            async with begin(system(whom.organisation_id)) as work:
                to = str(await work.driver.fetchval("select email from memberships where user_id = $1", whom.user_id))
    return sorted(OF_CHANCE.sub(b"", bytes(mail)) for mail in server.mails if to in str(mail["To"]))


@pytest.mark.parametrize("two", [Role.LEAD, Role.DEPUTY], indirect=True)
async def test_not_even_their_mail_tells_the_worlds_apart(two: Two) -> None:
    await hidden_life(two)
    plain, other = [await mailed(world, two.people.subject) for world in (two.plain, two.other)]
    assert plain
    assert plain == other
