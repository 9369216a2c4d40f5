"""Whatever hangs on an incident is hidden with it: no table may be forgotten, today's or tomorrow's."""

import asyncpg
import pytest

from safeguard.database.bootstrap import Addresses

pytestmark = pytest.mark.anyio

HANGING = """
select c.oid::regclass::text as name from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
join pg_attribute a on a.attrelid = c.oid and a.attname = 'incident_id' and not a.attisdropped
where c.relkind = 'r' order by 1
"""
HIDDEN = """
select tablename::text as name from pg_policies
where policyname in ('app_not_hidden', 'app_in_vault') and permissive = 'RESTRICTIVE' and cmd in ('ALL', 'SELECT')
"""
BY_THE_APP = "select has_any_column_privilege('safeguard_app', $1::text::regclass, 'select')"


async def test_every_table_that_names_an_incident_hides_with_it(addresses: Addresses) -> None:
    owner = await asyncpg.connect(addresses.owner)
    try:
        hanging = [row["name"] for row in await owner.fetch(HANGING)]
        hidden = {row["name"] for row in await owner.fetch(HIDDEN)}
        readable = [name for name in hanging if await owner.fetchval(BY_THE_APP, name)]
    finally:
        await owner.close()
    assert "entries" in readable
    assert [name for name in readable if name not in hidden] == []
