"""From an administrator's address to those that the service uses; safe to run again at every start.

Login roles: owner (migrations only), app, relay, signer, operator; none is a superuser, none bypasses row security.
Roles that nobody logs in as own the definer functions; the owner may become them, to hand functions over and replace
them later.
`docker/roles.sql` is the same by hand, for an administrator who gives no program their password.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import LiteralString, NamedTuple
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from safeguard.database import releases
from safeguard.database.context import load_key
from safeguard.database.embedded.borrowing import server_for
from safeguard.database.embedded.keyring import Keyring
from safeguard.database.embedded.refusing import CannotStart
from safeguard.database.migrating import migrate
from safeguard.settings import Settings

DATABASE = "safeguard"
LOGINS = ("safeguard_owner", "safeguard_app", "safeguard_relay", "safeguard_signer", "safeguard_operator")
DEFINERS = ("safeguard_definer", "safeguard_log", "safeguard_search")

WAYS = (
    "host", "port", "target_session_attrs", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl",
    "ssl_min_protocol_version", "ssl_max_protocol_version",
)  # fmt: skip
"""What of an address says how to get there and is understood by both drivers (psycopg and asyncpg)."""

BOOTSTRAP_LOCK: LiteralString = "select pg_advisory_lock(hashtext('safeguard-bootstrap'))"

Connection = psycopg.Connection[tuple[object, ...]]


class Addresses(NamedTuple):
    """Where each login role connects; the fields' names are the roles' short names."""

    owner: str
    app: str
    relay: str
    signer: str
    operator: str

    def __repr__(self) -> str:
        """Without the passwords: what is shown when something fails is kept in logs."""
        return f"Addresses({', '.join(self._fields)})"


@contextmanager
def database_for(settings: Settings, purpose: str = "a safeguard command") -> Generator[Settings]:
    """The settings with a database that is there and up to date, for the length of the block.

    Addresses from SAFEGUARD_*_DATABASE_URL are taken as they are, and whoever set them runs `safeguard migrate`.
    """
    if settings.admin_url is not None:
        yield prepare(settings, settings.admin_url)
    elif is_configured(settings):
        yield settings
    else:
        with server_for(settings.data, purpose) as address:
            yield prepare(settings, address.url())


def is_configured(settings: Settings) -> bool:
    """Whether somebody else runs the database, and gave the roles' own addresses."""
    stored = Keyring(settings.keys).addresses()
    given = {role: getattr(settings, f"{role}_url") for role in Addresses._fields}
    return any(url and url != stored.get(role) for role, url in given.items())


def prepare(settings: Settings, admin_url: str) -> Settings:
    """Roles, database and tables on that server; the settings with the addresses to use."""
    addresses = ensure_roles(admin_url, settings.keys)
    migrate(addresses.owner, load_key(settings.keys / "context"))
    return replace(settings, **{f"{role}_url": url for role, url in addresses._asdict().items()})


def ensure_roles(admin_url: str, keys_dir: Path) -> Addresses:
    """Make what is missing of roles and database. The administrator is a superuser, or has CREATEROLE and CREATEDB."""
    keyring = Keyring(keys_dir)
    with _connect(admin_url) as connection:
        check_release(connection.info.server_version)
        connection.execute(BOOTSTRAP_LOCK)
        _refuse_unknown_passwords(connection, keyring)
        passwords = keyring.ensure(*LOGINS)
        for role in (*LOGINS, *DEFINERS):
            _ensure_role(connection, role, passwords.get(role))
        _let_owner_hand_over(connection)
        _ensure_database(connection)
        addresses = Addresses(*(address(admin_url, role, passwords[role]) for role in LOGINS))
        for role, url in zip(LOGINS, addresses, strict=True):
            _ensure_password(connection, role, passwords[role], url)
    keyring.keep_addresses(addresses._asdict())
    return addresses


def check_release(number: int) -> None:
    """Refuse a server (by its `server_version_num`) that is too old or lacks a security fix."""
    if problem := releases.find_problem(number):
        raise CannotStart(problem)


def address(admin_url: str, role: str, password: str, database: str = DATABASE) -> str:
    """The administrator's address with another role and database; how to get there stays the same."""
    given = conninfo_to_dict(admin_url)
    parts = {name: str(given[name]) for name in WAYS if given.get(name) is not None}
    host, port = parts.pop("host", ""), parts.pop("port", "5432")
    place = f"{host}:{port}"
    if not host or "/" in host or "," in host:
        parts = {**({"host": host} if host else {}), "port": port, **parts}
        place = ""
    query = f"?{urlencode(parts, safe='/')}" if parts else ""
    return f"postgresql://{quote(role)}:{quote(password, safe='')}@{place}/{quote(database)}{query}"


def _connect(admin_url: str) -> Connection:
    try:
        return psycopg.connect(admin_url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        reason = " ".join(str(error).split())
        raise CannotStart(f"The database does not take the administrator's connection: {reason}") from error


def _refuse_unknown_passwords(connection: Connection, keyring: Keyring) -> None:
    """Never replace a password that another machine may be using."""
    for role in LOGINS:
        if keyring.get(role) is None and _find_role(connection, role) is not None:
            raise CannotStart(
                f"The role {role} exists, and its password is kept on another machine. Copy keys/database.json from "
                f"there, or set SAFEGUARD_OWNER_DATABASE_URL and its sisters instead of SAFEGUARD_DATABASE_URL."
            )


def _ensure_role(connection: Connection, role: str, password: str | None) -> None:
    found = _find_role(connection, role)
    if found is None:
        create = sql.SQL("create role {} nologin" if password is None else "create role {} login password {}")
        words = [sql.Identifier(role)] + ([] if password is None else [_scram(connection, role, password)])
        connection.execute(create.format(*words))
    elif found[0]:
        raise CannotStart(
            f"The database role {role} is a superuser or bypasses row security, so organisations would not be kept "
            f"apart. Take that away first: alter role {role} nosuperuser nobypassrls;"
        )


def _find_role(connection: Connection, role: str) -> tuple[object, ...] | None:
    """Whether it is too powerful, if the role is there."""
    return connection.execute("select rolsuper or rolbypassrls from pg_roles where rolname = %s", (role,)).fetchone()


def _scram(connection: Connection, role: str, password: str) -> sql.Literal:
    """The verifier instead of the password, so that no server log can hold it."""
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return sql.Literal(verifier.decode())


def _let_owner_hand_over(connection: Connection) -> None:
    for role in DEFINERS:
        grant = sql.SQL("grant {} to safeguard_owner with inherit true, set true")
        connection.execute(grant.format(sql.Identifier(role)))


def _ensure_database(connection: Connection) -> None:
    if connection.execute("select 1 from pg_database where datname = %s", (DATABASE,)).fetchone():
        return
    if connection.execute("select pg_has_role('safeguard_owner', 'set')").fetchone() != (True,):
        connection.execute("grant safeguard_owner to current_user with inherit false, set true")
    connection.execute(
        sql.SQL("create database {} owner safeguard_owner encoding 'UTF8' template template0").format(
            sql.Identifier(DATABASE)
        )
    )


def _ensure_password(connection: Connection, role: str, password: str, url: str) -> None:
    """Set our password where it does not work: the database came back from an older backup, say."""
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError:
        change = sql.SQL("alter role {} password {}")
        connection.execute(change.format(sql.Identifier(role), _scram(connection, role, password)))
