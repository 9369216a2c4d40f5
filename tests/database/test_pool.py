"""Addresses as administrators of PostgreSQL write them."""

import pytest

from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.database.pool import Database

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("more", ["", "&sslmode=disable", "&sslmode=prefer&target_session_attrs=read-write"])
async def test_what_libpq_understands_in_an_address_is_understood(
    addresses: Addresses, key: ContextKey, more: str
) -> None:
    database = Database(addresses.app + more, key, size=1)
    try:
        async with database.connection() as connection:
            found = await connection.fetchrow("select current_user, current_database()")
        assert tuple(found) == ("safeguard_app", "safeguard")
    finally:
        await database.close()
