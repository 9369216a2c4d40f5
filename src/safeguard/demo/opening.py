"""Invented people can sign in once their past is written, and not before.

Whoever signed in meanwhile and began a review, say, would find the story beginning another: it would refuse the second,
and the filling would end in the middle. So nobody who is invented has a password until all of it is told. A filling
that died leaves them without one; the next finds what is there, and lets them in as far as it was told.
"""

from collections.abc import Sequence

from safeguard.database import pool

LET_IN = """
update public.users u set password_hash = $2
from public.memberships m join public.organisations o on o.id = m.organisation_id
where o.slug = any ($1) and m.user_id = u.id and u.password_hash is null
    and exists (select from public.second_factors f where f.user_id = u.id and f.kind = 'invented')
"""


async def let_in(slugs: Sequence[str], password_hash: str) -> None:
    """Give those who are invented, in the organisations of these slugs, the password that is printed; as the owner."""
    async with pool.current().connection() as connection:
        await connection.execute(LET_IN, slugs, password_hash)
        await connection.execute(pool.COMMIT)
