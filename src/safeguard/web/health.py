"""Whether this process lives, and whether it can serve: for whatever starts and balances processes."""

from litestar import get
from litestar.response import Response

from safeguard.access.policy import PUBLIC
from safeguard.database import pool
from safeguard.database.revisions import head
from safeguard.web.explaining import UNREACHABLE

REVISION = "select version_num from public.alembic_version"


@get("/health/live", permission=PUBLIC, include_in_schema=False)
async def show_live() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@get("/health/ready", permission=PUBLIC, include_in_schema=False)
async def show_ready() -> Response[dict[str, str]]:
    """The database answers, and is as this release expects it."""
    try:
        async with pool.current().connection() as connection:
            found = await connection.fetchval(REVISION)
    except UNREACHABLE:
        return Response({"status": "unavailable", "reason": "database"}, status_code=503)
    if found != head():
        return Response({"status": "unavailable", "reason": "migrations"}, status_code=503)
    return Response({"status": "ready"})


ROUTES = [show_live, show_ready]
