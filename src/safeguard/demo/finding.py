"""What is there before, and what the planner should know after."""

from safeguard.database import pool

THERE = "select exists (select from public.organisations where slug = $1)"
ANALYSE = (
    "analyze public.organisations, public.users, public.memberships, public.incidents, public.incident_people,"
    " public.entries, audit.leaves, audit.objects, audit.documents"
)


async def is_there(slug: str) -> bool:
    """Whether an organisation has this slug already; as the owner, who sees all."""
    async with pool.current().connection() as connection:
        return bool(await connection.fetchval(THERE, slug))


async def refresh_statistics() -> None:
    """Let the planner know of thousands of new rows at once, rather than in a minute."""
    async with pool.current().connection() as connection:
        await connection.execute(ANALYSE)
        await connection.execute(pool.COMMIT)
