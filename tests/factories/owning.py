"""Connections as the owner of the tables, lent to one at a time and kept: opening one is most of the work."""

import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg

_idle: dict[str, list[psycopg.AsyncConnection[Any]]] = {}


@asynccontextmanager
async def owning(url: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """A connection that nobody else has meanwhile; what was done is committed, or rolled back if it fails."""
    connection = _kept(url) or await psycopg.AsyncConnection.connect(url)
    try:
        yield connection
        await connection.commit()
    except BaseException:
        connection.pgconn.finish()
        raise
    _idle.setdefault(url, []).append(connection)


def forget(url: str) -> None:
    """Close those that are not in use."""
    for connection in _idle.pop(url, []):
        connection.pgconn.finish()


def _kept(url: str) -> psycopg.AsyncConnection[Any] | None:
    idle = _idle.get(url, [])
    while idle:
        connection = idle.pop()
        if not select.select([connection.pgconn.socket], [], [], 0)[0]:
            return connection
        connection.pgconn.finish()  # the server has spoken unasked: it has ended this one
    return None
