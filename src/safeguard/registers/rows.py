"""Rows and structs: one struct for each table, whose fields are its columns, and the statements that follow from it.

The statements are constants, put together once from our own names when a module is imported: nothing that anybody
types is ever part of one.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import NotFound
from safeguard.work import Work

T = TypeVar("T", bound=msgspec.Struct)

HERE: Final = "organisation_id = (select sec.current_organisation())"
_EMPTY: Final = (None, "", [], {})
_NOT_COMMITTED: Final = {"id", "version", "user_id", "item_id", "link_id"}


def shown(kind: type[msgspec.Struct], alias: str, **computed: str) -> str:
    """SQL for a row of the table as JSON that `kind` decodes; `computed` fields by an expression of their own."""
    fields = (f"'{name}', {computed.get(name, f'{alias}.{name}')}" for name in kind.__struct_fields__)
    return f"json_build_object({', '.join(fields)})"


def adding(table: str, kind: type[msgspec.Struct], without: Sequence[str] = ()) -> str:
    """SQL that adds a row: the fields of `kind` in their order, then who wrote it."""
    names = [name for name in kind.__struct_fields__ if name not in without]
    places = ", ".join(f"${place}" for place in range(1, len(names) + 2))
    return (
        f"insert into public.{table} (organisation_id, {', '.join(names)}, recorded_by) "  # noqa: S608  our own names
        f"values ((select sec.current_organisation()), {places})"
    )


async def add(work: Work, statement: str, row: msgspec.Struct, without: Sequence[str] = ()) -> str:
    """Add a row by a statement of `adding`; what the database says of it."""
    values = [_kept(getattr(row, name)) for name in row.__struct_fields__ if name not in without]
    return await work.driver.execute(statement, *values, work.actor.user_id)


def _kept(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


async def get(work: Work, kind: type[T], statement: str, *values: Any) -> T:
    """The one row of a statement that gives JSON; raises `NotFound`."""
    text = await work.driver.fetchval(statement, *values)
    if text is None:
        raise NotFound
    return msgspec.json.decode(text, type=kind)


async def find(work: Work, kind: type[T], statement: str, *values: Any) -> T | None:
    """The one row of a statement that gives JSON, or None."""
    text = await work.driver.fetchval(statement, *values)
    return None if text is None else msgspec.json.decode(text, type=kind)


async def fetch(work: Work, kind: type[T], statement: str, *values: Any) -> tuple[T, ...]:
    """The rows of a statement that gives JSON."""
    return tuple(msgspec.json.decode(row[0], type=kind) for row in await work.driver.fetch(statement, *values))


def document(kind: str, row: msgspec.Struct, object_id: UUID, version: int = 1) -> Document:
    """The committed document of a row: what is not empty, as JSON holds it."""
    built: dict[str, JSONValue] = msgspec.to_builtins(row)
    kept = {name: value for name, value in built.items() if name not in _NOT_COMMITTED and value not in _EMPTY}
    return Document(kind, object_id, version, kept)
