"""The passwords of the database's roles, looked up for each connection, so that they are replaced while all goes on.

A connection that is open stays. A role has one password at a time, though, and the database and the file that holds
ours cannot change in one moment: so the fresh one lies in the file before the database learns it, and whoever connects
tries the one, then the other. Each role changes its own password, for which it needs no administrator.

Only for addresses that `up` or `migrate` made and keeps: one that comes from the environment has its password there,
where whoever set it replaces it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import psycopg
from psycopg import sql

from safeguard import clock
from safeguard.database.embedded.keyring import Keyring
from safeguard.errors import Conflict

PREFIX: Final = "safeguard_"
CHANGE: Final = "alter role current_user password {}"
ELSEWHERE: Final = (
    "The password of the role {role} does not lie in {folder}: it comes from SAFEGUARD_{name}_DATABASE_URL, or its "
    "file is on another machine. Replace it where it is kept."
)

_folder: Path | None = None


def follow(folder: Path | None) -> None:
    """From now on this process finds passwords in `folder`, the deployment's folder of keys."""
    global _folder  # noqa: PLW0603  one deployment per process
    _folder = folder


async def connect(url: str, **options: Any) -> asyncpg.Connection:
    """A connection with the password of this moment; raises what the driver does where none is taken."""
    tried: set[str] = set()
    while True:
        try:
            password = next(each for each in _candidates(url) if each not in tried)
        except StopIteration:
            return await asyncpg.connect(url, **options)
        tried.add(password)
        try:
            return await asyncpg.connect(url, password=password, **options)
        except asyncpg.InvalidPasswordError:
            continue  # it is being replaced: the other one, or one that was not there a moment ago


def address_now(url: str) -> str:
    """The address with the password of this moment, for a driver that asks again for each connection."""
    return next((_with_password(url, each) for each in _candidates(url)), url)


def replace(folder: Path, name: str) -> None:
    """Give the role of that short name (`app`) a fresh password; raises `Conflict` where it is not kept in `folder`."""
    keyring = Keyring(folder)
    url, role = keyring.addresses().get(name), PREFIX + name
    if url is None:
        raise Conflict(ELSEWHERE.format(role=role, folder=folder, name=name.upper()))
    fresh = clock.new_token(24)
    connection, used = _connect(keyring, url, role)
    with connection:
        keyring.offer(role, used, fresh)
        verifier = connection.pgconn.encrypt_password(fresh.encode(), role.encode(), b"scram-sha-256")
        connection.execute(sql.SQL(CHANGE).format(sql.Literal(verifier.decode())))  # no server log holds the password
    keyring.settle(role, fresh, name, _with_password(url, fresh))


def _connect(keyring: Keyring, url: str, role: str) -> tuple[psycopg.Connection[Any], str]:
    """As the role itself, and with which password: one that was on its way when a rotation broke off works too."""
    refused = "no password is kept for it"
    for password in keyring.candidates(role):
        try:
            return psycopg.connect(url, password=password, autocommit=True, connect_timeout=10), password
        except psycopg.OperationalError as error:
            refused = " ".join(str(error).split())
    raise Conflict(f"The database does not let {role} in, so nothing was changed: {refused}")


def _candidates(url: str) -> Iterator[str]:
    """What may be its password now, read anew; nothing when the address is none of those that are kept."""
    if _folder is None:
        return
    keyring, role = Keyring(_folder), urlsplit(url).username or ""
    kept = keyring.addresses().get(role.removeprefix(PREFIX))
    if kept and _with_password(kept, "") == _with_password(url, ""):
        yield from keyring.candidates(role)


def _with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    secret = f":{quote(password, safe='')}" if password else ""
    return urlunsplit(parts._replace(netloc=f"{quote(parts.username or '')}{secret}@{place}"))
