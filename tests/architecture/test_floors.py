"""Imports go down the stairs, at the top of the file, and the verifier stands alone."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from safeguard import paths

HEAVY = {"litestar", "sqlalchemy", "asyncpg", "dramatiq"}
LOADERS = {"import_module", "__import__"}
MAY_LOAD_BY_NAME = {
    Path("src/safeguard/cli/main.py"),  # so that a command loads what it needs and no more
    Path("src/safeguard/jobs/brokers.py"),  # RabbitMQ and Redis are extras
    Path("src/safeguard/database/registry.py"),  # every room's columns, as the comparison of migrations finds them
}


def imported_by(module: str) -> set[str]:
    """The top-level names that a fresh interpreter has loaded after importing the module."""
    script = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], cwd=paths.ROOT / "src", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_floors_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache", "--no-logo"], cwd=paths.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "module", ["safeguard.evidence.verifying", "safeguard.evidence.verifying.command", "safeguard.cli.main"]
)
def test_checking_a_pack_loads_neither_the_web_nor_a_database(module: str) -> None:
    assert imported_by(module) & HEAVY == set()


def test_a_worker_does_not_load_the_web() -> None:
    assert "litestar" not in imported_by("workers.__main__")


@pytest.mark.parametrize("folder", ["src", "workers"])
def test_only_few_files_import_by_name(folder: str) -> None:
    found = {file.relative_to(paths.ROOT) for file in (paths.ROOT / folder).rglob("*.py") if loads_by_name(file)}
    assert found <= MAY_LOAD_BY_NAME


def loads_by_name(file: Path) -> bool:
    """True where the file mentions a function that imports what a string names."""
    names = (getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(ast.parse(file.read_text())))
    return any(name in LOADERS for name in names)
