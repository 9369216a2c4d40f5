"""A whole staff at once: a large school has more people than a list is long."""

from collections.abc import Sequence
from uuid import UUID

import psycopg

from safeguard import clock
from safeguard.database import pool
from tests.factories import organisations

USERS = "insert into users (id, email, name) select * from unnest(%s::uuid[], %s::text[], %s::text[])"
MEMBERS = """
insert into memberships (organisation_id, user_id, name, email, roles)
select %s, u.id, u.name, u.email, %s::text[] from users u where u.id = any (%s::uuid[])
"""


async def make_staff(organisation_id: UUID, names: Sequence[str], role: str = "reporter") -> list[UUID]:
    """Members of these names, in two statements; their addresses are made up."""
    ids = [clock.new_id() for _ in names]
    emails = [f"staff-{user_id.hex[-12:]}@example.org" for user_id in ids]
    context = pool.current().key.sign(organisation_id, None, "provision")
    async with await psycopg.AsyncConnection.connect(organisations.owner_url or "") as owner:
        await owner.execute("select set_config('safeguard.context', %s, true)", (context,))
        await owner.execute(USERS, (ids, emails, list(names)))
        await owner.execute(MEMBERS, (organisation_id, [role], ids))
    return ids
