"""While somebody reads restricted records in an emergency every page of theirs says so, a page that is kept too."""

from datetime import timedelta

import psycopg
import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.clock import now
from safeguard.concerns import handling
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.database.bootstrap import Addresses
from safeguard.errors import Forbidden
from safeguard.work import begin
from tests.public.conftest import built, service, sign_in, surrounded

__all__ = ["built", "service", "sign_in", "surrounded"]

pytestmark = pytest.mark.anyio

SAID = "You are reading restricted records in an emergency"
OPEN = """
insert into broken_glass (organisation_id, id, user_id, reason, opened_at, until)
select %s, gen_random_uuid(), %s, 'Nobody else can be reached.', until - interval '1 hour', until
from (values (%s::timestamptz)) ends (until)
"""
END = "update broken_glass set ended_at = now() where user_id = %s"
PAGES = ["/incidents", "/incidents?state=all", "/concerns", "/concerns/new", "/settings"]


def as_owner(addresses: Addresses, statement: str, *values: object) -> None:
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(statement, values)  # pyright: ignore[reportArgumentType]


def broke_glass(addresses: Addresses, actor: Actor, minutes: int) -> None:
    as_owner(addresses, OPEN, actor.organisation_id, actor.user_id, now() + timedelta(minutes=minutes))


async def test_every_page_says_so_until_it_ends(sign_in, addresses):
    lead = await sign_in(Role.LEAD)
    other = await sign_in(Role.LEAD, organisation=lead.actor.organisation_id)
    for path in PAGES:
        assert SAID not in (await lead.get(path)).text
    broke_glass(addresses, lead.actor, 60)
    for path in PAGES:
        assert SAID in (await lead.get(path)).text
        assert SAID not in (await other.get(path)).text
    as_owner(addresses, END, lead.actor.user_id)
    for path in PAGES:
        assert SAID not in (await lead.get(path)).text


async def test_what_has_run_out_is_said_on_no_page(sign_in, addresses):
    lead = await sign_in(Role.LEAD)
    broke_glass(addresses, lead.actor, 0)
    for path in PAGES:
        assert SAID not in (await lead.get(path)).text


async def test_an_emergency_is_for_reading_and_nothing_is_decided_through_it(sign_in, addresses):
    head = await sign_in(Role.HEAD)
    lead = await sign_in(Role.LEAD, organisation=head.actor.organisation_id)
    async with begin(head.actor) as work:
        concern = (await raise_concern(work, NewConcern(subject_name="Bo Zulu", narrative="Was rude."))).id
    at = f"/concerns/{concern}"
    assert (await lead.get(at)).status_code == 404
    broke_glass(addresses, lead.actor, 60)
    assert (await lead.get(at)).status_code == 200
    async with begin(lead.actor) as work:
        for write in (
            handling.add(work, concern, handling.Said(words="So.")),
            handling.decide(work, concern, 1, "low_level", "Because."),
        ):
            with pytest.raises(Forbidden, match="in an emergency"):
                await write
    async with begin(head.actor) as work:
        assert (await handling.decide(work, concern, 1, "low_level", "Because.")).level == "low_level"
