"""The limit is made of what a request really says to the database: captured once, then replayed by pgbench.

The application runs in this process for one request, with a listener on its connections; so the limit stays honest
when a page changes. Values become literals. Those that must be new in every transaction (an id, a reference, the key
of a form) are replaced by an expression that draws a fresh one.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg.connection import LoggedQuery

from safeguard.database import pool

Statement = tuple[str, Sequence[Any]]
FRESH_UUID = "gen_random_uuid()"
FRESH_REFERENCE = (
    "(select substr(t, 1, 3) || '-' || substr(t, 4, 3)"
    " from translate(upper(substr(md5(cast(random() as text)), 1, 6)), '01ABDE', 'GHJKMP') t)"
)
SKIPPED = ("BEGIN", "COMMIT", "ROLLBACK", "SET ", "SHOW ", "DISCARD", "RESET")


class Capture:
    """Every statement that the process's pool sends while it listens."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.listening = False

    def attach(self, database: pool.Database) -> None:
        """Listen on every connection that the pool opens from now on."""
        database.on_open = self._opened

    async def _opened(self, connection: asyncpg.Connection) -> None:
        connection.add_query_logger(self._heard)

    def _heard(self, query: LoggedQuery) -> None:
        said = query.query.strip().removeprefix("begin; ").removesuffix("; commit")
        if self.listening and not said.upper().startswith(SKIPPED):
            self.statements.append((said, query.args))


def script_of(statements: Sequence[Statement], fresh: Mapping[str, str]) -> str:
    """A pgbench script: one transaction of the statements; `fresh` says which values are drawn anew, and how."""
    lines = [f"{_filled(query, args, fresh)};" for query, args in statements]
    return "\n".join(["begin;", *lines, "commit;"]) + "\n"


def _filled(query: str, args: Sequence[Any], fresh: Mapping[str, str]) -> str:
    query = query.replace("[:", "[:' || '")  # a class of characters in a pattern, which pgbench takes for a variable
    for number in range(len(args), 0, -1):
        query = query.replace(f"${number}", _literal(args[number - 1], fresh))
    return " ".join(query.split("\n"))


def _literal(value: Any, fresh: Mapping[str, str]) -> str:
    if value is None:
        return "null"
    text = _text(value)
    if text in fresh:
        return fresh[text]
    literal = _quoted(text)
    for known, expression in fresh.items():
        if known in text:
            literal = f"replace({literal}, '{known}', cast({expression} as text))"
    return literal


def _text(value: Any) -> str:
    """The value as PostgreSQL reads it."""
    match value:
        case bool():
            return "true" if value else "false"
        case bytes():
            return "\\x" + value.hex()
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return f"{value.total_seconds()} seconds"
        case list() | tuple():
            return "{" + ",".join(_element(one) for one in value) + "}"
        case UUID() | int() | float() | str():
            return str(value)
        case _:
            raise TypeError(f"no literal for a {type(value).__name__}")


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    return '"' + _text(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _quoted(text: str) -> str:
    """An escape string without colons (pgbench takes them for variables) or line breaks."""
    escaped = (
        text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a").replace("\n", "\\n").replace("\r", "\\r")
    )
    return f"E'{escaped}'"
