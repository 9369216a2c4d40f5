"""Migrations can run while the service does: squawk reads the SQL that they would send."""

import importlib.util
import io
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations

from safeguard import paths

VERSIONS = sorted((paths.MIGRATIONS / "versions").glob("*.py"))
REPEATABLE = sorted((paths.MIGRATIONS / "sql").glob("*.sql"))
NOT_OURS = ["prefer-bigint-over-int", "require-statement-timeout"]
"""Version counters and roles' attempts stay small; the lock timeout already keeps a migration from queueing others."""


def sent_by(file: Path) -> str:
    """What a migration's `upgrade` sends to PostgreSQL."""
    sent = io.StringIO()
    options = {"as_sql": True, "output_buffer": sent}
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    with Operations.context(MigrationContext.configure(dialect_name="postgresql", opts=options)):
        migration.upgrade()
    return sent.getvalue()


def squawk(sql: str, *more: str) -> str:
    """What squawk finds; empty when it finds nothing."""
    squawk = Path(sys.executable).with_name("squawk")
    command = [squawk, "--pg-version", "16", "--assume-in-transaction", "--exclude", ",".join((*NOT_OURS, *more))]
    done = subprocess.run([*command, "--reporter", "gcc"], input=sql, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.stem)
def test_a_migration_is_safe_to_run_beside_the_service(file: Path) -> None:
    assert squawk(sent_by(file)) == ""


@pytest.mark.parametrize("file", REPEATABLE, ids=lambda file: file.stem)
def test_the_repeatable_sql_is_safe_to_run_beside_the_service(file: Path) -> None:
    # The lock timeout is set by whoever applies them, once for all.
    assert squawk(file.read_text(), "require-lock-timeout") == ""


def test_the_linter_would_notice() -> None:
    assert "require-lock-timeout" in squawk("alter table t add column c text;")


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.stem)
def test_a_migration_is_named_like_its_revision_and_imports_nothing_of_ours(file: Path) -> None:
    text = file.read_text()
    assert f'revision = "{file.stem}"' in text
    assert "safeguard import" not in text
    assert "import safeguard" not in text
    assert "lock_timeout" in sent_by(file) or not sent_by(file)
