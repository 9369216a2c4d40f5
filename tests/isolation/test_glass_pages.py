"""While somebody reads restricted records in an emergency every page of theirs says so, a page that is kept too."""

from datetime import timedelta

import psycopg
import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.clock import now
from safeguard.database.bootstrap import Addresses
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
