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


def unsampled() -> list[tuple[str, str]]:
    """Tables and columns of which no sample is kept."""
    told = ((name, column.name) for name, table in telling_tables().items() for column in telling(table))
    return [each for each in told if each not in SAMPLED]


def stop_sampling(connection: psycopg.Connection) -> None:
    """Have ANALYZE pass over them from now on; a column that it passes over already is not touched."""
    places, names = zip(*unsampled(), strict=True)
    for (statement,) in connection.execute(WANTED, (list(places), list(names))).fetchall():
        connection.execute(statement)
