"""The pages and the API of referrals, a school that refers, and a helpline that keeps what arrives."""

from uuid import UUID

import psycopg
import pytest
from litestar import Litestar

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.channel import receiving
from safeguard.channel.dsse import Refused
from safeguard.channel.keys import own_keys
from safeguard.errors import NotFound
from safeguard.evidence.sealing import FileKeySigner
from safeguard.helpline import receiving as helpline
from safeguard.helpline import routes as desk
from safeguard.incidents import routes as incident_routes
from safeguard.incidents.recording import record_incident
from safeguard.referrals import api, routes
from safeguard.referrals.receiving import receive
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.channel.conftest import Channel, Kept
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.web.conftest import program, sign_in, surrounded
from tests.web.rooms import put_together, service

__all__ = ["program", "service", "sign_in", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The rooms, and the desk at the other end, put together once."""
    return put_together([*routes.ROUTES, *incident_routes.ROUTES, *desk.ROUTES], api.API_ROUTES)


@pytest.fixture
async def channel(someone, addresses) -> Channel:
    """A school and a helpline whose case workers are a list."""
    school, helpline = await someone(Role.LEAD), await someone(Role.SUPERVISOR, kind="helpline")
    at_helpline = Kept()
    receiving.bind(helpline=at_helpline, referrer=receive)
    return Channel(school, helpline, FileKeySigner(b"l" * 32, "safeguard.test", addresses.signer), at_helpline, Kept())


@pytest.fixture
def owner(addresses):
    """The database's owner, who can put a row into the past."""
    with psycopg.connect(addresses.owner, autocommit=True) as connection:
        yield connection


@pytest.fixture
async def incident(channel: Channel) -> UUID:
    """An account that pretends to be a teacher."""
    async with begin(channel.school) as work:
        return (await record_incident(work, IMPERSONATION, SCHOOL)).facts.id


@pytest.fixture
async def both(channel: Channel) -> Channel:
    """A school and a helpline, each with its true reader."""

    async def take(work, sender, body) -> None:
        try:
            await helpline.receive(work, body, sender=sender.id, profile=profile_of("helpline"))
        except NotFound:
            raise Refused("referral") from None

    receiving.bind(helpline=take, referrer=receive)
    for there in (channel.school, channel.helpline):
        async with begin(system(there.organisation_id)) as work:
            await own_keys(work)
    return channel


@pytest.fixture
async def lead(sign_in, channel):
    """The browser of the school's lead."""
    return await sign_in(actor=channel.school)
