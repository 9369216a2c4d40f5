"""The command line: a table that loads little, explains itself, and refuses in sentences."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from safeguard.cli.main import ENTRIES, load, safeguard


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    return subprocess.run([sys.executable, "-m", "safeguard.cli", *arguments], capture_output=True, text=True)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.name)
def test_every_command_of_the_table_is_there_and_explains_itself(entry) -> None:
    command = load(entry)
    assert isinstance(command, click.Command)
    assert command.name == entry.name
    help_text = CliRunner().invoke(safeguard, [entry.name, "--help"])
    assert help_text.exit_code == 0
    assert command.help


def test_help_lists_every_command_without_loading_one() -> None:
    script = "import sys; from safeguard.cli.main import safeguard; safeguard(['--help'], standalone_mode=False);"
    script += "print([m for m in sys.modules if m.startswith(('litestar', 'sqlalchemy', 'rich'))])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.endswith("[]\n")
    assert all(f"  {name} " in done.stdout for name in ENTRIES)


def test_an_unknown_command_is_refused_in_a_sentence() -> None:
    done = run("resotre")
    assert done.returncode == 2
    assert "There is no command 'resotre'." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_setting_that_cannot_be_used_is_named() -> None:
    result = CliRunner(env={"SAFEGUARD_PORT": "eighty"}).invoke(safeguard, ["migrate"])
    assert result.exit_code == 1
    assert "SAFEGUARD_PORT is a number from 1 to 65535, not 'eighty'." in result.output
