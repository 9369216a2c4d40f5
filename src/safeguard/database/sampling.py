"""No samples of what people wrote: the planner keeps no statistics of columns that hold names or words.

ANALYZE keeps the commonest values of a column as they are, where the database's administrator reads them and a disposal
does not reach them. Lists are read by their keys, so the planner does without. One column is left as it is:
the index of words, of which it needs to know how common a word is; the rewrite after a disposal throws those away.
"""

from typing import Final

import psycopg

from safeguard.database.registry import telling, telling_tables

SAMPLED: Final = frozenset({("public.incidents", "tsv")})
"""Tables and columns of which a sample is kept, though they tell."""
WANTED: Final = """
select format('alter table %%s alter column %%I set statistics 0', a.attrelid::regclass, a.attname)
from unnest(%s::text[], %s::text[]) as told (place, name)
join pg_attribute a on a.attrelid = to_regclass(told.place) and a.attname = told.name and not a.attisdropped
where a.attstattarget is distinct from 0
"""
COMPUTED: Final = """
select format('alter index %%s alter column %%s set statistics 0', a.attrelid::regclass, a.attnum)
from unnest(%s::text[]) as told (place)
join pg_index i on i.indrelid = to_regclass(told.place) and i.indexprs is not null
join pg_attribute a on a.attrelid = i.indexrelid and i.indkey[a.attnum - 1] = 0
where a.attstattarget is distinct from 0
"""
"""An index over what is computed from a name is sampled by itself."""
LEFT: Final = """
select pg_clear_attribute_stats(n.nspname, c.relname, a.attname, s.inherited)
from unnest(%s::text[], %s::text[]) as told (place, name)
join pg_class c on c.oid = to_regclass(told.place)
    or c.oid in (
        select i.indexrelid from pg_index i where i.indrelid = to_regclass(told.place) and i.indexprs is not null)
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and (a.attname = told.name or c.relkind = 'i')
join pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname
where a.attstattarget = 0
group by n.nspname, c.relname, a.attname, s.inherited
"""
"""What was sampled before, of a column that is passed over by now."""
CAN_CLEAR: Final = 180_000
"""Older releases of PostgreSQL have no such function: there the samples go with the next rewrite of the tables."""


def unsampled() -> list[tuple[str, str]]:
    """Tables and columns of which no sample is kept."""
    told = ((name, column.name) for name, table in telling_tables().items() for column in telling(table))
    return [each for each in told if each not in SAMPLED]


def stop_sampling(connection: psycopg.Connection) -> None:
    """Have ANALYZE pass over them from now on, and drop what it took; a column without either is not touched."""
    places, names = (list(each) for each in zip(*unsampled(), strict=True))
    for (statement,) in connection.execute(WANTED, (places, names)).fetchall():
        connection.execute(statement)
    for (statement,) in connection.execute(COMPUTED, (sorted(set(places)),)).fetchall():
        connection.execute(statement)
    if connection.info.server_version >= CAN_CLEAR:
        connection.execute(LEFT, (places, names))
