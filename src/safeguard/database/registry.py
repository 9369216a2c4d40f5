"""The registry of columns: every table of the house, with what each of its columns may tell of a person.

Whole only when the models of every room are loaded, also of rooms above whoever asks: so they are found by walking
through the house, as the migrations' comparison does, and nobody has to import them by name.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

from sqlalchemy import Column, LargeBinary, MetaData, Table
from sqlalchemy.dialects.postgresql import TSVECTOR

import safeguard
from safeguard.database.base import Base, Kind, Treatment


@cache
def registry() -> MetaData:
    """The tables of every room."""
    for module in pkgutil.walk_packages(safeguard.__path__, "safeguard."):
        if module.name.endswith(".models"):
            importlib.import_module(module.name)
    return Base.metadata


def table(name: str) -> Table:
    """A table by its name with its schema, `public.incidents`; raises `KeyError`."""
    schema, _, bare = name.partition(".")
    return registry().tables[bare if schema == "public" else name]


def telling(found: Table) -> Iterator[Column[object]]:
    """Its columns that may tell of a person: names and whatever people wrote."""
    for column in found.columns:
        treatment = column.info.get("treatment")
        if isinstance(treatment, Treatment) and treatment.kind is not Kind.PLAIN:
            yield column


def telling_tables() -> dict[str, Table]:
    """Every table that holds such columns, under its name with its schema."""
    named = {f"{each.schema or 'public'}.{each.name}": each for each in registry().tables.values()}
    return {name: each for name, each in sorted(named.items()) if list(telling(each))}


def is_text(column: Column[object]) -> bool:
    """Whether it can be looked through as it lies: no sealed bytes, and no index of words."""
    return not isinstance(column.type, LargeBinary | TSVECTOR)
