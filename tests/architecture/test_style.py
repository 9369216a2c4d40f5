"""The code looks and is typed as pyproject.toml says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from safeguard import paths

BIN = Path(sys.executable).parent
SILENCED = re.compile(r"# (?:noqa|type: ?ignore|pyright: ?ignore)(?![^#\n]*  \S).*")
"""A rule that is switched off for a line, with no reason behind it."""
PYTHON_FOLDERS = ("src", "workers", "tests", "migrations")


@pytest.mark.parametrize("tool", [("ruff", "check"), ("ruff", "format", "--check"), ("basedpyright",)], ids=" ".join)
def test_the_tool_has_no_findings(tool: tuple[str, ...]) -> None:
    name, *arguments = tool
    folders = [] if name == "basedpyright" else PYTHON_FOLDERS
    done = subprocess.run([BIN / name, *arguments, *folders], cwd=paths.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_silences_a_rule_says_why() -> None:
    found = [
        f"{file.relative_to(paths.ROOT)}: {said[0]}"
        for folder in ("src", "workers", "migrations")
        for file in sorted((paths.ROOT / folder).rglob("*.py"))
        for said in SILENCED.finditer(file.read_text("utf-8"))
    ]
    assert found == []
