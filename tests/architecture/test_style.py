"""The code looks and is typed as pyproject.toml says."""

import subprocess
import sys
from pathlib import Path

import pytest

from safeguard import paths

BIN = Path(sys.executable).parent
PYTHON_FOLDERS = ("src", "workers", "tests", "migrations")


@pytest.mark.parametrize("tool", [("ruff", "check"), ("ruff", "format", "--check"), ("basedpyright",)], ids=" ".join)
def test_the_tool_has_no_findings(tool: tuple[str, ...]) -> None:
    name, *arguments = tool
    folders = [] if name == "basedpyright" else PYTHON_FOLDERS
    done = subprocess.run([BIN / name, *arguments, *folders], cwd=paths.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
