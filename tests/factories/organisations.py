"""Organisations and people for tests, made by plain statements so that every room's tests can stand on them."""

from base64 import b64encode
from collections.abc import Sequence
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.work import Work, begin
from tests.factories.owning import owning

ORGANISATION = """
insert into organisations (id, slug, name, kind, nation, time_zone, state, second_person_name, second_person_email)
values ($1, $2, $3, $4, 'england', 'Europe/London', 'active', 'Sample Chair', 'chair@example.org')
"""
CREATE_LOG = "select audit.create_log($1, $2, $3, $4, $5, $6)"
MEMBERSHIP = "insert into memberships (organisation_id, user_id, name, email, roles) values (%s, %s, %s, %s, %s)"
USER = "insert into users (id, email, name) values (%s, %s, %s)"

owner_url: str | None = None
"""Set by the fixture of the addresses: people are global, and the app may not write them directly."""


async def make_organisation(kind: str = "school") -> UUID:
    """An active organisation with its two logs."""
    organisation_id = clock.new_id()
    slug = f"sample-{organisation_id.hex[-12:]}"
    async with begin(system(organisation_id), purpose="provision") as work:
        await work.driver.execute(ORGANISATION, organisation_id, slug, f"Sample {kind} {slug[-4:]}", kind)
        for log in ("general", "restricted"):
            await _create_log(work, log)
    return organisation_id


async def make_person(organisation_id: UUID, roles: Sequence[Role], called: str = "") -> tuple[UUID, str]:
    """A person with a membership; returns their id and name."""
    user_id = clock.new_id()
    email, name = f"person-{user_id.hex[-12:]}@example.org", called or f"Sample Person {user_id.hex[-8:]}"
    if owner_url is None:
        raise RuntimeError("the database fixture was not used")
    async with owning(owner_url) as owner:
        await owner.execute(USER, (user_id, email, name))
    await make_member(organisation_id, user_id, name, email, roles)
    return user_id, name


async def make_member(organisation_id: UUID, user_id: UUID, name: str, email: str, roles: Sequence[Role]) -> None:
    """Somebody who has an account joins: as the owner, for the app cannot add anybody by itself."""
    if owner_url is None:
        raise RuntimeError("the database fixture was not used")
    context = pool.current().key.sign(organisation_id, None, "provision")
    async with owning(owner_url) as owner:
        await owner.execute("select set_config('safeguard.context', %s, true)", (context,))
        await owner.execute(MEMBERSHIP, (organisation_id, user_id, name, email, [str(role) for role in roles]))


async def _create_log(work: Work, log: str) -> None:
    await work.driver.execute(
        CREATE_LOG, log, clock.new_id(), clock.random_bytes(16).hex(), work.request_id, _text(16), _text(32)
    )


def _text(size: int) -> str:
    return b64encode(clock.random_bytes(size)).decode()
