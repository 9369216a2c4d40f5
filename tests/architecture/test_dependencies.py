"""What is declared is used, what is used is declared, and the locks hold no address of a registry."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from safeguard import paths

LOCKS = paths.ROOT / "locks"


def locked(name: str) -> set[str]:
    """The pinned requirements of a lock: {"anyio==4.16.0", ...}."""
    return set(re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==\S+", (LOCKS / name).read_text(), re.MULTILINE))


def test_every_dependency_is_declared_and_used() -> None:
    deptry = Path(sys.executable).with_name("deptry")
    done = subprocess.run([deptry, "src", "workers"], cwd=paths.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_test_lock_holds_the_runtime_lock() -> None:
    assert locked("runtime.txt") <= locked("test.txt")


@pytest.mark.parametrize("lock", ["runtime.txt", "test.txt"])
def test_every_locked_package_has_a_hash(lock: str) -> None:
    text = (LOCKS / lock).read_text()
    assert text.count("\n    --hash=sha256:") >= len(locked(lock))
    assert "://" not in text


def test_the_lock_of_the_web_assets_names_no_registry() -> None:
    lock = json.loads((paths.ROOT / "assets" / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert all("integrity" in package and "resolved" not in package for package in packages.values())
