"""Roles and database from an administrator's address."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from socket import socket

import psycopg
import pytest

from safeguard.database.bootstrap import DEFINERS, LOGINS, address, check_release, ensure_roles
from safeguard.database.embedded import CannotStart, EmbeddedPostgres


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Generator[EmbeddedPostgres]:
    """A server of this module's own, since roles belong to a whole server."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("bootstrap"), durable=False) as running:
        yield running


@pytest.fixture
def admin(empty: EmbeddedPostgres) -> Generator[psycopg.Connection]:
    """The administrator, on a server without our roles before and after."""
    with psycopg.connect(empty.url(), autocommit=True) as connection:
        yield connection
        connection.execute("drop database if exists safeguard with (force)")
        for role in (*LOGINS, *DEFINERS):
            connection.execute(f"drop role if exists {role}".encode())


def test_four_roles_log_in_and_none_is_above_row_security(
    empty: EmbeddedPostgres, admin: psycopg.Connection, tmp_path: Path
) -> None:
    for role, url in zip(LOGINS, ensure_roles(empty.url(), tmp_path), strict=True):
        with psycopg.connect(url) as connection:
            assert connection.execute("select current_user, current_database()").fetchone() == (role, "safeguard")
    powerful = admin.execute(
        "select count(*) from pg_roles where rolname like 'safeguard%' and (rolsuper or rolbypassrls)"
    )
    assert powerful.fetchone() == (0,)


def test_only_the_owner_may_become_a_definer(
    empty: EmbeddedPostgres, admin: psycopg.Connection, tmp_path: Path
) -> None:
    ensure_roles(empty.url(), tmp_path)
    asked = admin.execute(
        "select distinct login from unnest(%s::text[]) login, unnest(%s::text[]) definer "
        "where pg_has_role(login, definer, 'member')",
        (list(LOGINS), list(DEFINERS)),
    )
    assert asked.fetchall() == [("safeguard_owner",)]


def test_a_second_run_changes_nothing(empty: EmbeddedPostgres, admin: psycopg.Connection, tmp_path: Path) -> None:
    stored = "select rolname, rolpassword from pg_authid order by 1"
    first = ensure_roles(empty.url(), tmp_path), admin.execute(stored).fetchall()
    assert (ensure_roles(empty.url(), tmp_path), admin.execute(stored).fetchall()) == first


def test_an_administrator_who_may_make_roles_and_databases_is_enough(
    empty: EmbeddedPostgres, admin: psycopg.Connection, tmp_path: Path
) -> None:
    admin.execute("create role managed login createrole createdb password 'p'")
    try:
        addresses = ensure_roles(empty.url("managed", "p"), tmp_path)
        with psycopg.connect(addresses.owner) as owner:
            owner.execute("create schema secrets")
            owner.execute("grant create on schema secrets to safeguard_definer")
            owner.execute("create function secrets.f() returns int language sql as 'select 1'")
            owner.execute("alter function secrets.f() owner to safeguard_definer")
    finally:
        admin.execute("drop database if exists safeguard with (force)")
        admin.execute("drop role safeguard_owner, safeguard_app, safeguard_relay, safeguard_signer, "
                      "safeguard_definer, safeguard_log, safeguard_search, managed")  # fmt: skip


def test_a_password_that_no_longer_works_is_set_again(
    empty: EmbeddedPostgres, admin: psycopg.Connection, tmp_path: Path
) -> None:
    app = ensure_roles(empty.url(), tmp_path).app
    admin.execute("alter role safeguard_app password 'of an older backup'")
    ensure_roles(empty.url(), tmp_path)
    psycopg.connect(app).close()


def test_passwords_that_another_machine_keeps_are_never_replaced(
    empty: EmbeddedPostgres, admin: psycopg.Connection, tmp_path: Path
) -> None:
    app = ensure_roles(empty.url(), tmp_path / "first").app
    for _ in range(2):  # a refusal leaves nothing behind that would let the next try through
        with pytest.raises(CannotStart, match=r"kept on another machine\. Copy keys/database\.json"):
            ensure_roles(empty.url(), tmp_path / "second")
    psycopg.connect(app).close()


def test_a_server_that_does_not_answer_is_named_with_the_reason_and_without_the_password(tmp_path: Path) -> None:
    with closing(socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"port {port} failed: Connection refused") as refusal:
            ensure_roles(f"postgresql://postgres:quiet-lantern@127.0.0.1:{port}/postgres", tmp_path)
    assert "quiet-lantern" not in str(refusal.value)


def test_a_role_above_row_security_is_refused(
    empty: EmbeddedPostgres, admin: psycopg.Connection, tmp_path: Path
) -> None:
    ensure_roles(empty.url(), tmp_path)
    admin.execute("alter role safeguard_app bypassrls")
    with pytest.raises(CannotStart, match="safeguard_app is a superuser or bypasses row security"):
        ensure_roles(empty.url(), tmp_path)


def test_no_password_reaches_the_server_in_clear(
    empty: EmbeddedPostgres, admin: psycopg.Connection, tmp_path: Path
) -> None:
    admin.execute("alter system set log_statement = 'all'")
    admin.execute("select pg_reload_conf()")
    try:
        ensure_roles(empty.url(), tmp_path)
    finally:
        admin.execute("alter system reset log_statement")
        admin.execute("select pg_reload_conf()")
    kept = (tmp_path / "database.json").read_text().split('"')
    assert not [word for word in kept if len(word) == 32 and word in empty.log.read_text()]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (150020, "needs PostgreSQL 16 or newer"),
        (160014, "Update it to 16.15"),
        (170010, "Update it to 17.11"),
        (180005, "18.5, in which one organisation's rows can be shown to another .* Update it to 18.6"),
    ],
)
def test_a_release_that_leaks_rows_is_refused(number: int, words: str) -> None:
    with pytest.raises(CannotStart, match=words):
        check_release(number)


@pytest.mark.parametrize("number", [160015, 170011, 180006, 190000])
def test_a_release_with_the_fixes_is_taken(number: int) -> None:
    check_release(number)


@pytest.mark.parametrize(
    ("admin_url", "made"),
    [
        (
            "postgresql://a:b@db.example:5433/x?sslmode=require&connect_timeout=5",
            "postgresql://safeguard_app:p%2F%3F@db.example:5433/safeguard?sslmode=require",
        ),
        ("host=db.example user=a", "postgresql://safeguard_app:p%2F%3F@db.example:5432/safeguard"),
        ("postgresql://a@/x?host=/run/pg", "postgresql://safeguard_app:p%2F%3F@/safeguard?host=/run/pg&port=5432"),
    ],
)
def test_only_role_and_database_of_the_address_change(admin_url: str, made: str) -> None:
    assert address(admin_url, "safeguard_app", "p/?") == made
